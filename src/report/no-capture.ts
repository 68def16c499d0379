import type { CaptureError } from '../capture/batch.ts';
import type { Format } from '../text/formats.ts';
import { SECTIONS } from './json.ts';
import { quoted } from './json-bytes.ts';
import { Out } from './out.ts';

/** What a program that asked for JSON gets where nothing could be read: the same document, empty, with the reason. */
export function writeNoCapture(file: string, error: CaptureError, format: Format, program: string): void {
  if (format === 'har') noArchive(error, program);
  else if (format !== 'text') noDocument(file, error, format, program);
}

function noDocument(file: string, error: CaptureError, format: 'json' | 'jsonl', program: string): void {
  const { code, message } = error;
  const head = format === 'jsonl' ? { record: 'capture', schema: 1, program } : { schema: 1, program };
  const capture = {
    file,
    packets: 0,
    capturedBytes: 0,
    wireBytes: 0,
    cutPackets: 0,
    linkTypes: [],
    problems: [{ code, message }],
  };
  const sections = Object.fromEntries(SECTIONS.map((name) => [name, []]));
  const rest = format === 'jsonl' ? { ...capture, protocols: {} } : { capture, protocols: {}, ...sections };
  const out = new Out(1);
  out.write(`${quoted({ ...head, ...rest })}\n`);
  out.flush();
}

function noArchive(error: CaptureError, program: string): void {
  const [name, version] = program.split(' ');
  const out = new Out(1);
  out.write(
    `{"log":{"version":"1.2","creator":${JSON.stringify({ name, version })},"pages":[],"entries":[],"comment":${quoted(error.message)}}}\n`,
  );
  out.flush();
}
