import type { CaptureSource } from '../capture/source.ts';
import type { Text } from '../text/text.ts';

/** What is to be captured. */
export interface LiveSettings {
  /** Names as the system has them; "any" is all of them. */
  interfaces: string[];
  /** A BPF filter; empty: everything. */
  filter: string;
  snaplen: number;
  /** Bytes of the kernel's buffer. */
  buffer: number;
  promiscuous: boolean;
  /** Packets after which it ends; 0: never. */
  count: number;
  /** Milliseconds after which it ends; 0: never. */
  duration: number;
  /** Keep the capture in this file. */
  write: string | undefined;
  engine: EngineName | 'auto';
}

export const ENGINES = ['libpcap', 'dumpcap', 'tcpdump', 'cap'] as const;
export type EngineName = (typeof ENGINES)[number];

/** How a running capture stands. Absent numbers are not available, which is not the same as 0. */
export interface LiveState {
  engine: EngineName;
  interfaces: string[];
  /** False: times are when a program got to see the packet, up to milliseconds late. */
  kernelTimes: boolean;
  /** Packets written to the spool, analysed or not. */
  packets: number | undefined;
  /** As the kernel counts them: lost for want of room, and lost by the interface. */
  dropped: number | undefined;
  interfaceDropped: number | undefined;
  running: boolean;
  /** Something was not captured, or not written where it should be. */
  incomplete: boolean;
  /** Why it ended, or what went wrong on the way; newest last. */
  notes: Text[];
}

/** A capture under way: its packets come through `source` like those of a file that grows. */
export interface LiveCapture {
  readonly source: CaptureSource;
  readonly state: LiveState;
  /** Called whenever `state` has changed. */
  onChange: (() => void) | undefined;
  /** The analysis waits, the capture goes on. */
  hold?(held: boolean): void;
  /** The screens go up, or have gone. */
  screen?(shown: boolean): void;
  /** No more packets are taken; those that were can still be read. */
  stop(): void;
  /** Stops, and waits until all that was captured is where it belongs. */
  finish(): Promise<void>;
  /** Something that the user is to know. */
  note(note: Text): void;
  /** It is true no longer. */
  unsay(note: Text): void;
}
