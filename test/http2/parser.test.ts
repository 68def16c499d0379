import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CONTINUATION_LIMIT } from '../../src/correlate/http2.ts';
import { RAPID_RESETS, STREAM_LIMIT } from '../../src/correlate/http2-streams.ts';
import { guessHttp2 } from '../../src/dissect/http2/frames.ts';
import { byteByByte, end, inPacket, lost, type Step, splitAt } from '../http/dialogue.ts';
import { DIALOGUES } from './dialogues.ts';
import * as F from './frames.ts';
import { c, END_HEADERS, END_STREAM, s } from './frames.ts';
import { brief, type Played, play } from './play.ts';

const ALL = END_HEADERS | END_STREAM;
const get = (stream: number, path: string, more = {}): Buffer => F.headers(stream, F.asks(path, more), ALL);
const hello = (...more: Buffer[]) => [c(F.PREFACE, F.settings()), s(F.settings(), F.settingsAck()), c(F.settingsAck(), ...more)];

describe.each(Object.entries(DIALOGUES))('%s', (_name, { steps, exchanges }) => {
  const whole = play(steps);

  test('in one piece', () => {
    expect(brief(whole)).toEqual(exchanges);
    expect(whole.problems).toEqual([]);
    expect(whole.held).toBe(0);
    expect([...whole.started].sort()).toEqual(whole.exchanges.map((x) => x.id).sort());
  });
  test('byte by byte', () => expect(play(steps, byteByByte)).toEqual(whole));
  test('split at every byte', () => {
    const longest = Math.max(...steps.map((step) => ('bytes' in step ? step.bytes.length : 0)));
    for (let at = 1; at < longest; at++) expect(play(steps, splitAt(at)), `split at ${at}`).toEqual(whole);
  });
  test('in pieces of any length', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), (lengths) => {
        let turn = 0;
        const pieces = (bytes: Buffer): Buffer[] => {
          const list: Buffer[] = [];
          for (let at = 0; at < bytes.length; ) list.push(bytes.subarray(at, (at += lengths[turn++ % lengths.length])));
          return list;
        };
        expect(play(steps, pieces)).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });
});

const one = (played: Played, stream: number) => played.exchanges.find((x) => x.stream === stream);

