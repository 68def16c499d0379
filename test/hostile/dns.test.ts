import { expect, test } from 'vitest';
import { LIST_LIMIT, type Lookup } from '../../src/correlate/model.ts';
import { GROUP_LIMIT } from '../../src/correlate/name-store.ts';
import { NAME_BYTES_LIMIT, NameBook } from '../../src/correlate/names.ts';
import { run } from './run.ts';

test('pointer loops: every message is read, none is followed for ever', async () => {
  const { lookups, datagrams } = await run('dns-pointers', 2000);
  expect(datagrams).toBe(2000);
  expect(lookups).toEqual([]);
});

test('65,535 records announced: what is there is read, up to the limits', async () => {
  const { lookups } = await run('dns-65535-records', 20);
  expect(lookups).toHaveLength(20);
  for (const lookup of lookups) expect(lookup.addresses).toHaveLength(LIST_LIMIT);
});

function lookupOf(index: number, name: string, addresses: string[]): Lookup {
  return {
    index,
    packet: index,
    id: 0,
    transport: 'udp',
    client: { address: '10.0.0.1', port: 1 },
    server: { address: '10.0.0.2', port: 53 },
    name,
    type: 'A',
    start: index,
    end: index,
    lastAsked: index,
    answerPacket: index,
    rcode: 'NOERROR',
    addresses,
    aliases: [],
    records: undefined,
    repeats: [],
    truncated: undefined,
    retryOf: undefined,
    retriedBy: undefined,
  };
}

test('names: so many groups, so many bytes; every group without a connection is told once', () => {
  let told = 0;
  const book = new NameBook(() => told++);
  for (let i = 0; i < GROUP_LIMIT + 10; i++) book.answered(lookupOf(i, `n${i}`, []));
  expect(book.evicted).toBe(10);
  const many = Array.from({ length: LIST_LIMIT }, (_, i) => `192.0.2.${i}`);
  const groups = 2 * Math.ceil(NAME_BYTES_LIMIT / (48 * LIST_LIMIT));
  for (let i = 0; i < groups; i++) book.answered(lookupOf(i, `m${i}`, many));
  expect(book.evicted).toBeGreaterThan(10 + GROUP_LIMIT);
  expect(book.find('10.0.0.1', '192.0.2.7')?.name).toBe(`m${groups - 1}`);
  book.end();
  expect(told).toBe(GROUP_LIMIT + 10 + groups);
});

test('a client that knows very many addresses: the newest are remembered', () => {
  const book = new NameBook(() => {});
  for (let i = 0; i < 300; i++)
    book.answered(
      lookupOf(
        i,
        `n${i}`,
        Array.from({ length: LIST_LIMIT }, (_, k) => `${i}.${k}`),
      ),
    );
  expect(book.find('10.0.0.1', '299.3')?.name).toBe('n299');
  expect(book.find('10.0.0.1', '190.3')?.name).toBe('n190');
  expect(book.find('10.0.0.1', '3.3')).toBeUndefined();
});
