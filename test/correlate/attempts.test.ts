import { existsSync } from 'node:fs';
import { join as path } from 'node:path';
import { expect, test } from 'vitest';
import { Analysis } from '../../src/session/analysis.ts';
import { ANNEX_BYTES } from '../../src/capture/batch.ts';
import { openCapture } from '../../src/capture/open.ts';
import { Correlator } from '../../src/correlate/correlator.ts';
import type { Journey } from '../../src/correlate/model.ts';
import { batchOf, be16, join, u8 } from '../frames.ts';
import {
  applicationData,
  changeCipherSpec,
  clientHello,
  extension,
  handshake,
  record,
  serverHello,
  serverName,
  versions,
} from '../tls/build.ts';
import { correlate } from './dialogue.ts';
import * as S from './scene.ts';

// Several connections for one purpose, and lookups that could belong to several connections.

const NAME = 'a.example';
const FOUR = ['192.0.2.1', '192.0.2.2'];
const SIX = ['2001:db8:80::1'];
const m = S.machine(1);
const asked = S.lookup(m, NAME, FOUR, SIX, 50000);
const page = [...S.OPEN, S.get(NAME), S.OK, ...S.CLOSE];

const play = (...parts: S.Frames[]) => correlate(S.inTurn(parts.flat()));
const own = (j: Journey, kind: string) => j.stages.filter((s) => s.kind === kind && !s.reused);
const outcomes = (j: Journey) => j.attempts?.map((a) => a.outcome);

test('one address after the other is refused: each is a stage of the journey, none a journey of its own', () => {
  const { journeys } = play(
    asked,
    S.connection(m, 40001, SIX[0], ['c S', 's RA']),
    S.connection(m, 40002, FOUR[0], ['c S', 's RA']),
    S.connection(m, 40003, FOUR[1], page),
  );
  expect(journeys).toHaveLength(1);
  const [j] = journeys;
  expect(outcomes(j)).toEqual(['refused', 'refused', 'used']);
  expect(own(j, 'tcp').map((s) => s.packets)).toEqual([
    [5, 6],
    [7, 8],
    [9, 10, 11],
  ]);
  // From the first SYN to the last ACK.
  expect(j.har.connect).toBe(60);
  expect(own(j, 'dns')[0].packets).toEqual([1, 2, 3, 4]);
});

test('an address that is refused long before is another action', () => {
  const refused = S.connection(m, 40001, FOUR[0], ['c S', 's RA']);
  const frames = [...asked, ...refused, ...S.connection(m, 40002, FOUR[1], page)];
  const { journeys } = correlate(
    S.timed(
      frames,
      frames.map((_, i) => (i < 6 ? 10 * i : 20_000 + 10 * i)),
    ),
  );
  expect(journeys.map((j) => [j.outcome, j.attempts]).sort()).toEqual([
    ['complete', undefined],
    ['refused', undefined],
  ]);
});

test('an attempt that is final before the better one is told with that one', () => {
  // The same ports again: the refused attempt's record is gone when the request is over.
  const { journeys } = play(
    asked,
    S.connection(m, 40001, FOUR[0], ['c S', 's RA']),
    S.connection(m, 40002, FOUR[1], [...S.OPEN, S.get(NAME)]),
    S.connection(m, 40001, FOUR[0], ['c S seq=700', 's RA']),
  );
  const told = journeys.filter((j) => j.attempts !== undefined);
  expect(told).toHaveLength(1);
  expect(told[0].url).toBe(`http://${NAME}/`);
  expect(outcomes(told[0])?.slice(0, 2)).toEqual(['refused', 'used']);
});

test('the better attempt was for another name: what waited for it is told alone', () => {
  const b = S.lookup(m, 'b.example', [FOUR[1]], [], 50001, 9);
  const { journeys } = play(
    b,
    asked,
    S.connection(m, 40001, FOUR[0], ['c S', 's RA']),
    S.connection(m, 40002, FOUR[1], [...S.OPEN]),
    S.connection(m, 40001, FOUR[0], ['c S seq=700', 's RA']),
    S.connection(m, 40002, FOUR[1], [...S.OPEN, S.get('b.example'), S.OK, ...S.CLOSE]).slice(3),
  );
  const request = journeys.find((j) => j.exchange !== undefined);
  expect([request?.name, request?.attempts]).toEqual(['b.example', undefined]);
  expect(journeys.filter((j) => j.outcome === 'refused')).toHaveLength(2);
  expect(new Set(journeys.map((j) => j.id)).size).toBe(journeys.length);
});

