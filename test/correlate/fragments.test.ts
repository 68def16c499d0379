import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { MAX_DATAGRAMS } from '../../src/correlate/fragments.ts';
import { type Captured, eth, fragmentHeader, ipv4, ipv6, join, tcp, udp } from '../frames.ts';
import { correlate, type Found } from './dialogue.ts';

const bytes = (n: number, seed = 7): Uint8Array => Uint8Array.from({ length: n }, (_, i) => (i * seed + (i >> 8)) & 255);
const PAYLOAD = bytes(3000);
const SEGMENT = tcp({ flags: 'A' }, PAYLOAD);
const sha = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

interface Piece {
  at: number;
  to: number;
  id?: number;
  data?: Uint8Array;
  more?: boolean;
}

const four = ({ at, to, id = 9, data = SEGMENT, more = to < data.length }: Piece): Uint8Array =>
  eth({}, ipv4({ id, offset: at, moreFragments: more }, data.subarray(at, to)));
const six = ({ at, to, id = 9, data = SEGMENT, more = to < data.length }: Piece): Uint8Array =>
  eth({ type: 0x86dd }, ipv6({ extensions: [fragmentHeader(id, at, more)] }, data.subarray(at, to)));

/** Stream hashes of the one connection, and the tracker's counters. */
function read(frames: Uint8Array[]): { stream: string | undefined; found: Found } {
  const found = correlate(frames.map((frame) => ({ bytes: frame })));
  return { stream: found.connections[0]?.fromClient.streamSha256, found };
}

describe.each([
  ['IPv4', four],
  ['IPv6', six],
])('%s', (_, piece) => {
  const A = piece({ at: 0, to: 1200 });
  const B = piece({ at: 1200, to: 2400 });
  const C = piece({ at: 2400, to: SEGMENT.length });

  test.each([
    ['in order', [A, B, C]],
    ['last first', [C, B, A]],
    ['middle last', [A, C, B]],
    ['each twice', [A, A, B, C, B]],
  ])('%s', (_, frames) => {
    expect(read(frames).stream).toBe(sha(PAYLOAD));
  });

  test('without one of them there is no datagram, and that is counted', () => {
    const { found } = read([A, C]);
    expect(found.connections).toEqual([]);
    expect(found.correlator.fragments).toMatchObject({ completed: 0, dropped: 1 });
  });

  test('another identification is another datagram', () => {
    expect(read([A, piece({ at: 1200, to: 2400, id: 10 }), C]).found.correlator.fragments.dropped).toBe(2);
  });

  test('overlap: the first bytes stay; the same bytes are repeats, others a contradiction', () => {
    const other = join(SEGMENT.subarray(0, 1600), bytes(SEGMENT.length - 1600, 11));
    const changed = read([A, B, piece({ at: 1600, to: SEGMENT.length, data: other })]);
    expect(changed.stream).toBe(sha(join(PAYLOAD.subarray(0, 2380), other.subarray(2400))));
    expect(changed.found.correlator.fragments).toMatchObject({ conflicting: 1, repeated: 0, overlapping: 100 });
    const same = read([A, B, piece({ at: 1600, to: SEGMENT.length })]);
    expect(same.stream).toBe(sha(PAYLOAD));
    expect(same.found.correlator.fragments).toMatchObject({ conflicting: 0, repeated: 100, overlapping: 0 });
  });

  test('two ends contradict each other', () => {
    const { found } = read([piece({ at: 2400, to: 2800, more: false }), C, A, B]);
    expect(found.correlator.fragments.conflicting).toBe(1);
  });

  test('beyond 65,535 bytes there is no datagram (ping of death)', () => {
    const { found } = read([piece({ at: 65_528, to: 66_600, data: bytes(66_600), more: false })]);
    expect(found.correlator.fragments).toMatchObject({ impossible: 1, waiting: 0 });
  });
});

test('teardrop: a second fragment inside the first one, which is odd besides', () => {
  const data = udp({}, bytes(28));
  const { found } = read([
    eth({}, ipv4({ protocol: 17, id: 5, moreFragments: true }, data)),
    eth({}, ipv4({ protocol: 17, id: 5, offset: 24 }, data.subarray(24, 28))),
  ]);
  expect(found.correlator.fragments).toMatchObject({ impossible: 1, conflicting: 1, waiting: 0 });
});

test('fragments inside a tunnel, and of the tunnel', () => {
  const inner = ipv4({ source: '192.0.2.1', destination: '192.0.2.2', id: 3, moreFragments: true }, SEGMENT.subarray(0, 2400));
  const last = ipv4({ source: '192.0.2.1', destination: '192.0.2.2', id: 3, offset: 2400 }, SEGMENT.subarray(2400));
  const IP_IN_IP = 4;
  const outer = (data: Uint8Array, id: number, offset: number, more: boolean): Uint8Array =>
    eth({}, ipv4({ protocol: IP_IN_IP, id, offset, moreFragments: more }, data));
  const { stream, found } = read([
    outer(inner.subarray(1200), 8, 1200, false),
    outer(inner.subarray(0, 1200), 8, 0, true),
    outer(last, 9, 0, false),
  ]);
  expect(stream).toBe(sha(PAYLOAD));
  expect(found.connections[0].client.address).toBe('192.0.2.1');
});

test('any cut into fragments, in any order, gives the same datagram', () => {
  const units = SEGMENT.length >> 3;
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: units }), { maxLength: 12 }),
      fc.infiniteStream(fc.nat(1000)),
      (cuts, random) => {
        const borders = [0, ...cuts.sort((a, b) => a - b).map((unit) => unit * 8), SEGMENT.length];
        const pieces = borders.slice(1).map((to, i) => ({ at: borders[i], to, rank: random.next().value as number }));
        pieces.sort((a, b) => a.rank - b.rank);
        expect(read(pieces.filter((x) => x.to > x.at).map(four)).stream).toBe(sha(PAYLOAD));
      },
    ),
    { numRuns: 100 },
  );
});

test('fragments never completed: the table stays bounded, what was let go is counted, and a late one still comes together', () => {
  const frames: Captured[] = [];
  for (let id = 0; id < 5000; id++) frames.push({ bytes: four({ at: 0, to: 1200, id }) });
  for (const piece of [
    { at: 1200, to: 2400 },
    { at: 2400, to: SEGMENT.length },
  ])
    frames.push({ bytes: four({ ...piece, id: 4999 }) });
  const { correlator, connections } = correlate(frames);
  expect(connections).toHaveLength(1);
  expect(correlator.fragments).toMatchObject({ completed: 1, dropped: 4999, waiting: 0 });
  expect(MAX_DATAGRAMS).toBeLessThan(5000);
});
