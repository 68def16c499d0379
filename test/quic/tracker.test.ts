import { describe, expect, test } from 'vitest';
import { CONNECTIONS_PER_FLOW, HELD_HELLO_BYTES } from '../../src/correlate/quic.ts';
import { OPEN_LIMIT } from '../../src/correlate/quic-connection.ts';
import { be16, fromHex, text, u8, udpFrame } from '../frames.ts';
import * as tls from '../tls/build.ts';
import * as b from './build.ts';
import { CLIENT, datagram, readFrames, SERVER, type Step, story, told } from './drive.ts';
import { VECTORS } from './vectors.ts';

const HELLO = b.clientHello('www.example.test');
const LONG_HELLO = b.clientHello('long.example.test', ['h3', 'h3-29'], tls.extension(0x1234, new Uint8Array(2000).fill(5)));
const CLIENT_ID = fromHex('c1c1c1c1');
const SERVER_ID = fromHex('5e5e5e5e5e5e5e5e');

const first = (frames: Uint8Array, more: b.PacketParts = {}): Uint8Array =>
  b.firstInitial({ dcid: b.ID, scid: CLIENT_ID, frames, ...more });
const answer = (frames: Uint8Array, more: b.PacketParts = {}): Uint8Array =>
  b.initial({ dcid: CLIENT_ID, scid: SERVER_ID, keyId: b.ID, fromServer: true, frames, ...more });
const handshake = (fromServer: boolean): Uint8Array =>
  b.longPacket(2, { dcid: fromServer ? CLIENT_ID : SERVER_ID, scid: fromServer ? SERVER_ID : CLIENT_ID, pad: 60 });

