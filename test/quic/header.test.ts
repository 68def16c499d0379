import { describe, expect, test } from 'vitest';
import { LongHeader, looksLikeQuic, PacketType } from '../../src/dissect/quic/header.ts';
import { isKnownVersion, versionOf } from '../../src/dissect/quic/versions.ts';
import { varint, varintEnd } from '../../src/dissect/quic/varint.ts';
import { guarded } from '../dissect/checks.ts';
import { random } from '../dns/build.ts';
import { be16, be32, fromHex, join, stackOf, text, u8, udpFrame } from '../frames.ts';
import * as b from './build.ts';

const looks = (bytes: Uint8Array, wire = bytes.length): boolean => looksLikeQuic(guarded(bytes), 0, bytes.length, wire);
const greased = (packet: Uint8Array): Uint8Array => join(u8(packet[0] & 0xbf), packet.subarray(1));
const SCID = fromHex('0102030405');

function read(bytes: Uint8Array, wire = bytes.length): LongHeader | undefined {
  const h = new LongHeader();
  return h.read(guarded(bytes), 0, bytes.length, wire) ? h : undefined;
}

describe('types', () => {
  test.each([b.VERSION_1, b.VERSION_2, b.DRAFT_29, b.RESERVED])('of version %i', (version) => {
    expect([0, 1, 2].map((type) => read(b.longPacket(type, { version }))?.type)).toEqual([0, 1, 2]);
    expect(read(b.retry({ version, scid: SCID, token: text('t') }))?.type).toBe(PacketType.retry);
  });

  test('Version Negotiation, and versions that are not known', () => {
    expect(read(b.negotiation(b.ID, SCID, 1, 2))?.type).toBe(PacketType.negotiation);
    const unknown = read(join(u8(0xc0), be32(0x12345678), u8(200), new Uint8Array(200), u8(0), text('what follows')));
    expect([unknown?.type, unknown?.whole, unknown?.dcidEnd]).toEqual([PacketType.unknown, true, 206]);
  });

  test('names of versions', () => {
    const names = [1, b.VERSION_2, b.DRAFT_29, 0xff000022, 0x51303530, b.RESERVED, 0xfaceb002, 0xdeadbeef];
    expect(names.map((version) => versionOf(version).name)).toEqual([
      '1',
      '2',
      'draft-29',
      'draft-34',
      'Q050',
      '0x1a2a3a4a',
      '0xfaceb002',
      '0xdeadbeef',
    ]);
    expect([0xff000015, 0xff000023, 2, 0xdeadbeef, 0].map(isKnownVersion)).toEqual([false, false, false, false, false]);
  });
});

describe('places', () => {
  test('of an Initial', () => {
    const packet = b.initial({ scid: SCID, token: text('token'), frames: b.PING, pad: 40 });
    const h = read(packet)!;
    expect([h.dcidAt, h.dcidEnd, h.scidAt, h.scidEnd, h.tokenAt, h.tokenEnd, h.lengthAt, h.numberAt, h.end]).toEqual([
      6,
      14,
      15,
      20,
      21,
      26,
      26,
      28,
      packet.length,
    ]);
    expect([h.whole, h.onlyFromClient]).toEqual([true, true]);
  });

  test.each([1, 2, 4, 8])('a length of %i bytes', (lengthSize) => {
    const packet = b.initial({ frames: b.PING, pad: 20, lengthSize });
    expect(read(packet)?.end).toBe(packet.length);
  });

  test('every cut: what was sent is still plausible, and nothing is read behind it', () => {
    for (const packet of [
      b.initial({ scid: SCID, token: text('a token'), pad: 60 }),
      b.retry({ scid: SCID, token: text('t') }),
      b.negotiation(b.ID, SCID, 1),
    ]) {
      for (let end = 0; end < packet.length; end++) {
        const h = read(packet.subarray(0, end), packet.length);
        expect(h !== undefined).toBe(end >= 6);
        // On the wire as short as that: lengths lead past the end, but for a token or list that may end anywhere.
        const short = read(packet.subarray(0, end));
        if (short?.type === PacketType.initial) throw new Error(`whole with ${end} bytes`);
      }
    }
  });

  test('lengths that cannot be', () => {
    const long = (...rest: Uint8Array[]): Uint8Array => join(u8(0xc0), be32(1), ...rest);
    const id = (size: number): Uint8Array => join(u8(size), new Uint8Array(size));
    const rest = new Uint8Array(20);
    expect(read(long(id(20), id(20), u8(0), b.varint(20), rest))).toBeDefined();
    expect(read(long(id(21), id(0), u8(0), b.varint(20), rest))).toBeUndefined();
    expect(read(long(id(0), id(21), u8(0), b.varint(20), rest))).toBeUndefined();
    expect(read(long(id(8), id(0), u8(0), b.varint(21), rest))).toBeUndefined();
    expect(read(long(id(8), id(0), u8(0), b.varint(19), rest))).toBeUndefined();
    expect(read(long(id(8), id(0), b.varint(100), rest))).toBeUndefined();
    expect(read(long(id(8), id(0), b.varint(2 ** 61), rest))).toBeUndefined();
    expect(read(long(id(8), u8(20)))).toBeUndefined();
  });
});

