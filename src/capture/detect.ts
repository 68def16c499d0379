import type { CaptureFormat } from './batch.ts';
import type { Input } from './input.ts';
import { u32 } from './integers.ts';
import { isKnownVersion, isNewer, isPcap, newerVersion, PCAP_HEADER, PcapReader, readPcapHeader } from './pcap.ts';
import { PcapngReader } from './pcapng.ts';
import { isPcapng, LEAST_SECTION, SECTION_ORDER, sectionOrder, unknownVersion } from './pcapng-format.ts';
import type { Problems } from './problems.ts';
import type { RecordReader } from './reader.ts';
import { badByteOrder, badVersion, empty, notACapture, tooShort, unreadable } from './refusals.ts';
import { isSnoop, readSnoopHeader, SNOOP_HEADER, SNOOP_MAGIC, SNOOP_VERSION, SnoopReader } from './snoop.ts';

const MAGIC_BYTES = 4;
/** Enough to name the other formats. */
const NAMING_BYTES = 16;

export interface Detected {
  format: CaptureFormat;
  reader: RecordReader;
}

/** Reads the file header and chooses the format's reader; throws a CaptureError when there is none. */
export async function detect(file: string, input: Input, problems: Problems): Promise<Detected> {
  if (!(await input.fill(MAGIC_BYTES))) throw short(file, input);
  if (isPcap(input.buffer, 0)) return detectPcap(file, input, problems);
  if (isPcapng(input.buffer, 0)) return detectPcapng(file, input, problems);
  const named = await input.fill(NAMING_BYTES);
  if (input.end >= SNOOP_MAGIC && isSnoop(input.buffer, 0)) {
    if (!named) throw short(file, input, 'snoop', SNOOP_HEADER);
    return detectSnoop(file, input, problems);
  }
  throw notACapture(file, input.buffer.subarray(0, input.end));
}

async function detectPcap(file: string, input: Input, problems: Problems): Promise<Detected> {
  if (!(await input.fill(PCAP_HEADER))) throw short(file, input, 'pcap', PCAP_HEADER);
  const header = readPcapHeader(input.buffer, 0);
  if (!isKnownVersion(header)) throw badVersion(file, 'pcap', `${header.versionMajor}.${header.versionMinor}`, '2.x');
  if (isNewer(header)) problems.add('newer-version', newerVersion(header));
  input.start = PCAP_HEADER;
  return { format: 'pcap', reader: new PcapReader(header, problems) };
}

async function detectPcapng(file: string, input: Input, problems: Problems): Promise<Detected> {
  if (!(await input.fill(LEAST_SECTION))) throw short(file, input, 'pcapng', LEAST_SECTION);
  if (sectionOrder(input.buffer, 0) === 'neither') throw badByteOrder(file, u32(input.buffer, SECTION_ORDER, true));
  const version = unknownVersion(input.buffer, 0);
  if (version !== undefined) throw badVersion(file, 'pcapng', version, '1.0, 1.2');
  return { format: 'pcapng', reader: new PcapngReader(problems) };
}

function detectSnoop(file: string, input: Input, problems: Problems): Detected {
  const header = readSnoopHeader(input.buffer, 0);
  if (header.version !== SNOOP_VERSION) throw badVersion(file, 'snoop', `${header.version}`, `${SNOOP_VERSION}`);
  input.start = SNOOP_HEADER;
  return { format: 'snoop', reader: new SnoopReader(header, problems) };
}

function short(file: string, input: Input, format?: string, header = 0): Error {
  if (input.failure !== undefined) return unreadable(file, input.failure);
  return input.end === 0 ? empty(file) : tooShort(file, input.end, format, header);
}