describe('facts', () => {
  test('what the fields say; credentials nowhere', () => {
    const played = play([
      ...hello(
        get(1, '/a?b', {
          ':scheme': 'https',
          ':authority': 'me:secret@www.example.com',
          referer: 'https://u:secret@x/',
          cookie: 'secret',
        }),
      ),
      s(F.headers(1, F.answers(301, { location: 'https://y/', 'content-type': 'text/html', 'set-cookie': 'secret' }), ALL)),
    ]);
    expect(one(played, 1)).toMatchObject({
      version: '2',
      method: 'GET',
      scheme: 'https',
      host: 'www.example.com',
      target: '/a?b',
      referer: 'https://x/',
      status: 301,
      location: 'https://y/',
      contentType: 'text/html',
      complete: true,
      whole: true,
    });
    expect(JSON.stringify(played)).not.toContain('secret');
  });

  test('bytes of header sections: names and values, and as they were sent', () => {
    const played = play([...hello(get(1, '/')), s(F.headers(1, F.answers(200)), F.headers(1, { a: 'b' }, ALL))]);
    // :method GET, :scheme http, :authority www.example.com, :path /
    const bytes = 7 + 3 + 7 + 4 + 10 + 15 + 5 + 1;
    expect(one(played, 1)?.http2).toMatchObject({
      requestFields: { fields: 4, bytes, blockBytes: bytes + 4 * 3 },
      responseFields: { fields: 1, bytes: 10, blockBytes: 13 },
      responseTrailers: { fields: 1, bytes: 2, blockBytes: 5 },
    });
  });

  test.each([
    'an upload, padding, priority, 100 and 103 before the answer',
    'a header block in four frames, and trailers',
    'a push',
  ])('%s: every byte of HEADERS, PUSH_PROMISE, CONTINUATION and DATA frames is one message’s', (name) => {
    const { steps } = DIALOGUES[name];
    let sent = 0;
    for (const step of steps) {
      if (!('bytes' in step)) continue;
      const from = step.bytes.subarray(0, F.PREFACE.length).equals(F.PREFACE) ? F.PREFACE.length : 0;
      for (let at = from; at < step.bytes.length; at += 9 + step.bytes.readUIntBE(at, 3))
        if ([0, 1, 5, 9].includes(step.bytes[at + 3])) sent += 9 + step.bytes.readUIntBE(at, 3);
    }
    const told = play(steps).exchanges.map((x) => (x.requestTransferBytes ?? 0) + (x.responseTransferBytes ?? 0));
    expect(told.reduce((sum, bytes) => sum + bytes, 0)).toBe(sent);
  });

  test('gRPC: its name, and the status from the trailers, or from an answer that is trailers alone', () => {
    const ask = (stream: number) =>
      F.headers(stream, F.asks('/s/m', { ':method': 'POST', 'content-type': 'application/grpc+proto' }));
    const played = play([
      ...hello(ask(1), F.data(1, '12345', END_STREAM), ask(3), F.data(3, '12345', END_STREAM)),
      s(
        F.headers(1, F.answers(200, { 'content-type': 'application/grpc' })),
        F.data(1, 'answer'),
        F.headers(1, { 'grpc-status': '0' }, ALL),
      ),
      s(F.headers(3, F.answers(200, { 'content-type': 'application/grpc', 'grpc-status': '14' }), ALL)),
    ]);
    expect(one(played, 1)?.http2).toMatchObject({ application: 'grpc', grpcStatus: 0 });
    expect(one(played, 3)?.http2).toMatchObject({ application: 'grpc', grpcStatus: 14 });
  });

  test('DNS over HTTPS (RFC 8484): questions in the URL and in bodies, answers in as many frames as they like', () => {
    const type = 'application/dns-message';
    // The question of RFC 8484 §4.1.1, for www.example.com, and its URL.
    const question = Buffer.from('00000100000100000000000003777777076578616d706c6503636f6d0000010001', 'hex');
    const url = '/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB';
    const played = play([
      ...hello(get(1, url, { accept: type }), get(3, url)),
      c(F.headers(5, F.asks('/dns-query', { ':method': 'POST', 'content-type': type })), F.data(5, question.subarray(0, 9))),
      c(F.data(5, question.subarray(9), END_STREAM)),
      s(F.headers(1, F.answers(200, { 'content-type': type })), F.data(1, 'abc'), F.data(1, 'd', END_STREAM)),
      s(F.headers(3, F.answers(200, { 'content-type': 'text/html' })), F.data(3, 'abc', END_STREAM)),
      s(F.headers(5, F.answers(200, { 'content-type': type })), F.data(5, 'cut off')),
    ]);
    const asked = question.toString('hex');
    expect(played.dns).toEqual([`client 1 @3 ${asked}`, `client 5 @5 ${asked}`, 'server 1 @6 61626364']);
    expect(played.held).toBe(0);
  });

  test('WebSocket over HTTP/2 (RFC 8441), one refused, and a plain CONNECT', () => {
    const connect = (stream: number, protocol = {}) => F.headers(stream, F.asks('/chat', { ':method': 'CONNECT', ...protocol }));
    const played = play([
      ...hello(connect(1, { ':protocol': 'websocket' }), connect(3, { ':protocol': 'websocket' })),
      c(F.headers(5, { ':method': 'CONNECT', ':authority': 'x.y:443' })),
      s(F.headers(1, F.answers(200)), F.data(1, 'frames'), F.headers(3, F.answers(403), ALL), F.headers(5, F.answers(200))),
      c(F.data(1, 'to and fro')),
    ]);
    expect(one(played, 1)).toMatchObject({ upgraded: 'websocket', requestBodyBytes: 10, responseBodyBytes: 6, complete: false });
    expect(one(played, 3)?.upgraded).toBeUndefined();
    expect(one(played, 5)).toMatchObject({ upgraded: 'connect', target: 'x.y:443' });
  });

  test('a frame header at the end of one packet, its payload in the next; packets captured late', () => {
    const answer = F.data(1, 'hello', END_STREAM);
    const played = play([
      ...hello(get(1, '/')),
      s(F.headers(1, F.answers(200)), answer.subarray(0, 9)),
      inPacket(9, s(answer.subarray(9, 12))),
      inPacket(8, s(answer.subarray(12))),
    ]);
    expect(one(played, 1)).toMatchObject({
      responsePacket: 4,
      responseEndPacket: 9,
      responseEndTime: 90,
      responsePackets: [4, 9, 8],
    });
  });

  test('flow control: a stream that waited for its window, and one that did not', () => {
    const played = play([
      c(F.PREFACE, F.settings([4, 10]), get(1, '/a'), get(3, '/b')),
      s(
        F.settings(),
        F.headers(1, F.answers(200)),
        F.data(1, '0123456789'),
        F.headers(3, F.answers(200)),
        F.data(3, '012', END_STREAM),
      ),
      c(F.windowUpdate(1, 10)),
      s(F.data(1, '01234', END_STREAM)),
    ]);
    expect(one(played, 1)?.http2?.responseWait).toEqual({ count: 1, time: 20 });
    expect(one(played, 3)?.http2?.responseWait).toBeUndefined();
  });

  test('what the connection says of itself', () => {
    const { facts } = play([
      c(F.PREFACE, F.settings([1, 8192], [2, 0], [4, 100]), F.ping()),
      s(F.settings([3, 128], [0x99, 1]), F.ping('12345678', 1), F.goAway(0, 2, 'x')),
    ]);
    expect(facts).toEqual({
      settings: {
        client: { HEADER_TABLE_SIZE: 8192, ENABLE_PUSH: 0, INITIAL_WINDOW_SIZE: 100 },
        server: { MAX_CONCURRENT_STREAMS: 128 },
      },
      streams: 0,
      pushed: 0,
      resets: { client: 0, server: 0 },
      pings: 1,
      goAways: [{ from: 'server', code: 'INTERNAL_ERROR', lastStream: 0, packet: 2, time: 20 }],
    });
  });
});