describe('is it QUIC', () => {
  test.each<[string, Uint8Array]>([
    ['nothing', u8()],
    ['text', text('some payload that is long enough')],
    ['DNS', fromHex('c0de 0100 0001 0000 0000 0000 03777777 07657861 6d706c65 00 0001 0001')],
    ['DNS whose id and flags look like a version', fromHex('c000 0000 0001 0000 0000 0000 03777777 076578616d706c65 00')],
    ['RTP', join(fromHex('8000 0000 00000001 11111111'), new Uint8Array(160))],
    ['RTP that looks like Version Negotiation', join(fromHex('8000 0000 00 00 00 01 11111111'), new Uint8Array(160))],
    ['RTCP', join(fromHex('80c9 0001 11111111'), new Uint8Array(40))],
    ['STUN', join(fromHex('0001 0000 2112a442'), new Uint8Array(12))],
    ['DTLS', join(fromHex('16fefd 0000 000000000000 0030'), new Uint8Array(48))],
    ['a short header', b.shortPacket(b.ID)],
    ['a Retry without the fixed bit', greased(b.retry({ scid: SCID, token: text('t') }))],
    ['a reserved version without the fixed bit', greased(b.firstInitial({ version: b.RESERVED }))],
    ['all ones', new Uint8Array(100).fill(255)],
    ['a reserved version in a short datagram', b.initial({ version: b.RESERVED, pad: 60 })],
    ['Version Negotiation without a version that is known', b.negotiation(b.ID, u8(), b.RESERVED, 0x12345678)],
    ['Version Negotiation of a broken length', join(b.negotiation(b.ID, u8(), 1), u8(1))],
  ])('no: %s', (_, payload) => {
    expect(looks(payload)).toBe(false);
  });

  test.each<[string, Uint8Array]>([
    ['a first Initial', b.firstInitial({})],
    ["a server's Initial", b.initial({ dcid: u8(), scid: b.ID, fromServer: true, keyId: b.ID, pad: 60 })],
    ['Handshake', b.longPacket(2, { pad: 60 })],
    ['0-RTT', b.longPacket(1, { pad: 60 })],
    ['Retry', b.retry({ scid: SCID, token: text('t') })],
    ['an Initial without the fixed bit (RFC 9287)', greased(b.initial({ pad: 60 }))],
    ['Version Negotiation', b.negotiation(u8(), b.ID, b.RESERVED, 1)],
    ['a reserved version in a first datagram', b.firstInitial({ version: b.RESERVED })],
    ['padding behind the packet', join(b.initial({ pad: 60 }), new Uint8Array(500))],
  ])('yes: %s', (_, payload) => {
    expect(looks(payload)).toBe(true);
    expect(stackOf(udpFrame({ from: '10.0.0.1:50000', to: '10.0.0.2:443', payload }))).toBe('eth:ip:udp:quic');
    expect(stackOf(udpFrame({ from: '10.0.0.1:60001', to: '10.0.0.2:50123', payload }))).toBe('eth:ip:udp:quic');
    expect(stackOf(udpFrame({ from: '10.0.0.1:50000', to: '10.0.0.2:53', payload }))).toBe('eth:ip:udp:dns');
  });

  test('without the fixed bit only a whole header is', () => {
    const packet = greased(b.initial({ pad: 60 }));
    expect([20, 18, 17, 10].map((end) => looks(packet.subarray(0, end), packet.length))).toEqual([true, true, false, false]);
  });

  test('random payloads are not', () => {
    const below = random(9000);
    let found = 0;
    for (let i = 0; i < 200_000; i++) {
      const payload = new Uint8Array(8 + below(40)).map(() => below(256));
      payload[0] |= 0x80;
      if (looks(payload)) found++;
    }
    expect(found).toBe(0);
  });
});

test('variable-length integers (RFC 9000 A.1)', () => {
  const of = (digits: string): number => varint(fromHex(digits), 0);
  expect([of('c2197c5eff14e88c'), of('9d7f3e7d'), of('7bbd'), of('25'), of('4025')]).toEqual([
    Number(151_288_809_941_952_652n),
    494_878_333,
    15_293,
    37,
    37,
  ]);
  expect([varintEnd(u8(0xc0), 0, 1), varintEnd(be16(0x4001), 0, 2), varintEnd(u8(), 0, 0)]).toEqual([8, 2, 1]);
});
