import { describe, expect, test } from 'vitest';
import { PacketProtection } from '../../src/dissect/quic/protection.ts';
import { fromHex, join, u8 } from '../frames.ts';
import { CLIENT, datagram } from './drive.ts';
import * as b from './build.ts';
import * as s from './sealed.ts';

const opened = (steps: Parameters<typeof s.tell>[0], keys = s.keysOf()) => s.tell(steps, keys).connections[0];

describe('packet protection', () => {
  test('ChaCha20-Poly1305 with a short header (RFC 9001 A.5)', () => {
    const secret = fromHex('9ac312a7f877468ebe69422748ad00a15443f18203a07d6060f688f30f21632b');
    const packet = fromHex('4cfe4189655e5cd55c41f69080575d7999c25a5bfb');
    const keys = PacketProtection.of(0x1303, secret, false);
    const result = keys?.open(packet, 0, 1, packet.length, 654360564);
    expect(result).toMatchObject({ first: 0x42, packetNumber: 654360564, numberLength: 3 });
    expect(Buffer.from(result?.payload ?? []).toString('hex')).toBe('01');
    const garbled = packet.slice();
    garbled[8] ^= 1;
    expect(keys?.open(garbled, 0, 1, garbled.length, 654360564)).toBeUndefined();
  });

  test('a suite that is none of TLS 1.3, a secret of the wrong length', () => {
    expect(PacketProtection.of(0xc02f, new Uint8Array(32), false)).toBeUndefined();
    expect(PacketProtection.of(0x1302, new Uint8Array(32), false)).toBeUndefined();
    expect(PacketProtection.of(0x1302, new Uint8Array(48), false)).toBeDefined();
  });

  test('a tampered or short packet does not open, nor do a thousand keep being tried', () => {
    const packet = s.oneRtt({ secret: s.SECRETS.client, number: 7, frames: b.PING });
    const keys = PacketProtection.of(0x1301, s.SECRETS.client, false);
    for (let i = 0; i < packet.length; i++) {
      const garbled = packet.slice();
      garbled[i] ^= 0x40;
      if (i > 0) expect(keys?.open(garbled, 0, 1, garbled.length, 0)).toBeUndefined();
      expect(keys?.open(packet, 0, 1, i, 0)).toBeUndefined();
    }
    expect(keys?.open(packet, 0, 1, packet.length, 0)?.packetNumber).toBe(7);
    for (let i = 0; i < 2000; i++)
      keys?.open(
        packet.map((byte, at) => (at > 4 ? byte ^ 1 : byte)),
        0,
        1,
        packet.length,
        0,
      );
    expect(keys?.exhausted).toBe(true);
  });
});

