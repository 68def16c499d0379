import { describe, expect, test } from 'vitest';
import { FrameReader, FrameType } from '../../src/dissect/quic/frames.ts';
import { LongHeader, looksLikeQuic, PacketType } from '../../src/dissect/quic/header.ts';
import { checkRetry, initialKeys, openPacket } from '../../src/dissect/quic/keys.ts';
import { versionOf } from '../../src/dissect/quic/versions.ts';
import { parseClientHello, parseServerHello, supportedVersions } from '../../src/dissect/tls/handshake.ts';
import { u32 } from '../../src/dissect/bytes.ts';
import * as b from './build.ts';
import { CLIENT_FRAMES, SERVER_FRAMES, VECTORS } from './vectors.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function header(packet: Uint8Array): LongHeader {
  const h = new LongHeader();
  expect(h.read(packet, 0, packet.length, packet.length)).toBe(true);
  expect([h.whole, h.idsWhole, h.end]).toEqual([true, true, packet.length]);
  return h;
}

function open(packet: Uint8Array, fromClient: boolean) {
  const h = header(packet);
  const keys = initialKeys(h.version, b.ID, fromClient);
  return openPacket(keys!, packet, packet.length, h);
}

function hello(payload: Uint8Array): Uint8Array {
  const frames = new FrameReader(payload, 0, payload.length);
  while (frames.next()) if (frames.type === FrameType.crypto) return payload.subarray(frames.dataAt, frames.dataEnd);
  throw new Error('no CRYPTO frame');
}

describe.each(VECTORS)('$name appendix A', ({ version, client, server, retry, keys }) => {
  test('keys (A.1)', () => {
    const ours = [true, false].map((fromClient) => initialKeys(u32(client, 1), b.ID, fromClient)!);
    expect(ours.map((k) => [hex(k.key), hex(k.iv), hex(k.hp)])).toEqual(keys);
  });

  test("the client's Initial (A.2)", () => {
    const opened = open(client, true)!;
    expect([opened.packetNumber, opened.numberLength, opened.payloadAt, opened.payload.length]).toEqual([2, 4, 22, 1162]);
    expect(hex(opened.payload)).toBe(hex(CLIENT_FRAMES).padEnd(2 * 1162, '0'));
    const message = hello(opened.payload);
    const offered = parseClientHello(message, 4, message.length);
    expect([offered.serverName, offered.alpn, supportedVersions(message, offered)]).toEqual(['example.com', ['alpn'], [0x0304]]);
  });

  test("the server's Initial (A.3)", () => {
    const opened = open(server, false)!;
    expect([opened.packetNumber, opened.numberLength]).toEqual([1, 2]);
    expect(hex(opened.payload)).toBe(hex(SERVER_FRAMES));
    const message = hello(opened.payload);
    expect(parseServerHello(message, 4, message.length)).toMatchObject({ version: 0x0304, cipherSuite: 0x1301 });
    expect(open(server, true)).toBeUndefined();
  });

  test('Retry (A.4)', () => {
    const h = header(retry);
    expect([h.type, hex(retry.subarray(h.tokenAt, h.tokenEnd))]).toEqual([PacketType.retry, hex(Buffer.from('token'))]);
    expect(checkRetry(retry, h, b.ID)).toBe(true);
    for (let i = 5; i < retry.length; i++) {
      const garbled = retry.slice();
      garbled[i] ^= 1;
      if (h.read(garbled, 0, garbled.length, garbled.length)) expect(checkRetry(garbled, h, b.ID)).toBe(false);
    }
  });

  test('versions and types are known; what was tampered with does not open', () => {
    for (const packet of [client, server, retry]) {
      const h = header(packet);
      expect(versionOf(h.version).name).toBe(String(version));
      expect(looksLikeQuic(packet, 0, packet.length, packet.length)).toBe(true);
    }
    expect([client, server].map((packet) => header(packet).type)).toEqual([PacketType.initial, PacketType.initial]);
    for (let i = 0; i < server.length; i++) {
      const garbled = server.slice();
      garbled[i] ^= 0x01;
      const h = new LongHeader();
      if (!h.read(garbled, 0, garbled.length, garbled.length)) continue;
      const k = initialKeys(h.version, b.ID, false);
      if (k !== undefined) expect(openPacket(k, garbled, garbled.length, h)).toBeUndefined();
    }
  });

  test('the builder of these tests makes the same bytes', () => {
    const number = u32(client, 1);
    expect(hex(b.initial({ version: number, number: 2, numberLength: 4, frames: CLIENT_FRAMES, pad: 1162 }))).toBe(hex(client));
  });
});

describe('packet numbers', () => {
  test.each([1, 2, 3, 4])('of %i bytes', (numberLength) => {
    const packet = b.initial({ number: 200, numberLength, frames: b.PING, pad: 40 });
    expect(open(packet, true)).toMatchObject({ packetNumber: 200, numberLength });
  });

  test('are made whole from the one expected (RFC 9000 A.3)', () => {
    const packet = b.initial({ number: 0x1ff, numberLength: 1, frames: b.PING, pad: 40 });
    const h = header(packet);
    const keys = initialKeys(1, b.ID, true)!;
    expect(openPacket(keys, packet, packet.length, h)).toBeUndefined();
    for (const expected of [0x181, 0x1ff, 0x200, 0x27e])
      expect(openPacket(keys, packet, packet.length, h, expected)?.packetNumber).toBe(0x1ff);
  });
});
