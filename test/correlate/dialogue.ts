import { ANNEX_BYTES } from '../../src/capture/batch.ts';
import { Correlator } from '../../src/correlate/correlator.ts';
import type { Configuration } from '../../src/correlate/configuration.ts';
import type { Connection, Exchange, IcmpMessage, Journey, Lookup } from '../../src/correlate/model.ts';
import { batchOf, be16, be32, type Captured, join, tcpFrame, u8 } from '../frames.ts';

const BASE = 1_600_000_000_000_000_000n;

export interface Found {
  connections: Connection[];
  exchanges: Exchange[];
  journeys: Journey[];
  lookups: Lookup[];
  icmp: IcmpMessage[];
  configurations: Configuration[];
  correlator: Correlator;
}

/** Frames through the correlator, `size` packets a batch. */
export function correlate(frames: Captured[], size = 8192, hashes = true): Found {
  const found = { connections: [], exchanges: [], journeys: [], lookups: [], icmp: [], configurations: [] } as Omit<
    Found,
    'correlator'
  >;
  const correlator = new Correlator(
    {
      connection: (c) => void found.connections.push(c),
      exchange: (x) => void found.exchanges.push(x),
      journey: (j) => void found.journeys.push(j),
      lookup: (l) => void found.lookups.push(l),
      icmp: (m) => void found.icmp.push(m),
      configuration: (c) => void found.configurations.push(c),
    },
    { hashes },
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
 * from the byte behind the SYN. Also `win=`, `ttl=`, `id=` (IPv4 identification, else a new one), `mac=` (last byte of the sender's), and the options
 * `scale=`, `mss=`, `ts=`, `sack=from-to`, `cookie=` (fast open). Seconds; `#` begins a comment.
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
        ttl: option('ttl'),
        id: option('id') ?? 1000 + frames.length,
        fromMac: option('mac') === undefined ? undefined : `02:00:00:00:00:${String(option('mac')).padStart(2, '0')}`,
        options: join(
          ...[
            option('mss') === undefined ? u8() : join(u8(2, 4), be16(option('mss') ?? 0)),
            option('scale') === undefined ? u8() : u8(1, 3, 3, option('scale') ?? 0),
            option('ts') === undefined ? u8() : join(u8(1, 1, 8, 10), be32(option('ts') ?? 0), be32(0)),
            option('cookie') === undefined ? u8() : join(u8(34, 6), be32(option('cookie') ?? 0)),
            blocks(rest, isn[other]),
          ],
        ),
        payload,
      }),
    });
    const end = sequence + payload.length + (/[SF]/.test(flags) ? 1 : 0);
    if (given === undefined || end > next[side]) next[side] = end;
  }
  return frames;
}

export const run = (script: string, ends?: Parameters<typeof dialogue>[1]): Found => correlate(dialogue(script, ends));

/** The SACK option of `sack=from-to`, numbers counted as `ack=` is. */
function blocks(rest: string, isn: number): Uint8Array {
  const found = /sack=(\d+)-(\d+)/.exec(rest);
  if (found === null) return u8();
  return join(u8(1, 1, 5, 10), be32((isn + 1 + Number(found[1])) >>> 0), be32((isn + 1 + Number(found[2])) >>> 0));
}
