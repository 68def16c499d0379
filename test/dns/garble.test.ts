import { describe, expect, test } from 'vitest';
import { DnsStream } from '../../src/correlate/lookup-tcp.ts';
import { LookupTracker } from '../../src/correlate/lookups.ts';
import { decode } from '../../src/dissect/decode.ts';
import { recordData } from '../../src/dissect/dns/records.ts';
import { MessageWalker } from '../../src/dissect/dns/walk.ts';
import { be16, fromHex, join, packetsOf, udpFrame } from '../frames.ts';
import { answer, message, pointer, query, random, wireName } from './build.ts';
import { DIG } from './dig.ts';

/** Messages of every kind to start from. */
const SEEDS: Uint8Array[] = [
  query(1, 'www.example.com'),
  answer(1, 'www.example.com', ['192.0.2.1', '192.0.2.2']),
  message({
    flags: 0x8583,
    questions: [{ name: 'a', type: 255 }],
    answers: DIG.slice(0, 40).map(([type, data]) => ({ name: pointer(12), type, data: fromHex(data) })),
  }),
  message({ flags: 0x8400, answers: DIG.slice(40).map(([type, data]) => ({ name: 'x', type, data: fromHex(data) })) }),
  message({
    additionals: [
      {
        name: '',
        type: 41,
        class: 1232,
        data: fromHex('000800070001180 0c00002000f000b0012626c6f22630a6b6564'.replace(' ', '')),
      },
    ],
  }),
];

function garbled(below: (n: number) => number): Uint8Array {
  const bytes = SEEDS[below(SEEDS.length)].slice();
  for (let n = 1 + below(8); n > 0; n--) bytes[below(bytes.length)] = below(3) === 0 ? 0xc0 : below(256);
  return below(4) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
}

function readAll(walker: MessageWalker, bytes: Uint8Array): void {
  walker.read(bytes, 0, bytes.length);
  for (let r = 0; r < walker.recordCount; r++) recordData(walker, r);
}

/** Milliseconds it takes; what seems slow is tried again, since the machine may have been busy elsewhere. */
function time(work: () => void): number {
  let best = Infinity;
  for (let attempt = 0; attempt < 5 && best > 20; attempt++) {
    const started = performance.now();
    work();
    best = Math.min(best, performance.now() - started);
  }
  return best;
}

describe('garbled messages', () => {
  test('20 000 of them: nothing throws, nothing takes long', () => {
    const below = random(20261120);
    const tracker = new LookupTracker({ final: () => {} }, { records: true, pendingLimit: 64 });
    const stream = new DnsStream(tracker, { address: 'a', port: 1 }, { address: 'b', port: 53 });
    const walker = new MessageWalker();
    let slowest = 0;
    for (let i = 0; i < 20_000; i++) {
      const bytes = garbled(below);
      slowest = Math.max(
        slowest,
        time(() => readAll(walker, bytes)),
      );
      const framed = join(be16(bytes.length), bytes);
      stream.data(below(2) === 0, framed, 0, framed.length, i, i * 1e6);
      if (below(50) === 0) stream.gap(below(2) === 0, below(100), i, i * 1e6);
    }
    tracker.end();
    expect(slowest).toBeLessThan(50);
  });

  test('2 000 of them as packets, with their field trees', () => {
    const below = random(7);
    const ports = ['53', '5353', '5355'];
    const frames = Array.from({ length: 2000 }, () => {
      const port = ports[below(3)];
      const ends = below(2) === 0 ? { to: `10.0.0.2:${port}` } : { from: `10.0.0.2:${port}`, to: '10.0.0.1:40000' };
      return udpFrame({ ...ends, payload: garbled(below) });
    });
    const tracker = new LookupTracker({ final: (lookup) => void JSON.stringify(lookup) });
    const packets = packetsOf(frames);
    for (let row = 0; row < packets.count; row++) tracker.udpRow(packets, row);
    tracker.end();
    for (const frame of frames) {
      const layer = decode(frame, frame.length, 1).at(-1);
      expect(layer?.title).not.toContain('could not be shown');
    }
  });

  test('the longest way round: 3000 records at the end of 128 pointers each, in the time of a blink', () => {
    // The first record's data is a name and pointers that lead to it, each to the one before: some decoders follow 8000 such.
    const at = 12 + 11;
    const chain = join(wireName('a'), ...Array.from({ length: 127 }, (_, i) => pointer(i === 0 ? at : at + 1 + 2 * i)));
    const last = pointer(at + 3 + 2 * 126);
    const answers = [
      { name: '', type: 10, data: chain },
      ...Array.from({ length: 2999 }, () => ({ name: last, type: 5, data: last })),
    ];
    const bytes = message({ flags: 0x8180, answers });
    const walker = new MessageWalker();
    expect(time(() => readAll(walker, bytes))).toBeLessThan(200);
    expect([walker.recordCount, recordData(walker, 1023).text]).toEqual([1024, 'a.']);
  });
});