describe('a handshake', () => {
  test('tells name, version, suite and protocol', () => {
    const { connections, stacks } = story(
      ['>', first(b.crypto(0, HELLO))],
      ['<', answer(b.crypto(0, b.serverHello())), handshake(true)],
      ['>', handshake(false), b.shortPacket(SERVER_ID)],
      ['<', b.shortPacket(CLIENT_ID)],
    );
    expect(connections).toHaveLength(1);
    expect(told(connections[0])).toMatchObject({
      id: 0,
      client: { address: '10.0.0.1', port: 50000 },
      server: { address: '10.0.0.2', port: 443 },
      clientKnown: true,
      firstPacket: 1,
      lastPacket: 4,
      version: '1',
      sni: 'www.example.test',
      alpnOffered: ['h3'],
      alpn: 'h3',
      tlsVersion: 'TLS 1.3',
      cipher: 'TLS_AES_128_GCM_SHA256',
      cipherId: '0x1301',
      resumed: false,
      clientHelloPacket: 1,
      serverHelloPacket: 2,
    });
    expect([connections[0].fromClient.packets, connections[0].fromServer.packets]).toEqual([2, 2]);
    expect(stacks).toEqual(new Array(4).fill('eth:ip:udp:quic'));
  });

  test("the fingerprint of RFC 9001's ClientHello (appendix A.2) as FoxIO's JA4 describes it", () => {
    const { connections } = story(['>', VECTORS[0].client]);
    // Two suites, eleven extensions, "alpn"; then what sha256sum says of the sorted lists.
    expect(connections[0].ja4).toBe('q13d0211an_62ed6f6ca7ad_4d634acda6c0');
  });

  test.each(VECTORS)('of $name', ({ client, server, version }) => {
    const { connections } = story(['>', client], ['<', server]);
    expect(told(connections[0])).toMatchObject({
      version: String(version),
      sni: 'example.com',
      alpn: 'alpn',
      cipherId: '0x1301',
    });
  });

  test.each([
    [b.DRAFT_29, 'draft-29'],
    [b.VERSION_2, '2'],
  ])('of version %i', (version, name) => {
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO), { version })],
      ['<', answer(b.crypto(0, b.serverHello()), { version })],
    );
    expect(told(connections[0])).toMatchObject({ version: name, sni: 'www.example.test', alpn: 'h3' });
  });

  test.each([
    [b.T050, 'T050'],
    [b.T051, 'T051'],
  ])("of Google's version %i, whose CRYPTO frame is type 8", (version, name) => {
    const googleCrypto = (hello: Uint8Array): Uint8Array =>
      Uint8Array.from(b.crypto(0, hello), (byte, i) => (i === 0 ? 8 : byte));
    const { connections } = story(
      ['>', first(googleCrypto(HELLO), { version })],
      ['<', answer(googleCrypto(b.serverHello()), { version })],
    );
    expect(told(connections[0])).toMatchObject({ version: name, sni: 'www.example.test', cipherId: '0x1301' });
  });

  test.each([b.VERSION_1, b.DRAFT_29])('of a reserved version (RFC 9000 §15), protected as in version %i', (salt) => {
    const { connections } = story(['>', first(b.crypto(0, HELLO), { version: b.RESERVED, salt })]);
    expect(told(connections[0])).toMatchObject({ version: '0x1a2a3a4a', sni: 'www.example.test' });
  });

  test('on any port, over IPv6, inside another frame', () => {
    const client = '[2001:db8::1]:60001';
    const server = '[2001:db8::2]:50123';
    const { connections } = readFrames([datagram(['>', first(b.crypto(0, HELLO))], client, server)]);
    expect(told(connections[0])).toMatchObject({
      client: { address: '2001:db8::1', port: 60001 },
      server: { address: '2001:db8::2', port: 50123 },
      sni: 'www.example.test',
    });
  });

  test('with the lower port at the client: the packet that opens decides', () => {
    const { connections } = readFrames([datagram(['>', first(b.crypto(0, HELLO))], '10.0.0.1:400', '10.0.0.2:4433')]);
    expect(connections[0].client.port).toBe(400);
  });

  test('several protocols offered: which one was chosen is not seen', () => {
    const { connections } = story(
      ['>', first(b.crypto(0, b.clientHello('a.test', ['h3', 'h3-29'])))],
      ['<', answer(b.crypto(0, b.serverHello()))],
    );
    expect([connections[0].alpnOffered, connections[0].alpn]).toEqual([['h3', 'h3-29'], undefined]);
  });

  test('resumed, with early data', () => {
    const { connections } = story(
      ['>', b.longPacket(1, { dcid: b.ID, scid: CLIENT_ID, pad: 200 })],
      ['>', first(b.crypto(0, HELLO))],
      ['<', answer(b.crypto(0, b.serverHello(tls.extension(41, be16(0)))))],
    );
    expect(connections).toHaveLength(1);
    expect(told(connections[0])).toMatchObject({ earlyDataPacket: 1, clientHelloPacket: 2, resumed: true, clientKnown: true });
  });

  test('with a HelloRetryRequest: the ServerHello comes behind it', () => {
    const retry = b.helloRetry();
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO))],
      ['<', answer(b.crypto(0, retry))],
      ['>', first(b.crypto(HELLO.length, HELLO), { dcid: SERVER_ID, keyId: b.ID, number: 1 })],
      ['<', answer(b.crypto(retry.length, b.serverHello()), { number: 1 })],
    );
    expect(told(connections[0])).toMatchObject({ clientHelloPacket: 1, helloRetryPacket: 2, serverHelloPacket: 4 });
  });
});

