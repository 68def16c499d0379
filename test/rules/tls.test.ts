import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Judgement, Rule } from '../../src/rules/rule.ts';
import { rule as tls1 } from '../../src/rules/tls/r-tls-1.ts';
import { rule as tls2 } from '../../src/rules/tls/r-tls-2.ts';
import { rule as tls3 } from '../../src/rules/tls/r-tls-3.ts';
import { rule as tls4 } from '../../src/rules/tls/r-tls-4.ts';
import { be16, join, text, u8 } from '../frames.ts';
import { judge } from './judge.ts';
import { between, seconds, type Timed } from './segments.ts';

const said = (found: Judgement): string => `${found.verdict} ${found.reason}`;
const all = async (capture: string | Uint8Array, keyLogs: string[] = []): Promise<string[]> => {
  const found: string[] = [];
  for (const rule of [tls1, tls2, tls3, tls4] as Rule[]) found.push(said((await judge(rule, capture, undefined, keyLogs))[0]));
  return found;
};

describe('the lab', () => {
  test('TLS 1.3 without keys: what the server chose is encrypted', async () => {
    expect(await all('fixtures/https/client.pcap')).toEqual([
      'confirmed tls-between',
      'confirmed only-records',
      'not-visible alpn-encrypted',
      'contradicted sni-in-clear',
    ]);
  });

  test('TLS 1.3 with keys: the lab says which version', async () => {
    for (const [name, verdict] of [
      ['https/client.pcap', 'confirmed http-1.1'],
      ['https-h2/client.pcapng', 'contradicted other-version'],
    ]) {
      const folder = `fixtures/${name.split('/')[0]}`;
      const { requests } = JSON.parse(readFileSync(`${folder}/truth.json`, 'utf8'));
      const found = await judge(tls3, `fixtures/${name}`, undefined, [`${folder}/client.keylog`]);
      expect(said(found[0])).toBe(verdict);
      expect(found[0].says.en).toContain(`HTTP/${requests[0].httpVersion}`);
    }
  });

  test('TLS 1.2: the handshake takes two round trips, and ALPN is in the clear', async () => {
    const [found] = await judge(tls1, 'fixtures/https-tls12/client.pcapng');
    expect(said(found)).toBe('confirmed tls-between');
    expect(found.says.en).toContain('TLS 1.2');
  });

  test('a handshake that the client ends by an alert', async () => {
    expect(await all('fixtures/tls-untrusted/client.pcap')).toEqual([
      'contradicted handshake-failed',
      'skipped no-request',
      'skipped handshake-failed',
      'contradicted sni-in-clear',
    ]);
  });

  test('plain HTTP', async () => {
    expect(await all('fixtures/cold-http/client.pcap')).toEqual([
      'skipped no-tls',
      'contradicted clear-text',
      'confirmed http-1.1',
      'contradicted host-in-clear',
    ]);
  });

  test('a spare TLS connection carries no request', async () => {
    const found = await judge(tls2, 'fixtures/preconnect-tls/client.pcap');
    expect(found.map(said).sort()).toEqual(['confirmed only-records', 'skipped no-request']);
  });
});

const sized = (bytes: Uint8Array): Uint8Array => join(be16(bytes.length), bytes);
const extension = (type: number, body: Uint8Array): Uint8Array => join(be16(type), sized(body));
const record = (type: number, body: Uint8Array): Uint8Array => join(u8(type, 3, 3), sized(body));
const message = (type: number, body: Uint8Array): Uint8Array => join(u8(type, 0), be16(body.length), body);

const SNI = (name: string): Uint8Array => extension(0, sized(join(u8(0), sized(text(name)))));
const ALPN = (...names: string[]): Uint8Array =>
  extension(16, sized(join(...names.map((each) => join(u8(each.length), text(each))))));
const TLS13 = extension(43, be16(0x0304));

const clientHello = (...extensions: Uint8Array[]): Uint8Array =>
  record(
    22,
    message(1, join(be16(0x0303), new Uint8Array(32).fill(7), u8(0), sized(be16(0xc02f)), u8(1, 0), sized(join(...extensions)))),
  );
const serverHello = (suite: number, ...extensions: Uint8Array[]): Uint8Array =>
  record(22, message(2, join(be16(0x0303), new Uint8Array(32).fill(9), u8(0), be16(suite), u8(0), sized(join(...extensions)))));
const CHANGE = record(20, u8(1));
const FINISHED = record(22, new Uint8Array(40).fill(200));
const DATA = record(23, new Uint8Array(60).fill(201));

/** A connection to a port on which client and server say these in turn, the client first. */
function talk(port: number, turns: Uint8Array[]): Uint8Array {
  const { client, server } = between(port);
  const frames: Timed[] = [client('S', 100, 0), server('SA', 500, 101), client('A', 101, 501)];
  let [mine, theirs] = [101, 501];
  for (const [i, each] of turns.entries())
    if (i % 2 === 0) {
      frames.push(client('PA', mine, theirs, each));
      mine += each.length;
    } else {
      frames.push(server('PA', theirs, mine, each));
      theirs += each.length;
    }
  return seconds(frames);
}