describe('a connection with keys', () => {
  test('handshake, certificate-less, and 1-RTT', () => {
    const record = opened([...s.handshake(), s.fromClient(0, b.PING), s.fromServer(0, u8(0x1e))]);
    expect(record).toMatchObject({
      alpn: 'h3',
      alpnVisible: true,
      finishedPacket: 3,
      decryption: { opened: 4, sealed: 0, reasons: [] },
    });
  });

  test('without keys nothing is said of them', () => {
    expect(s.tell([...s.handshake(), s.fromClient(0, b.PING)], null).connections[0].decryption).toBeUndefined();
    const none = opened([...s.handshake(), s.fromClient(0, b.PING)], s.keysOf(''));
    expect(none.decryption).toEqual({ opened: 0, sealed: 3, reasons: [{ why: 'no-keys', records: 3, packet: 2 }] });
    const others = opened(
      [...s.handshake(), s.fromClient(0, b.PING)],
      s.keysOf(s.KEY_LOG.replaceAll(/ (2[0-9])+\n/g, ` ${'33'.repeat(32)}\n`)),
    );
    expect(others.decryption).toEqual({ opened: 0, sealed: 3, reasons: [{ why: 'keys-do-not-fit', records: 3, packet: 2 }] });
  });

  test('version 2', () => {
    const steps = s.handshake().map(([direction, ...packets], i): [typeof direction, ...Uint8Array[]] => {
      const ids = { dcid: direction === '>' ? s.SERVER_ID : s.CLIENT_ID, scid: direction === '>' ? s.CLIENT_ID : s.SERVER_ID };
      if (i < 2) return [direction, ...packets];
      return [
        direction,
        s.long(2, { secret: s.SECRETS.clientHandshake, ...ids, number: 0, frames: b.PING, version: b.VERSION_2 }),
      ];
    });
    // The client goes on in version 2; the server's packets of version 1 were opened before.
    expect(opened(steps).decryption?.opened).toBe(2);
  });

  test('key updates, one of them unseen, and an old packet late', () => {
    const record = opened([
      ...s.handshake(),
      s.fromClient(0, b.PING),
      s.fromClient(2, b.PING, 1),
      s.fromClient(1, b.PING),
      s.fromClient(5, b.PING, 1),
      s.fromClient(9, b.PING, 3),
      s.fromServer(0, b.PING, 1),
    ]);
    expect(record.decryption).toMatchObject({ opened: 8, sealed: 0 });
    expect(record.keyUpdates).toBe(3);
  });

  test('numbers of which only the last two bytes are sent', () => {
    const numbers = [0, 30_000, 60_000, 90_000, 65_530, 120_000];
    const record = opened([...s.handshake(), ...numbers.map((number) => s.fromClient(number, b.PING))]);
    expect(record.decryption).toMatchObject({ opened: 8, sealed: 0 });
  });

  test('keys that come late open what was there before', () => {
    const keys = s.keysOf('');
    keys.growing = true;
    const steps = [...s.handshake(), s.fromClient(0, b.PING), s.fromServer(0, b.PING)];
    const { connections } = s.tell(steps, keys, (i) => i === 4 && keys.readAll(new TextEncoder().encode(s.KEY_LOG)));
    expect(connections[0].decryption).toMatchObject({ opened: 4, sealed: 0 });
    expect(connections[0].finishedPacket).toBe(3);
  });

  test('the server’s hello comes behind its flight, or never', () => {
    const [hello, flight, finished] = s.handshake();
    const late = opened([hello, ['<', flight[2]], finished, ['<', flight[1]], s.fromClient(0, b.PING)]);
    expect(late.decryption).toMatchObject({ opened: 3, sealed: 0 });
    const never = opened([hello, ['<', flight[2]], finished, s.fromClient(0, b.PING)]);
    expect(never.decryption).toMatchObject({ opened: 3, sealed: 0 });
  });

  test('0-RTT', () => {
    const [hello, ...rest] = s.handshake();
    const early = s.long(1, { secret: s.SECRETS.early, dcid: b.ID, scid: s.CLIENT_ID, number: 0, frames: b.PING });
    const record = opened([hello, ['>', early], ...rest]);
    expect(record).toMatchObject({ earlyDataPacket: 2, decryption: { opened: 3, sealed: 0 } });
  });

  test('a new address, by an id that the server gave out; and one that it did not', () => {
    const id = fromHex('aabbccddee');
    const give = join(u8(0x18, 1, 0, id.length), id, new Uint8Array(16));
    const from = (dcid: Uint8Array, number: number) => ({
      frame: datagram(['>', s.oneRtt({ secret: s.SECRETS.client, dcid, number, frames: b.PING })], '10.0.0.77:1234'),
    });
    const back = {
      frame: datagram(
        ['<', s.oneRtt({ secret: s.SECRETS.server, dcid: s.CLIENT_ID, number: 1, frames: b.PING })],
        '10.0.0.77:1234',
      ),
    };
    const { connections } = s.tell([...s.handshake(), s.fromServer(0, give), from(id, 0), back, from(fromHex('aabbccddff'), 1)]);
    expect(connections).toHaveLength(1);
    expect(connections[0]).toMatchObject({ client: { address: CLIENT.split(':')[0] }, lastPacket: 7 });
    expect(connections[0].decryption?.opened).toBe(6);
  });

  test('CONNECTION_CLOSE says who, and why', () => {
    const close = join(u8(0x1d), b.varint(0x10b), b.varint(3), new TextEncoder().encode('bye'));
    const record = opened([...s.handshake(), s.fromServer(0, close)]);
    expect(record.close).toMatchObject({
      from: 'server',
      code: 'H3_REQUEST_REJECTED',
      application: true,
      reason: 'bye',
      packet: 4,
    });
    const transport = opened([...s.handshake(), s.fromClient(0, b.close(10, ''))]);
    expect(transport.close).toMatchObject({ from: 'client', code: 'PROTOCOL_VIOLATION', application: false, clean: false });
  });
});
