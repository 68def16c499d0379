import { expect, test } from 'vitest';
import { Blocks } from '../../src/correlate/blocks.ts';
import { type Groups, type JourneyLookup, NameGroup } from '../../src/correlate/conversation.ts';
import { NamePacking } from '../../src/correlate/name-packing.ts';

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
