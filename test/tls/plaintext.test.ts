import { describe, expect, test } from 'vitest';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { Plaintext } from '../../src/dissect/tls/plaintext.ts';
import { answer } from '../dns/build.ts';
import * as F from '../http2/frames.ts';

type Said = { c: string | Uint8Array } | { s: string | Uint8Array } | 'client misses' | 'server misses';

/** Layers of each record, one record a packet. */
function layersOf(inside: string, said: Said[], plaintext = new Plaintext()): Layer[][] {
  return said.map((each, i) => {
    if (typeof each === 'string') {
      plaintext.miss(each === 'client misses');
      return [];
    }
    const fromClient = 'c' in each;
    const bytes = Buffer.from('c' in each ? each.c : each.s);
    return plaintext.next([{ fromClient, type: 23, bytes, packets: [i], packet: i, tls13: true, inside }], true);
  });
}

const all = (fields: readonly Field[]): Field[] => fields.flatMap((field) => [field, ...all(field.children ?? [])]);
const valuesOf = (layers: Layer[], name: string): unknown[] =>
  layers.flatMap((layer) => all(layer.fields).filter((field) => field.name === name)).map((field) => field.value);
const http = (layers: Layer[]): string[] =>
  layers.filter((layer) => layer.protocol === 'http').map((layer) => layer.title.replace('Hypertext Transfer Protocol, ', ''));

