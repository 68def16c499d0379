import { openCapture } from './capture/open.ts';
import { CaptureRecords } from './capture-records.ts';
import { Out } from './report/out.ts';
import { judgeAll } from './rules/engine.ts';
import { RULES } from './rules/registry.ts';
import type { Language } from './text/text.ts';
import { safe } from './text/safe.ts';

export interface CheckSettings {
  files: string[];
  format: string;
  language: Language;
}

const CONTRADICTED = 1;

/** Judges captures by the rules of the book and prints the verdicts; gives the exit code. */
export async function runCheck({ files, format, language }: CheckSettings): Promise<number> {
  const out = new Out(1);
  const captures: CaptureRecords[] = [];
  let contradictions = 0;
  try {
    for (const [index, file] of files.entries()) {
      const records = new CaptureRecords(await openCapture(file, { keep: true }), { index });
      captures.push(records);
      await records.run();
    }
    const judgements = [...judgeAll(RULES, { captures, joins: [], clockOffset: () => undefined })];
    for (const each of judgements) {
      if (each.verdict === 'contradicted') contradictions++;
      if (format !== 'json')
        out.write(
          `${each.rule} ${each.journeyId ?? '-'} ${each.verdict} ${each.reason} [${each.packets}] ${safe(each.says[language])}\n`,
        );
    }
    if (format === 'json') {
      const verdicts = judgements.map(({ journeyId, journey: _, ...rest }) => ({ ...rest, journey: journeyId }));
      out.write(`${JSON.stringify({ schema: 1, verdicts }, null, 2)}\n`);
    }
    out.flush();
    return contradictions > 0 ? CONTRADICTED : 0;
  } finally {
    for (const each of captures) each.close();
  }
}