const tls12 = (hello: Uint8Array, answer: Uint8Array): Uint8Array[] => [
  hello,
  join(answer, CHANGE, FINISHED),
  join(CHANGE, FINISHED, DATA),
  DATA,
];

describe('by packets alone', () => {
  test('ALPN of TLS 1.2: http/1.1, and its twin h2', async () => {
    const hello = clientHello(SNI('a.example'), ALPN('h2', 'http/1.1'));
    for (const [name, expected] of [
      ['http/1.1', 'confirmed http-1.1'],
      ['h2', 'contradicted alpn-h2'],
    ]) {
      const [found] = await judge(tls3, talk(443, tls12(hello, serverHello(0xc02f, ALPN(name)))));
      expect(said(found)).toBe(expected);
    }
  });

  test('nothing but http/1.1 offered decides also in TLS 1.3', async () => {
    const turns = (offer: Uint8Array): Uint8Array[] => [
      clientHello(SNI('a.example'), offer),
      join(serverHello(0x1301, TLS13), CHANGE, DATA),
      join(CHANGE, record(23, new Uint8Array(53).fill(3)), DATA),
      DATA,
    ];
    const [only] = await judge(tls3, talk(443, turns(ALPN('http/1.1'))));
    expect(said(only)).toBe('confirmed only-offer');
    const [both] = await judge(tls3, talk(443, turns(ALPN('h2', 'http/1.1'))));
    expect(said(both)).toBe('not-visible alpn-encrypted');
    expect(both.advice?.text.en).toContain('SSLKEYLOGFILE');
  });

  test('the name: in the SNI, its twin without SNI, and with ECH', async () => {
    const answer = serverHello(0xc02f);
    const [named] = await judge(tls4, talk(443, tls12(clientHello(SNI('secret.example')), answer)));
    expect(said(named)).toBe('contradicted sni-in-clear');
    expect(named.says.en).toContain('secret.example');
    const [nameless] = await judge(tls4, talk(443, tls12(clientHello(ALPN('h2')), answer)));
    expect(said(nameless)).toBe('confirmed no-name');
    const [hidden] = await judge(tls4, talk(443, tls12(clientHello(SNI('cover.example'), extension(0xfe0d, u8(0, 0))), answer)));
    expect(said(hidden)).toBe('unknown encrypted-client-hello');
  });

  test('a NULL cipher encrypts nothing', async () => {
    const [found] = await judge(tls2, talk(443, tls12(clientHello(SNI('a.example')), serverHello(0x003b))));
    expect(said(found)).toBe('contradicted null-cipher');
    const [twin] = await judge(tls2, talk(443, tls12(clientHello(SNI('a.example')), serverHello(0x003c))));
    expect(said(twin)).toBe('confirmed only-records');
  });

  test('0-RTT: application data goes with the ClientHello', async () => {
    const early = join(clientHello(SNI('a.example'), extension(42, u8()), TLS13), CHANGE, DATA);
    const taken = join(serverHello(0x1301, TLS13, extension(41, be16(0))), CHANGE, DATA);
    const [found] = await judge(tls1, talk(443, [early, taken, DATA, DATA]));
    expect(said(found)).toBe('contradicted early-data');
    // Without pre_shared_key the server cannot have taken it (RFC 8446 section 4.2.10): the client sends it again, later.
    const [twin] = await judge(tls1, talk(443, [early, join(serverHello(0x1301, TLS13), CHANGE, DATA), DATA, DATA]));
    expect(said(twin)).toBe('confirmed tls-between');
  });

  test('TLS and HTTP on odd ports', async () => {
    const [tls] = await judge(tls1, talk(8443, tls12(clientHello(SNI('a.example')), serverHello(0xc02f))));
    expect(said(tls)).toBe('confirmed tls-between');
    expect(tls.says.en).toContain('port 8443');
    const request = text('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const answer = text('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    expect(said((await judge(tls1, talk(8080, [request, answer])))[0])).toBe('skipped no-tls');
    expect(said((await judge(tls1, talk(443, [request, answer])))[0])).toBe('contradicted plain-on-443');
  });

  test('DNS over TLS is no HTTP', async () => {
    const turns = tls12(clientHello(SNI('dns.example')), serverHello(0xc02f));
    for (const rule of [tls2, tls3]) expect(said((await judge(rule, talk(853, turns)))[0])).toBe('skipped not-http');
  });

  test('the middle of a TLS connection', async () => {
    const { client, server } = between(443);
    const capture = seconds([client('PA', 101, 501, DATA), server('PA', 501, 101 + DATA.length, DATA)]);
    expect(await all(capture)).toEqual([
      'unknown mid-stream',
      'confirmed only-records',
      'unknown mid-stream',
      'unknown mid-stream',
    ]);
  });
});
