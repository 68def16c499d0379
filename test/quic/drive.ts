import { Correlator } from '../../src/correlate/correlator.ts';
import type { QuicConnection } from '../../src/correlate/model.ts';
import { batchOf, type Captured, join, udpFrame } from '../frames.ts';

export const CLIENT = '10.0.0.1:50000';
export const SERVER = '10.0.0.2:443';

/** A datagram from the client (">") or the server ("<"), with packets in it. */
export type Step = [direction: '>' | '<', ...packets: Uint8Array[]];

export interface Story {
  connections: QuicConnection[];
  /** The layer stack of each packet. */
  stacks: string[];
  correlator: Correlator;
}

export const datagram = ([direction, ...packets]: Step, client = CLIENT, server = SERVER): Uint8Array =>
  udpFrame({ from: direction === '>' ? client : server, to: direction === '>' ? server : client, payload: join(...packets) });

/** What comes of frames, in one batch each, so that nothing may be kept of a batch. */
export function readFrames(frames: (Uint8Array | Captured)[]): Story {
  const connections: QuicConnection[] = [];
  const correlator = new Correlator({ quic: (connection) => connections.push(connection) });
  const stacks: string[] = [];
  frames.forEach((frame, i) => {
    const captured = frame instanceof Uint8Array ? { bytes: frame } : frame;
    const batch = batchOf([{ time: 1_600_000_000_000_000_000n + BigInt(i) * 1_000_000n, ...captured }]);
    batch.firstNumber = i + 1;
    correlator.batch(batch);
    stacks.push(correlator.stacks.name(correlator.packets.stack[0]));
    batch.bytes.fill(0xaa);
  });
  correlator.end();
  return { connections, stacks, correlator };
}

export const story = (...steps: Step[]): Story => readFrames(steps.map((step) => datagram(step)));

/** Only what a record says: keys that do not apply are left out. */
export const told = (record: QuicConnection | undefined): Partial<QuicConnection> =>
  Object.fromEntries(Object.entries(record ?? {}).filter(([, value]) => value !== undefined));