describe('a hello in pieces', () => {
  const half = 1100;
  const pieces = [
    first(b.crypto(0, LONG_HELLO.subarray(0, half)), { number: 0 }),
    first(b.crypto(half, LONG_HELLO.subarray(half)), { number: 1 }),
  ];

  test('over two Initials', () => {
    const { connections } = story(['>', pieces[0]], ['>', pieces[1]]);
    expect(told(connections[0])).toMatchObject({ sni: 'long.example.test', clientHelloPacket: 2, firstPacket: 1 });
  });

  test('in the other order, and one of them twice', () => {
    const { connections } = story(['>', pieces[1]], ['>', pieces[1]], ['>', pieces[0]]);
    expect(told(connections[0])).toMatchObject({ sni: 'long.example.test', clientHelloPacket: 3, firstPacket: 1 });
  });

  test('both in one datagram', () => {
    const { connections } = story(['>', ...pieces]);
    expect(told(connections[0])).toMatchObject({ sni: 'long.example.test', clientHelloPacket: 1 });
    expect(connections[0].fromClient.packets).toBe(1);
  });

  test('shuffled, with PING and PADDING between', () => {
    const cuts = [0, 3, 50, 51, 300, HELLO.length];
    const frames = [3, 0, 4, 2, 1].map((i) => b.crypto(cuts[i], HELLO.subarray(cuts[i], cuts[i + 1])));
    const { connections } = story(['>', first(new Uint8Array(frames.flatMap((f) => [...f, 1, 0, 0])))]);
    expect(connections[0].sni).toBe('www.example.test');
  });

  test('one piece missing: no name, and no error', () => {
    const { connections } = story(['>', pieces[1]]);
    expect([connections[0].sni, connections[0].clientHelloPacket, connections[0].version]).toEqual([undefined, undefined, '1']);
  });
});

describe('Retry and Version Negotiation', () => {
  const NEW_ID = fromHex('e1051eaa7adfb230');
  const TOKEN = text('a token');

  test.each([b.VERSION_1, b.VERSION_2, b.DRAFT_29])('a Retry changes the keys (%i)', (version) => {
    const { connections } = story(
      ['>', first(b.crypto(0, LONG_HELLO.subarray(0, 800)), { version })],
      ['<', b.retry({ version, dcid: CLIENT_ID, scid: NEW_ID, token: TOKEN })],
      ['>', first(b.crypto(0, LONG_HELLO.subarray(0, 1000)), { version, dcid: NEW_ID, token: TOKEN, number: 1 })],
      ['>', first(b.crypto(1000, LONG_HELLO.subarray(1000)), { version, dcid: NEW_ID, token: TOKEN, number: 2 })],
      ['<', answer(b.crypto(0, b.serverHello()), { version, keyId: NEW_ID })],
    );
    expect(connections).toHaveLength(1);
    expect(told(connections[0])).toMatchObject({
      retryPacket: 2,
      sni: 'long.example.test',
      clientHelloPacket: 4,
      serverHelloPacket: 5,
    });
  });

  test('one whose tag is wrong does not', () => {
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO))],
      ['<', b.retry({ dcid: CLIENT_ID, scid: NEW_ID, token: TOKEN, id: SERVER_ID })],
      ['<', answer(b.crypto(0, b.serverHello()))],
    );
    expect(told(connections[0])).toMatchObject({ serverHelloPacket: 3 });
    expect(connections[0].retryPacket).toBeUndefined();
  });

  test('a capture that begins with the Retry', () => {
    const { connections } = story(
      ['<', b.retry({ dcid: CLIENT_ID, scid: NEW_ID, token: TOKEN })],
      ['>', first(b.crypto(0, HELLO), { dcid: NEW_ID, token: TOKEN })],
    );
    expect(connections).toHaveLength(1);
    expect(told(connections[0])).toMatchObject({
      client: { port: 50000 },
      clientKnown: true,
      retryPacket: 1,
      sni: 'www.example.test',
    });
  });

  test('a version that nobody speaks, then one that the server has', () => {
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO), { version: b.RESERVED, scid: u8() })],
      ['<', b.negotiation(u8(), b.ID, 1, b.RESERVED)],
      ['>', first(b.crypto(0, HELLO), { scid: u8() })],
    );
    expect(connections).toHaveLength(1);
    expect(told(connections[0])).toMatchObject({
      version: '1',
      negotiationPacket: 2,
      sni: 'www.example.test',
      clientHelloPacket: 1,
      clientKnown: true,
    });
  });

  test('nothing followed: the version is the one that was asked for', () => {
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO), { version: b.RESERVED })],
      ['<', b.negotiation(CLIENT_ID, b.ID, 1)],
    );
    expect([connections[0].version, connections[0].negotiationPacket]).toEqual(['0x1a2a3a4a', 2]);
  });

  test('a server that answers in a compatible version (RFC 9368)', () => {
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO))],
      ['<', answer(b.crypto(0, b.serverHello()), { version: b.VERSION_2 })],
      ['>', first(b.ack(), { dcid: SERVER_ID, keyId: b.ID, number: 1 })],
    );
    expect(told(connections[0])).toMatchObject({ version: '2', serverHelloPacket: 2 });
  });
});

