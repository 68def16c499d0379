import { closeSync, constants, createReadStream, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { CaptureError } from './batch.ts';
import { detect } from './detect.ts';
import { GzipSupply, isGzip } from './gzip.ts';
import { FileSupply, Input, type Supply } from './input.ts';
import { Problems } from './problems.ts';
import { directory, systemRefusal, terminal } from './refusals.ts';
import { scanSecrets } from './secrets-scan.ts';
import { type CaptureParts, CaptureSource } from './source.ts';
import { notKept, Spool } from './spool.ts';
import { StreamSupply } from './stream.ts';

export interface OpenOptions {
  /** Keep what cannot be read twice (standard input, pipes, gzip) in a private file, so that `Source.read` works. */
  keep?: boolean;
  /** Bytes read at once; tests make it small. */
  chunk?: number;
  /** Files with TLS secrets of its connections. */
  keyLogs?: readonly string[] | undefined;
}

/** Where a capture's bytes come from, before anything is known of their format. */
interface Origin {
  file: string;
  supply: Supply;
  /** Of a regular file. */
  size?: number;
  fd?: number;
}

/**
 * Opens a capture by its path; "-" is standard input. Waits for the file header (of a pipe: until somebody has written it). Rejects
 * with a CaptureError when nothing can be read.
 */
export async function openCapture(path: string, options: OpenOptions = {}): Promise<CaptureSource> {
  return openOrigin(path === '-' ? standardInput() : named(path), options);
}

/** The same for a stream that is open already. */
export function openStream(stream: Readable, options: OpenOptions = {}): Promise<CaptureSource> {
  return openOrigin({ file: '-', supply: new StreamSupply(stream) }, options);
}

/** The same for bytes that come from somewhere else and are kept in `fd`. */
export function openSupply(file: string, supply: Supply, fd: number): Promise<CaptureSource> {
  return openOrigin({ file, supply, fd }, {});
}

async function openOrigin(origin: Origin, options: OpenOptions): Promise<CaptureSource> {
  const { file, size } = origin;
  let { supply, fd } = origin;
  let spool: Spool | undefined;
  try {
    const problems = new Problems();
    let head = await firstBytes(file, supply);
    const compression = isGzip(head) ? ('gzip' as const) : undefined;
    if (compression !== undefined) {
      supply = new GzipSupply(supply, head);
      head = head.subarray(0, 0);
      fd = undefined;
    }
    if (fd === undefined && options.keep === true) {
      spool = makeSpool(problems);
      fd = spool?.fd;
    }
    const input = new Input(supply, head, spool, options.chunk);
    const { format, reader } = await detect(file, input, problems);
    const whole = format === 'pcapng' && compression === undefined && size !== undefined && origin.fd !== undefined;
    const secretsAhead = whole ? scanSecrets(origin.fd as number, size as number) : undefined;
    const parts: CaptureParts = { file, format, compression, size, input, reader, problems, fd, spool, secretsAhead };
    const source = new CaptureSource(parts);
    source.keyLogs = options.keyLogs ?? [];
    return source;
  } catch (error) {
    supply.close();
    spool?.close();
    throw error;
  }
}

/** As many as tell gzip from the rest. */
async function firstBytes(file: string, supply: Supply): Promise<Uint8Array> {
  const bytes = new Uint8Array(2);
  let length = 0;
  try {
    while (length < bytes.length) {
      const count = await supply.read(bytes, length, bytes.length);
      if (count === 0) break;
      length += count;
    }
  } catch (error) {
    throw systemRefusal(file, error as NodeJS.ErrnoException);
  }
  return bytes.subarray(0, length);
}

function makeSpool(problems: Problems): Spool | undefined {
  try {
    return new Spool();
  } catch (error) {
    problems.add('spool', notKept((error as Error).message));
    return undefined;
  }
}

function named(path: string): Origin {
  try {
    const stats = statSync(path);
    if (stats.isDirectory()) throw directory(path);
    if (stats.isFIFO()) return { file: path, supply: new StreamSupply(openPipe(path)) };
    return opened(path, openSync(path, constants.O_RDONLY));
  } catch (error) {
    throw asRefusal(path, error);
  }
}

/** Without O_NONBLOCK the call would wait for a writer; so it is the reading that waits for one. */
function openPipe(path: string): Readable {
  const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  return new Socket({ fd, readable: true, writable: false });
}

function opened(path: string, fd: number): Origin {
  try {
    const stats = fstatSync(fd);
    if (isatty(fd)) throw terminal(path);
    return ofDescriptor(path, fd, stats);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
}

/** Devices are read as streams: they have neither a size nor places to go back to. */
function ofDescriptor(path: string, fd: number, stats: Stats): Origin {
  if (stats.isFile()) return { file: path, supply: new FileSupply(fd, stats.size), size: stats.size, fd };
  return { file: path, supply: new StreamSupply(createReadStream(path, { fd })) };
}

function standardInput(): Origin {
  try {
    const stats = fstatSync(0);
    if (stats.isDirectory()) throw directory('-');
    if (isatty(0)) throw terminal('-');
    return stats.isFile() ? ofDescriptor('-', 0, stats) : { file: '-', supply: new StreamSupply(process.stdin) };
  } catch (error) {
    throw asRefusal('-', error);
  }
}

function asRefusal(path: string, error: unknown): CaptureError {
  return error instanceof CaptureError ? error : systemRefusal(path, error as NodeJS.ErrnoException);
}
