import { Analysis } from '../analysis.ts';
import type { Source } from '../capture/batch.ts';
import type { Owners } from '../correlate/owners.ts';
import { problemText } from '../text/problems.ts';
import type { Language } from '../text/text.ts';
import { VERSION } from '../version.ts';
import { JsonReport } from './json.ts';
import { JsonLinesReport } from './jsonl.ts';
import { Out, OutputClosed } from './out.ts';
import { TextReport } from './text.ts';

export interface ReportOptions {
  /** Where it goes; standard output unless told otherwise. */
  fd?: number;
  owners?: Owners | undefined;
  /** Gets the analysis before it begins. */
  begun?: (analysis: Analysis) => void;
}

/** Reads the whole capture and prints the report. Gives the reader's complaints, for people. */
export async function writeReport(
  source: Source,
  format: 'text' | 'json' | 'jsonl',
  language: Language,
  hashes: boolean,
  options: ReportOptions = {},
): Promise<string[]> {
  const out = new Out(options.fd ?? 1);
  const writer =
    format === 'json' ? new JsonReport(out) : format === 'jsonl' ? new JsonLinesReport(out) : new TextReport(out, language);
  const analysis = new Analysis(source, writer, { hashes, owners: options.owners });
  writer.of(analysis);
  options.begun?.(analysis);
  try {
    // A pipe may be live: what is final goes out at once. A file's records go out in large pieces.
    while (await analysis.step()) if (source.size === undefined) writer.flush();
    writer.write(`wirebook ${VERSION}`);
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  }
  return source.problems.map((p) => problemText(p, language));
}
