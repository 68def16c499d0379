import { describe, expect, test } from 'vitest';
import * as b from '../quic/build.ts';
import * as s from '../quic/sealed.ts';
import { fromHex, join, text, u8 } from '../frames.ts';

const hex = (digits: string): Uint8Array => fromHex(digits.replaceAll(' ', ''));
const frame = (type: number, payload: Uint8Array): Uint8Array => join(b.varint(type), b.varint(payload.length), payload);
/** Literals with literal names: RFC 9204 §4.5.6. */
const literal = (name: string, value: string): Uint8Array =>
  join(name.length < 7 ? u8(0x20 | name.length) : u8(0x27, name.length - 7), text(name), u8(value.length), text(value));
const head = (fields: Record<string, string>): Uint8Array =>
  frame(1, join(u8(0, 0), ...Object.entries(fields).map(([name, value]) => literal(name, value))));
const request = (path: string, more: Record<string, string> = {}): Uint8Array =>
  head({ ':method': 'GET', ':scheme': 'https', ':authority': 'example.com', ':path': path, ...more });
const answer = (status: string, body: string): Uint8Array =>
  join(head({ ':status': status, 'content-type': 'text/plain' }), frame(0, text(body)));

const settings = (capacity: number): Uint8Array =>
  join(u8(0), frame(4, join(b.varint(1), b.varint(capacity), b.varint(7), b.varint(16))));

const play = (...steps: Parameters<typeof s.tell>[0]) => s.tell([...s.handshake(), ...steps]);
const problems = (story: s.Story): string[] => [...story.correlator.finder.problems.keys()];