test('none works: the attempt that lasted longest stands for all', () => {
  const { journeys } = play(
    asked,
    S.connection(m, 40001, SIX[0], ['c S']),
    S.connection(m, 40002, FOUR[0], ['c S', 's RA']),
    S.connection(m, 40001, SIX[0], ['c S']),
  );
  expect(journeys.map((j) => [j.outcome, outcomes(j)])).toEqual([['timed-out', ['unanswered', 'refused']]]);
});

test('a connection opened in advance was the first to use the lookup', () => {
  const { journeys, connections } = play(asked, S.connection(m, 40001, FOUR[0], S.OPEN), S.connection(m, 40002, FOUR[0], page));
  const [spare, used] = connections.map((c) => journeys.find((j) => j.connection === c.id) as Journey);
  expect([spare.outcome, own(spare, 'dns').length]).toEqual(['no-request', 1]);
  expect([used.outcome, own(used, 'dns').length, used.har.dns]).toEqual(['complete', 0, -1]);
  expect(used.attempts).toBeUndefined();
});

test('a TLS connection without a request says so, open at the end or reset by the client', () => {
  const hello = record(22, handshake(1, clientHello({ extensions: [serverName(NAME), versions(0x0304)] })));
  const chosen = serverHello({ suite: 0x1301, extensions: [extension(43, be16(0x0304))] });
  const answer = join(record(22, handshake(2, chosen)), changeCipherSpec);
  const flight = join(answer, applicationData(900));
  const finished = applicationData(53);
  for (const end of [[], ['c R']]) {
    const lines = [...S.OPEN, `c PA len=${hello.length}`, `s PA len=${flight.length}`, `c PA len=${finished.length}`, ...end];
    const frames = S.connection(m, 40001, FOUR[0], lines, 443);
    [hello, flight, finished].forEach((bytes, i) => {
      frames[3 + i].set(bytes, frames[3 + i].length - bytes.length);
    });
    expect(correlate(S.inTurn([...asked, ...frames])).journeys.map((j) => j.outcome)).toEqual(['no-request']);
  }
});

test('clients behind one router share its card: whose address it was cannot be told', () => {
  const other = { ...S.machine(2), mac: m.mac };
  const six = S.connection(m, 40001, SIX[0], page);
  const both = play(asked, S.lookup(other, NAME, FOUR, SIX, 50001), six);
  expect(both.journeys.find((j) => j.exchange !== undefined)?.lookup).toBeUndefined();
  expect(both.journeys.filter((j) => j.outcome === 'no-connection')).toHaveLength(2);
  const alone = play(asked, six);
  expect(alone.journeys.map((j) => [j.lookup, j.evidence.map((e) => e.join)])).toEqual([
    [1, ['answer-address', 'same-client', 'host']],
  ]);
});

test('packets that name no card: one client is assumed, and the evidence says so', () => {
  const cooked = (frame: Uint8Array): Uint8Array =>
    join(be16(0), be16(1), be16(6), frame.slice(6, 12), u8(0, 0), frame.slice(12));
  const six = S.connection(m, 40001, SIX[0], page);
  const frames = [...asked, ...six].map((bytes) => ({ bytes: cooked(bytes), linkType: 113 }));
  const times = S.inTurn(frames.map((f) => f.bytes));
  const found = (step: number) =>
    correlate(frames.map((f, i) => ({ ...f, time: (times[0].time as bigint) + BigInt(step * 1e6 * i) }))).journeys[0];
  const why = found(10).evidence.find((e) => e.join === 'same-client')?.text;
  expect([why?.en, why?.ko].every((says) => says?.includes(m.four) && says.includes(m.six))).toBe(true);
  expect(why?.en).toContain('taken for');
  // Much later it may be anybody.
  const late = [...asked, ...six].map((bytes, i) => ({
    bytes: cooked(bytes),
    linkType: 113,
    time: (times[0].time as bigint) + BigInt(i < 4 ? i * 1e6 : 30e9 + i * 1e6),
  }));
  expect(correlate(late).journeys.find((j) => j.exchange !== undefined)?.lookup).toBeUndefined();
});

