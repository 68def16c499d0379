import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES_OF_HTTP } from '../../src/rules/http/index.ts';
import { aConnection } from '../../src/rules/needs.ts';
import type { JourneyRule, JourneySubject, Judgement } from '../../src/rules/rule.ts';
import { judge } from './judge.ts';
import { between, seconds, type Timed } from './segments.ts';

const said = (found: Judgement): string => `${found.verdict} ${found.reason}`;
const [http1, http2, http3, http4, http5, http6, http7] = RULES_OF_HTTP;

const BROWSER =
  'Host: a\r\nUser-Agent: b\r\nAccept: text/html,*/*;q=0\r\nAccept-Language: ko\r\nAccept-Encoding: br\r\nConnection: keep-alive\r\n';

/** One request and its answer; the answer `wait` seconds after the request, and a close by the server where asked for. */
function exchange(
  request: string,
  answer: string,
  options: { port?: number; wait?: number; ackAfter?: number; close?: 'fin' | 'rst' } = {},
): Uint8Array {
  const { client, server } = between(options.port ?? 80);
  const mine = 101 + request.length;
  const theirs = 501 + answer.length;
  const frames: Timed[] = [
    client('S', 100, 0),
    [0.02, server('SA', 500, 101)],
    [0.0001, client('A', 101, 501)],
    client('PA', 101, 501, request),
  ];
  if (options.ackAfter !== undefined) frames.push([options.ackAfter, server('A', 501, mine)]);
  if (answer !== '') frames.push([options.wait ?? 0.0201, server('PA', 501, mine, answer)], client('A', mine, theirs));
  if (options.close === 'fin')
    frames.push(server('FA', theirs, mine), client('FA', mine, theirs + 1), server('A', theirs + 1, mine + 1));
  if (options.close === 'rst') frames.push(server('RA', theirs, mine));
  return seconds(frames);
}

const ok = (body: string, fields = `Content-Length: ${body.length}\r\n`): string => `HTTP/1.1 200 OK\r\n${fields}\r\n${body}`;
const get = (fields = 'Host: a\r\n', line = 'GET / HTTP/1.1'): string => `${line}\r\n${fields}\r\n`;

describe('R-HTTP-1', () => {
  test.each([
    ['GET / HTTP/1.1', 'confirmed request-line'],
    ['POST / HTTP/1.1', 'contradicted other-method'],
    ['GET / HTTP/1.0', 'contradicted other-version'],
    ['GET http://a/ HTTP/1.1', 'contradicted absolute-form'],
  ])('%s', async (line, expected) => {
    expect(said((await judge(http1, exchange(get(undefined, line), ok('hi'))))[0])).toBe(expected);
  });

  test('TLS without keys is not visible, with keys HTTP/2 has no request line', async () => {
    const [sealed] = await judge(http1, 'fixtures/https-h2/client.pcapng');
    expect(said(sealed)).toBe('not-visible no-keys');
    const [opened] = await judge(http1, 'fixtures/https-h2/client.pcapng', undefined, ['fixtures/https-h2/client.keylog']);
    expect(said(opened)).toBe('contradicted pseudo-header');
  });
});

describe('R-HTTP-2', () => {
  test('all fields of the book, and its twin without one', async () => {
    expect(said((await judge(http2, exchange(get(BROWSER), ok('hi'))))[0])).toBe('confirmed all-present');
    const [found] = await judge(http2, exchange(get(BROWSER.replace('Accept-Language: ko\r\n', '')), ok('hi')));
    expect(said(found)).toBe('contradicted some-missing');
    expect(found.says.en).toMatch(/; not Accept-Language$/);
  });
  test('HTTP/2 has no Connection field', async () => {
    const [found] = await judge(http2, 'fixtures/https-h2/client.pcapng', undefined, ['fixtures/https-h2/client.keylog']);
    expect(said(found)).toBe('contradicted no-connection-field');
  });
});

