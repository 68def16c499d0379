import { describe, expect, test } from 'vitest';
import { PIPELINE_LIMIT } from '../../src/correlate/http-exchanges.ts';
import { brief, byteByByte, c, end, lost, play, s } from './dialogue.ts';

const get = (path: string) => c(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
const ok = (body: string) => s(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);

describe('holes', () => {
  test('inside a body of known length: counted, and the next message is found', () => {
    const result = play([
      get('/1'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc'),
      lost('server', 90),
      s('1234567HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'),
      get('/2'),
    ]);
    expect(brief(result)[0]).toBe('GET /1 > 200 (100 bytes, length, bytes missing)');
  });

  test('over the end of a body: the bytes of the body count, the rest may have been an answer', () => {
    const result = play([
      get('/1'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc'),
      get('/2'),
      get('/3'),
      lost('server', 80),
      ok('third'),
    ]);
    expect(brief(result)).toEqual([
      'GET /1 > 200 (10 bytes, length, bytes missing)',
      'GET /2 > nothing, bytes missing',
      'GET /3 > 200 (5 bytes, length)',
    ]);
  });

  test('a whole answer is missing: the next one belongs to the request before it', () => {
    const result = play([get('/1'), ok('a'), get('/2'), lost('server', 70), get('/3'), ok('ccc')]);
    expect(brief(result)).toEqual([
      'GET /1 > 200 (1 bytes, length)',
      'GET /2 > nothing, bytes missing',
      'GET /3 > 200 (3 bytes, length)',
    ]);
  });

  test('a client that pipelines keeps its order', () => {
    const result = play([
      c('GET /1 HTTP/1.1\r\n\r\nGET /2 HTTP/1.1\r\n\r\n'),
      ok('a'),
      ok('b'),
      c('GET /3 HTTP/1.1\r\n\r\nGET /4 HTTP/1.1\r\n\r\n'),
      lost('server', 3),
      ok('c'),
      ok('d'),
    ]);
    expect(brief(result).slice(2)).toEqual(['GET /3 > 200 (1 bytes, length)', 'GET /4 > 200 (1 bytes, length)']);
  });

  test('a request is missing: its answer has none', () => {
    const result = play([lost('client', 60), ok('who asked?'), get('/2'), ok('b')]);
    expect(brief(result)).toEqual(['? > 200 (10 bytes, length)', 'GET /2 > 200 (1 bytes, length)']);
  });

  test('inside a head: what was read counts, and a start line goes on', () => {
    const result = play([
      c('GET /snap HTTP/1.1\r\nHost: a.example\r\nCook'),
      lost('client', 300),
      s('HTTP/1.1 200 OK\r\nContent-Type: text/css\r\nContent-Le'),
      lost('server', 2000),
      s('the middle of something\r\n'),
      get('/2'),
      ok('b'),
    ]);
    expect(brief(result)).toEqual(['GET /snap > 200 (0 bytes, undefined, bytes missing)', 'GET /2 > 200 (1 bytes, length)']);
    expect(result.exchanges[0]).toMatchObject({
      host: 'a.example',
      contentType: 'text/css',
      responseEndPacket: 5,
      complete: true,
    });
    expect(result.exchanges[0].requestHeadPacket).toBeUndefined();
  });

  test('inside the request line: the method, and the target as far as it goes', () => {
    const [e] = play([c('GET /a/very/long/tar'), lost('client', 300)]).exchanges;
    expect(e).toMatchObject({ method: 'GET', target: '/a/very/long/tar…', whole: false });
  });

  test('inside a chunk: goes on behind it', () => {
    const result = play([
      get('/1'),
      s('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n01'),
      lost('server', 8),
      s('\r\n0\r\n\r\n'),
      get('/2'),
      ok('b'),
    ]);
    expect(brief(result)).toEqual(['GET /1 > 200 (10 bytes, chunked, bytes missing)', 'GET /2 > 200 (1 bytes, length)']);
  });

  test('over a chunk: found again at the last chunk, or the next start line', () => {
    for (const after of ['56\r\n0\r\n\r\n', '56']) {
      const result = play([
        get('/1'),
        s('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\na\r\n01'),
        lost('server', 30),
        s(after),
        get('/2'),
        ok('b'),
      ]);
      expect(brief(result)[0]).toBe('GET /1 > 200 (2 bytes, chunked, bytes missing)');
      expect(brief(result)[1]).toBe('GET /2 > 200 (1 bytes, length)');
      expect(result.exchanges[0].responseEndPacket).toBe(4);
    }
  });

  test('until the close: the hole counts', () => {
    const result = play([get('/1'), s('HTTP/1.0 200 OK\r\n\r\nabc'), lost('server', 1000), s('def')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (1006 bytes, until-close, bytes missing)']);
  });

  test('in a tunnel: the other protocol is told', () => {
    const result = play([
      c('CONNECT a:1 HTTP/1.1\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\n\r\nab'),
      lost('server', 5),
      s('cd'),
      c('ef'),
      end('client', 'reset'),
    ]);
    expect(result.tunnels).toEqual([
      { protocol: 'connect', client: 'ef', server: 'ab<5>cd', ends: ['client reset', 'server fin'] },
    ]);
  });
});

describe('out of step', () => {
  test('the capture begins in the middle of an answer', () => {
    const result = play([s('rest of a body\r\nmore of it\r\n'), get('/1'), ok('a')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (1 bytes, length)']);
    expect(result.problems).toEqual(['http-garbage']);
  });

  test('garbage before messages, also byte by byte', () => {
    const steps = [c('\x00\x01junk\r\nGET /1 HTTP/1.1\r\n\r\n'), s('??\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na')];
    expect(brief(play(steps))).toEqual(['GET /1 > 200 (1 bytes, length)']);
    expect(brief(play(steps, byteByByte))).toEqual(['GET /1 > 200 (1 bytes, length)']);
  });

  test('more body than the length said', () => {
    const result = play([get('/1'), s('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdefgh'), s('ijk'), get('/2'), ok('b')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (3 bytes, length)', 'GET /2 > 200 (1 bytes, length)']);
  });

  test('an answer before its request was seen, and one that nobody asked for', () => {
    expect(brief(play([ok('a'), get('/1'), ok('b')]))).toEqual(['? > 200 (1 bytes, length)', 'GET /1 > 200 (1 bytes, length)']);
    const result = play([get('/1'), ok('a'), s('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (1 bytes, length)', '? > 408 (0 bytes, length)']);
    expect(result.exchanges[1]).toMatchObject({ requestPacket: undefined, method: undefined, requestPackets: [] });
  });

  test('only one direction', () => {
    expect(brief(play([get('/1'), get('/2')]))).toEqual(['GET /1 > nothing', 'GET /2 > nothing']);
    expect(brief(play([ok('a'), ok('b')]))).toEqual(['? > 200 (1 bytes, length)', '? > 200 (1 bytes, length)']);
  });

  test('an endless body that was not: the client asks again, the server answers', () => {
    const result = play([get('/1'), s('HTTP/1.0 200 OK\r\n\r\nabc'), get('/2'), s('HTTP/1.0 200 OK\r\n\r\nde')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (3 bytes, until-close)', 'GET /2 > 200 (2 bytes, until-close)']);
  });

  test('the server says no instead of "100 Continue": no body comes', () => {
    const result = play([
      c('PUT /1 HTTP/1.1\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n'),
      s('HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n'),
      get('/2'),
      ok('b'),
    ]);
    expect(brief(result)).toEqual(['PUT /1 > 401 (0 bytes, length)', 'GET /2 > 200 (1 bytes, length)']);
  });

  test('the other protocol begins before the answer was seen', () => {
    const result = play([
      c('GET /h2c HTTP/1.1\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n\r\n'),
      c('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
      s('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: H2C\r\n\r\n\x00\x00'),
    ]);
    expect(brief(result)).toEqual(['GET /h2c > 101 (0 bytes, none)']);
    expect(result.exchanges[0].upgraded).toBe('h2c');
    expect(result.tunnels).toMatchObject([{ protocol: 'h2c', client: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', server: '\x00\x00' }]);
  });

  test('an upgrade that the server does not take', () => {
    const result = play([c('GET /1 HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n'), ok('a'), get('/2'), ok('b')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (1 bytes, length)', 'GET /2 > 200 (1 bytes, length)']);
    expect(result.tunnels).toEqual([]);
  });
});

describe('framing that nobody can trust (RFC 9112 §6.3)', () => {
  const answers = [ok('a'), ok('b')];

  test.each([
    'Content-Length: 3\r\nContent-Length: 4',
    'Content-Length: 3, 4',
    'Content-Length: x',
    'Content-Length: -1',
    'Content-Length: +3',
    'Content-Length:',
  ])('request with %j: read on at the next start line', (field) => {
    const result = play([c(`POST /1 HTTP/1.1\r\n${field}\r\n\r\nabc`), get('/2'), ...answers]);
    expect(brief(result)).toEqual(['POST /1 > 200 (1 bytes, length)', 'GET /2 > 200 (1 bytes, length)']);
    expect(result.problems).toEqual(['http-length-conflict']);
  });

  test('response with two lengths: until the close', () => {
    const result = play([get('/1'), s('HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcdef')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (6 bytes, until-close)']);
    expect(result.problems).toEqual(['http-length-conflict']);
  });

  test.each(['xchunked', 'chunked, gzip', '"chunked"'])('request with Transfer-Encoding %j has no known end', (value) => {
    const result = play([c(`POST /1 HTTP/1.1\r\nTransfer-Encoding: ${value}\r\n\r\n0\r\n\r\n`), get('/2'), ...answers]);
    expect(brief(result)).toEqual(['POST /1 > 200 (1 bytes, length)', 'GET /2 > 200 (1 bytes, length)']);
  });

  test.each([
    'chunked',
    'Chunked',
    ' chunked ',
    'gzip, chunked',
    'gzip\r\nTransfer-Encoding: chunked',
    'chunked;q=1',
    'identity, chunked',
    ',chunked,',
  ])('Transfer-Encoding %j is chunked', (value) => {
    const result = play([get('/1'), s(`HTTP/1.1 200 OK\r\nTransfer-Encoding: ${value}\r\n\r\n1\r\na\r\n0\r\n\r\n`)]);
    expect(brief(result)).toEqual(['GET /1 > 200 (1 bytes, chunked)']);
  });

  test.each(['zz\r\n', '\r\n', '-5\r\nhello\r\n', '0x5\r\nhello\r\n', '5\r\nhelloXX', 'fffffffffffffffff\r\n'])(
    'a chunk that is none: %j',
    (bad) => {
      const result = play([get('/1'), s(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${bad}`), get('/2'), ok('b')]);
      expect(brief(result)[1]).toBe('GET /2 > 200 (1 bytes, length)');
      expect(result.problems).toEqual(['http-bad-chunk']);
    },
  );

  test('a length beyond any number: the body does not end', () => {
    const result = play([get('/1'), s('HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999999999\r\n\r\nabc'), s('def')]);
    expect(brief(result)).toEqual(['GET /1 > 200 (6 bytes, length, incomplete)']);
  });

  test('4 GB and more are skipped, seen or not', () => {
    const result = play([
      get('/1'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 5000000003\r\n\r\nabc'),
      lost('server', 4_999_999_000),
      s(`${'x'.repeat(1000)}HTTP/1.1 204 No Content\r\n\r\n`),
    ]);
    expect(brief(result)[0]).toBe('GET /1 > 200 (5000000003 bytes, length, bytes missing)');
    expect(brief(result)[1]).toBe('? > 204 (0 bytes, none)');
  });
});

describe('bounds', () => {
  test('requests that wait for an answer', () => {
    const many = PIPELINE_LIMIT + 10;
    const requests = Array.from({ length: many }, (_, i) => `GET /${i} HTTP/1.1\r\n\r\n`).join('');
    const answers = Array.from({ length: many }, (_, i) => `HTTP/1.1 ${200 + (i % 50)} X\r\nContent-Length: 0\r\n\r\n`).join('');
    const result = play([c(requests), s(answers), get('/after'), s('HTTP/1.1 299 X\r\nContent-Length: 0\r\n\r\n')]);
    expect(result.problems).toEqual(Array.from({ length: 10 }, () => 'http-pipeline-limit'));
    expect(new Set(result.exchanges.map((e) => e.id)).size).toBe(result.exchanges.length);
    for (const e of result.exchanges) {
      if (e.method === undefined || e.status === undefined || e.target === '/after') continue;
      expect(e.status).toBe(200 + (Number(e.target?.slice(1)) % 50));
    }
    expect(result.exchanges.filter((e) => e.method !== undefined && e.status === undefined).length).toBe(10);
    expect(result.exchanges.find((e) => e.target === '/after')?.status).toBe(299);
  });

  test('a client alone, for ever', () => {
    const requests = Array.from({ length: 100 }, (_, i) => `GET /${i} HTTP/1.1\r\n\r\n`).join('');
    const result = play(Array.from({ length: 50 }, () => c(requests)));
    expect(result.exchanges.length).toBe(5000);
  });
});
