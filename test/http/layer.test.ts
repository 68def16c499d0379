import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packets } from '../../src/dissect/packets.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { http } from '../../src/dissect/protocols/http.ts';

const layerOf = (bytes: Buffer, at = 0, end = bytes.length): Layer =>
  http.layer(bytes, at, { packets: new Packets(), end, wire: end + 5, linkType: 1 });
const all = (fields: Field[]): Field[] => fields.flatMap((f) => [f, ...all(f.children ?? [])]);
const named = (layer: Layer, name: string): Field | undefined => all(layer.fields).find((f) => f.name === name);

const REQUEST =
  'POST /login?x=1 HTTP/1.1\r\nHost: www.example.com\r\nuser-agent: curl\r\nX-Own:  a\r\n b\r\nContent-Length: 3\r\n' +
  'Cookie: sid=hunter2; b=c\r\nauthorization : Basic aHVudGVyMg==\r\nProxy-Authorization:\r\n\tBasic aHVudGVyMg==\r\nbroken line\r\n\r\nabc';

test('a request: title, parts, every header line, and where they lie', () => {
  const bytes = Buffer.from(`..${REQUEST}`);
  const layer = layerOf(bytes, 2);
  expect(layer).toMatchObject({
    protocol: 'http',
    title: 'Hypertext Transfer Protocol, POST /login?x=1 HTTP/1.1',
    at: 2,
    end: bytes.length,
  });
  const bytesOf = (name: string) => {
    const field = named(layer, name);
    return field && bytes.toString('latin1', field.at, field.end);
  };
  expect(bytesOf('http.request')).toBe('POST /login?x=1 HTTP/1.1');
  expect(bytesOf('http.request.method')).toBe('POST');
  expect(bytesOf('http.request.uri')).toBe('/login?x=1');
  expect(bytesOf('http.request.version')).toBe('HTTP/1.1');
  expect(bytesOf('http.host')).toBe('Host: www.example.com');
  expect(bytesOf('http.file_data')).toBe('abc');
  expect(named(layer, 'http.host')).toMatchObject({ label: 'Host', value: 'www.example.com' });
  expect(named(layer, 'http.user_agent')?.value).toBe('curl');
  expect(named(layer, 'http.content_length')?.value).toBe(3);
  expect(named(layer, 'http.request.line')).toMatchObject({ label: 'X-Own', value: 'a b' });
  expect(all(layer.fields).find((f) => f.problem)).toMatchObject({
    label: 'broken line',
    problem: 'header line without a colon',
  });
});

test('credentials are hidden, with their length; their bytes stay in reach', () => {
  const bytes = Buffer.from(REQUEST);
  const layer = layerOf(bytes);
  expect(named(layer, 'http.cookie')).toMatchObject({ value: null, text: '(hidden, 16 bytes)' });
  expect(named(layer, 'http.authorization')).toMatchObject({ value: null, text: '(hidden, 18 bytes)' });
  expect(named(layer, 'http.proxy_authorization')).toMatchObject({ value: null, text: /^\(hidden, \d+ bytes\)$/ });
  const cookie = named(layer, 'http.cookie') as Field;
  expect(bytes.toString('latin1', cookie.at, cookie.end)).toContain('hunter2');
  for (let end = 0; end <= bytes.length; end++) expect(JSON.stringify(layerOf(bytes, 0, end))).not.toMatch(/hunter2|aHVud/);
  const answer = layerOf(Buffer.from('HTTP/1.1 200 OK\r\nSet-Cookie: sid=hunter2\r\n\r\n'));
  expect(named(answer, 'http.set_cookie')).toMatchObject({ text: '(hidden, 11 bytes)' });
});

test('a response, and one without a reason', () => {
  const bytes = Buffer.from('HTTP/1.1 404 Not Found\r\nServer: x\r\nX-A: y\r\n\r\nbody');
  const layer = layerOf(bytes);
  expect(layer.title).toBe('Hypertext Transfer Protocol, HTTP/1.1 404 Not Found');
  expect(named(layer, 'http.response.code')).toMatchObject({ value: 404, at: 9, end: 12 });
  expect(named(layer, 'http.response.phrase')?.value).toBe('Not Found');
  expect(named(layer, 'http.response.version')?.value).toBe('HTTP/1.1');
  expect(named(layer, 'http.response.line')).toMatchObject({ label: 'X-A', value: 'y' });
  expect(named(layer, 'http.file_data')).toMatchObject({ text: '4 bytes' });
  expect(named(layerOf(Buffer.from('HTTP/1.1  200 \r\n\r\n')), 'http.response.code')).toMatchObject({
    value: 200,
    at: 10,
    end: 13,
  });
});

test('several messages in one packet', () => {
  const requests = layerOf(
    Buffer.from('GET /1 HTTP/1.1\r\n\r\nPOST /2 HTTP/1.1\r\nContent-Length: 2\r\n\r\nabGET /3 HTTP/1.1\r\n\r\n'),
  );
  expect(requests.title).toBe('Hypertext Transfer Protocol, GET /1 HTTP/1.1 (and 2 more)');
  expect(
    all(requests.fields)
      .filter((f) => f.name === 'http.request.uri')
      .map((f) => f.value),
  ).toEqual(['/1', '/2', '/3']);
  const answers = layerOf(Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nHTTP/1.1 304 X\r\nContent-Length: 9\r\n\r\n'));
  expect(answers.title).toContain('HTTP/1.1 200 OK (and 1 more)');
});

test('the middle of a message', () => {
  const layer = layerOf(Buffer.from('and so on\r\nCookie: a=b\r\n'));
  expect(layer.title).toBe('Hypertext Transfer Protocol, continuation, 29 bytes');
  expect(layer.fields).toMatchObject([{ name: 'http.file_data', label: 'Continuation', text: '24 bytes' }]);
});

test('claims only where a message begins', () => {
  const claims = (text: string) => {
    const p = new Packets();
    p.bytes = Buffer.from(text);
    p.end = p.wire = p.bytes.length;
    return http.claims?.(p);
  };
  expect([claims('GET / HTTP/1.1\r\n'), claims('HTTP/1.1 200 OK\r\n'), claims('\x16\x03\x01'), claims('')]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('any bytes, cut anywhere: fields lie within the layer and their parents', () => {
  const base = Buffer.from(REQUEST);
  const mutated = fc
    .tuple(fc.array(fc.tuple(fc.nat(base.length - 1), fc.nat(255)), { maxLength: 6 }), fc.nat(base.length))
    .map(([changes, end]) => {
      const bytes = Buffer.from(base);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, end);
    });
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 80 })), (bytes) => {
      const layer = layerOf(Buffer.from(bytes));
      const within = (fields: Field[], at: number, end: number): void => {
        for (const f of fields) {
          expect(f.at).toBeGreaterThanOrEqual(at);
          expect(f.end).toBeLessThanOrEqual(end);
          expect(f.end).toBeGreaterThanOrEqual(f.at);
          within(f.children ?? [], f.at, f.end);
        }
      };
      within(layer.fields, layer.at, layer.end);
    }),
    { numRuns: 2000 },
  );
});
