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

export interface VerdictLook {
  language: Language;
  colour: boolean;
  /** Cells of a line; 0: lines are not broken. */
  width: number;
  program: string;
}
