import type { CaptureFacts } from '../rules/facts.ts';
import type { Judgement, Rule, Verdict } from '../rules/rule.ts';
import type { Language } from '../text/text.ts';

export type VerdictCounts = Record<Verdict, number>;

/** Prints verdicts as they come: about the captures as wholes first, then journey by journey. */
export interface VerdictWriter {
  begin(captures: readonly CaptureFacts[], rules: readonly Rule[]): void;
  judgement(judgement: Judgement): void;
  /** `counts` has those that were not printed, too. */
  end(counts: VerdictCounts): void;
}

/** What a judgement is about, as a heading: the capture, or a journey; with the file where there are several. */
export function headingOf(j: Judgement, captures: readonly CaptureFacts[], language: Language): string {
  const capture = captures[j.capture];
  const file = captures.length > 1 ? ` (${capture.file})` : '';
  if (j.journeyId === null) return `${{ en: 'the capture', ko: '캡처 전체' }[language]}${file}`;
  const journey = capture.journeys.get(j.journeyId);
  const what = [journey?.method, journey?.url ?? journey?.name].filter((each) => each !== undefined).join(' ');
  return `${{ en: 'journey', ko: '여정' }[language]} ${j.journeyId}: ${what}${file}`;
}

export interface VerdictLook {
  language: Language;
  colour: boolean;
  /** Cells of a line; 0: lines are not broken. */
  width: number;
  program: string;
}
