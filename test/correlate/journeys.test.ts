import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Timeline } from '../../src/correlate/timeline.ts';
import { run } from './dialogue.ts';

const GET = '"GET /a HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n"';
const ANSWER = '"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi"';

describe('timeline', () => {
  const time = fc.integer({ min: -1_000_000, max: 1_000_000 });
  const kind = fc.constantFrom('arp', 'dns', 'tcp', 'tls', 'send', 'wait', 'receive', 'close') as fc.Arbitrary<'dns'>;

  test('whatever the clock did: no stage is negative, none overlaps, HAR adds up', () => {
    fc.assert(
      fc.property(time, fc.array(fc.tuple(kind, time, time)), (start, list) => {
        const t = new Timeline(start);
        for (const [k, from, to] of list) t.add(k, from, to, []);
        let at = start;
        for (const s of t.stages) {
          expect(s.start).toBe(at);
          expect(s.end).toBeGreaterThanOrEqual(s.start);
          at = s.end;
        }
        const har = t.har();
        for (const value of Object.values(har)) expect(value === -1 || value >= 0).toBe(true);
        const sum = har.blocked + Math.max(0, har.dns) + Math.max(0, har.connect) + har.send + har.wait + har.receive;
        expect(sum).toBeCloseTo(har.total, 6);
        expect(har.ssl).toBeLessThanOrEqual(Math.max(har.connect, -1));
      }),
    );
  });
});

test('one request: its stages are where the packets put them', () => {
  const { journeys } = run(`
    0.000 c S
    0.010 s SA
    0.011 c A
    0.020 c PA ${GET}
    0.050 s PA ${ANSWER}
    1.000 c FA
    1.010 s FA
    1.011 c A`);
  expect(journeys).toHaveLength(1);
  const j = journeys[0];
  expect(j.stages.map((s) => [s.kind, s.start / 1e6, s.end / 1e6, s.packets])).toEqual([
    ['tcp', 0, 11, [1, 2, 3]],
    ['idle', 11, 20, []],
    ['send', 20, 20, [4]],
    ['wait', 20, 50, [5]],
    ['receive', 50, 50, [5]],
    ['idle', 50, 1000, []],
    ['close', 1000, 1011, [6, 7, 8]],
  ]);
  expect(j.har).toEqual({ blocked: 9, dns: -1, connect: 11, ssl: -1, send: 0, wait: 30, receive: 0, total: 50 });
  expect([j.url, j.outcome, j.status]).toEqual(['http://a.example/a', 'complete', 200]);
});

test('the request’s first segment was lost ahead of the capture: it was being sent from the second one on', () => {
  const { journeys } = run(`
    0.0 c S\n 0.1 s SA\n 0.1 c A
    0.2 c PA seq=20 "a.example\\r\\n\\r\\n"\n 0.5 c PA seq=0 "GET /a HTTP/1.1\\r\\nHo"\n 0.501 c PA seq=19 ":"\n 0.7 s PA ${ANSWER}`);
  expect(journeys[0].stages.map((s) => [s.kind, s.start / 1e6, s.end / 1e6])).toEqual([
    ['tcp', 0, 100],
    ['idle', 100, 200],
    ['send', 200, 501],
    ['wait', 501, 700],
    ['receive', 700, 700],
  ]);
});

test('two requests on one connection: the second one has no connect', () => {
  const { journeys } = run(`
    0.0 c S\n 0.1 s SA\n 0.1 c A
    0.2 c PA ${GET}\n 0.3 s PA ${ANSWER}
    0.5 c PA ${GET}\n 0.6 s PA ${ANSWER}`);
  expect(journeys.map((j) => [j.har.connect, j.har.wait, j.start / 1e6])).toEqual([
    [100, 100, 0],
    [-1, 100, 500],
  ]);
  expect(journeys[1].stages.find((s) => s.kind === 'tcp')).toMatchObject({ reused: true, packets: [1, 2, 3] });
});

test.each([
  ['unanswered', `0.0 c S\n 0.1 s SA\n 0.1 c A\n 0.2 c PA ${GET}\n 0.3 s A\n 1.0 c FA\n 1.1 s FA`],
  ['in-progress', `0.0 c S\n 0.1 s SA\n 0.1 c A\n 0.2 c PA ${GET}`],
  ['reset', `0.0 c S\n 0.1 s SA\n 0.1 c A\n 0.2 c PA ${GET}\n 0.3 s R`],
  [
    'incomplete',
    `0.0 c S\n 0.1 s SA\n 0.1 c A\n 0.2 c PA ${GET}\n 0.3 s PA "HTTP/1.1 200 OK\\r\\nContent-Length: 9\\r\\n\\r\\nhi"\n 0.4 s FA\n 0.5 c FA`,
  ],
  ['refused', '0.0 c S\n 0.1 s RA'],
  ['timed-out', '0.0 c S\n 1.0 c S seq=-1'],
  ['no-request', '0.0 c S\n 0.1 s SA\n 0.1 c A\n 9.0 c FA\n 9.1 s FA\n 9.2 c A'],
])('outcome %s', (outcome, script) => {
  expect(run(script).journeys.map((j) => j.outcome)).toEqual([outcome]);
});

