/** How many packets one batch holds at most. */
export const BATCH_ROWS = 8192;

/** Bytes behind a source's read area in which the analyser may lay reassembled datagrams, so that one offset space serves both. */
export const ANNEX_BYTES = 1 << 20;

/**
 * A run of packets in file order. The bytes belong to the source and are valid until its next `next()`.
 * Columns are indexed by row (0 … count-1); the packet's number, counted from 1, is `firstNumber + row`.
 */
export class Batch {
  /** The source's buffer. Packets lie below `annexAt`; the annex from `annexAt` up is free for the analyser. */
  bytes: Uint8Array = new Uint8Array(0);
  annexAt = 0;
  count = 0;
  firstNumber = 1;
  /** Where a packet's first byte lies in `bytes`. */
  readonly at = new Uint32Array(BATCH_ROWS);
  /** Bytes captured, and bytes on the wire. */
  readonly caplen = new Uint32Array(BATCH_ROWS);
  readonly wirelen = new Uint32Array(BATCH_ROWS);
  /** Time since 1970: whole seconds, and nanoseconds 0 … 999 999 999 (a double of seconds does not hold both). */
  readonly seconds = new Float64Array(BATCH_ROWS);
  readonly nanoseconds = new Uint32Array(BATCH_ROWS);
  /** Where the packet's first byte lies in the (decompressed) file, for `Source.read`. */
  readonly offset = new Float64Array(BATCH_ROWS);
  /** LINKTYPE_ value (https://www.tcpdump.org/linktypes.html) and index into `Source.interfaces`. */
  readonly linkType = new Uint16Array(BATCH_ROWS);
  readonly interface = new Uint16Array(BATCH_ROWS);
}

/** Words for people, in both languages; the same shape as those of `text/`. */
export interface Words {
  en: string;
  ko: string;
}

/** What was wrong with a capture, or what the reader could not do. `code` is stable, `message` is for people (English). */
export interface Problem {
  code: string;
  message: string;
  /** The same in Korean, without what the code says already. */
  korean?: string;
  /** Number of the packet at which it was found (from 1). */
  packet?: number;
  /** Byte offset in the (decompressed) file. */
  offset?: number;
}

export interface CaptureInterface {
  name?: string;
  description?: string;
  linkType: number;
  /** 0: no limit known. */
  snapLength: number;
  /** Packets the kernel or the interface dropped, where the file says so. */
  dropped?: number;
  received?: number;
}

/** A Decryption Secrets Block of pcapng, kept for later; never printed. */
export interface DecryptionSecrets {
  type: number;
  data: Uint8Array;
}

export interface NameRecord {
  address: string;
  names: string[];
}

/** Kinds of capture files that are read. */
export type CaptureFormat = 'pcap' | 'pcapng' | 'snoop';

/** Where packets come from: a file, a pipe, later a live capture's spool. */
export interface Source {
  /** As the user named it; "-" for standard input. */
  readonly file: string;
  readonly format: CaptureFormat;
  readonly compression?: 'gzip';
  readonly interfaces: CaptureInterface[];
  readonly secrets: DecryptionSecrets[];
  /** All secrets of the file, where they could be looked for in advance; `secrets` grows while reading. */
  readonly secretsAhead?: DecryptionSecrets[] | undefined;
  /** Files with TLS secrets of the capture's connections. */
  keyLogs?: readonly string[];
  readonly names: NameRecord[];
  /** Grows while reading. */
  readonly problems: Problem[];
  /** Bytes of the file consumed so far, and its size where known: for progress. */
  readonly position: number;
  readonly size: number | undefined;
  /** True when `read` works (a regular file, or input kept in a spool). */
  readonly seekable: boolean;
  /**
   * Fills `into` with the next packets. False at the end (and then nothing is in `into`); a broken record ends the file
   * with an entry in `problems`, after every packet before it was given. Never throws for what the file holds.
   */
  next(into: Batch): Promise<boolean>;
  /** The bytes of a packet again, by `Batch.offset` and `caplen`. Throws a RangeError outside the file. */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** A capture that cannot be opened at all: not a capture, empty, a directory, no permission. `message` is one clear English sentence. */
export class CaptureError extends Error {
  readonly code: string;
  readonly korean: string;
  constructor(code: string, message: string, korean: string) {
    super(message);
    this.name = 'CaptureError';
    this.code = code;
    this.korean = korean;
  }
}
