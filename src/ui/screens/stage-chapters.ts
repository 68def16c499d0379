import type { Journey, StageKind } from '../../correlate/model.ts';
import { ruleById } from '../../rules/registry.ts';
import type { Chapter, Judgement } from '../../rules/rule.ts';

/** The stages in which a chapter's statements come true. */
const STAGES: Partial<Record<Chapter, StageKind[]>> = {
  arp: ['arp', 'ndp'],
  dns: ['dns'],
  tcp: ['tcp'],
  tls: ['tls'],
  http: ['send', 'wait', 'receive'],
  close: ['close'],
};

export const stagesOf = (chapter: Chapter): readonly StageKind[] => STAGES[chapter] ?? [];

const isAbout = (judgement: Judgement, kind: StageKind): boolean => {
  const chapter = ruleById(judgement.rule)?.chapter;
  return chapter !== undefined && stagesOf(chapter).includes(kind);
};

/** Where the statements about a stage begin; -1: there are none. */
export const firstAbout = (verdicts: readonly Judgement[], kind: StageKind): number =>
  verdicts.findIndex((each) => isAbout(each, kind));

/** How many of the book's statements about each stage hold on this journey, and how many do not. */
export function tallies(journey: Journey, verdicts: readonly Judgement[]): Map<StageKind, { holds: number; fails: number }> {
  const out = new Map<StageKind, { holds: number; fails: number }>();
  for (const { kind } of journey.stages) {
    if (out.has(kind)) continue;
    const about = verdicts.filter((each) => isAbout(each, kind));
    if (about.length === 0) continue;
    const number = (verdict: Judgement['verdict']): number => about.filter((each) => each.verdict === verdict).length;
    out.set(kind, { holds: number('confirmed'), fails: number('contradicted') });
  }
  return out;
}
