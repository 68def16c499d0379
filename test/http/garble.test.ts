import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CARRY_BUDGET } from '../../src/correlate/http-carry.ts';
import { HttpParser } from '../../src/correlate/http.ts';
import { LIST_LIMIT } from '../../src/correlate/model.ts';
import { play, type Step } from './dialogue.ts';
import { DIALOGUES } from './dialogues.ts';

const sound = Object.values(DIALOGUES).flatMap(({ steps }) => [steps]);

/** mulberry32: the same garble on every machine. */
function random(seed: number): (below: number) => number {
  let a = seed;
  return (below) => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

function garble(steps: Step[], below: (n: number) => number): Step[] {
  const out: Step[] = [];
  for (const step of steps) {
    const luck = below(12);
    if (luck === 0) continue;
    if (luck === 1) out.push({ side: step.side, gap: 1 + below(3000) });
    if (luck === 2) out.push({ side: step.side, end: (['fin', 'reset', 'capture-end'] as const)[below(3)] });
    if (luck === 3) out.push(...sound[below(sound.length)]);
    if ('bytes' in step) {
      let bytes = Buffer.from(step.bytes);
      for (let n = below(4); n > 0; n--) if (bytes.length > 0) bytes[below(bytes.length)] = below(256);
      if (below(4) === 0) bytes = bytes.subarray(0, below(bytes.length + 1));
      if (below(6) === 0) bytes = Buffer.concat([bytes.subarray(below(bytes.length + 1)), bytes]);
      out.push({ side: below(20) === 0 ? 'client' : step.side, bytes });
      if (luck === 4) out.push(step);
    } else out.push(step);
  }
  return out;
}

test('garbled dialogues: nothing throws, every exchange begins and ends once, nothing is kept', () => {
  for (let seed = 1; seed <= 4000; seed++) {
    const below = random(seed);
    const steps = garble(sound[below(sound.length)], below);
    const size = 1 + below(40);
    const pieces = (bytes: Buffer): Buffer[] => {
      const out: Buffer[] = [];
      for (let i = 0; i < bytes.length; i += size) out.push(bytes.subarray(i, i + size));
      return out;
    };
    const result = play(steps, below(2) === 0 ? undefined : pieces);
    const ids = result.exchanges.map((e) => e.id).sort((a, b) => a - b);
    expect(ids, `seed ${seed}`).toEqual([...result.started].sort((a, b) => a - b));
    expect(new Set(ids).size, `seed ${seed}`).toBe(ids.length);
    expect(result.carried, `seed ${seed}`).toBe(0);
    for (const e of result.exchanges) {
      expect(e.requestPackets.length).toBe(Math.min(LIST_LIMIT, e.requestPacketCount));
      expect(e.responsePackets.length).toBe(Math.min(LIST_LIMIT, e.responsePacketCount));
      expect((e.requestEndPacket ?? 0) >= (e.requestPacket ?? 0), `seed ${seed}`).toBe(true);
      expect((e.responseEndPacket ?? 0) >= (e.responsePacket ?? 0), `seed ${seed}`).toBe(true);
      expect(e.requestPacket === undefined && e.responsePacket === undefined, `seed ${seed}`).toBe(false);
    }
  }
});

test('any bytes in any order', () => {
  const word = fc.constantFrom(
    'GET / HTTP/1.1\r\n',
    'HTTP/1.1 200 OK\r\n',
    '\r\n',
    'Content-Length: 5\r\n',
    'Transfer-Encoding: chunked\r\n',
    '5\r\n',
    'hello',
    'HTTP/1.1 101 X\r\n',
    'GET /\n',
    '\0',
  );
  const side = fc.constantFrom('client' as const, 'server' as const);
  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ side, bytes: fc.array(word, { maxLength: 5 }).map((w) => Buffer.from(w.join(''), 'latin1')) }),
    },
    fc.record({ side, bytes: fc.uint8Array({ maxLength: 30 }).map((b) => Buffer.from(b)) }),
    fc.record({ side, gap: fc.integer({ min: 1, max: 20 }) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const result = play(steps);
      expect(result.started.length).toBe(result.exchanges.length);
      expect(result.carried).toBe(0);
    }),
    { numRuns: 3000 },
  );
});

test('heads that never end, on ever more connections: the memory of all is bounded', () => {
  const budget = { carried: 0 };
  let refused = 0;
  const hooks = { nextId: () => 0, started() {}, finished() {}, problem: () => refused++, budget };
  const piece = Buffer.from(`GET / HTTP/1.1\r\nX: ${'x'.repeat(100_000)}`);
  const parsers: HttpParser[] = [];
  for (let i = 0; i < 1000; i++) {
    const parser = new HttpParser(i, hooks);
    parsers.push(parser);
    parser.data(true, piece, 0, piece.length, 1, 1);
    expect(budget.carried).toBeLessThanOrEqual(CARRY_BUDGET);
  }
  expect(refused).toBeGreaterThan(500);
  for (const parser of parsers) for (const fromClient of [true, false]) parser.end(fromClient, 'capture-end', 2, 2);
  expect(budget.carried).toBe(0);
});

test('garbage without end, in big segments and small: time is linear', () => {
  const feed = (bytes: number, size: number): number => {
    const parser = new HttpParser(0, { nextId: () => 0, started() {}, finished() {} });
    const junk = Buffer.alloc(size, 'HTTP/1.1 GET POST /x \n');
    const start = process.cpuUsage();
    for (let sent = 0; sent < bytes; sent += size) {
      parser.data(false, junk, 0, size, 1, 1);
      parser.data(true, junk, 0, size, 1, 1);
    }
    return process.cpuUsage(start).user;
  };
  for (const size of [7, 1448]) {
    feed(100_000, size);
    expect(feed(4_000_000, size)).toBeLessThan(60 * Math.max(feed(200_000, size), 2000));
  }
});
