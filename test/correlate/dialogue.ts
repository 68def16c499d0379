import { ANNEX_BYTES } from '../../src/capture/batch.ts';
import { Correlator } from '../../src/correlate/correlator.ts';
import type { Connection, Exchange, Journey, Lookup } from '../../src/correlate/model.ts';
import { batchOf, type Captured, join, tcpFrame } from '../frames.ts';

const BASE = 1_600_000_000_000_000_000n;

export interface Found {
  connections: Connection[];
  exchanges: Exchange[];
  journeys: Journey[];
  lookups: Lookup[];
  correlator: Correlator;
}

/** Frames through the correlator, `size` packets a batch. */
export function correlate(frames: Captured[], size = 8192): Found {
  const found = { connections: [], exchanges: [], journeys: [], lookups: [] } as Omit<Found, 'correlator'>;
  const correlator = new Correlator(
    {
      connection: (c) => void found.connections.push(c),
      exchange: (x) => void found.exchanges.push(x),
      journey: (j) => void found.journeys.push(j),
      lookup: (l) => void found.lookups.push(l),
    },
    { hashes: true },
  );
  for (let at = 0; at < frames.length; at += size) {
    const batch = batchOf(frames.slice(at, at + size));
    batch.firstNumber = at + 1;
    batch.annexAt = batch.bytes.length;
    batch.bytes = join(batch.bytes, new Uint8Array(ANNEX_BYTES));
    correlator.batch(batch);
  }
  correlator.end();
  return { ...found, correlator };
}

/**
 * A TCP connection as a person writes it, one segment a line: `0.013 c SA`, `0.020 s PA "text"`, `0.030 c A seq=5 ack=9 len=3`.
 * `c` is 10.0.0.1:40000 (ISN 1000), `s` 10.0.0.2:80 (ISN 5000). Where `seq` and `ack` are left out they continue; given, they count
 * from the byte behind the SYN. Seconds; `#` begins a comment.
 */
export function dialogue(
  script: string,
  ends: { client?: string; server?: string; isn?: { c: number; s: number } } = {},
): Captured[] {
  const { client = '10.0.0.1:40000', server = '10.0.0.2:80', isn = { c: 1000, s: 5000 } } = ends;
  const next = { c: isn.c, s: isn.s };
  const frames: Captured[] = [];
  for (const line of script.split('\n').map((l) => l.replace(/#.*/, '').trim())) {
    if (line === '') continue;
    const match = /^(\S+)\s+([cs])\s+([FSRPAUEC.]+)(.*)$/.exec(line);
    if (match === null) throw new Error(`not a segment: ${line}`);
    const [, seconds, side, letters, rest] = match as unknown as [string, string, 'c' | 's', string, string];
    const other = side === 'c' ? 's' : 'c';
    const option = (name: string): number | undefined => {
      const found = new RegExp(`${name}=(-?\\d+)`).exec(rest);
      return found === null ? undefined : Number(found[1]);
    };
    const text = /"((?:[^"\\]|\\.)*)"/.exec(rest)?.[1].replace(/\\r/g, '\r').replace(/\\n/g, '\n');
    const payload = text ?? 'x'.repeat(option('len') ?? 0);
    const given = option('seq');
    const sequence = given === undefined ? next[side] : isn[side] + 1 + given;
    const ack = option('ack');
    const flags = letters.replace('.', '');
    frames.push({
      time: BASE + BigInt(Math.round(Number(seconds) * 1e9)),
      bytes: tcpFrame({
        from: side === 'c' ? client : server,
        to: side === 'c' ? server : client,
        sequence: sequence >>> 0,
        acknowledgment: flags.includes('A') ? (ack === undefined ? next[other] : isn[other] + 1 + ack) >>> 0 : 0,
        flags,
        window: option('win') ?? 64240,
        payload,
      }),
    });
    const end = sequence + payload.length + (/[SF]/.test(flags) ? 1 : 0);
    if (given === undefined || end > next[side]) next[side] = end;
  }
  return frames;
}

export const run = (script: string, ends?: Parameters<typeof dialogue>[1]): Found => correlate(dialogue(script, ends));
