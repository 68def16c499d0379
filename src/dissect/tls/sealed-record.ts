/** A record as it was on the wire: its header's fields, and where its protected bytes lie. */
export interface SealedRecord {
  type: number;
  version: number;
  bytes: Uint8Array;
  at: number;
  end: number;
}

/** Takes one direction's protection off records. */
export interface RecordCipher {
  /** How many protected bytes stand before the content's first one; the content keeps its order behind them. */
  readonly lead: number;
  /**
   * The record's content where its tag or MAC is right with this sequence number, else undefined. Of TLS 1.3 it still has its
   * type and padding. It is valid until the next call. Nothing changes where it is undefined.
   */
  open(sequence: number, record: SealedRecord): Uint8Array | undefined;
  /** A record of so many protected bytes was not opened; `last` are its last bytes where they are known. */
  skip?(length: number, last: Uint8Array | undefined): void;
}

export function putSequence(into: Uint8Array, at: number, sequence: number): void {
  const high = Math.floor(sequence / 2 ** 32);
  for (let i = 0; i < 4; i++) {
    into[at + i] = high >>> (24 - 8 * i);
    into[at + 4 + i] = sequence >>> (24 - 8 * i);
  }
}

/** Sequence number, type, version, length of the content (RFC 5246 §6.2.3.3). */
export function additional(into: Uint8Array, sequence: number, record: SealedRecord, length: number): void {
  putSequence(into, 0, sequence);
  into[8] = record.type;
  into[9] = record.version >> 8;
  into[10] = record.version & 255;
  into[11] = length >> 8;
  into[12] = length & 255;
}
