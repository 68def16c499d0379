import { expect, test } from 'vitest';
import { HELD_MESSAGE_BYTES } from '../../src/correlate/held-bytes.ts';
import { STREAM_LIMIT } from '../../src/correlate/http2-streams.ts';
import { run } from './run.ts';

test('requests that nobody answers: the oldest are told, each once', async () => {
  const { exchanges, journeys, told } = await run('h2-open-streams', 3000);
  expect(exchanges).toHaveLength(3000);
  expect(journeys).toHaveLength(3000);
  expect(told('http2-streams-evicted')).toBe(3000 - STREAM_LIMIT);
  expect(new Set(exchanges.map((x) => x.stream)).size).toBe(3000);
});

test('requests taken back at once: each is told, the connection is named once', async () => {
  const { exchanges, told, connections } = await run('h2-rapid-reset', 2000);
  expect(exchanges.every((x) => x.http2?.reset?.code === 'CANCEL' && x.method === 'GET')).toBe(true);
  expect(told('http2-rapid-reset')).toBe(1);
  expect(connections[0].http2?.resets.client).toBe(2000);
});

test('CONTINUATION without end holds nothing', async () => {
  let most = 0;
  const { told } = await run('h2-continuations', 50_000, ({ correlator }) => {
    most = Math.max(most, correlator.finder.carriedBytes);
  });
  expect(told('http2-continuation-flood')).toBe(1);
  expect(most).toBeLessThan(1000);
});

test('blocks that unfold: told, and the sums are right', async () => {
  const { exchanges, told } = await run('h2-bomb', 20);
  expect(told('http2-header-list-too-long')).toBe(20);
  // 1,000 times a name of one byte and a value of 3,968 besides GET, http and /index.html.
  expect(exchanges.at(-1)?.http2?.requestFields).toMatchObject({ fields: 1003, bytes: 10 + 11 + 16 + 1000 * 3969 });
});

test('tables of all connections together stay within their bound', async () => {
  let most = 0;
  const { told } = await run('h2-tables', 12_000, ({ correlator }) => {
    most = Math.max(most, correlator.finder.tables.held);
  });
  expect(most).toBeLessThanOrEqual(HELD_MESSAGE_BYTES);
  expect(told('http2-tables-held')).toBeGreaterThan(0);
});

test('settings that nobody knows are not kept', async () => {
  const { connections } = await run('h2-settings', 20_000);
  expect(Object.keys(connections[0].http2?.settings.client ?? {}).length).toBeLessThan(10);
});
