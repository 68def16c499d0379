import { join as path } from 'node:path';
import { expect, test } from 'vitest';
import type { Journey, Lookup } from '../../src/correlate/model.ts';
import { NameBook } from '../../src/correlate/names.ts';
import { message, pointer, wireName } from '../dns/build.ts';
import { FIXTURES, recordsOf, truthOf } from '../fixtures/truth.ts';
import { be16, join, udpFrame } from '../frames.ts';
import { clientHello, extension, handshake, record, serverName } from '../tls/build.ts';
import { correlate } from './dialogue.ts';
import * as S from './scene.ts';

// Several names have one address: a lookup is only whose request or ClientHello names it.

const TO = '192.0.2.1';
const m = S.machine(1);
const a = S.lookup(m, 'a.example', [TO], [], 50000);
const request = (port: number, host: string, path = '/', serverPort = 80) =>
  S.connection(m, port, TO, [...S.OPEN, S.get(host, path), S.OK, ...S.CLOSE], serverPort);

function hello(port: number, sni: string | undefined): S.Frames {
  const bytes = record(
    22,
    handshake(1, clientHello({ extensions: sni === undefined ? [extension(23, be16(0).slice(2))] : [serverName(sni)] })),
  );
  const frames = S.connection(m, port, TO, [...S.OPEN, `c PA len=${bytes.length}`, ...S.CLOSE], 443);
  frames[3].set(bytes, frames[3].length - bytes.length);
  return frames;
}

/** Records of one type, each with its data. */
function told(name: string, type: number, data: Uint8Array): S.Frames {
  const asking = { from: `${m.four}:50009`, to: '10.9.9.9:53', fromMac: m.mac };
  const questions = [{ name, type }];
  return [
    udpFrame({ ...asking, payload: message({ id: 77, questions }) }),
    udpFrame({
      from: asking.to,
      to: asking.from,
      toMac: m.mac,
      payload: message({ id: 77, flags: 0x8180, questions, answers: [{ name: pointer(12), type, data }] }),
    }),
  ];
}

const dns = (j: Journey) => j.stages.filter((s) => s.kind === 'dns').map((s) => (s.reused ? 'earlier' : 'own'));
const joined = (j: Journey) => j.evidence.some((e) => e.join === 'answer-address');
/** Of every journey, in the order of its beginning: what it is called, its lookup, whether an answer's address is evidence. */
const summary = (frames: S.Frames, times?: number[]) =>
  correlate(times === undefined ? S.inTurn(frames) : S.timed(frames, times))
    .journeys.sort((x, y) => x.start - y.start)
    .map((j) => [j.name, dns(j).join(), joined(j)]);
const after = (pause: number, first: number, count: number) =>
  Array.from({ length: count }, (_, i) => (i < first ? i : pause + i));

test('a literal address asks for no name: the lookup is told alone, or with the connection that it served', () => {
  const alone = ['a.example', 'own', false];
  expect(summary([...a, ...request(40001, TO)])).toEqual([alone, [TO, '', false]]);
  expect(summary([...a, ...request(40001, `${TO}:8080`, '/', 8080)])).toEqual([alone, [TO, '', false]]);
  const served = summary([...a, ...request(40001, TO), ...request(40002, 'a.example')]);
  expect(served).toEqual([
    ['a.example', 'own', true],
    [TO, '', false],
  ]);
});

test('what the literal address’s request took does not count the lookup', () => {
  const frames = [...a, ...request(40001, TO)];
  const { journeys } = correlate(S.timed(frames, after(300, 4, frames.length)));
  const j = journeys.find((other) => other.connection !== undefined) as Journey;
  expect(j.har.dns).toBe(-1);
  expect(j.har.blocked).toBeLessThan(10);
  // From its SYN to its answer.
  expect((j.end - j.start) / 1e6).toBeLessThan(10);
});

test('another Host in the clear: the lookup at once before it led there; an older one, or one that served, did not', () => {
  const frames = [...a, ...request(40001, 'b.example')];
  expect(summary(frames)).toEqual([['b.example', 'own', true]]);
  expect(summary(frames, after(600, 4, frames.length))).toEqual([
    ['a.example', 'own', false],
    ['b.example', '', false],
  ]);
  expect(summary([...a, ...request(40001, 'a.example'), ...request(40002, 'b.example')])).toEqual([
    ['a.example', 'own', true],
    ['b.example', '', false],
  ]);
});

test('a ClientHello that names something else was not led here by the lookup, however soon it came', () => {
  expect(summary([...a, ...hello(40001, 'a.example')])).toEqual([['a.example', 'own', true]]);
  expect(summary([...a, ...hello(40001, 'b.example')])).toEqual([
    ['a.example', 'own', false],
    ['b.example', '', false],
  ]);
  // Both looked up: each connection has its own.
  const b = S.lookup(m, 'b.example', [TO], [], 50001, 5);
  expect(summary([...a, ...b, ...hello(40001, 'a.example'), ...hello(40002, 'b.example')])).toEqual([
    ['a.example', 'own', true],
    ['b.example', 'own', true],
  ]);
});

