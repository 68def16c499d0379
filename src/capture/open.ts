import { closeSync, constants, fstatSync, openSync, type Stats } from 'node:fs';
import type { CaptureError } from './batch.ts';
import { FileSupply, Input } from './input.ts';
import { u32 } from './integers.ts';
import { isKnownVersion, isPcap, PCAP_HEADER, PcapReader, readPcapHeader } from './pcap.ts';
import { isKnownSection, isPcapng, PcapngReader, SECTION_HEADER_BYTES, sectionOrder, sectionVersion } from './pcapng.ts';
import { Problems } from './problems.ts';
import type { RecordReader } from './reader.ts';
import { badByteOrder, badGzip, badVersion, directory, empty, notACapture, systemRefusal, tooShort } from './refusals.ts';
import { CaptureSource } from './source.ts';

export interface OpenOptions {
  /** Keep what cannot be read twice (stdin, pipes, gzip) in a private file, so that `Source.read` works. */
  keep?: boolean;
  /** Bytes read at once; tests make it small. */
  chunk?: number;
}

/** Opens a capture by its path; "-" is standard input. Rejects with a CaptureError when nothing can be read. */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureSource> {
  const { fd, stats } = openFile(path);
  const input = new Input(new FileSupply(fd), undefined, options.chunk);
  try {
    const problems = new Problems();
    const { format, reader } = await detect(path, input, problems);
    return new CaptureSource({ file: path, format, size: stats.size, input, reader, problems, fd });
  } catch (error) {
    input.close();
    throw error;
  }
}

function openFile(path: string): { fd: number; stats: Stats } {
  let fd: number | undefined;
  try {
    fd = openSync(path, constants.O_RDONLY);
    const stats = fstatSync(fd);
    if (stats.isDirectory()) throw directory(path);
    return { fd, stats };
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    throw asRefusal(path, error);
  }
}

function asRefusal(path: string, error: unknown): CaptureError {
  return (error as Error).name === 'CaptureError' ? (error as CaptureError) : systemRefusal(path, error as NodeJS.ErrnoException);
}

/** Reads the file header and chooses the format's reader. */
async function detect(
  file: string,
  input: Input,
  problems: Problems,
): Promise<{ format: 'pcap' | 'pcapng'; reader: RecordReader }> {
  await input.fill(SECTION_HEADER_BYTES - 4);
  const bytes = input.buffer.subarray(0, input.end);
  if (input.end < 4) throw shortRefusal(file, input, undefined, 0);
  if (isPcap(bytes, 0)) {
    if (input.end < PCAP_HEADER) throw shortRefusal(file, input, 'pcap', PCAP_HEADER);
    const header = readPcapHeader(bytes, 0);
    if (!isKnownVersion(header)) throw badVersion(file, 'pcap', `${header.versionMajor}.${header.versionMinor}`, '2.0–2.4');
    input.start = PCAP_HEADER;
    return { format: 'pcap', reader: new PcapReader(header, problems) };
  }
  if (!isPcapng(bytes, 0)) throw notACapture(file, bytes);
  if (!(await input.fill(SECTION_HEADER_BYTES))) throw shortRefusal(file, input, 'pcapng', SECTION_HEADER_BYTES);
  if (sectionOrder(input.buffer, 0) === 'neither') throw badByteOrder(file, u32(input.buffer, 8, true));
  const { major, minor } = sectionVersion(input.buffer, 0);
  if (!isKnownSection(major, minor)) throw badVersion(file, 'pcapng', `${major}.${minor}`, '1.0');
  return { format: 'pcapng', reader: new PcapngReader(problems) };
}

function shortRefusal(file: string, input: Input, format: string | undefined, header: number): CaptureError {
  const { failure } = input;
  if (failure !== undefined) return badGzip(file, failure.message);
  return input.end === 0 ? empty(file) : tooShort(file, input.end, format, header);
}