describe('connections of one flow', () => {
  const OTHER_ID = fromHex('0102030405060708');

  test('a new first Initial begins another; packets find theirs by id', () => {
    const later = b.firstInitial({ dcid: OTHER_ID, scid: u8(7, 7), frames: b.crypto(0, b.clientHello('b.test')) });
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO))],
      ['<', answer(b.crypto(0, b.serverHello()))],
      ['>', later],
      ['<', b.shortPacket(CLIENT_ID)],
      ['<', b.shortPacket(u8(7, 7))],
      ['>', b.shortPacket(SERVER_ID)],
    );
    expect(connections.map((c) => [c.sni, c.firstPacket, c.lastPacket])).toEqual([
      ['www.example.test', 1, 6],
      ['b.test', 3, 5],
    ]);
  });

  test('an Initial to an id that the server gave later belongs to its connection: its keys open it', () => {
    const { connections } = story(
      ['>', first(b.crypto(0, HELLO))],
      ['<', answer(b.crypto(0, b.serverHello()))],
      ['>', first(b.ack(), { dcid: OTHER_ID, keyId: b.ID, number: 1 })],
      ['>', first(b.ack(), { dcid: u8(1, 2, 3, 4), keyId: b.ID, number: 2 })],
    );
    expect(connections.map((c) => [c.firstPacket, c.lastPacket])).toEqual([[1, 4]]);
  });

  test("the server's answer captured before the client's first packet", () => {
    const { connections } = story(['<', answer(b.crypto(0, b.serverHello()))], ['>', first(b.crypto(0, HELLO))]);
    expect(connections).toHaveLength(1);
    expect(told(connections[0])).toMatchObject({ client: { port: 50000 }, sni: 'www.example.test', clientKnown: true });
  });

  test('a capture that begins in the middle: roles by ports, said to be a guess', () => {
    const { connections, stacks } = story(
      ['<', b.shortPacket(CLIENT_ID)],
      ['<', handshake(true)],
      ['>', handshake(false)],
      ['<', b.shortPacket(CLIENT_ID)],
    );
    expect(told(connections[0])).toMatchObject({ client: { port: 50000 }, clientKnown: false, firstPacket: 2, version: '1' });
    expect(stacks).toEqual(['eth:ip:udp', 'eth:ip:udp:quic', 'eth:ip:udp:quic', 'eth:ip:udp:quic']);
  });

  test('short headers, greased bits and unknown versions count where the flow is known; other flows stay what they are', () => {
    const other = udpFrame({ from: CLIENT, to: '10.0.0.3:443', payload: b.shortPacket(SERVER_ID) });
    const greased = b.shortPacket(SERVER_ID);
    greased[0] &= 0x3f;
    const { stacks, connections } = readFrames([
      datagram(['>', b.shortPacket(SERVER_ID)]),
      datagram(['>', first(b.crypto(0, HELLO))]),
      other,
      datagram(['>', greased]),
      datagram(['<', u8(0x80, 1, 2, 3, 4, 0, 0, 9)]),
      datagram(['<', u8()]),
    ]);
    expect(stacks.map((stack) => stack.endsWith(':quic'))).toEqual([false, true, false, true, true, false]);
    expect([connections.length, connections[0].lastPacket]).toEqual([1, 5]);
  });

  test('an Initial that opens with nothing is no new connection, a cut first one is', () => {
    const nobody = first(b.crypto(0, HELLO), { dcid: OTHER_ID, keyId: SERVER_ID });
    const beginning = [datagram(['>', first(b.crypto(0, HELLO))])];
    expect(readFrames([...beginning, datagram(['>', nobody])]).connections).toHaveLength(1);
    const frame = datagram(['>', nobody]);
    const { connections } = readFrames([...beginning, { bytes: frame.subarray(0, 96), wire: frame.length }]);
    expect(connections.map((c) => [c.firstPacket, c.sni])).toEqual([
      [1, 'www.example.test'],
      [2, undefined],
    ]);
  });

  test('what follows in a datagram with another id is ignored (RFC 9000 §12.2)', () => {
    const hidden = b.initial({ dcid: OTHER_ID, frames: b.crypto(0, b.clientHello('hidden.test')) });
    const { connections } = story(['>', first(b.crypto(0, HELLO)), hidden]);
    expect(connections.map((c) => c.sni)).toEqual(['www.example.test']);
  });
});