describe('what was not captured', () => {
  const indexed = (stream: number, ...octets: number[]): Buffer => F.frame(1, ALL, stream, Buffer.from(octets));
  // ":path: /kept" into the table: then 62.
  const kept = Buffer.from([0x44, 5, ...Buffer.from('/kept')]);

  test('the capture begins in the middle: what refers to the unseen is unknown, not wrong', () => {
    const ask = F.frame(1, ALL, 7, Buffer.concat([Buffer.from([0x82, 0x86, 0xc5]), kept]));
    const played = play(
      [c(ask), s(F.headers(7, F.answers(200), ALL)), c(indexed(9, 0x82, 0x86, 0xbe, 0xc6)), s(F.headers(9, F.answers(200), ALL))],
      undefined,
      { whole: false },
    );
    expect(brief(played)).toEqual(['7: GET /kept [1-1] > 200 (0, none) [2-2]', '9: GET /kept [3-3] > 200 (0, none) [4-4]']);
    expect(played.exchanges.map((x) => [x.host, x.http2?.unknownFields])).toEqual([
      [undefined, 1],
      [undefined, 1],
    ]);
    expect(played.problems).toEqual([]);
  });

  test('an answer whose request came before the capture; data of such a stream is nobody’s', () => {
    const played = play(
      [s(F.data(3, 'x'.repeat(10)), F.data(5, 'y'), F.headers(7, F.answers(200)), F.data(7, 'abc', END_STREAM)), c(get(9, '/'))],
      undefined,
      { whole: false },
    );
    expect(brief(played)).toEqual(['7: ? > 200 (3, end-stream) [1-1]', '9: GET / [2-2] > nothing, incomplete']);
  });

  test('a hole within DATA: the length is known, the bytes are missing', () => {
    const answer = F.data(1, 'x'.repeat(100), END_STREAM);
    const played = play([
      ...hello(get(1, '/')),
      s(F.headers(1, F.answers(200)), answer.subarray(0, 20)),
      lost('server', 40),
      s(answer.subarray(60), F.ping()),
    ]);
    expect(brief(played)).toEqual(['1: GET / [3-3] > 200 (100, end-stream, bytes missing) [4-6]']);
    expect(played.facts.pings).toBe(1);
  });

  test('a hole over frames: found again in the middle of a segment, the table unknown', () => {
    const answer = F.headers(1, F.answers(200));
    const played = play([
      ...hello(get(1, '/a'), get(3, '/b')),
      s(answer, F.data(1, 'x'.repeat(100))),
      lost('server', 700),
      s(
        Buffer.from('the rest of some frame'),
        F.data(1, 'yz', END_STREAM),
        F.headers(3, F.answers(200)),
        F.data(3, 'b', END_STREAM),
      ),
    ]);
    expect(brief(played)).toEqual([
      '1: GET /a [3-3] > 200 (102, end-stream, bytes missing) [4-6]',
      '3: GET /b [3-3] > 200 (1, end-stream, bytes missing) [6-6]',
    ]);
  });

  test('a hole in a header block: the stream is there, its fields are unknown', () => {
    const ask = get(1, '/a');
    const played = play([
      ...hello(ask.subarray(0, 12)),
      lost('client', 10),
      c(ask.subarray(22), get(3, '/b')),
      s(F.headers(1, F.answers(200), ALL)),
    ]);
    expect(brief(played)).toEqual(['1: ? ? [3-5] > 200 (0, none, bytes missing) [6-6]', '3: GET /b [5-5] > nothing, incomplete']);
    expect(played.problems).toEqual([]);
  });
});

