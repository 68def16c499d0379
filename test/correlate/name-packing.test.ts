import { expect, test } from 'vitest';
import { Blocks } from '../../src/correlate/blocks.ts';
import { type Conversation, type Groups, type JourneyLookup, NameGroup } from '../../src/correlate/conversation.ts';
import type { Lookup } from '../../src/correlate/model.ts';
import { NamePacking } from '../../src/correlate/name-packing.ts';
import { NameBook } from '../../src/correlate/names.ts';

const NOBODY: Groups = { older: () => undefined, newer: () => undefined, rest: () => {} };
const CLIENT = '192.0.2.7';

const lookup = (changes: Partial<JourneyLookup> = {}): JourneyLookup => ({
  index: 70_000,
  packet: 4_000_000_000,
  transport: 'udp',
  client: { address: CLIENT, port: 65_535 },
  server: { address: '192.0.2.53', port: 53 },
  name: 'WWW.example.com',
  type: 'A',
  start: 1.5,
  end: 2_000_000_001.25,
  lastAsked: 3,
  answerPacket: 12,
  rcode: 'NOERROR',
  addresses: ['198.51.100.1'],
  aliases: [],
  pointers: undefined,
  repeats: [],
  ...changes,
});

function group(...lookups: JourneyLookup[]): NameGroup {
  const made = new NameGroup(NOBODY, 5, CLIENT, lookups[0].name, lookups[0].name.toLowerCase(), lookups, 7.5, 600);
  made.addresses = lookups.flatMap(({ addresses }) => addresses);
  return made;
}

const CASES: Record<string, NameGroup> = {
  'one answer': group(lookup()),
  'A, AAAA and HTTPS of two servers, in another case': group(
    lookup(),
    lookup({
      name: 'www.example.com',
      type: 'AAAA',
      addresses: ['2001:db8::1', '2001:db8::2'],
      aliases: ['a.example', 'b.example'],
      server: { address: '2001:db8::53', port: 5353 },
    }),
    lookup({ type: 'HTTPS', addresses: [], pointers: ['1 . alpn="h2"'] }),
  ),
  'no answer, asked again': group(
    lookup({
      start: -5,
      end: undefined,
      answerPacket: undefined,
      rcode: undefined,
      addresses: [],
      repeats: [3, 4_000_000_001],
      pointers: [],
    }),
  ),
  'as many addresses as a record has': group(
    lookup({ addresses: Array.from({ length: 256 }, (_, i) => `2001:db8::${i.toString(16)}`) }),
  ),
  'octets above 126, and no name': group(lookup({ name: '냉장고.', aliases: ['', '\u00ff\u0080.'] })),
};

test.each(Object.entries(CASES))('packed and read again: %s', (_, before) => {
  before.told = true;
  before.journeyId = 17;
  const packing = new NamePacking(64);
  const first = packing.write(before);
  expect(first).toBeGreaterThan(0);
  expect(packing.read(first, NOBODY, 5, 7.5, 600)).toMatchObject(before);
});

test('what is too large, or is no Latin-1, stays as it is', () => {
  const packing = new NamePacking(64);
  expect(packing.write(group(lookup({ aliases: Array.from({ length: 256 }, () => 'x'.repeat(200)) })))).toBe(0);
  expect(packing.write(group(lookup({ aliases: ['kühlschrank.local'] })))).toBeGreaterThan(0);
  expect(packing.write(group(lookup({ aliases: ['냉장고.local'] })))).toBe(0);
});

test('blocks that are given back are used again', () => {
  const blocks = new Blocks();
  const words = Uint32Array.from({ length: 40 }, (_, i) => i);
  const kept = Array.from({ length: 100 }, () => blocks.keep(words, 40));
  const most = Math.max(...kept);
  for (let round = 0; round < 50; round++) {
    for (const first of kept.splice(round, 30)) blocks.drop(first);
    words.fill(round);
    for (let i = 0; i < 30; i++) kept.push(blocks.keep(words, 40));
    expect(Math.max(...kept)).toBeLessThanOrEqual(most + 2);
    const read = new Uint32Array(48);
    blocks.read(kept[99], read);
    expect([...read.subarray(0, 40)]).toEqual(Array.from({ length: 40 }, () => round));
  }
  expect(new Set(kept).size).toBe(100);
});

/** So many other names that whatever can be packed is. */
function others(book: NameBook): void {
  for (let i = 0; i < 300; i++) {
    const client = { address: `198.18.0.${i % 250}`, port: 1 };
    book.answered(lookup({ client, name: `n${i}.example`, start: 1e9, addresses: ['203.0.113.1'] }) as Lookup);
  }
}

test('a group that was packed meanwhile takes what belongs to it, and is told once', () => {
  const told: string[] = [];
  const book = new NameBook(({ name, lookups }) => told.push(`${name} ${lookups.map(({ type }) => type)}`));
  book.answered(lookup({ start: 1e9 }) as Lookup);
  others(book);
  book.answered(lookup({ start: 2e9, type: 'AAAA', addresses: ['2001:db8::1'] }) as Lookup);
  others(book);
  expect(book.find(CLIENT, '198.51.100.1')?.lookups.map(({ type }) => type)).toEqual(['A', 'AAAA']);
  expect(book.find(CLIENT, '2001:db8::1')).toBe(book.find(CLIENT, '198.51.100.1'));
  others(book);
  expect(book.findNamed(CLIENT, '2001:db8::1', 'www.example.com', 3e9, 20)?.last).toBe(2e9);
  book.answered(lookup({ start: 9e9 }) as Lookup);
  book.end();
  expect(told.filter((each) => each.startsWith('WWW'))).toEqual(['WWW.example.com A,AAAA', 'WWW.example.com A']);
});

test('a group that a connection holds is one object; let go and packed, it is as the connection left it', () => {
  const unused: NameGroup[] = [];
  const book = new NameBook((group) => unused.push(group));
  book.answered(lookup({ start: 1e9 }) as Lookup);
  others(book);
  const held = book.find(CLIENT, '198.51.100.1') as NameGroup;
  const connection = {} as Conversation;
  held.hold(connection);
  others(book);
  expect(book.find(CLIENT, '198.51.100.1')).toBe(held);
  expect(connection.lookups).toBe(held.lookups);
  held.usedAt = 1.5e9;
  held.owned = true;
  held.part(connection);
  expect(connection.names).toBeUndefined();
  others(book);
  const again = book.find(CLIENT, '198.51.100.1') as NameGroup;
  expect(again).not.toBe(held);
  expect([again.usedAt, again.owned, again.told, again.key]).toEqual([1.5e9, true, false, 'www.example.com']);
  book.end();
  expect(unused.some(({ client }) => client === CLIENT)).toBe(false);
});
