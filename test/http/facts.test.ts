import { expect, test } from 'vitest';
import { LIST_LIMIT } from '../../src/correlate/model.ts';
import { CUT_MARK, VALUE_LIMIT } from '../../src/dissect/http/value.ts';
import { brief, c, end, inPacket, play, s } from './dialogue.ts';

test('packets and times: first byte, whole head, whole message', () => {
  const { exchanges } = play([
    c('POST /p HTTP/1.1\r\nHo'),
    c('st: a.example\r\nContent-Length: 6\r\n'),
    c('\r\nabc'),
    c('def'),
    s('HTTP/1.1 100 Continue\r\n\r\n'),
    s('HTTP/1.1 200'),
    s(' OK\r\nContent-Length: 4\r\n\r\n12'),
    s('34HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
  ]);
  expect(exchanges[0]).toMatchObject({
    id: 0,
    connection: 7,
    stream: 1,
    requestPacket: 1,
    requestHeadPacket: 3,
    requestEndPacket: 4,
    requestTime: 10,
    requestEndTime: 40,
    requestPackets: [1, 2, 3, 4],
    requestPacketCount: 4,
    requestBodyBytes: 6,
    responsePacket: 6,
    responseHeadPacket: 7,
    responseEndPacket: 8,
    responseTime: 60,
    responseEndTime: 80,
    responsePackets: [6, 7, 8],
    responsePacketCount: 3,
    responseBodyBytes: 4,
    whole: true,
    complete: true,
  });
  expect(exchanges[1]).toMatchObject({ stream: 2, responsePacket: 8, responseEndPacket: 8, responsePackets: [8] });
});

test('a late segment in the middle completes the message, though the last byte was there before', () => {
  const { exchanges } = play([
    c('GET / HTTP/1.1\r\n\r\n'),
    inPacket(2, s('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nab')),
    inPacket(9, s('cd')),
    inPacket(3, s('ef')),
  ]);
  expect(exchanges[0]).toMatchObject({
    responsePacket: 2,
    responseEndPacket: 9,
    responseEndTime: 90,
    responsePackets: [2, 9, 3],
  });
});

test('a message that the close ends, ends with the packet of the FIN', () => {
  const { exchanges } = play([c('GET / HTTP/1.0\r\n\r\n'), s('HTTP/1.0 200 OK\r\n\r\nabc'), end('client'), end('server')]);
  expect(exchanges[0]).toMatchObject({ responseEndPacket: 4, responseEndTime: 40, responsePackets: [2, 4], complete: true });
});

test('a reset, or the end of the capture, does not complete it', () => {
  for (const how of ['reset', 'capture-end'] as const) {
    const { exchanges } = play([c('GET / HTTP/1.0\r\n\r\n'), s('HTTP/1.0 200 OK\r\n\r\nabc'), end('server', how)]);
    expect(exchanges[0]).toMatchObject({ responseEndPacket: 2, responseBodyBytes: 3, complete: false, whole: true });
  }
});

test('requests without answer, and a body cut short', () => {
  const both = play([
    c('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nHos'),
    s('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
    end('server', 'reset'),
  ]);
  expect(brief(both)).toEqual(['GET /1 > 200 (3 bytes, length, incomplete)', 'GET /2 > nothing', 'GET /3 > nothing']);
  const withEnd = play([c('GET /1 HTTP/1.1\r\nHos'), end('client', 'reset')]);
  expect(brief(withEnd)).toEqual(['GET /1 > nothing']);
  expect(withEnd.exchanges[0].requestHeadPacket).toBeUndefined();
});

test('lists of packets are bounded, their counts are not', () => {
  const packets = 3 * LIST_LIMIT;
  const body = Array.from({ length: packets }, () => s('x'));
  const { exchanges } = play([c('GET / HTTP/1.1\r\n\r\n'), s(`HTTP/1.1 200 OK\r\nContent-Length: ${packets}\r\n\r\n`), ...body]);
  expect(exchanges[0].responsePackets.length).toBe(LIST_LIMIT);
  expect(exchanges[0]).toMatchObject({ responsePacketCount: packets + 1, responseEndPacket: packets + 2, complete: true });
});

test('texts of the head; cookies and credentials leave no trace', () => {
  const result = play([
    c(
      'GET /a?b=c HTTP/1.1\r\nHOST:  www.example.com \r\nreferer: http://www.example.com/\r\nCookie: sid=hunter2\r\nAuthorization: Basic aHVudGVyMg==\r\n\r\n',
    ),
    s(
      'HTTP/1.1 302 Found\r\nlocation: /login\r\nContent-Type: text/html; charset=utf-8\r\nSet-Cookie: sid=hunter2\r\nContent-Length: 0\r\n\r\n',
    ),
  ]);
  expect(result.exchanges[0]).toMatchObject({
    version: '1.1',
    method: 'GET',
    scheme: 'http',
    host: 'www.example.com',
    target: '/a?b=c',
    referer: 'http://www.example.com/',
    status: 302,
    reason: 'Found',
    location: '/login',
    contentType: 'text/html; charset=utf-8',
  });
  expect(JSON.stringify(result)).not.toMatch(/hunter2|aHVudGVyMg/);
});

test('targets: absolute-form and authority-form name the host where no Host does', () => {
  const host = (line: string) => {
    const { host, scheme } = play([c(`${line}\r\n\r\n`)]).exchanges[0];
    return [host, scheme];
  };
  expect(host('GET http://user:pw@a.example:8080/x HTTP/1.1')).toEqual(['a.example:8080', 'http']);
  expect(host('GET HTTPS://a.example HTTP/1.1')).toEqual(['a.example', 'https']);
  expect(host('CONNECT a.example:443 HTTP/1.1')).toEqual(['a.example:443', 'http']);
  expect(host('GET http://a.example/ HTTP/1.1\r\nHost: b.example')).toEqual(['b.example', 'http']);
  expect(host('GET / HTTP/1.1')).toEqual([undefined, 'http']);
});

test('bytes above 0x7f are UTF-8 where they are valid, else one character each', () => {
  const target = (bytes: Buffer) =>
    play([c(Buffer.concat([Buffer.from('GET /'), bytes, Buffer.from(' HTTP/1.1\r\n\r\n')]))]).exchanges[0].target;
  expect(target(Buffer.from('한글'))).toBe('/한글');
  expect(target(Buffer.from([0xe9, 0x74, 0xe9]))).toBe('/été');
});

test('long targets and values are cut with a mark', () => {
  const long = 'x'.repeat(50_000);
  const [e] = play([c(`GET /${long} HTTP/1.1\r\nReferer: ${long}\r\nHost: 한${long}\r\n\r\n`)]).exchanges;
  expect(e.target).toBe(`/${long.slice(0, VALUE_LIMIT - 1)}${CUT_MARK}`);
  expect(e.referer?.length).toBe(VALUE_LIMIT + 1);
  // A cut through the middle of a character takes the whole character.
  const korean = Buffer.from('가'.repeat(5000));
  const [k] = play([c(Buffer.concat([Buffer.from('GET /'), korean, Buffer.from(' HTTP/1.1\r\n\r\n')]))]).exchanges;
  expect(k.target).toBe(`/${'가'.repeat(2730)}${CUT_MARK}`);
});

test('versions and odd start lines', () => {
  const facts = (line: string, rest = '\r\n\r\n') => {
    const [e] = play([c(line + rest)]).exchanges;
    return e === undefined ? undefined : [e.version, e.method, e.target];
  };
  expect(facts('GET / HTTP/1.0')).toEqual(['1.0', 'GET', '/']);
  expect(facts('GET / HTTP/1.')).toEqual(['1.1', 'GET', '/']);
  expect(facts('GET /a b  HTTP/1.1 ')).toEqual(['1.1', 'GET', '/a b']);
  expect(facts('ANY-token! /x HTTP/1.1')).toEqual(['1.1', 'ANY-token!', '/x']);
  expect(facts('OPTIONS HTTP/1.1', '\nHost: x\n\n')).toEqual(['0.9', 'OPTIONS', 'HTTP/1.1']);
  expect(facts('OPTIONS', '\nHost: x\n\n')).toEqual(['0.9', 'OPTIONS', undefined]);
  expect(facts('PRI * HTTP/2.0')).toBeUndefined();
  expect(facts('OPTIONS rtsp://x/ RTSP/1.0')).toBeUndefined();
  expect(facts('HELLO /x')).toBeUndefined();
  expect(facts('GET/ HTTP/1.1')).toBeUndefined();
});

test('a status line without a reason', () => {
  for (const line of ['HTTP/1.1 200', 'HTTP/1.1 200 ', 'HTTP/1.1  200  ']) {
    const [e] = play([c('GET / HTTP/1.1\r\n\r\n'), s(`${line}\r\nContent-Length: 0\r\n\r\n`)]).exchanges;
    expect([e.status, e.reason]).toEqual([200, undefined]);
  }
});
