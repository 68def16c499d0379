import { describe, expect, test } from 'vitest';
import { ANNEX_BYTES } from '../../src/capture/batch.ts';
import { Correlator } from '../../src/correlate/correlator.ts';
import type { Exchange, Journey, Lookup, TlsSession } from '../../src/correlate/model.ts';
import { TlsKeys } from '../../src/dissect/tls/key-log.ts';
import { tlsLines } from '../../src/report/tls-lines.ts';
import { answer, query } from '../dns/build.ts';
import { batchOf, be16, type Captured, join, tcpFrame, text } from '../frames.ts';
import { type Chunk, talk } from './talk.ts';

const CLIENT = '192.0.2.1';
const SERVER = '192.0.2.2';
const BASE = 1_600_000_000_000_000_000n;
const SEGMENT = 1400;

/** What was said over one TCP connection, from its SYN to its FINs: a packet a millisecond. */
function connection(chunks: Chunk[], port: number): Captured[] {
  const frames: Captured[] = [];
  const next = { c: 1000, s: 5000 };
  const add = (fromClient: boolean, flags: string, payload = new Uint8Array(0)): void => {
    const [from, to] = fromClient ? (['c', 's'] as const) : (['s', 'c'] as const);
    const ends = [`${CLIENT}:40000`, `${SERVER}:${port}`];
    const [source, destination] = fromClient ? ends : ends.reverse();
    const acknowledgment = flags === 'S' ? 0 : next[to];
    const bytes = tcpFrame({ from: source, to: destination, sequence: next[from], acknowledgment, flags, payload });
    frames.push({ bytes, time: BASE + BigInt(frames.length) * 1_000_000n });
    next[from] += payload.length + (/[SF]/.test(flags) ? 1 : 0);
  };
  add(true, 'S');
  add(false, 'SA');
  add(true, 'A');
  for (const { fromClient, bytes } of chunks)
    for (let at = 0; at < bytes.length; at += SEGMENT) add(fromClient, 'PA', bytes.slice(at, at + SEGMENT));
  add(true, 'FA');
  add(false, 'FA');
  add(true, 'A');
  return frames;
}

function read(frames: Captured[], keyLog: string) {
  const found = { exchanges: [] as Exchange[], journeys: [] as Journey[], lookups: [] as Lookup[], sessions: [] as TlsSession[] };
  const keys = new TlsKeys();
  keys.readAll(Buffer.from(keyLog));
  const correlator = new Correlator(
    {
      exchange: (x) => void found.exchanges.push(x),
      journey: (j) => void found.journeys.push(j),
      lookup: (l) => void found.lookups.push(l),
      tls: (t) => void found.sessions.push(t),
    },
    { keys },
  );
  const batch = batchOf(frames);
  batch.annexAt = batch.bytes.length;
  batch.bytes = join(batch.bytes, new Uint8Array(ANNEX_BYTES));
  correlator.batch(batch);
  correlator.end();
  return found;
}

/** The stages that are not idle. */
const kinds = ({ stages }: Journey): string[] =>
  stages.filter((s) => s.kind !== 'idle').map((s) => (s.reused ? `${s.kind} reused` : s.kind));

/** Stages follow each other, and what one of the two sides sent in them is told once. */
function twiceOrAgainst(stages: Journey['stages']): void {
  let before = 0;
  for (const { start, end } of stages) {
    expect(start).toBeGreaterThanOrEqual(before);
    before = end;
  }
  for (const kind of ['send', 'receive']) {
    const sent = stages.filter((s) => s.kind === kind && !s.reused).flatMap((s) => s.packets);
    expect(sent).toEqual([...new Set(sent)].sort((a, b) => a - b));
  }
}

/** What was said, as the sides' turns. */
function turnsOf(chunks: Chunk[]): Buffer[] {
  const turns: Buffer[] = [];
  chunks.forEach(({ fromClient, bytes }, i) => {
    if (i > 0 && chunks[i - 1].fromClient === fromClient) turns.push(Buffer.concat([turns.pop() as Buffer, bytes]));
    else turns.push(Buffer.from(bytes));
  });
  return turns;
}

const framed = (message: Uint8Array): Buffer => Buffer.from(join(be16(message.length), message));