test('a redirect with a fragment, to a host with its port', () => {
  const moved = S.connection(m, 40001, FOUR[0], [...S.OPEN, S.get('c.example'), S.moved(`http://${NAME}:80/b~part`), ...S.CLOSE]);
  // "#" would begin a comment of the dialogue.
  for (const bytes of moved) {
    const at = bytes.indexOf(0x7e, 60);
    if (at > 0) bytes[at] = 0x23;
  }
  const { journeys } = play(moved, S.connection(m, 40002, FOUR[1], [...S.OPEN, S.get(`${NAME}:80`, '/b'), S.OK, ...S.CLOSE]));
  expect(journeys.map((j) => [j.url, j.parent])).toEqual([
    ['http://c.example/', null],
    [`http://${NAME}/b`, journeys[0].id],
  ]);
});

test('while packets come in: the losing attempt is no journey beside the one that won', () => {
  const frames = S.inTurn([
    ...asked,
    ...S.connection(m, 40001, SIX[0], ['c S']),
    ...S.connection(m, 40002, FOUR[0], [...S.OPEN, S.get(NAME)]),
  ]);
  const correlator = new Correlator({}, { live: true });
  const batch = batchOf(frames);
  batch.annexAt = batch.bytes.length;
  batch.bytes = join(batch.bytes, new Uint8Array(ANNEX_BYTES));
  correlator.batch(batch);
  expect(correlator.unfinished(10).map((j) => [j.url, outcomes(j)])).toEqual([[`http://${NAME}/`, ['unanswered', 'used']]]);
});

test('two calls at once, each tries IPv6 first: every later attempt goes on with the call that waits', () => {
  const again = S.lookup(m, NAME, FOUR, SIX, 50001, 7);
  const frames = [
    ...S.mixed([asked, again], [0, 1]),
    ...S.connection(m, 40001, SIX[0], ['c S']),
    ...S.connection(m, 40002, SIX[0], ['c S']),
    ...S.connection(m, 40003, FOUR[0], page),
    ...S.connection(m, 40004, FOUR[0], page),
  ];
  const { journeys } = correlate(S.inTurn(frames));
  expect(journeys.map((j) => [outcomes(j), own(j, 'dns').map((s) => s.packets.length)])).toEqual([
    [['unanswered', 'used'], [4]],
    [['unanswered', 'used'], [4]],
  ]);
});

test('a name that is looked up twice at once for one connection: both lookups are its stage', () => {
  const again = S.lookup(m, NAME, FOUR, [], 50001, 7);
  const { journeys } = play(S.mixed([S.lookup(m, NAME, FOUR, [], 50000), again], [0, 1]), S.connection(m, 40001, FOUR[0], page));
  expect(journeys.map((j) => own(j, 'dns').map((s) => s.packets))).toEqual([[[1, 2, 3, 4, 5, 6, 7, 8]]]);
});

test('spare connections to two addresses that are kept open are no losers', () => {
  const spare = (port: number, to: string) => S.connection(m, port, to, [...S.OPEN, ...S.CLOSE]);
  const frames = [...asked, ...S.mixed([spare(40001, FOUR[0]), spare(40002, FOUR[1])], [0, 1])];
  const { journeys } = correlate(
    S.timed(
      frames,
      frames.map((_, i) => (i < 10 ? 10 * i : 5000 + 10 * i)),
    ),
  );
  expect(journeys.map((j) => [j.outcome, j.attempts])).toEqual([
    ['no-request', undefined],
    ['no-request', undefined],
  ]);
});

const CAPTURE = path(import.meta.dirname, '..', '..', '..', 'shared', 'captures', 'web-page', 'cafe-wifi.pcapng');

test.skipIf(!existsSync(CAPTURE))(
  'a browser without working IPv6: 300 ms later it tries IPv4 for each of its two lookups',
  async () => {
    const journeys: Journey[] = [];
    const source = await openCapture(CAPTURE);
    await new Analysis(source, { journey: (j) => journeys.push(j) }).run();
    source.close();
    // tshark: SYNs to 2607:f8b0:400a:805::1001 in packets 1055 and 1065, to 173.194.33.128 in 1067 and 1093, 301 ms after each.
    const tried = journeys.flatMap((j) => (j.attempts === undefined ? [] : [j.attempts.map((a) => a.packets[0])]));
    expect(tried.sort((a, b) => a[0] - b[0])).toEqual([
      [1055, 1067],
      [1065, 1093],
    ]);
  },
);
