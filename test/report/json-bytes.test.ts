import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HttpParser } from '../../src/correlate/http.ts';
import { JsonBytes } from '../../src/report/json-bytes.ts';
import { literal } from '../../src/report/literals.ts';
import { exchange } from '../../src/report/records.ts';

const NOTHING = literal('');
const OPEN = literal('[');
const COMMA = literal(',');

const written = (write: (w: JsonBytes) => void): string => {
  const w = new JsonBytes();
  write(w);
  return Buffer.from(w.written).toString('utf8');
};

test('any string comes back from JSON.parse, and nothing in it can move a cursor', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: 'binary' })), (text) => {
      const json = written((w) => w.str(NOTHING, text));
      expect(JSON.parse(json)).toBe(text);
      expect(json).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/);
    }),
  );
});

test('strings longer than the buffer, and very many', () => {
  const long = 'ab"\\한'.repeat(200_000);
  const longest = 'x'.repeat(700_000);
  expect(JSON.parse(written((w) => w.strs(OPEN, [long, longest, 'last'])))).toEqual([long, longest, 'last']);
});

test('whole numbers', () => {
  fc.assert(
    fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(), fc.integer()), (n) => {
      expect(written((w) => w.int(NOTHING, n))).toBe(String(n));
    }),
  );
});

test('durations: nanoseconds as milliseconds, the value that JavaScript would print', () => {
  fc.assert(
    fc.property(fc.oneof(fc.nat(), fc.maxSafeNat()), (n) => {
      fc.pre(n < 1e15);
      expect(Number(written((w) => w.ms(NOTHING, n)))).toBeCloseTo(n / 1e6, 9);
    }),
  );
  expect(written((w) => w.ms(NOTHING, 32_850_000))).toBe('32.85');
  expect(written((w) => w.ms(NOTHING, 0))).toBe('0');
  expect(written((w) => w.milliseconds(NOTHING, -1))).toBe('-1');
});

test('times: seconds since 1970 with nine digits, exactly', () => {
  const time = (base: number, ns: number) =>
    written((w) => {
      w.baseSeconds = base;
      w.time(NOTHING, ns);
    });
  expect(time(1_675_839_256, 829_816_001)).toBe('"1675839256.829816001"');
  expect(time(1_675_839_256, 86_400e9 + 1)).toBe('"1675925656.000000001"');
  expect(time(1_675_839_256, -1)).toBe('"1675839255.999999999"');
  expect(time(0, 5)).toBe('"0.000000005"');
  expect(time(99_999_999_999, 0)).toBe('"99999999999.000000000"');
});

test('times that come again, far ahead, and back', () => {
  const list = [5, 2e9, 2e9 + 1, 90_000e9, 5, -3e9, 5].map((ns) => written((w) => w.time(NOTHING, ns)));
  const together = written((w) => {
    for (const ns of [5, 2e9, 2e9 + 1, 90_000e9, 5, -3e9, 5]) w.time(NOTHING, ns);
  });
  expect(together).toBe(list.join(''));
  expect(written((w) => w.span(NOTHING, 1e9, 2_500_000_001))).toBe('"1.000000000","end":"2.500000001","ms":1500.000001');
});

test('a time of no sense is text of the usual length, not bytes of nothing', () => {
  for (const ns of [1e17 + 64, -1e17, 2 ** 63, 1e22, Number.NaN])
    expect(written((w) => w.time(NOTHING, ns))).toMatch(/^"[\w.+-]+\.\d{9}"$/);
});

test('what is undefined is left out with its key', () => {
  const key = literal('"key":');
  expect(written((w) => w.int(key, undefined).str(key, undefined).ms(key, undefined).int(key, 0))).toBe('"key":0');
});

test('a sentence, the first time and again', () => {
  const sentences = ['said "once"', 'said "once"', '한 번', '한 번', 'x'.repeat(300), 'x'.repeat(300)];
  for (const text of sentences) expect(JSON.parse(written((w) => w.sentence(NOTHING, text)))).toBe(text);
});

test('lists', () => {
  const close = literal('],"next":');
  expect(written((w) => w.ints(OPEN, []).ints(OPEN, [1, 22, 333], close).strs(OPEN, ['a', 'b"']))).toBe(
    '[][1,22,333],"next":["a","b\\""]',
  );
  const numbers = [0, 9, 10, 99, 100, 999, 1000, 999_999, 1_000_000, 999_999_999, 1_000_000_000, 2 ** 40];
  expect(written((w) => w.ints(OPEN, numbers))).toBe(JSON.stringify(numbers));
  const many = Array.from({ length: 100_000 }, (_, i) => i);
  expect(JSON.parse(written((w) => w.ints(OPEN, many)))).toEqual(many);
});

test('a target that was cut is told beside it, not in it', () => {
  const http = (head: string, lost: number): Record<string, unknown> => {
    const told: string[] = [];
    const hooks = {
      nextId: () => 0,
      started: () => {},
      finished: () => {},
      problem: () => {},
      replaced: () => {},
      tunnel: () => undefined,
    };
    const parser = new HttpParser(0, { ...hooks, finished: (e) => told.push(`{${written((w) => exchange(w, e))}}`) });
    const bytes = Buffer.from(head);
    parser.data(true, bytes, 0, bytes.length, 1, 1);
    if (lost > 0) parser.gap(true, lost, 1, 1);
    for (const side of [true, false]) parser.end(side, 'capture-end', 2, 2);
    return JSON.parse(told[0]);
  };
  expect(http('GET /a/very/long/tar', 300)).toMatchObject({ target: '/a/very/long/tar', targetCut: true, whole: false });
  const whole = http('GET /all HTTP/1.1\r\nHost: a.example\r\n\r\n', 0);
  expect([whole.target, whole.targetCut]).toEqual(['/all', undefined]);
});

test('a word is written as any string is: again, of another key, with quotes, and when no more are kept', () => {
  const keys = ['a', 'b', 'c'].map((name) => literal(`,"${name}":`));
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(2), fc.oneof(fc.constantFrom('GET', 'OK', ''), fc.string()))), (list) => {
      const as = (how: 'word' | 'str') =>
        written((w) => {
          for (const [key, text] of list) w[how](keys[key], text);
        });
      expect(as('word')).toBe(as('str'));
    }),
  );
  const many = Array.from({ length: 2000 }, (_, i) => `word-${i}`);
  const all = written((w) => {
    for (const text of many) w.word(COMMA, text);
  });
  expect(JSON.parse(`[0${all}]`)).toEqual([0, ...many]);
});
