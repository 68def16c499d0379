import type { Batch, CaptureFormat, CaptureInterface, DecryptionSecrets, NameRecord, Problem, Source } from './batch.ts';
import type { Input } from './input.ts';
import type { Problems } from './problems.ts';
import { RECORD_LIMIT, type RecordReader } from './reader.ts';
import { notKept, readAt, type Spool } from './spool.ts';

export interface CaptureParts {
  file: string;
  format: CaptureFormat;
  compression?: 'gzip' | undefined;
  size?: number | undefined;
  input: Input;
  reader: RecordReader;
  problems: Problems;
  /** Where packets can be read again: the file itself, or the spool. */
  fd?: number | undefined;
  spool?: Spool | undefined;
  secretsAhead?: DecryptionSecrets[] | undefined;
}

/** Pumps records from an input through a format's reader. */
export class CaptureSource implements Source {
  readonly file: string;
  readonly format: CaptureFormat;
  readonly compression?: 'gzip';
  readonly size: number | undefined;
  readonly interfaces: CaptureInterface[];
  readonly secrets: DecryptionSecrets[];
  readonly secretsAhead: DecryptionSecrets[] | undefined;
  keyLogs: readonly string[] = [];
  readonly names: NameRecord[];
  readonly problems: Problem[];
  /** pcapng: how many blocks of each type that is no packet were read or skipped. */
  readonly blocks: ReadonlyMap<number, number>;
  readonly #parts: CaptureParts;
  #packets = 0;
  #ended = false;
  #closed = false;

  constructor(parts: CaptureParts) {
    this.#parts = parts;
    this.file = parts.file;
    this.format = parts.format;
    if (parts.compression !== undefined) this.compression = parts.compression;
    this.size = parts.size;
    this.interfaces = parts.reader.interfaces;
    this.secrets = parts.reader.secrets;
    this.secretsAhead = parts.secretsAhead;
    this.names = parts.reader.names;
    this.blocks = parts.reader.blocks;
    this.problems = parts.problems.list;
  }

  get position(): number {
    const { input, compression } = this.#parts;
    return compression === undefined ? input.base + input.start : input.supply.position;
  }

  get seekable(): boolean {
    const { fd, spool } = this.#parts;
    return fd !== undefined && spool?.failure === undefined;
  }

  /** What the packets can be read from again, from the beginning. */
  get descriptor(): number | undefined {
    return this.seekable ? this.#parts.fd : undefined;
  }

  async next(into: Batch): Promise<boolean> {
    const { input, reader } = this.#parts;
    into.count = 0;
    into.firstNumber = this.#packets + 1;
    while (!this.#ended) {
      const need = reader.rows(input, into);
      if (into.count > 0) {
        into.bytes = input.buffer;
        into.annexAt = input.annexAt;
        this.#packets += into.count;
        return true;
      }
      if (need === 0 || !(await input.fill(need))) this.#end();
    }
    return false;
  }

  #end(): void {
    this.#ended = true;
    if (this.#closed) return;
    const { input, reader, problems, spool } = this.#parts;
    const packet = this.#packets + 1;
    if (input.failure === undefined) reader.end(input, packet);
    else problems.add(input.failure.code, input.failure, input.base + input.end, packet);
    if (spool?.failure !== undefined) problems.add('spool', notKept(spool.failure));
    problems.finish();
  }

  /** Nothing more is awaited: what was read is the whole capture. For pipes; a file is at its end anyway. */
  stop(): void {
    this.#parts.input.stop();
  }

  read(offset: number, length: number): Uint8Array {
    const { fd, spool } = this.#parts;
    if (fd === undefined || this.#closed) throw new RangeError('the bytes of this input were not kept');
    if (!(offset >= 0 && length >= 0 && length <= RECORD_LIMIT))
      throw new RangeError(`${length} bytes at ${offset}: outside the file`);
    if (spool !== undefined && offset + length > spool.size) throw new RangeError(`${length} bytes at ${offset}: not kept`);
    return readAt(fd, offset, length);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#parts.input.close();
  }
}