test('a ClientHello without a name: an address alone joins only what follows at once', () => {
  const frames = [...a, ...hello(40001, undefined)];
  expect(summary(frames)).toEqual([['a.example', 'own', true]]);
  expect(summary(frames, after(600, 4, frames.length))).toEqual([
    ['a.example', 'own', false],
    [TO, '', false],
  ]);
  // Several that began at once with the lookup: one has it, the others find it there.
  const both = summary([...a, ...hello(40001, undefined), ...hello(40002, undefined)]);
  expect(both.map(([, lookup]) => lookup)).toEqual(['own', 'earlier']);
  // Nor does a second one make the first one's join any better.
  const two = [...frames, ...hello(40002, undefined)];
  expect(summary(two, after(600, 4, two.length)).map(([, lookup]) => lookup)).toEqual(['own', '', '']);
});

test('the same name in other words: completed by a search list, an HTTPS record’s target, a service’s host', () => {
  const long = S.lookup(m, 'web.corp.example', [TO], [], 50000);
  expect(summary([...long, ...request(40001, 'web')])).toEqual([['web', 'own', true]]);
  const pause = (frames: S.Frames, first: number) => summary(frames, after(600, first, frames.length)).at(-1);
  expect(pause([...long, ...request(40001, 'web')], 4)).toEqual(['web', 'own', true]);
  const https = told('site.example', 65, join(be16(1), wireName('a.example')));
  expect(pause([...https, ...a, ...hello(40001, 'site.example')], 6)).toEqual(['site.example', 'own', true]);
  const service = told('_xmpp-client._tcp.site.example', 33, join(be16(0), be16(0), be16(443), wireName('a.example')));
  expect(pause([...service, ...a, ...hello(40001, 'site.example')], 6)).toEqual(['site.example', 'own', true]);
  const stranger = told('other.example', 65, join(be16(1), wireName('a.example')));
  expect(pause([...stranger, ...a, ...hello(40001, 'site.example')], 6)).toEqual(['site.example', '', false]);
});

test('an alias that the client remembers: it asks for the target, a host of the same domain, and names itself', () => {
  const asking = (target: string) => [...S.lookup(m, target, [TO], [], 50000), ...hello(40001, 'api.example.com')];
  expect(summary(asking('api.west.lb.example.com'))).toEqual([['api.example.com', 'own', true]]);
  for (const other of ['cdn.west.lb.example.com', 'api.west.lb.elsewhere.com', 'www.example.com'])
    expect(summary(asking(other)).at(-1)).toEqual(['api.example.com', '', false]);
  const british = [...S.lookup(m, 'www.lb.one.co.uk', [TO], [], 50000), ...hello(40001, 'www.two.co.uk')];
  expect(summary(british).at(-1)).toEqual(['www.two.co.uk', '', false]);
});

test('an HTTPS record with keys for Encrypted Client Hello: the name in the clear may be a public one', () => {
  const keys = told('a.example', 65, join(be16(1), wireName('.'), be16(5), be16(4), be16(2), be16(0)));
  const frames = [...keys, ...a, ...hello(40001, 'public.example')];
  expect(summary(frames)).toEqual([['public.example', 'own', true]]);
});

test('a request to a proxy names what lies behind it', () => {
  const frames = [...a, ...request(40001, 'far.example', 'http://far.example/', 3128)];
  expect(summary(frames, after(600, 4, frames.length))).toEqual([['far.example', 'own', true]]);
});

test('who was told an address after its connection began was not led by that', () => {
  const book = new NameBook(() => {});
  const lookup = { name: 'a.example', client: { address: m.four, port: 1 }, server: { address: '10.9.9.9', port: 53 } };
  const times = { packet: 10, answerPacket: 12, start: 1e9, end: 2e9, lastAsked: 1e9, repeats: [], aliases: [] };
  book.answered({ ...lookup, ...times, addresses: [TO], type: 'A', transport: 'doh' } as unknown as Lookup);
  expect(book.find(m.four, TO, 0.5e9, 5)).toBeUndefined();
  expect(book.find(m.four, TO, 3e9, 13)?.name).toBe('a.example');
});

test('https-port: curl was given a literal address; ipv6-http: it was given a Host on purpose', async () => {
  const port = await recordsOf(path(FIXTURES, 'https-port', 'client.pcap'));
  const [literal] = truthOf('https-port').requests;
  const j = port.journeys.find(({ url }) => url === literal.url) as Journey;
  expect([dns(j), joined(j), j.har.dns]).toEqual([[], false, -1]);
  expect(port.journeys.filter((other) => other !== j).map(dns)).toEqual([['own'], ['own']]);
  const six = await recordsOf(path(FIXTURES, 'ipv6-http', 'client.pcap'));
  const named = six.journeys.find(({ exchange }) => exchange !== undefined) as Journey;
  expect([dns(named), joined(named)]).toEqual([['own'], true]);
  expect(named.har.dns).toBeCloseTo(truthOf('ipv6-http').requests[0].nameLookupMs ?? 0, -1);
});