describe('exchanges', () => {
  test('a request and its answer, and the journey that they make', () => {
    const story = play(
      s.fromClient(0, join(s.stream(2, 0, settings(0)), s.stream(0, 0, request('/a'), true))),
      s.fromServer(0, s.stream(0, 0, answer('200', 'hello'), true)),
      s.fromClient(1, join(u8(0x1d), b.varint(0x100), b.varint(0))),
    );
    const [x] = story.exchanges;
    expect(x).toMatchObject({
      version: '3',
      quic: 0,
      stream: 0,
      method: 'GET',
      host: 'example.com',
      target: '/a',
      scheme: 'https',
      status: 200,
      contentType: 'text/plain',
      requestPacket: 4,
      requestEndPacket: 4,
      responsePacket: 5,
      responseEndPacket: 5,
      responseBodyBytes: 5,
      complete: true,
      whole: true,
    });
    expect(x.responseTransferBytes).toBe(answer('200', 'hello').length);
    expect(story.journeys).toHaveLength(1);
    const [journey] = story.journeys;
    expect(journey).toMatchObject({ url: 'https://example.com/a', quic: 0, outcome: 'complete', status: 200 });
    expect(journey.connection).toBeUndefined();
    expect(journey.stages.map(({ kind }) => kind)).toEqual(['tls', 'idle', 'send', 'wait', 'receive', 'idle', 'close']);
    expect(journey.har).toEqual({ blocked: 1, dns: -1, connect: 2, ssl: 2, send: 0, wait: 1, receive: 0, total: 4 });
    expect(story.connections[0].http3).toMatchObject({ streams: 1, settings: { client: { QPACK_BLOCKED_STREAMS: 16 } } });
    expect(problems(story)).toEqual([]);
  });

  test('several streams at once, of which the first owns the connecting', () => {
    const story = play(
      s.fromClient(0, join(s.stream(0, 0, request('/a'), true), s.stream(4, 0, request('/b'), true))),
      s.fromServer(0, s.stream(4, 0, answer('404', 'no'), true)),
      s.fromServer(1, s.stream(0, 0, answer('200', 'yes'), true)),
    );
    expect(story.exchanges.map(({ target, status, complete }) => [target, status, complete])).toEqual([
      ['/b', 404, true],
      ['/a', 200, true],
    ]);
    const byUrl = story.journeys.map(({ url, har }) => [url, har.connect, har.ssl, har.dns]).sort();
    expect(byUrl).toEqual([
      ['https://example.com/a', 2, 2, -1],
      ['https://example.com/b', -1, -1, -1],
    ]);
  });

  test('frames in pieces, out of order, twice, and with other bytes the second time', () => {
    const said = answer('200', 'x'.repeat(300));
    const steps = [s.fromClient(0, s.stream(0, 0, request('/a'), true))];
    const pieces = Array.from({ length: Math.ceil(said.length / 7) }, (_, i) => i * 7).reverse();
    pieces.forEach((at, i) => {
      const piece = said.subarray(at, at + 7);
      const again = s.stream(0, at, i % 2 === 0 ? piece : piece.map((byte) => byte ^ 0xff));
      steps.push(s.fromServer(i, join(s.stream(0, at, piece, at + 7 >= said.length), again)));
    });
    const story = play(...steps);
    expect(story.exchanges[0]).toMatchObject({ status: 200, responseBodyBytes: 300, complete: true, whole: true });
    expect(problems(story)).toEqual([]);
    expect(story.correlator.quic.budget.held).toBe(0);
  });

  test('interim responses, trailers, HEAD, unknown frames', () => {
    const early = head({ ':status': '103' });
    const trailers = head({ 'grpc-status': '5' });
    const grease = frame(0x21 + 0x1f * 3, text('noise'));
    const said = join(early, grease, answer('200', 'abc'), frame(0, text('def')), trailers);
    const story = play(
      s.fromClient(0, s.stream(0, 0, join(request('/a'), frame(0, text('body')), head({ after: 'x' })), true)),
      s.fromServer(0, s.stream(0, 0, said, true)),
    );
    expect(story.exchanges[0]).toMatchObject({ requestBodyBytes: 4, responseBodyBytes: 6, status: 200 });
    expect(story.exchanges[0].http2).toMatchObject({ interim: 1, grpcStatus: 5 });
    expect(story.exchanges[0].http2?.requestTrailers?.fields).toBe(1);
  });

  test('bytes that were never captured: the rest goes on, and says so', () => {
    const said = answer('200', 'x'.repeat(100));
    const story = play(
      s.fromClient(0, s.stream(0, 0, request('/a'), true)),
      s.fromServer(0, s.stream(0, 0, said.subarray(0, 60))),
      s.fromServer(2, s.stream(0, 90, said.subarray(90), true)),
      s.fromClient(1, s.stream(4, 0, request('/b'), true)),
      s.fromServer(3, s.stream(4, 0, answer('200', 'ok'), true)),
    );
    const [b2, a] = [...story.exchanges].sort((x, y) => y.stream - x.stream);
    expect(a).toMatchObject({ status: 200, responseBodyBytes: 100, whole: false });
    expect(b2).toMatchObject({ status: 200, responseBodyBytes: 2, whole: true, complete: true });
  });

  test('taken back, refused, and not processed', () => {
    const story = play(
      s.fromClient(
        0,
        join(s.stream(0, 0, request('/a'), true), s.stream(4, 0, request('/b'), true), s.stream(8, 0, request('/c'), true)),
      ),
      s.fromClient(1, join(u8(5), b.varint(0), b.varint(0x10c))),
      s.fromServer(0, join(u8(4), b.varint(4), b.varint(0x10b), b.varint(0))),
      s.fromServer(1, s.stream(3, 0, join(u8(0), frame(4, u8()), frame(7, b.varint(8))))),
    );
    expect(
      story.exchanges.map(({ target, http2 }) => [target, http2?.reset?.frame, http2?.reset?.code, http2?.reset?.from]),
    ).toEqual([
      ['/a', 'STOP_SENDING', 'H3_REQUEST_CANCELLED', 'client'],
      ['/b', 'RESET_STREAM', 'H3_REQUEST_REJECTED', 'server'],
      ['/c', 'GOAWAY', 'H3_REQUEST_REJECTED', 'server'],
    ]);
    expect(story.connections[0].http3?.goAways).toMatchObject([{ from: 'server', lastStream: 8 }]);
    expect(story.journeys.map(({ outcome }) => outcome)).toEqual(['reset', 'reset', 'unanswered']);
  });
});

test('a request that was reset after its answer keeps what was captured of it', () => {
  const upload = join(request('/up', { 'content-type': 'x' }), b.varint(0), b.varint(300), new Uint8Array(300));
  const story = play(
    s.fromClient(0, s.stream(0, 0, upload.subarray(0, 120))),
    s.fromClient(2, s.stream(0, 200, upload.subarray(200, 250))),
    s.fromServer(0, join(s.stream(0, 0, answer('200', 'enough'), true), u8(5), b.varint(0), b.varint(0x100))),
    s.fromClient(3, join(u8(4), b.varint(0), b.varint(0x100), b.varint(upload.length))),
  );
  expect(story.exchanges[0]).toMatchObject({ status: 200, requestBodyBytes: 300, complete: true, whole: false });
});

