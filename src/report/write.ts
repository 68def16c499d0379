import { Analysis } from '../session/analysis.ts';
import type { Source } from '../capture/batch.ts';
import type { Listener } from '../correlate/model.ts';
import type { Owners } from '../correlate/owners.ts';
import type { CaptureRecords } from '../session/capture-records.ts';
import { problemText } from '../text/problems.ts';
import type { Format } from '../text/formats.ts';
import type { Language } from '../text/text.ts';
import { VERSION } from '../version.ts';
import { collectAtOnce } from './collection.ts';
import type { HarReport } from './har.ts';
import { JsonReport } from './json.ts';
import { JsonLinesReport } from './jsonl.ts';
import { Out, OutputClosed } from './out.ts';
import { TextReport } from './text.ts';

/** Bytes of a capture from which on verdicts are given only when they are asked for. */
const LARGE = 1 << 20;

export interface ReportOptions {
  /** Where it goes; standard output unless told otherwise. */
  fd?: number;
  owners?: Owners | undefined;
  /** The book's verdicts in the JSON document. Undefined: where the capture is small enough that nobody waits for them. */
  verdicts?: boolean | undefined;
  /** Ids of the journeys that are told; absent: all. */
  only?: ReadonlySet<number> | undefined;
  /** Gets the analysis before it begins. */
  begun?: (analysis: Analysis) => void;
}

/** Reads the whole capture and prints the report. Gives the reader's complaints, for people. */
export async function writeReport(
  source: Source,
  format: Format,
  language: Language,
  hashes: boolean,
  options: ReportOptions = {},
): Promise<string[]> {
  const out = new Out(options.fd ?? 1);
  const writer = await writerOf(format, out, language, options.only !== undefined);
  if (options.only !== undefined) {
    const { only } = options;
    const tell = writer.journey;
    writer.journey = (j) => only.has(j.id) && tell?.(j);
  }
  const judged = writer instanceof JsonReport && source.seekable && (options.verdicts ?? (source.size ?? LARGE) < LARGE);
  const records = judged ? await recordsOf(source, hashes, options.owners, withoutRecords(writer)) : undefined;
  const analysis = records?.analysis ?? new Analysis(source, writer, { hashes, owners: options.owners });
  writer.of(analysis);
  if (analysis.keys !== undefined) collectAtOnce();
  options.begun?.(analysis);
  try {
    // A pipe may be live: what is final goes out at once. A file's records go out in large pieces.
    while (await (records ?? analysis).step()) if (source.size === undefined) writer.flush();
    if (records !== undefined && writer instanceof JsonReport) await addVerdicts(records, writer, options.only);
    writer.write(`wirebook ${VERSION}`);
  } catch (error) {
    if (!(error instanceof OutputClosed)) throw error;
  } finally {
    records?.close();
  }
  return source.problems.map((p) => problemText(p, language));
}

async function writerOf(
  format: Format,
  out: Out,
  language: Language,
  filtered: boolean,
): Promise<TextReport | JsonReport | JsonLinesReport | HarReport> {
  if (format === 'json') return new JsonReport(out);
  if (format === 'jsonl') return new JsonLinesReport(out);
  if (format === 'har') return new (await import('./har.ts')).HarReport(out);
  return new TextReport(out, language, filtered);
}

/** What rules ask is loaded only where they are asked, and so are they. */
async function recordsOf(source: Source, hashes: boolean, owners: Owners | undefined, tee: Listener): Promise<CaptureRecords> {
  const { CaptureRecords } = await import('../session/capture-records.ts');
  return new CaptureRecords(source, { hashes, owners, tee });
}

async function addVerdicts(records: CaptureRecords, report: JsonReport, only?: ReadonlySet<number>): Promise<void> {
  const { judgeAll } = await import('../rules/engine.ts');
  const { RULES } = await import('../rules/registry.ts');
  const { buildHops } = await import('../rules/join/build.ts');
  for (const judgement of judgeAll(RULES, buildHops([records])))
    if (only === undefined || judgement.journeyId === null || only.has(judgement.journeyId)) report.verdict(judgement);
}

/** The document is the same whether rules look on or not: a lookup's records are theirs alone. */
const withoutRecords = (report: JsonReport): Listener => {
  const { lookup, ...rest } = report as Listener;
  return { ...rest, lookup: ({ records: _, ...plain }) => lookup?.(plain) };
};
