/** A record's content as it comes out of its protection. `bytes` up to `end` are valid during the call only. */
export interface OpenedRecord {
  fromClient: boolean;
  /** The content's own type (RFC 8446 §5.2), as `ContentType` has it. */
  type: number;
  bytes: Uint8Array;
  end: number;
  /** Those that carried it, and the one with which it was whole. */
  packets: readonly number[];
  packet: number;
  tls13: boolean;
  /** What the connection carries inside, as far as is known by now. */
  inside: string;
}

/** Told what becomes of each encrypted record: for who looks into packets, not for the analysis. */
export interface RecordTap {
  opened(record: OpenedRecord): void;
  /** Content of this side is missing here: it could not be opened, or was not captured. */
  missed(fromClient: boolean): void;
}