test('without a SYN the first answer tells who the server is', () => {
  const { connections, exchanges } = run(`0.1 c PA ${GET}\n 0.2 s PA ${ANSWER}`, {
    client: '10.0.0.1:80',
    server: '10.0.0.2:50000',
  });
  expect([connections[0].client.port, connections[0].clientKnown]).toEqual([80, false]);
  expect(exchanges.map((x) => [x.method, x.status])).toEqual([['GET', 200]]);
});

test('a byte that might begin a protocol (a keep-alive’s, here) does not hide the request behind it', () => {
  const zero = String.fromCharCode(0);
  const { exchanges } = run(`0.0 c A seq=0 "${zero}"\n 0.1 s A seq=0 ack=1\n 9.0 c PA seq=1 ${GET}\n 9.1 s PA seq=0 ${ANSWER}`);
  expect(exchanges.map((x) => [x.method, x.requestPacket, x.status])).toEqual([['GET', 3, 200]]);
});

test('a clock that steps back gives no negative time', () => {
  const { journeys } = run(`5.0 c S\n 5.1 s SA\n 5.1 c A\n 5.2 c PA ${GET}\n 1.0 s PA ${ANSWER}\n 1.1 c FA\n 1.2 s FA`);
  for (const s of journeys[0].stages) expect(s.end).toBeGreaterThanOrEqual(s.start);
  expect(journeys[0].har.wait).toBe(0);
});

test('of one direction nobody can say whether the other one spoke', () => {
  const { journeys } = run(`0.0 c S\n 0.1 c A ack=0\n 0.2 c PA ${GET}\n 0.4 c A ack=40\n 0.5 c FA ack=41`);
  expect(journeys.map((j) => [j.outcome, j.stages.find((s) => s.kind === 'tcp')?.note?.en])).toEqual([
    ['unknown', 'the answer to the SYN was not captured'],
  ]);
});

test('after an upgrade the connection is not idle', () => {
  const upgrade = '"HTTP/1.1 101 Switching Protocols\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n"';
  const ask = '"GET /ws HTTP/1.1\\r\\nHost: a.example\\r\\nUpgrade: websocket\\r\\nConnection: Upgrade\\r\\n\\r\\n"';
  const { journeys } = run(`
    0.0 c S\n 0.1 s SA\n 0.1 c A\n 0.2 c PA ${ask}\n 0.3 s PA ${upgrade}
    5.0 c PA len=20\n 9.0 s PA len=30\n 9.5 c FA\n 9.6 s FA\n 9.7 c A`);
  expect(journeys).toHaveLength(1);
  const own = journeys[0].stages.filter((s) => s.kind !== 'idle').map((s) => [s.kind, s.end / 1e6]);
  expect(own).toEqual([
    ['tcp', 100],
    ['send', 200],
    ['wait', 300],
    ['receive', 300],
    ['send', 5000],
    ['wait', 9000],
    ['receive', 9000],
    ['close', 9700],
  ]);
  expect(journeys[0].stages.find((s) => s.end === 9000e6)?.note?.en).toContain('websocket');
});

test('a redirect and a Referer are shown by their packets', () => {
  const moved = '"HTTP/1.1 302 Found\\r\\nLocation: /b\\r\\nContent-Length: 0\\r\\n\\r\\n"';
  const second = '"GET /b HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n"';
  const third = '"GET /c.css HTTP/1.1\\r\\nHost: a.example\\r\\nReferer: http://a.example/b\\r\\n\\r\\n"';
  const { journeys } = run(`
    0.0 c S\n 0.1 s SA\n 0.1 c A
    0.2 c PA ${GET}\n 0.3 s PA ${moved}\n 0.4 c PA ${second}\n 0.5 s PA ${ANSWER}\n 0.6 c PA ${third}\n 0.7 s PA ${ANSWER}`);
  expect(journeys.map((j) => [j.page, j.parent])).toEqual([
    [journeys[0].id, null],
    [journeys[0].id, journeys[0].id],
    [journeys[0].id, journeys[1].id],
  ]);
  expect(journeys[1].evidence.find((e) => e.join === 'redirect')?.packets).toEqual([5, 6]);
  expect(journeys[2].evidence.find((e) => e.join === 'referer')?.packets).toEqual([6, 8]);
});

test('name and password in a URL reach no record', () => {
  const ask =
    '"GET http://user:secret1@a.example/x HTTP/1.1\\r\\nHost: user:secret2@a.example\\r\\nReferer: http://u:secret3@b/\\r\\n\\r\\n"';
  const moved = '"HTTP/1.1 302 Found\\r\\nLocation: //u:secret4@c.example/y@z\\r\\nContent-Length: 0\\r\\n\\r\\n"';
  const found = run(`0.0 c S\n 0.1 s SA\n 0.1 c A\n 0.2 c PA ${ask}\n 0.3 s PA ${moved}`);
  expect(JSON.stringify([found.exchanges, found.journeys])).not.toContain('secret');
  expect(found.exchanges[0]).toMatchObject({ target: 'http://a.example/x', host: 'a.example', location: '//c.example/y@z' });
});