describe('HTTP/1 in records', () => {
  test('a head over three records is one, in the last of them, and its bytes are its own', () => {
    const parts = ['GET /page HTTP/1.1\r\nHost: www.exa', 'mple.test\r\nAccept: */*', '\r\n\r\n'];
    const layers = layersOf('http', [
      ...parts.map((c) => ({ c })),
      { s: 'HTTP/1.1 200 OK\r\nContent-Le' },
      { s: 'ngth: 2\r\n\r\nok' },
    ]);
    expect(layers.map(http)).toEqual([
      ['the beginning of a head that is whole in a later packet, 33 bytes'],
      ['the beginning of a head that is whole in a later packet, 55 bytes'],
      ['GET /page HTTP/1.1'],
      ['the beginning of a head that is whole in a later packet, 27 bytes'],
      ['HTTP/1.1 200 OK'],
    ]);
    expect(layers.map((each) => valuesOf(each, 'http.host'))).toEqual([[], [], ['www.example.test'], [], []]);
    const whole = layers[2][1];
    const host = all(whole.fields).find((field) => field.name === 'http.host') as Field;
    expect(Buffer.from(whole.bytes as Uint8Array).toString('latin1', host.at, host.end)).toBe('Host: www.example.test');
  });

  test('a first record of one byte (against BEAST), while nobody knows yet what is inside', () => {
    const plaintext = new Plaintext();
    expect(layersOf('unknown', [{ c: 'G' }], plaintext).map(http)).toEqual([[]]);
    const [layers] = layersOf('http', [{ c: 'ET /page HTTP/1.0\r\n\r\n' }], plaintext);
    expect(http(layers)).toEqual(['GET /page HTTP/1.0']);
  });

  test('what a body holds is no head: by its length, in chunks, to the end; none after HEAD and 304', () => {
    const trap = 'HTTP/1.1 500 Not a head\r\n\r\n';
    const chunk = `${trap.length.toString(16)}\r\n${trap}\r\n`;
    const said: Said[] = [
      { c: 'GET /a HTTP/1.1\r\n\r\nHEAD /b HTTP/1.1\r\n\r\nGET /c HTTP/1.1\r\n\r\n' },
      { s: `HTTP/1.1 200 OK\r\nContent-Length: ${2 * trap.length}\r\n\r\n${trap}` },
      { s: trap },
      { s: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nHTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n' },
      { c: 'GET /d HTTP/1.1\r\n\r\nGET /e HTTP/1.1\r\n\r\n' },
      { s: 'HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n' },
      { s: chunk },
      { s: `${chunk}0\r\n\r\nHTTP/1.1 201 Created\r\n\r\n` },
      { s: trap },
    ];
    const layers = layersOf('http', said);
    expect(layers.map((each) => valuesOf(each, 'http.response.code'))).toEqual([
      [],
      [200],
      [],
      [200, 304],
      [],
      [103, 200],
      [],
      [201],
      [],
    ]);
    expect(http(layers[2])).toEqual([`body, ${trap.length} bytes`]);
  });

  test('behind what is missing a head is found again, and a tunnel is none', () => {
    const layers = layersOf('http', [
      { c: 'POST /a HTTP/1.1\r\nContent-Length: 100\r\n\r\nxyz' },
      'client misses',
      { c: 'the end of it' },
      { c: 'GET /b HTTP/1.1\r\nUpgrade: websocket\r\n\r\n' },
      { s: 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n\r\n' },
      { c: 'GET /no HTTP/1.1\r\n\r\n' },
    ]);
    expect(layers.map((each) => valuesOf(each, 'http.request.uri'))).toEqual([['/a'], [], [], ['/b'], [], []]);
    expect(http(layers[2])).toEqual(['continuation, 13 bytes']);
  });
});

describe('DNS over HTTPS has a layer of its own (RFC 8484)', () => {
  const coded = 'AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB';
  const question = Buffer.from(coded, 'base64url');
  const told = Buffer.from(answer(0, 'www.example.com', ['192.0.2.80']));
  const type = 'application/dns-message';
  const names = (layers: Layer[]): unknown[] =>
    valuesOf(
      layers.filter((each) => each.protocol === 'dns'),
      'dns.qry.name',
    );

  test('in HTTP/1.1: GET, POST, an answer over records and in chunks', () => {
    const layers = layersOf('http', [
      { c: `GET /dns-query?dns=${coded} HTTP/1.1\r\nAccept: ${type}\r\n\r\n` },
      { s: `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${told.length}\r\n\r\n` },
      { s: told.subarray(0, 7) },
      { s: told.subarray(7) },
      { c: Buffer.concat([Buffer.from(`POST / HTTP/1.1\r\nContent-Type: ${type}\r\nContent-Length: 33\r\n\r\n`), question]) },
      { s: `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n` },
      {
        s: Buffer.concat([
          told.subarray(0, 5),
          Buffer.from(`\r\n${(told.length - 5).toString(16)}\r\n`),
          told.subarray(5),
          Buffer.from('\r\n0\r\n\r\n'),
        ]),
      },
    ]);
    expect(layers.map(names)).toEqual([
      ['www.example.com'],
      [],
      [],
      ['www.example.com'],
      ['www.example.com'],
      [],
      ['www.example.com'],
    ]);
    expect(valuesOf(layers[6], 'dns.a')).toEqual(['192.0.2.80']);
  });

  test('in HTTP/2: streams that take turns, a head over CONTINUATION', () => {
    const asked = F.asks('/dns-query', { ':method': 'POST', 'content-type': type });
    const layers = layersOf('http2', [
      { c: Buffer.concat([F.PREFACE, F.settings(), F.headers(1, F.asks(`/dns-query?dns=${coded}`, { accept: type }), 5)]) },
      { c: Buffer.concat([F.headers(3, asked, 4), F.data(3, question.subarray(0, 9))]) },
      { c: F.data(3, question.subarray(9), 1) },
      {
        s: Buffer.concat([
          F.settings(),
          F.headers(1, { ':status': '200' }, 0),
          F.continuation(1, F.fields({ 'content-type': type })),
          F.data(1, told.subarray(0, 3)),
        ]),
      },
      { s: Buffer.concat([F.headers(3, F.answers(200, { 'content-type': 'text/html' }), 4), F.data(3, told, 1)]) },
      { s: F.data(1, told.subarray(3), 1) },
    ]);
    expect(layers.map(names)).toEqual([['www.example.com'], [], ['www.example.com'], [], [], ['www.example.com']]);
    expect(valuesOf(layers[5], 'dns.a')).toEqual(['192.0.2.80']);
  });
});

test('pieces of one byte without end take time in proportion to them', () => {
  const began = process.cpuUsage().user;
  for (const [inside, first] of [
    ['http', Buffer.from('GET / HTTP/1.1\r\nX: ')],
    ['http2', Buffer.concat([F.PREFACE, Buffer.from([0x0f, 0xff, 0xff, 0, 0, 0, 0, 0, 1])])],
    ['dns', Buffer.from([0xff, 0xff])],
  ] as const) {
    const plaintext = new Plaintext();
    const give = (bytes: Uint8Array): void =>
      void plaintext.next([{ fromClient: true, type: 23, bytes, packets: [1], packet: 1, tls13: true, inside }], false);
    give(first);
    for (let i = 0; i < 300_000; i++) give(Uint8Array.of(0x61));
  }
  // Joined anew with each piece this would be more than 100 GB.
  expect(process.cpuUsage().user - began).toBeLessThan(5e6);
});
