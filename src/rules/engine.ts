import type { Journey } from '../correlate/model.ts';
import type { CaptureFacts } from './facts.ts';
import { skipped, unknown } from './findings.ts';
import type { Hops } from './hops.ts';
import type { CaptureRule, Finding, HopsRule, JourneyRule, Judgement, Rule } from './rule.ts';

/** What one rule says of one journey. Never throws: a rule's own fault is `unknown` with its error. */
export function judgeJourney(rule: JourneyRule, capture: CaptureFacts, journey: Journey): Judgement {
  const subject = { capture, journey };
  const found = guarded(() => firstNeed(rule.needs, subject) ?? rule.check(subject));
  return { ...found, rule: rule.id, capture: capture.index, journeyId: journey.id };
}

/** What the rules about journeys say of one. */
export function judgeOne(rules: readonly Rule[], capture: CaptureFacts, journey: Journey): Judgement[] {
  return rules.flatMap((rule) => (rule.scope === 'journey' ? [judgeJourney(rule, capture, journey)] : []));
}

export function judgeCapture(rule: CaptureRule, capture: CaptureFacts): Judgement[] {
  let list: Finding[] = [];
  const lacking = guarded<Finding | undefined>(() => {
    const need = firstNeed(rule.needs, capture);
    if (need === undefined) list = rule.check(capture);
    return need;
  });
  if (lacking !== undefined) list = [lacking];
  if (list.length === 0) list = [nothing()];
  return list.map((each) => ({ ...each, rule: rule.id, capture: capture.index, journeyId: each.journey ?? null }));
}

export function judgeHops(rule: HopsRule, hops: Hops): Judgement[] {
  let list: (Finding & { capture: number })[] = [];
  const lacking = guarded<Finding | undefined>(() => {
    const need = firstNeed(rule.needs, hops);
    if (need === undefined) list = rule.check(hops);
    return need;
  });
  if (lacking !== undefined) list = [{ ...lacking, capture: 0 }];
  if (list.length === 0) list = [{ ...nothing(), capture: 0 }];
  return list.map((each) => ({ ...each, rule: rule.id, journeyId: each.journey ?? null }));
}

/** What the rules about captures and hops say, in the rules' order; some of it is about a journey. */
export function judgeWide(rules: readonly Rule[], hops: Hops): Judgement[] {
  return rules.flatMap((rule) => {
    if (rule.scope === 'hops') return judgeHops(rule, hops);
    return rule.scope === 'capture' ? hops.captures.flatMap((capture) => judgeCapture(rule, capture)) : [];
  });
}

/** Every rule over every capture: about captures and hops as wholes in the rules' order, then journey by journey. */
export function* judgeAll(rules: readonly Rule[], hops: Hops): Generator<Judgement> {
  const place = new Map(rules.map((rule, i) => [rule.id, i]));
  const inOrder = (a: Judgement, b: Judgement): number => (place.get(a.rule) ?? 0) - (place.get(b.rule) ?? 0);
  const wide = judgeWide(rules, hops);
  for (const capture of hops.captures) {
    const whole: Judgement[] = [];
    const ofJourney = new Map<number, Judgement[]>();
    const wider = wide.filter((each) => each.capture === capture.index);
    for (const each of wider) {
      const list = each.journeyId === null ? whole : (ofJourney.get(each.journeyId) ?? []);
      list.push(each);
      if (each.journeyId !== null) ofJourney.set(each.journeyId, list);
    }
    yield* whole;
    for (const journey of capture.journeys) {
      const more = ofJourney.get(journey.id);
      if (more === undefined) yield* judgeOne(rules, capture, journey);
      else yield* [...more, ...judgeOne(rules, capture, journey)].sort(inOrder);
    }
  }
}

function firstNeed<Subject>(needs: ((subject: Subject) => Finding | undefined)[], subject: Subject): Finding | undefined {
  for (const need of needs) {
    const finding = need(subject);
    if (finding !== undefined) return finding;
  }
  return undefined;
}

const nothing = (): Finding =>
  skipped('nothing-of-its-kind', [], {
    en: 'nothing in the capture is what this rule speaks of',
    ko: '이 규칙이 다루는 것이 캡처에 없습니다',
  });

function guarded<T>(judge: () => T): T | Finding {
  try {
    return judge();
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return unknown('rule-failed', [], {
      en: `the rule itself failed: ${words}`,
      ko: `규칙 자체에 오류가 있습니다: ${words}`,
    });
  }
}
