import { expect, test } from 'vitest';
import { CARRY_BUDGET } from '../../src/correlate/http-carry.ts';
import { PIPELINE_LIMIT } from '../../src/correlate/http-exchanges.ts';
import { HELD_MESSAGE_BYTES, HeldBytes } from '../../src/correlate/held-bytes.ts';
import { DnsStream } from '../../src/correlate/lookup-tcp.ts';
import { LookupTracker } from '../../src/correlate/lookups.ts';
import type { Lookup, TlsSession } from '../../src/correlate/model.ts';
import { HELD_BYTES, HELD_BYTES_PER_STREAM } from '../../src/correlate/streams.ts';
import { TlsParser } from '../../src/correlate/tls.ts';
import { be16, join, u8 } from '../frames.ts';
import { run } from './run.ts';

test.each(['reverse-bytes', 'holes-everywhere'])('%s: what waits behind holes is bounded', async (name) => {
  let most = 0;
  const { connections } = await run(name, 20_000, ({ correlator }) => {
    most = Math.max(most, correlator.tcp.streams.heldBytes);
  });
  expect(most).toBeLessThanOrEqual(Math.min(HELD_BYTES, 5 * HELD_BYTES_PER_STREAM));
  const sent = connections.reduce((sum, c) => sum + c.fromClient.payloadBytes, 0);
  expect(sent).toBe(20_000);
});

test('bytes in reverse order come out in order where there is room for them', async () => {
  const { connections } = await run('reverse-bytes', 3000);
  expect(connections[0].fromClient.streamBytes).toBe(3000);
  expect(connections[0].fromClient.missingBytes).toBe(0);
});

test('4 GB announced, 100 bytes sent', async () => {
  const { exchanges } = await run('content-length-4g', 200);
  expect(exchanges).toHaveLength(200);
  for (const x of exchanges) expect([x.complete, x.responseBodyBytes, x.responseFraming]).toEqual([false, 100, 'length']);
});

test('chunks of 64 GB, and sizes that are no numbers', async () => {
  const { exchanges, told } = await run('huge-chunks', 200);
  expect(exchanges.every((x) => !x.complete && x.responseFraming === 'chunked')).toBe(true);
  expect(told('http-bad-chunk')).toBe(100);
});

test('a head without end is given up at its limit', async () => {
  let most = 0;
  const { told, exchanges } = await run('header-lines', 100_000, ({ correlator }) => {
    most = Math.max(most, correlator.finder.carriedBytes);
  });
  expect(told('http-head-too-long')).toBe(1);
  expect(exchanges).toHaveLength(1);
  expect(most).toBeLessThanOrEqual(CARRY_BUDGET);
});

test('requests beyond the pipeline limit are told unanswered at once', async () => {
  const { told, exchanges } = await run('pipelined', 4000);
  expect(exchanges).toHaveLength(4000);
  expect(told('http-pipeline-limit')).toBe(4000 - PIPELINE_LIMIT);
});

test('many requests, one after the other: a journey each', async () => {
  const { exchanges, journeys } = await run('answered-in-order', 3000);
  expect(exchanges.filter((x) => x.complete)).toHaveLength(3000);
  expect(journeys).toHaveLength(3000);
});

test('URLs of 60 KB are not remembered, their requests are told', async () => {
  const { journeys } = await run('long-urls', 20);
  expect(journeys).toHaveLength(20);
  expect(journeys.every((j) => j.parent === null && j.status === 302)).toBe(true);
});

test('handshake messages of 16 MB are not waited for', async () => {
  const { sessions, analysis } = await run('tls-16mb', 200);
  expect(sessions).toHaveLength(200);
  expect(analysis.correlator.finder.handshakes.held).toBe(0);
});

test('a ClientHello alone is a session', async () => {
  const { sessions } = await run('tls-half-done', 200);
  expect(sessions).toHaveLength(200);
  expect(sessions.every((s) => s.clientHelloPacket !== undefined && s.serverHelloPacket === undefined)).toBe(true);
});

test.each([
  ['tls-unfinished', 'tls-handshakes-held'],
  ['dns-tcp-unfinished', 'dns-messages-held'],
])('%s: unfinished messages hold no more than their budget', async (name, code) => {
  let most = 0;
  const { told } = await run(name, 2600, ({ correlator }) => {
    const { handshakes, messages } = correlator.finder;
    most = Math.max(most, handshakes.held, messages.held);
  });
  expect(most).toBeGreaterThan(HELD_MESSAGE_BYTES / 2);
  expect(most).toBeLessThanOrEqual(HELD_MESSAGE_BYTES);
  expect(told(code)).toBeGreaterThan(0);
});

/** A handshake record with these bytes. */
const record = (...bytes: number[]): Uint8Array => join(u8(22, 3, 3), be16(bytes.length), u8(...bytes));

test('without room a TLS message is stepped over, and the next is read', () => {
  const sessions: TlsSession[] = [];
  const parser = new TlsParser(0, (session) => sessions.push(session), new HeldBytes(0));
  const hello = [1, 0, 0, 38, 3, 3, ...new Array<number>(36).fill(0)];
  // In two pieces: not kept. Whole in one segment: read.
  const pieces = [record(...hello.slice(0, 20)), record(...hello.slice(20)), record(...hello)];
  for (const [i, piece] of pieces.entries()) parser.data(true, piece, 0, piece.length, i + 1, i);
  parser.end(true, 'fin', 4, 4);
  parser.end(false, 'fin', 4, 4);
  expect(sessions[0].clientHelloPacket).toBe(3);
});

test('without room a DNS message over TCP is stepped over, and the next is read', () => {
  const final: Lookup[] = [];
  const tracker = new LookupTracker({ final: (lookup) => final.push(lookup) });
  const budget = new HeldBytes(0);
  const stream = new DnsStream(tracker, { address: 'a', port: 1 }, { address: 'b', port: 53 }, budget);
  const question = (id: number): Uint8Array =>
    join(be16(19), be16(id), be16(0x0100), be16(1), new Uint8Array(6), u8(1, 97, 0), be16(1), be16(1));
  const first = question(1);
  const rest = join(first.slice(9), question(2));
  stream.data(true, first, 0, 9, 1, 1);
  stream.data(true, rest, 0, rest.length, 2, 2);
  tracker.end();
  expect(final.map((lookup) => lookup.id)).toEqual([2]);
  expect([budget.held, budget.refused]).toEqual([0, 1]);
});

test('what is held is given back when the connection ends', async () => {
  const { analysis } = await run('tls-unfinished', 50);
  expect(analysis.correlator.finder.handshakes.held).toBe(0);
});

test('65,577 segments are once around the sequence numbers', async () => {
  const { connections } = await run('sequence-wrap', 150_000);
  expect(connections).toHaveLength(1);
  const [c] = connections;
  expect(c.fromClient.payloadBytes).toBe(150_000 * 65_495);
  expect(c.retransmissions).toEqual([]);
});