describe('what TLS carries', () => {
  test.each([
    [853, []],
    [8853, ['dot']],
  ])('DNS over TLS by its port or its ALPN (port %i, %j): a lookup', async (port, protocols) => {
    const alpn = protocols.length > 0 ? { ALPNProtocols: protocols } : {};
    const says = [framed(query(7, 'www.example.test')), framed(answer(7, 'www.example.test', ['192.0.2.80']))];
    const { chunks, keyLog } = await talk({ client: alpn, server: alpn, says });
    const { lookups, journeys } = read(connection(chunks, port), keyLog);
    expect(lookups).toHaveLength(1);
    expect(lookups[0]).toMatchObject({ name: 'www.example.test', type: 'A', transport: 'dot', addresses: ['192.0.2.80'] });
    expect(lookups[0].server).toEqual({ address: SERVER, port });
    expect(lookups[0].end).toBeGreaterThan(lookups[0].start);
    expect(journeys.length).toBeGreaterThan(0);
    const sealed = read(connection(chunks, port), '');
    expect(sealed.lookups).toEqual([]);
    // By its port it is DNS: no page was asked for.
    if (port === 853) expect(sealed.journeys[0].url).toBeUndefined();
  });

  describe('DNS over HTTPS by HTTP/1.1 (RFC 8484)', () => {
    // The question of RFC 8484 §4.1.1, for www.example.com, as it stands in a URL.
    const CODED = 'AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB';
    const TYPE = 'application/dns-message';
    const question = Buffer.from(CODED, 'base64url');
    const told = Buffer.from(answer(0, 'www.example.com', ['192.0.2.80']));
    const head = (line: string, fields: string[]): Buffer => Buffer.from(`${line}\r\n${fields.join('\r\n')}\r\n\r\n`);
    const get = (accept: string[]): Buffer =>
      head(`GET /dns-query?dns=${CODED} HTTP/1.1`, ['Host: resolver.example.test', ...accept]);
    const post = (bytes: Buffer, ...more: string[]): Buffer => {
      const fields = ['Host: resolver.example.test', `Content-Type: ${TYPE}`, `Content-Length: ${bytes.length}`, ...more];
      return Buffer.concat([head('POST /dns-query HTTP/1.1', fields), bytes]);
    };
    const whole = (type = TYPE): Buffer =>
      Buffer.concat([head('HTTP/1.1 200 OK', [`Content-Type: ${type}`, `Content-Length: ${told.length}`]), told]);
    const chunk = (bytes: Buffer): Buffer =>
      Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
    const chunked = Buffer.concat([
      head('HTTP/1.1 200 OK', [`Content-Type: ${TYPE}`, 'Transfer-Encoding: chunked']),
      chunk(told.subarray(0, 20)),
      chunk(told.subarray(20)),
      Buffer.from('0\r\n\r\n'),
    ]);

    test.each<[string, (string | Buffer)[], number]>([
      ['GET', [get([`Accept: ${TYPE}`]), whole()], 1],
      ['GET that accepts several types', [get([`Accept: ${TYPE}, */*;q=0.1`]), whole(`${TYPE}; charset=x`)], 1],
      ['GET that does not say what it accepts', [get([]), whole()], 1],
      ['POST', [post(question), whole()], 1],
      ['POST, the answer in chunks', [post(question), chunked], 1],
      ['one after the other', [post(question), chunked, get([`Accept: ${TYPE}`]), whole(), post(question), whole()], 3],
    ])('%s', async (_, says, count) => {
      const { chunks, keyLog } = await talk({ says });
      const { lookups, exchanges } = read(connection(chunks, 443), keyLog);
      expect(exchanges).toHaveLength(count);
      expect(lookups).toHaveLength(count);
      lookups.forEach((lookup, i) => {
        expect(lookup).toMatchObject({ name: 'www.example.com', type: 'A', transport: 'doh', addresses: ['192.0.2.80'] });
        expect(lookup.server).toEqual({ address: SERVER, port: 443 });
        expect(lookup.packet).toBe(exchanges[i].requestEndPacket);
        expect(lookup.answerPacket).toBe(exchanges[i].responseEndPacket);
      });
    });

    test('neither pages, nor what is coded another way, are lookups', async () => {
      const page = Buffer.concat([head('HTTP/1.1 200 OK', ['Content-Type: text/html', `Content-Length: ${told.length}`]), told]);
      const says = [get(['Accept: */*']), page, post(question, 'Content-Encoding: x'), page];
      const { chunks, keyLog } = await talk({ says });
      expect(read(connection(chunks, 443), keyLog).lookups).toEqual([]);
    });
  });

  test('HTTPS through a proxy (CONNECT): the requests inside the tunnel', async () => {
    const asks = 'GET /inside HTTP/1.1\r\nHost: www.example.test\r\n\r\n';
    const says = [asks, 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'];
    const { chunks, keyLog } = await talk({ says: [...says, ...says] });
    const asked: Chunk = {
      fromClient: true,
      bytes: text('CONNECT www.example.test:443 HTTP/1.1\r\nHost: www.example.test:443\r\n\r\n'),
    };
    const agreed: Chunk = { fromClient: false, bytes: text('HTTP/1.1 200 Connection established\r\n\r\n') };
    const frames = connection([asked, agreed, ...chunks], 8080);
    const { exchanges, sessions, journeys } = read(frames, keyLog);
    expect(exchanges.map((x) => [x.method, x.scheme, x.status])).toEqual([
      ['CONNECT', 'http', 200],
      ['GET', 'https', 200],
      ['GET', 'https', 200],
    ]);
    expect(exchanges[1]).toMatchObject({ target: '/inside', responseBodyBytes: 2, complete: true });
    expect(sessions[0].decryption?.sealed).toBe(0);
    // TLS is what the first request inside waited for; the CONNECT has the connection, the last request its end.
    expect(journeys.map(kinds)).toEqual([
      ['tcp', 'send', 'wait', 'receive'],
      ['tcp reused', 'tls', 'send', 'wait', 'receive'],
      ['tcp reused', 'send', 'wait', 'receive', 'close'],
    ]);
    const [connect, first, second] = journeys;
    expect(connect.har).toMatchObject({ connect: 2, ssl: -1 });
    // Packets 4 and 5 are the CONNECT and its answer, 6 is the ClientHello: a packet a millisecond.
    expect(first.start).toBe(Number((frames[5].time ?? 0n) - BASE));
    expect(first.har.ssl).toBeGreaterThan(0);
    expect(first.har.connect).toBe(first.har.ssl);
    expect(second.har).toMatchObject({ connect: -1, ssl: -1 });
    for (const { stages } of journeys) twiceOrAgainst(stages);

    const sealed = read(frames, '').journeys;
    expect(sealed).toHaveLength(1);
    expect(kinds(sealed[0]).slice(0, 5)).toEqual(['tcp', 'send', 'wait', 'receive', 'tls']);
    expect(sealed[0].har.ssl).toBe(first.har.ssl);
    expect(sealed[0].har.connect).toBe(2 + sealed[0].har.ssl);
  });

  test('a proxy that is reached by TLS itself: each handshake belongs to the request behind it', async () => {
    const inside = ['GET /inside HTTP/1.1\r\nHost: www.example.test\r\n\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'];
    const inner = await talk({ says: inside });
    const says = [
      'CONNECT www.example.test:443 HTTP/1.1\r\nHost: www.example.test:443\r\n\r\n',
      'HTTP/1.1 200 OK\r\n\r\n',
      ...turnsOf(inner.chunks),
    ];
    const outer = await talk({ says });
    const { journeys } = read(connection(outer.chunks, 443), outer.keyLog + inner.keyLog);
    expect(journeys.map(kinds)).toEqual([
      ['tcp', 'tls', 'send', 'wait', 'receive'],
      ['tcp reused', 'tls', 'send', 'wait', 'receive', 'close'],
    ]);
    expect(journeys[0].stages.find((s) => s.kind === 'tls')?.packets[0]).toBe(4);
    for (const { stages } of journeys) twiceOrAgainst(stages);
  });

  test('a WebSocket inside TLS: the upgrade, then a tunnel', async () => {
    const says = [
      'GET /socket HTTP/1.1\r\nHost: www.example.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b]),
      Buffer.from([0x81, 0x02, 0x68, 0x69]),
    ];
    const { chunks, keyLog } = await talk({ says });
    const { exchanges, journeys } = read(connection(chunks, 443), keyLog);
    expect(exchanges).toHaveLength(1);
    expect(exchanges[0]).toMatchObject({ scheme: 'https', status: 101, upgraded: 'websocket' });
    const [{ stages, har }] = journeys;
    expect(kinds(journeys[0]).slice(0, 6)).toEqual(['tcp', 'tls', 'send', 'wait', 'receive', 'send']);
    twiceOrAgainst(stages);
    const of = (kind: string) => stages.find((s) => s.kind === kind);
    expect(har.ssl).toBe(((of('tls')?.end ?? 0) - (of('tls')?.start ?? 0)) / 1e6);
    expect(har.ssl).toBeGreaterThan(0);
    // What went over the tunnel is not the upgrade's.
    const tunnel = stages.filter((s) => s.note !== undefined && s.kind !== 'close').flatMap((s) => s.packets);
    expect(Math.min(...tunnel)).toBeGreaterThan(exchanges[0].responseEndPacket ?? Infinity);
  });

  test('a WebSocket after many requests on its connection: what went over it is told turn by turn', async () => {
    const get = 'GET /a HTTP/1.1\r\nHost: www.example.test\r\n\r\n';
    const before = Array.from({ length: 20 }, () => [get, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n']).flat();
    const says = [
      ...before,
      'GET /socket HTTP/1.1\r\nHost: www.example.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      Buffer.from([0x81, 0x82, 1, 2, 3, 4, 0x69, 0x6b]),
      Buffer.from([0x81, 0x02, 0x68, 0x69]),
    ];
    const { chunks, keyLog } = await talk({ says });
    const { journeys, exchanges } = read(connection(chunks, 443), keyLog);
    expect(journeys).toHaveLength(21);
    const { stages } = journeys[20];
    expect(kinds(journeys[20]).slice(0, 7)).toEqual(['tcp reused', 'send', 'wait', 'receive', 'send', 'wait', 'receive']);
    twiceOrAgainst(stages);
    expect(stages.filter((s) => s.note?.en.includes('further turns'))).toEqual([]);
    const tunnel = stages.filter((s) => s.note?.en.includes('websocket')).flatMap((s) => s.packets);
    expect(Math.min(...tunnel)).toBe((exchanges[20].responseEndPacket ?? 0) + 1);
  });
});

describe('what is said of a connection whose records were opened', () => {
  const notes = ({ journeys }: { journeys: Journey[] }): Set<string | undefined> =>
    new Set(journeys.flatMap((j) => j.stages.filter(({ kind }) => kind === 'send').map(({ note }) => note?.en.split(':')[0])));
  const onlyApplication = (keyLog: string): string =>
    keyLog
      .split('\n')
      .filter((line) => !line.includes('HANDSHAKE'))
      .join('\n');
  const http = ['GET / HTTP/1.1\r\nHost: www.example.test\r\n\r\n', 'HTTP/1.1 204 No Content\r\n\r\n'];

  test.each([
    ['another protocol', 9999, ['HELO a\n', '250 b\n'], 'decrypted, no HTTP', 'unknown', 'no HTTP'],
    ['DNS', 853, [framed(query(7, 'a.test')), framed(answer(7, 'a.test', ['192.0.2.80']))], 'decrypted', 'dns', 'DNS'],
    ['HTTP', 443, http, undefined, 'http', 'HTTP/1'],
  ])('%s', async (_, port, says, note, inside, word) => {
    const alpn = { ALPNProtocols: ['a', 'b'] };
    const { chunks, keyLog } = await talk({ client: alpn, server: alpn, says });
    const whole = read(connection(chunks, port), keyLog);
    expect(whole.sessions[0].decryption?.inside).toBe(inside);
    expect(notes(whole)).toEqual(new Set([note]));
    expect(tlsLines(whole.sessions[0], 'en')).toContain('  ALPN a  ');
    // Of TLS 1.3 the server's choice of ALPN needs the handshake's keys; what was read does not.
    const part = read(connection(chunks, port), onlyApplication(keyLog));
    const offered = 'ALPN not visible without the keys of the handshake (offered: a, b); it carries';
    expect(tlsLines(part.sessions[0], 'en')).toContain(`${offered} ${word}  `);
    const sealed = read(connection(chunks, port), '');
    expect(sealed.sessions[0].decryption?.inside).toBeUndefined();
    expect(notes(sealed)).toEqual(new Set(['estimate']));
    expect(tlsLines(sealed.sessions[0], 'en')).toContain('so the HTTP version is unknown');
  });
});
