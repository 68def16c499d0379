import { be16, eth, icmp, ipv4, join, tcp, text, u8 } from '../frames.ts';
import { pcapOf } from './judge.ts';

/** A frame, and the seconds after the one before it where a test wants its own. */
export type Timed = Uint8Array | [number, Uint8Array];

export const MSS = join(u8(2, 4), be16(1460));

const CLIENT = '10.0.0.1';
const SERVER = '10.0.0.2';

const asBytes = (payload: string | Uint8Array): Uint8Array => (typeof payload === 'string' ? text(payload) : payload);

/** Segments of one connection, 10.0.0.1:40000 to 10.0.0.2:80 (or another port). */
export const between = (port: number) => ({
  client: (
    flags: string,
    sequence: number,
    acknowledgment: number,
    payload: string | Uint8Array = '',
    options = u8(),
  ): Uint8Array =>
    eth(
      {},
      ipv4(
        { source: CLIENT, destination: SERVER, protocol: 6 },
        tcp({ sourcePort: 40000, destinationPort: port, flags, sequence, acknowledgment, options }, asBytes(payload)),
      ),
    ),
  server: (
    flags: string,
    sequence: number,
    acknowledgment: number,
    payload: string | Uint8Array = '',
    options = u8(),
  ): Uint8Array =>
    eth(
      {},
      ipv4(
        { source: SERVER, destination: CLIENT, protocol: 6 },
        tcp({ sourcePort: port, destinationPort: 40000, flags, sequence, acknowledgment, options }, asBytes(payload)),
      ),
    ),
});

export const { client, server } = between(80);

/** "Communication administratively prohibited" (RFC 1812 §5.2.7.1) about the packet in a frame. */
export const icmpUnreachable = (frame: Uint8Array): Uint8Array =>
  eth(
    {},
    ipv4({ source: '10.0.0.254', destination: CLIENT, protocol: 1 }, icmp(3, 13, join(u8(0, 0, 0, 0), frame.subarray(14)))),
  );

/** A capture of these frames, each `gap` seconds after the one before. */
export function seconds(frames: Timed[], gap = 0.01): Uint8Array {
  let at = 0;
  return pcapOf(
    frames.map((each, i) => {
      const [step, frame] = each instanceof Uint8Array ? [i === 0 ? 0 : gap, each] : each;
      at += step;
      return [at, frame];
    }),
  );
}