describe('QPACK in the streams', () => {
  const insert = hex('3fbd01 c00b 6578616d706c652e636f6d c102 2f71');
  // :method GET, :scheme https (static), :authority and :path of the table.
  const section = hex('0300 d1 d7 81 80');

  test('a request waits for the encoder, and its answer does not mind', () => {
    const story = play(
      s.fromServer(0, s.stream(3, 0, settings(220))),
      s.fromClient(0, s.stream(0, 0, frame(1, section), true)),
      s.fromServer(1, s.stream(0, 0, answer('200', 'ok'), true)),
      s.fromClient(1, s.stream(6, 0, join(u8(2), insert))),
    );
    expect(story.exchanges).toHaveLength(1);
    expect(story.exchanges[0]).toMatchObject({ method: 'GET', host: 'example.com', target: '/q', status: 200, requestPacket: 5 });
    expect(story.exchanges[0].http2?.unknownFields).toBe(0);
    expect(story.correlator.quic.budget.held).toBe(0);
  });

  test('what never came is unknown, not wrong', () => {
    const story = play(
      s.fromServer(0, s.stream(3, 0, settings(220))),
      s.fromClient(0, s.stream(0, 0, frame(1, section), true)),
      s.fromServer(1, s.stream(0, 0, answer('200', 'ok'), true)),
    );
    expect(story.exchanges[0]).toMatchObject({ method: 'GET', status: 200 });
    expect(story.exchanges[0].target).toBeUndefined();
    expect(story.exchanges[0].http2?.unknownFields).toBe(2);
  });

  test('a section that cannot be', () => {
    const story = play(
      s.fromClient(0, s.stream(0, 0, request('/a'), true)),
      s.fromServer(0, s.stream(0, 0, join(frame(1, hex('0000 ff ff ff ff ff ff'))), true)),
    );
    expect(problems(story)).toEqual(['http3-qpack-error']);
    expect(story.exchanges[0].status).toBeUndefined();
  });
});

test('a pushed response belongs to the request that brought it', () => {
  const promise = frame(5, join(b.varint(0), u8(0, 0), literal(':method', 'GET'), literal(':path', '/style.css')));
  const story = play(
    s.fromClient(0, s.stream(0, 0, request('/'), true)),
    s.fromServer(0, s.stream(0, 0, join(promise, answer('200', 'page')), true)),
    s.fromServer(1, s.stream(15, 0, join(u8(1), b.varint(0), answer('200', 'style')), true)),
  );
  const pushed = story.exchanges.find(({ target }) => target === '/style.css');
  expect(pushed).toMatchObject({ status: 200, stream: 15, responseBodyBytes: 5 });
  expect(pushed?.http2?.pushedBy).toBe(story.exchanges.find(({ target }) => target === '/')?.id);
});

test('early data: the request does not wait for the handshake', () => {
  const [hello, ...rest] = s.handshake();
  const frames = s.stream(0, 0, request('/early'), true);
  const early = s.long(1, { secret: s.SECRETS.early, dcid: b.ID, scid: s.CLIENT_ID, number: 0, frames });
  const story = s.tell([hello, ['>', early], ...rest, s.fromServer(0, s.stream(0, 0, answer('200', 'ok'), true))]);
  expect(story.exchanges[0]).toMatchObject({ target: '/early', requestPacket: 2, responsePacket: 5, status: 200 });
  expect(story.journeys[0].har).toMatchObject({ connect: 1, ssl: 1, wait: 3 });
});

test('without keys, and of another application, no request is made up: one journey of the connection, by direction', () => {
  const steps = [
    s.fromClient(0, s.stream(0, 0, request('/a'), true)),
    s.fromServer(0, s.stream(0, 0, answer('200', 'ok'), true)),
  ];
  const other = s.tell([...s.handshake('hq-interop'), ...steps]);
  for (const { exchanges, journeys } of [s.tell([...s.handshake(), ...steps], null), other]) {
    expect(exchanges).toEqual([]);
    expect(journeys).toHaveLength(1);
    expect(journeys[0]).toMatchObject({ quic: 0, connection: undefined, outcome: 'unknown' });
    expect(journeys[0].exchange).toBeUndefined();
  }
});
