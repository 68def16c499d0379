import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CRYPTO_LIMIT, CryptoStream, PIECE_LIMIT } from '../../src/dissect/quic/crypto-stream.ts';
import { FrameReader, FrameType } from '../../src/dissect/quic/frames.ts';
import { guarded } from '../dissect/checks.ts';
import { join, u8 } from '../frames.ts';
import { handshake } from '../tls/build.ts';
import * as b from './build.ts';

const body = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => (i * 7) & 255);

describe('CRYPTO data', () => {
  test('any pieces in any order, twice and overlapping, give the messages', () => {
    const pieces = fc.array(fc.tuple(fc.nat(1200), fc.integer({ min: 1, max: 400 })), { minLength: 0, maxLength: 30 });
    fc.assert(
      fc.property(fc.nat(900), fc.nat(300), pieces, fc.nat(), (first, second, extra, seed) => {
        const whole = join(handshake(1, body(first)), handshake(2, body(second)));
        // Some of them lead past the end; behind them, pieces that together are everything.
        const ranges = extra.map(([from, size]) => [Math.min(from, whole.length), Math.min(from + size, whole.length)]);
        for (let at = 0; at < whole.length; at += 97) ranges.push([at, Math.min(at + 97, whole.length)]);
        ranges.sort((x, y) => ((x[0] * 31 + x[1] * 17 + seed) % 101) - ((y[0] * 31 + y[1] * 17 + seed) % 101));
        const stream = new CryptoStream();
        const messages: Uint8Array[] = [];
        for (const [from, to] of ranges) {
          stream.add(from, whole, from, to);
          for (let m = stream.message(); m !== undefined; m = stream.message()) messages.push(m.bytes);
        }
        expect(join(...messages)).toEqual(whole);
        expect([messages.length, stream.held, stream.overflowed]).toEqual([2, 0, false]);
      }),
    );
  });

  test('what came first is kept', () => {
    const stream = new CryptoStream();
    stream.add(2, u8(9, 9), 0, 2);
    stream.add(0, u8(1, 0, 0, 2, 5, 6), 0, 6);
    expect(stream.beginning()).toEqual(u8(1, 0, 9, 9, 5, 6));
  });

  test('memory follows what came, not what an offset promises', () => {
    const stream = new CryptoStream();
    stream.add(CRYPTO_LIMIT - 1, u8(1), 0, 1);
    stream.add(2 ** 60, u8(1), 0, 1);
    expect([stream.held, stream.overflowed]).toEqual([1, true]);
    stream.add(CRYPTO_LIMIT - 10, body(100), 0, 100);
    expect(stream.held).toBe(10);
  });

  test('a message longer than the limit never comes, and no more is kept than the limit', () => {
    const stream = new CryptoStream();
    const data = join(u8(1, 2, 0, 0), body(1000));
    for (let at = 0; at < 2 * CRYPTO_LIMIT; at += data.length) stream.add(at, data, 0, data.length);
    expect(stream.message()).toBeUndefined();
    expect(stream.held).toBe(CRYPTO_LIMIT);
  });

  test('the number of pieces is bounded', () => {
    const stream = new CryptoStream();
    for (let i = 0; i < 10_000; i++) stream.add(2 * i + 1, u8(1), 0, 1);
    expect([stream.held, stream.overflowed]).toEqual([PIECE_LIMIT, true]);
  });
});

describe('frames', () => {
  const types = (...frames: Uint8Array[]): number[] => {
    const bytes = join(...frames);
    const reader = new FrameReader(guarded(bytes), 0, bytes.length);
    const list: number[] = [];
    while (reader.next()) list.push(reader.type);
    return reader.end === bytes.length ? list : [...list, -1];
  };

  test('of every kind', () => {
    const ecn = join(u8(3), ...[5, 0, 1, 0, 2, 3, 10, 11, 12].map((n) => b.varint(n)));
    expect(types(u8(0, 0, 0), b.PING, b.ack([1, 2], [3, 4]), ecn, b.crypto(70_000, body(100)), b.close(0x128, 'no'))).toEqual([
      FrameType.padding,
      FrameType.ping,
      FrameType.ack,
      FrameType.ackEcn,
      FrameType.crypto,
      FrameType.close,
    ]);
  });

  test('what is cut, or does not belong here, ends them', () => {
    expect(types(b.PING, u8(0x3f, 0, 0))).toEqual([1, -1]);
    expect(types(b.PING, u8(2, 0, 0, 0x7f, 0xff, 0))).toEqual([1, -1]);
    for (const frame of [b.crypto(300, body(100)), b.ack([1, 2]), b.close(10, 'reason')])
      for (let end = 1; end < frame.length; end++) expect(types(b.PING, frame.subarray(0, end))).toEqual([1, -1]);
  });
});
