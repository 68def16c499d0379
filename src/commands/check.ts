import { readFileSync, statSync } from 'node:fs';
import type { CaptureRecords } from '../session/capture-records.ts';
import type { CheckSettings } from './check-settings.ts';
import { ownRules } from '../own-rules/own-rules.ts';
import { OwnRulesError } from '../own-rules/parse.ts';
import { Out, OutputClosed } from '../report/out.ts';
import type { VerdictCounts } from '../report/verdict-writer.ts';
import { VERDICT_WRITERS } from '../report/verdicts.ts';
import { judgeAll } from '../rules/engine.ts';
import { buildHops } from '../rules/join/build.ts';
import { RULES } from '../rules/registry.ts';
import type { Rule } from '../rules/rule.ts';
import { problemText } from '../text/problems.ts';
import type { Language } from '../text/text.ts';
import { readCapture } from './read-capture.ts';
import { UsageError } from './usage-error.ts';
import { VERSION } from '../version.ts';

/** 0: nothing contradicted. 1: something. 3: with --strict, something stayed unknown. */
const HOLDS = 0;
const CONTRADICTED = 1;
const UNDECIDED = 3;
/** Lines of a terminal that does not tell its width. */
const COLUMNS = 100;

/** More is no file that somebody wrote. */
const RULES_FILE_LIMIT = 1 << 20;

function readRulesFile(file: string): string {
  const { size } = statSync(file);
  if (size > RULES_FILE_LIMIT) throw new Error(`${file}: ${size} bytes; ${RULES_FILE_LIMIT} at most`);
  return readFileSync(file, 'utf8');
}

export interface CheckOutput {
  language: Language;
  keyLogs: readonly string[];
  /** Standard output is a terminal of this many columns. */
  columns: number | undefined;
  colour: boolean;
  complain(message: string): void;
}

/** Judges captures by the rules of the book and prints the verdicts; gives the exit code. */
export async function runCheck(settings: CheckSettings, output: CheckOutput): Promise<number> {
  const out = new Out(1);
  const captures: CaptureRecords[] = [];
  const counts: VerdictCounts = { confirmed: 0, contradicted: 0, skipped: 0, 'not-visible': 0, unknown: 0 };
  const rules = rulesOf(settings);
  try {
    for (const [index, file] of settings.files.entries()) {
      const vantage = settings.vantages.get(file) ?? settings.vantages.get('');
      const capture = await readCapture(file, output.keyLogs, { index, vantage });
      captures.push(capture);
      for (const problem of capture.problems) output.complain(problemText(problem, output.language));
    }
    const writer = VERDICT_WRITERS[settings.format](out, {
      language: output.language,
      colour: output.colour,
      width: output.columns === undefined ? 0 : Math.max(output.columns, 1) || COLUMNS,
      program: `wirebook ${VERSION}`,
    });
    writer.begin(captures, rules);
    for (const judgement of judgeAll(rules, buildHops(captures))) {
      counts[judgement.verdict]++;
      if (settings.only?.has(judgement.verdict) ?? true) writer.judgement(judgement);
    }
    writer.end(counts);
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  } finally {
    for (const each of captures) each.close();
  }
  if (counts.contradicted > 0) return CONTRADICTED;
  return settings.strict && counts.unknown > 0 ? UNDECIDED : HOLDS;
}

/** Users' own rules, and the book's that were asked for; all of the book where nothing was. */
function rulesOf(settings: CheckSettings): Rule[] {
  const own = settings.programs.flatMap((file) => {
    let text: string;
    try {
      text = readRulesFile(file);
    } catch (error) {
      const why = (error as Error).message;
      throw new UsageError({ en: `rules cannot be read: ${why}`, ko: `규칙 파일을 읽을 수 없습니다: ${why}` });
    }
    try {
      return ownRules(file, text);
    } catch (error) {
      if (error instanceof OwnRulesError) throw new UsageError(error.text);
      throw error;
    }
  });
  const wanted = settings.rules ?? (own.length > 0 ? new Set<string>() : undefined);
  return [...RULES.filter(({ id }) => wanted?.has(id) ?? true), ...own];
}
