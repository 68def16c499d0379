import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dissect/decode.ts';
import { check } from '../dissect/checks.ts';
import { random } from '../dns/build.ts';
import { be32, join, text, u8 } from '../frames.ts';
import * as b from './build.ts';
import { datagram, readFrames, type Step } from './drive.ts';
import { VECTORS } from './vectors.ts';

const HELLO = b.clientHello('www.example.test');
const ID = u8(1, 2, 3, 4);
const SEEDS: Step[] = [
  ['>', VECTORS[0].client],
  ['<', VECTORS[0].server],
  ['>', b.firstInitial({ frames: b.crypto(0, HELLO.subarray(0, 60)) }), b.shortPacket(ID)],
  ['>', b.firstInitial({ frames: b.crypto(60, HELLO.subarray(60)), number: 1 })],
  ['<', b.retry({ scid: ID, token: text('token') })],
  ['<', b.negotiation(u8(), b.ID, 1, b.VERSION_2)],
  ['>', b.longPacket(1, { pad: 100 }), b.longPacket(2, { pad: 50 })],
  ['<', b.shortPacket(u8())],
];

/** One of the seeds, with some bytes changed or its end cut off. */
function garbled(below: (n: number) => number): Step {
  const [direction, ...packets] = SEEDS[below(SEEDS.length)];
  const bytes = join(...packets).slice();
  // The header is where lengths are.
  for (let n = below(5); n > 0; n--) bytes[below(2) === 0 ? below(Math.min(40, bytes.length)) : below(bytes.length)] = below(256);
  return [direction, below(4) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes];
}

describe('garbled packets', () => {
  test('3 000 flows of them: nothing throws, every connection is told once', () => {
    const below = random(9001);
    const frames = [];
    for (let i = 0; i < 3000; i++) {
      const client = `10.1.${i >> 8}.${i & 255}:50000`;
      for (let n = 1 + below(4); n > 0; n--) {
        const frame = datagram(garbled(below), client);
        const cut = below(5) === 0 ? 42 + below(frame.length - 41) : frame.length;
        frames.push({ bytes: frame.slice(0, cut), wire: frame.length });
      }
    }
    const { connections } = readFrames(frames);
    expect(connections.length).toBeGreaterThan(1000);
    expect(new Set(connections.map((c) => c.id)).size).toBe(connections.length);
    for (const c of connections) {
      expect(c.lastPacket).toBeGreaterThanOrEqual(c.firstPacket);
      JSON.stringify(c);
    }
  });

  test('3 000 of them with their field trees', () => {
    const below = random(9369);
    for (let i = 0; i < 3000; i++) {
      const frame = datagram(garbled(below));
      check(frame.slice(0, below(3) === 0 ? below(frame.length + 1) : frame.length), frame.length, 1);
    }
  });

  test('any frames in a packet that opens', () => {
    const below = random(9000);
    const kinds = [b.PING, b.ack([1, 2]), b.crypto(0, HELLO), b.crypto(50, HELLO.subarray(50)), b.close(0x128, 'no'), u8(0, 0)];
    for (let i = 0; i < 2000; i++) {
      const parts: Uint8Array[] = [];
      for (let n = 1 + below(6); n > 0; n--) {
        const part = kinds[below(kinds.length)].slice();
        if (below(2) === 0) part[below(part.length)] = below(256);
        parts.push(below(6) === 0 ? part.subarray(0, below(part.length + 1)) : part);
      }
      const frame = datagram(['>', b.firstInitial({ frames: join(...parts), pad: below(2) * 1170 })]);
      check(frame, frame.length, 1);
      expect(decode(frame, frame.length, 1)[3].title).not.toContain('could not be shown');
      expect(readFrames([frame]).connections).toHaveLength(1);
    }
  });

  test('lengths of 2^62 anywhere in a header', () => {
    const huge = join(be32(0xffffffff), be32(0xffffffff));
    const packet = b.initial({ token: text('token'), pad: 60 });
    for (let at = 5; at < packet.length - 8; at++) {
      const bytes = packet.slice();
      bytes.set(huge, at);
      const frame = datagram(['>', bytes]);
      check(frame, frame.length, 1);
      readFrames([frame]);
    }
  });
});