describe('hostile', () => {
  test('HPACK that cannot be, a frame within a header block, frames of wrong sizes', () => {
    expect(play([...hello(F.frame(1, ALL, 1, Buffer.from([0x80])))]).problems).toEqual(['http2-hpack-error']);
    expect(play([...hello(F.frame(1, END_STREAM, 1, F.fields(F.asks('/'))), F.ping())]).problems).toEqual(['http2-frame-error']);
    expect(
      play([...hello(F.frame(3, 0, 1, 'abc'), F.frame(6, 0, 0, 'x'), F.frame(4, 0, 0, 'x'), F.continuation(1, Buffer.alloc(3)))])
        .problems,
    ).toEqual(Array(4).fill('http2-frame-error'));
    expect(
      play([...hello(F.data(1, Buffer.from([9, 1, 2]), F.PADDED), F.frame(1, ALL | F.PADDED, 3, Buffer.from([200])))]).problems,
    ).toEqual(Array(2).fill('http2-frame-error'));
  });

  test('no preface where one must be', () => {
    expect(play([c(Buffer.from('PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n'))]).problems).toEqual(['http2-garbage']);
  });

  test('CONTINUATION without end: nothing grows, and it is told once', () => {
    const flood = Array.from({ length: 2 * CONTINUATION_LIMIT }, () =>
      F.continuation(1, Buffer.from('\0\x01a\x01b', 'latin1'), 0),
    );
    const played = play([...hello(F.frame(1, 0, 1, F.fields(F.asks('/'))), ...flood)]);
    expect(played.problems).toEqual(['http2-continuation-flood']);
    expect(played.held).toBe(0);
    const large = Array.from({ length: 20 }, () => F.continuation(1, Buffer.alloc(16384), 0));
    expect(play([...hello(F.frame(1, 0, 1), ...large)]).problems).toEqual(['http2-header-block-too-long']);
  });

  test('a small block that unfolds to a large list', () => {
    // A field of 4,000 bytes into the table, then referred to again and again.
    const field = Buffer.concat([Buffer.from([0x40, 1, 0x61, 127, ...[0xa1, 0x1e]]), Buffer.alloc(4000, 0x62)]);
    const bomb = F.frame(1, ALL, 1, Buffer.concat([field, Buffer.alloc(12_000, 0xbe)]));
    const played = play([
      ...hello(F.headers(1, F.asks('/'), END_HEADERS)),
      c(F.frame(1, ALL, 3, Buffer.concat([F.fields(F.asks('/')), bomb.subarray(9)]))),
    ]);
    expect(played.problems).toEqual(['http2-header-list-too-long']);
    expect(one(played, 3)?.http2?.requestFields).toMatchObject({ fields: 12_005, bytes: 4 * 0 + 57 - 5 + 12_001 * 4001 });
  });

  test('more streams than are followed; requests taken back as fast as they are made', () => {
    const many = Array.from({ length: STREAM_LIMIT + 3 }, (_, i) => get(2 * i + 1, '/'));
    const evicted = play([...hello(...many)]);
    expect(evicted.problems).toEqual(Array(3).fill('http2-streams-evicted'));
    expect(evicted.exchanges).toHaveLength(STREAM_LIMIT + 3);
    const rapid = Array.from({ length: 3 * RAPID_RESETS }, (_, i) => [get(2 * i + 1, '/'), F.rst(2 * i + 1, 8)]).flat();
    expect(play([...hello(...rapid)]).problems).toEqual(['http2-rapid-reset']);
  });

  test('a length that all DATA together does not have (RFC 9113 §8.1.1); HEAD and 304 may', () => {
    const answer = F.headers(1, F.answers(200, { 'content-length': '9' }));
    expect(play([...hello(get(1, '/')), s(answer, F.data(1, 'abc', END_STREAM))]).problems).toEqual(['http-length-conflict']);
    expect(
      play([...hello(get(1, '/', { ':method': 'HEAD' })), s(F.headers(1, F.answers(200, { 'content-length': '9' }), ALL))])
        .problems,
    ).toEqual([]);
  });

  test('mutated dialogues with holes, in any pieces: nothing throws, nothing is left over', () => {
    const dialogues = Object.values(DIALOGUES);
    fc.assert(
      fc.property(
        fc.nat(dialogues.length - 1),
        fc.array(fc.record({ step: fc.nat(9), at: fc.nat(400), value: fc.integer({ min: 0, max: 255 }) }), { maxLength: 6 }),
        fc.nat(9),
        fc.nat(60),
        fc.boolean(),
        (which, hits, hole, gap, whole) => {
          const steps: Step[] = dialogues[which].steps.map((step) =>
            'bytes' in step ? { ...step, bytes: Buffer.from(step.bytes) } : step,
          );
          for (const { step, at, value } of hits) {
            const target = steps[step % steps.length];
            if ('bytes' in target) target.bytes[at % target.bytes.length] = value;
          }
          if (gap > 0) steps.splice(hole % steps.length, 0, lost(gap % 2 ? 'client' : 'server', gap));
          const played = play([...steps, end('client', 'reset'), end('server', 'reset')], splitAt(1 + (gap % 30)), { whole });
          expect(played.held).toBe(0);
          expect([...played.started].sort((a, b) => a - b)).toEqual(played.exchanges.map((x) => x.id).sort((a, b) => a - b));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

describe('what begins an HTTP/2 connection', () => {
  const guess = (bytes: Buffer, fromClient: boolean, middle = false) => guessHttp2(bytes, 0, bytes.length, fromClient, middle);
  test('the preface, whole or not yet', () => {
    expect(guess(F.PREFACE, true)).toBe('yes');
    for (let length = 1; length < 24; length++) expect(guess(F.PREFACE.subarray(0, length), true)).toBe('more');
    expect(guess(Buffer.from('PRI * HTTP/1.1\r\n\r\n'), true)).toBe('no');
    expect(guess(Buffer.from('POST / HTTP/1.1'), true)).toBe('no');
  });
  test('a server’s SETTINGS', () => {
    expect(guess(F.settings([3, 100]), false)).toBe('yes');
    expect(guess(F.settings([3, 100]).subarray(0, 7), false)).toBe('more');
    expect(guess(F.headers(1, F.answers(200)), false)).toBe('no');
  });
  test('the middle of one only where its beginning was not captured', () => {
    const middle = Buffer.concat([F.data(5, 'abc'), F.headers(7, F.answers(200))]);
    expect(guess(middle, false)).toBe('no');
    expect(guess(middle, false, true)).toBe('yes');
    expect(guess(Buffer.alloc(200), false, true)).toBe('no');
  });
});
