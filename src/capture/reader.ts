import type { Batch, CaptureInterface, DecryptionSecrets, NameRecord } from './batch.ts';
import type { Input } from './input.ts';

/**
 * The longest record that is held as one packet. tshark takes 262 144 bytes for most link types; loopback captures with BIG TCP hold
 * packets of more than 500 000, so the limit only shuts out lengths that no writer means.
 */
export const RECORD_LIMIT = 16 << 20;

/** One capture format: takes whole records out of the input's window. Never throws for what the bytes hold. */
export interface RecordReader {
  readonly interfaces: CaptureInterface[];
  readonly secrets: DecryptionSecrets[];
  readonly names: NameRecord[];
  /** pcapng: how many blocks of each type that is no packet were seen, skipped ones included. */
  readonly blocks: Map<number, number>;
  /**
   * Appends packets to `into`, from `into.count`, until it is full or the window holds no whole record. Returns how many unconsumed
   * bytes the next step needs; 0 when the batch is full or the reader has given up.
   */
  rows(input: Input, into: Batch): number;
  /** The input has ended; names a record that was cut off. `packet` is the number it would have had. */
  end(input: Input, packet: number): void;
}