describe('bounds', () => {
  test('connections of one flow', () => {
    const steps: Step[] = [];
    for (let i = 0; i < CONNECTIONS_PER_FLOW + 3; i++)
      steps.push(['>', b.firstInitial({ dcid: u8(i, 1, 2, 3, 4, 5, 6, 7), frames: b.crypto(0, b.clientHello(`n${i}.test`)) })]);
    const { connections, correlator } = story(...steps);
    expect(connections.map((c) => c.sni)).toEqual(steps.map((_, i) => `n${i}.test`));
    expect(correlator.quic.counters.evicted).toBe(3);
  });

  test('packets opened in search of a hello', () => {
    const steps: Step[] = [];
    // The one that begins the connection is opened before there is a count.
    for (let i = 0; i <= OPEN_LIMIT; i++) steps.push(['>', first(b.PING, { number: i })]);
    expect(
      story(...steps.slice(1), ['>', first(b.crypto(0, HELLO), { number: OPEN_LIMIT + 1 })]).connections[0].sni,
    ).toBeDefined();
    expect(story(...steps, ['>', first(b.crypto(0, HELLO), { number: OPEN_LIMIT + 1 })]).connections[0].sni).toBeUndefined();
  });

  test('bytes of unfinished hellos: the oldest is given up', () => {
    const size = 60_000;
    const half = b.clientHello('big.test', ['h3'], tls.extension(0x1234, new Uint8Array(size)));
    const piece = first(b.crypto(0, half.subarray(0, size)), { lengthSize: 4 });
    const rest = first(b.crypto(size, half.subarray(size)), { number: 1 });
    const count = Math.ceil(HELD_HELLO_BYTES / size) + 1;
    const client = (i: number): string => `10.0.${i >> 8}.${i & 255}:50000`;
    const frames: Uint8Array[] = [];
    for (let i = 0; i < count; i++) frames.push(datagram(['>', piece], client(i)));
    for (let i = 0; i < count; i++) frames.push(datagram(['>', rest], client(i)));
    const { connections, correlator } = readFrames(frames);
    const given = correlator.quic.counters.hellosGivenUp;
    expect(given).toBeGreaterThan(0);
    expect(given).toBeLessThan(4);
    expect(connections.map((c) => c.sni)).toEqual(connections.map((_, i) => (i < given ? undefined : 'big.test')));
  });

  test('idle flows leave when there are many, in a report as they go', () => {
    const hello = first(b.crypto(0, HELLO));
    const frames = [];
    for (let i = 0; i < 9000; i++) {
      const client = `10.${i >> 12}.${(i >> 6) & 63}.${1 + (i & 63)}:50000`;
      frames.push({ bytes: datagram(['>', hello], client), time: 1_600_000_000_000_000_000n + BigInt(i) * 100_000_000n });
    }
    const { connections } = readFrames(frames);
    expect(connections).toHaveLength(9000);
    const order = connections.map((c) => c.id);
    expect(new Set(order).size).toBe(9000);
    expect(order.slice(0, 100).every((id) => id < 5000)).toBe(true);
  });
});

test(`${CLIENT} to ${SERVER} with nothing of QUIC makes no record`, () => {
  expect(story(['>', text('hello')], ['<', text('good day')]).connections).toEqual([]);
});
