import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Packets } from '../../src/dissect/packets.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { http2 } from '../../src/dissect/protocols/http2.ts';
import * as F from './frames.ts';

const layerOf = (bytes: Buffer, at = 0, end = bytes.length): Layer =>
  http2.layer(bytes, at, { packets: new Packets(), end, wire: end, linkType: 1 });
const all = (fields: Field[]): Field[] => fields.flatMap((f) => [f, ...all(f.children ?? [])]);
/** Every field with a value as "name=value", those of the frame's header left out. */
const told = (bytes: Buffer): string[] =>
  all(layerOf(bytes).fields)
    .filter((f) => !/^http2\.(length|type|r|streamid|stream|flags.*|header|headers|settings)$/.test(f.name))
    .map((f) => `${f.name}=${f.text ?? f.value}`);

test('a client begins: preface, SETTINGS, a request; names and byte ranges', () => {
  const request = F.headers(1, F.asks('/a'), F.END_HEADERS | F.END_STREAM);
  const bytes = Buffer.concat([Buffer.from('..'), F.PREFACE, F.settings([3, 100], [4, 65535]), request]);
  const layer = layerOf(bytes, 2);
  expect(layer).toMatchObject({ protocol: 'http2', at: 2, end: bytes.length });
  expect(layer.title).toBe(
    'HyperText Transfer Protocol 2, Magic, SETTINGS[0]: MAX_CONCURRENT_STREAMS=100 INITIAL_WINDOW_SIZE=65535, HEADERS[1]: GET /a',
  );
  const one = (name: string): Field => all(layer.fields).find((f) => f.name === name) as Field;
  const text = (name: string): string => bytes.toString('latin1', one(name).at, one(name).end);
  expect(text('http2.magic')).toBe(F.PREFACE.toString());
  expect(text('http2.headers.path')).toBe('/a');
  expect(text('http2.headers.authority')).toBe('www.example.com');
  expect(one('http2.settings.max_concurrent_streams').value).toBe(100);
  const frames = layer.fields.filter((f) => f.name === 'http2.stream');
  expect(frames.map((f) => f.end - f.at)).toEqual([21, request.length]);
  expect(frames[1].text).toBe(`HEADERS, Stream ID: 1, Length ${request.length - 9}, GET /a [End Stream, End Headers]`);
});

test.each([
  [
    'PRIORITY',
    F.frame(2, 0, 5, Buffer.from('80000003ff', 'hex')),
    ['http2.exclusive=set', 'http2.stream_dependency=3', 'http2.headers.weight=255 (256)'],
  ],
  ['RST_STREAM', F.rst(3, 8), ['http2.rst_stream.error=CANCEL (8)']],
  ['PING', F.ping(), ['http2.ping=3132333435363738']],
  ['PING, answered', F.ping('12345678', 1), ['http2.pong=3132333435363738']],
  [
    'GOAWAY',
    F.goAway(7, 11, 'hi'),
    ['http2.goway.r=0', 'http2.goaway.last_stream_id=7', 'http2.goaway.error=ENHANCE_YOUR_CALM (11)', 'http2.goaway.addata=6869'],
  ],
  ['WINDOW_UPDATE', F.windowUpdate(1, 1000), ['http2.window_update.r=0', 'http2.window_update.window_size_increment=1000']],
  [
    'DATA with padding',
    F.data(1, Buffer.from('026869aabb', 'hex'), F.PADDED),
    ['http2.padding=2', 'http2.data.data=6869', 'http2.data.padding=aabb'],
  ],
  [
    'ALTSVC',
    F.frame(10, 0, 0, '\0\x03a.bh3=":1"'),
    ['http2.altsvc.origin.len=3', 'http2.altsvc.origin=a.b', 'http2.altsvc.field_value=h3=":1"'],
  ],
  [
    'ORIGIN',
    F.frame(12, 0, 0, '\0\x02ab\0\x01c'),
    [
      'http2.origin=null',
      'http2.origin.origin_len=2',
      'http2.origin.origin=ab',
      'http2.origin=null',
      'http2.origin.origin_len=1',
      'http2.origin.origin=c',
    ],
  ],
  [
    'PRIORITY_UPDATE',
    F.frame(16, 0, 0, '\0\0\0\x05u=1'),
    ['http2.priority_update_stream_id=5', 'http2.priority_update_field_value=u=1'],
  ],
  ['a setting of the future', F.settings([0x99, 7]), ['http2.settings.id=153 (unknown)', 'http2.settings.unknown=7']],
])('%s', (_name, bytes, expected) => expect(told(bytes)).toEqual(expected));

test('a type nobody knows, behind one that is known', () => {
  expect(told(Buffer.concat([F.settingsAck(), F.frame(0xfa, 0, 0, 'abc')]))).toEqual(['http2.unknown=616263']);
});

test('a push', () => {
  const bytes = F.push(1, 2, F.asks('/style.css'));
  expect(layerOf(bytes).title).toContain('PUSH_PROMISE[1]: promises 2, GET /style.css');
});

test('credentials are hidden, and so is a value whose name other packets know', () => {
  const bytes = F.headers(1, F.asks('/', { cookie: 'sid=hunter2', authorization: 'Basic aHVu' }));
  for (let end = 0; end <= bytes.length; end++) expect(JSON.stringify(layerOf(bytes, 0, end))).not.toMatch(/hunter2|Basic/);
  expect(told(bytes)).toContain('http2.header.value=(hidden, 11 bytes)');
  // Index 70: the name of an entry that this packet does not show.
  const later = F.frame(1, 4, 3, Buffer.concat([Buffer.from([0x0f, 70 - 15, 7]), Buffer.from('hunter2')]));
  expect(JSON.stringify(layerOf(later))).not.toContain('hunter2');
  expect(all(layerOf(later).fields).find((f) => f.name === 'http2.header')?.text).toBe(
    '(entry 70 of a table that other packets filled): (not in this packet)',
  );
});

test('the middle of a frame; HTTP/1.1 before an upgrade', () => {
  expect(layerOf(Buffer.alloc(50, 'x')).title).toBe('HyperText Transfer Protocol 2, continuation, 50 bytes');
  expect(layerOf(Buffer.from('GET / HTTP/1.1\r\nUpgrade: h2c\r\n\r\n')).protocol).toBe('http');
});

test('whatever the bytes: fields lie within them', () => {
  const frames = fc.record({
    type: fc.integer({ min: 0, max: 17 }),
    flags: fc.integer({ min: 0, max: 255 }),
    stream: fc.integer({ min: 0, max: 9 }),
    payload: fc.uint8Array({ maxLength: 60 }),
  });
  fc.assert(
    fc.property(fc.array(frames, { maxLength: 8 }), fc.nat(400), (list, cut) => {
      const whole = Buffer.concat(list.map((f) => F.frame(f.type, f.flags, f.stream, Buffer.from(f.payload))));
      const bytes = whole.subarray(0, Math.min(cut, whole.length));
      const layer = layerOf(bytes);
      for (const field of all(layer.fields)) {
        expect(field.at).toBeGreaterThanOrEqual(0);
        expect(field.end).toBeLessThanOrEqual(bytes.length);
        expect(field.at).toBeLessThanOrEqual(field.end);
      }
    }),
  );
});