describe('R-HTTP-3', () => {
  test.each([
    ['200 OK', 'confirmed ok'],
    ['201 Created', 'contradicted other-success'],
    ['302 Found', 'contradicted redirect'],
    ['404 Not Found', 'contradicted client-error'],
    ['503 Service Unavailable', 'contradicted server-error'],
  ])('%s', async (status, expected) => {
    const [found] = await judge(http3, exchange(get(), `HTTP/1.1 ${status}\r\nContent-Length: 0\r\n\r\n`));
    expect(said(found)).toBe(expected);
    expect(found.says.en).toContain(status);
  });
  test('no answer: reset, its twin at the end of the capture', async () => {
    expect(said((await judge(http3, exchange(get(), '', { close: 'rst' })))[0])).toBe('contradicted no-answer');
    expect(said((await judge(http3, exchange(get(), '')))[0])).toBe('unknown capture-ended');
  });
  test('the lab: what the server logged is what the rule says', async () => {
    for (const name of ['redirect', 'post-upload', 'cold-http', 'reset']) {
      const truth = JSON.parse(readFileSync(`fixtures/${name}/truth.json`, 'utf8'));
      const found = await judge(http3, `fixtures/${name}/${truth.captures[0].file}`);
      expect(found).toHaveLength(truth.requests.length);
      for (const [i, { httpCode, curlExit }] of truth.requests.entries()) {
        expect(found[i].verdict).toBe(httpCode === 200 && curlExit === 0 ? 'confirmed' : 'contradicted');
        expect(found[i].says.en).toContain(String(httpCode));
      }
    }
  });
});

describe('R-HTTP-4', () => {
  test.each([
    ['equal', ok('hello'), {}, 'confirmed equal'],
    ['its twin that promises more', ok('hello', 'Content-Length: 6\r\n'), { close: 'fin' }, 'contradicted truncated'],
    ['its twin that promises less', ok('hello', 'Content-Length: 4\r\n'), { close: 'fin' }, 'contradicted excess'],
    ['cut by the end of the capture', ok('hello', 'Content-Length: 6\r\n'), {}, 'unknown capture-ended'],
    ['chunked', ok('5\r\nhello\r\n0\r\n\r\n', 'Transfer-Encoding: chunked\r\n'), {}, 'contradicted chunked'],
    ['until the close', ok('hello', ''), { close: 'fin' }, 'contradicted until-close'],
    ['304', 'HTTP/1.1 304 Not Modified\r\n\r\n', {}, 'skipped no-body'],
    ['304 with a length', 'HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n', {}, 'contradicted no-body-sent'],
  ] as const)('%s', async (_, answer, options, expected) => {
    expect(said((await judge(http4, exchange(get(), answer, options)))[0])).toBe(expected);
  });
  test('HEAD', async () => {
    const [found] = await judge(http4, exchange(get(undefined, 'HEAD / HTTP/1.1'), ok('', 'Content-Length: 5\r\n')));
    expect(said(found)).toBe('contradicted no-body-sent');
  });
  test('HTTP/2 inside TLS: the length is that of the DATA', async () => {
    const truth = JSON.parse(readFileSync('fixtures/https-h2/truth.json', 'utf8'));
    const found = await judge(http4, 'fixtures/https-h2/client.pcapng', undefined, ['fixtures/https-h2/client.keylog']);
    // The second answer is compressed on the way and tells no length (tshark).
    expect(found.map(said)).toEqual(['confirmed equal', 'contradicted end-stream', 'confirmed equal']);
    for (const [i, { sizeDownload }] of truth.requests.entries()) expect(found[i].says.en).toContain(` ${sizeDownload} bytes`);
  });
});

describe('R-HTTP-5', () => {
  test.each([
    [80, 'confirmed port-80'],
    [8080, 'contradicted other-port'],
    [443, 'contradicted port-443'],
  ])('port %i', async (port, expected) => {
    expect(said((await judge(http5, exchange(get(), ok('hi'), { port })))[0])).toBe(expected);
  });
  test('80 and then https', async () => {
    const answer = 'HTTP/1.1 301 Moved Permanently\r\nLocation: https://a/\r\nContent-Length: 0\r\n\r\n';
    expect(said((await judge(http5, exchange(get(), answer)))[0])).toBe('confirmed port-80-then-https');
  });
});

