import { openCapture } from '../capture/open.ts';
import { collectAtOnce } from '../report/collection.ts';
import { CaptureRecords, type RecordOptions } from '../session/capture-records.ts';

/** A capture read to its end, with what rules ask; close it after use. Throws a CaptureError where nothing can be read. */
export async function readCapture(file: string, keyLogs: readonly string[], options?: RecordOptions): Promise<CaptureRecords> {
  const records = new CaptureRecords(await openCapture(file, { keep: true, keyLogs }), options);
  if (records.analysis.keys !== undefined) collectAtOnce();
  await records.run();
  return records;
}