describe('R-HTTP-6', () => {
  test('a slow server, and its twin that answers within the round trip', async () => {
    const [slow] = await judge(http6, exchange(get(), ok('hi'), { wait: 0.17 }));
    expect(said(slow)).toBe('confirmed server-time');
    expect(slow.says.en).toContain(': 150.0 ms is the server');
    expect(said((await judge(http6, exchange(get(), ok('hi'))))[0])).toBe('not-visible within-round-trip');
  });
  test("an ACK of the request tells the server's part exactly", async () => {
    const [found] = await judge(http6, exchange(get(), ok('hi'), { ackAfter: 0.02, wait: 0.001 }));
    expect(said(found)).toBe('confirmed server-time');
    expect(found.says.en).toContain(': 1.000 ms is the server');
  });
  test('the lab: a server that thinks for 150 ms', async () => {
    const [found] = await judge(http6, 'fixtures/slow-server/client.pcap');
    expect(found.verdict).toBe('confirmed');
    const told = Number(/: ([\d.]+) ms is the server/.exec(found.says.en)?.[1]);
    expect(told).toBeGreaterThan(135);
    expect(told).toBeLessThan(165);
  });
});

describe('R-HTTP-7', () => {
  const typed = (type: string): string => ok('hi', `Content-Length: 2\r\nContent-Type: ${type}\r\n`);
  test.each([
    ['text/html,image/webp', 'text/html; charset=utf-8', 'confirmed fits'],
    ['image/*', 'image/png', 'confirmed fits'],
    ['image/*', 'text/html', 'contradicted other-type'],
    ['*/*', 'text/html', 'confirmed anything'],
    ['text/html;q=0, */*', 'text/html', 'contradicted other-type'],
  ])('Accept: %s and %s', async (accept, type, expected) => {
    expect(said((await judge(http7, exchange(get(`Host: a\r\nAccept: ${accept}\r\n`), typed(type))))[0])).toBe(expected);
  });
  test('no Accept', async () => {
    expect(said((await judge(http7, exchange(get(), typed('text/html'))))[0])).toBe('skipped no-accept');
  });
});

test('a response without its request is not judged by the request', async () => {
  const { server, client } = between(80);
  const capture = seconds([server('PA', 501, 101, ok('hello')), client('A', 101, 501 + ok('hello').length)]);
  for (const rule of [http1, http2, http7]) expect(said((await judge(rule, capture))[0])).toBe('unknown request-not-captured');
});

describe('HTTP/3', () => {
  const journey = { client: '10.0.0.1', name: 'Three.example', evidence: [] };
  const quic = (sni: string) => ({
    firstPacket: 7,
    sni,
    client: { address: '10.0.0.1' },
    server: { address: '10.0.0.2', port: 443 },
  });
  const subject = (sni: string) => ({ journey, capture: { quic: [quic(sni)] } }) as unknown as JourneySubject;

  test('a name that was asked over QUIC has no TCP, and its twin with another name', () => {
    expect(aConnection(subject('three.example'))).toMatchObject({ verdict: 'skipped', reason: 'quic', packets: [7] });
    expect(aConnection(subject('other.example'))).toMatchObject({ verdict: 'skipped', reason: 'no-connection' });
  });
  test('port 80 is not asked', () => {
    const { check } = http5 as JourneyRule;
    expect(check(subject('three.example'))).toMatchObject({ verdict: 'contradicted', reason: 'udp-443' });
  });
});

test('HTTP/0.9 has neither version nor status', async () => {
  const capture = exchange('GET /old\r\n', '<html>hello</html>', { close: 'fin' });
  expect(said((await judge(http1, capture))[0])).toBe('contradicted other-version');
  expect(said((await judge(http3, capture))[0])).toBe('contradicted no-status');
});
