import { describe, expect, test } from 'vitest';
import { Batch } from '../../src/capture/batch.ts';
import { decode } from '../../src/dissect/decode.ts';
import { Packets, Reason } from '../../src/dissect/packets.ts';
import { LAYER_LIMIT, scanRows } from '../../src/dissect/scan.ts';
import { Stacks } from '../../src/dissect/stacks.ts';
import { be16, be32, eth, ipv4, join, packetsOf, stackOf, tcp, text, u8, udp } from '../frames.ts';
import { examples } from './catalogue.ts';
import { check, guarded } from './checks.ts';

const batch = new Batch();
batch.count = 1;
const packets = new Packets(1);
const stacks = new Stacks();

/** Every column of one row as text. */
function row(bytes: Uint8Array, caplen: number, wirelen: number, linkType: number): string {
  batch.bytes = bytes;
  batch.caplen[0] = caplen;
  batch.wirelen[0] = wirelen;
  batch.linkType[0] = linkType;
  for (const column of Object.values(packets))
    if (ArrayBuffer.isView(column) && column !== packets.bytes) (column as Uint8Array).fill(0);
  scanRows(packets, batch, 0, 1, 0, stacks);
  return Object.entries(packets)
    .map(([name, column]) => (ArrayBuffer.isView(column) && name !== 'bytes' ? `${name}=${(column as Uint8Array)[0]}` : ''))
    .join(' ');
}

/** Big ones are cut at their headers and near their end only. */
const cuts = (length: number): number[] =>
  Array.from({ length: length + 1 }, (_, i) => i).filter((i) => i < 400 || i > length - 4);

describe('every cut of every frame', () => {
  test.each(examples)('$name', ({ bytes, linkType = 1 }) => {
    const poisoned = join(bytes, new Uint8Array(64).fill(0xa5));
    for (const length of cuts(bytes.length)) {
      const exact = bytes.slice(0, length);
      for (const wire of [bytes.length, length]) {
        const alone = row(guarded(exact), length, wire, linkType);
        // What lies behind the cut must not matter: the frame's own rest, and noise.
        expect(row(poisoned, length, wire, linkType)).toBe(alone);
        check(guarded(exact), wire, linkType);
      }
    }
  });
});

/** Small and seeded (mulberry32), so that a failure can be met again. */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

test.each([1, 2, 3, 4])('garbled frames, seed %i', (seed) => {
  const next = random(seed);
  const pick = (below: number): number => Math.floor(next() * below);
  for (const { bytes, linkType = 1 } of examples) {
    for (let round = 0; round < (bytes.length > 2000 ? 3 : 20); round++) {
      const copy = bytes.slice(0, pick(8) === 0 ? pick(bytes.length + 1) : bytes.length);
      const hits = 1 + pick(Math.max(1, Math.ceil(copy.length / 50)) * 4);
      for (let i = 0; i < hits && copy.length > 0; i++)
        copy[pick(Math.min(copy.length, 200))] = [0, 255, pick(256), pick(256)][pick(4)];
      const wire = copy.length + [0, 0, 1, 1500][pick(4)];
      row(guarded(copy), copy.length, wire, linkType);
      check(guarded(copy), wire, linkType, ['http', 'http2', 'tls', 'dns', undefined][pick(5)]);
    }
  }
});

test('noise of every link type', () => {
  const next = random(99);
  for (const linkType of [0, 1, 6, 9, 12, 50, 101, 104, 105, 107, 108, 113, 127, 228, 229, 239, 276, 147]) {
    for (let round = 0; round < 50; round++) {
      const noise = Uint8Array.from({ length: Math.floor(next() * 120) }, () => Math.floor(next() * 256));
      row(guarded(noise), noise.length, noise.length, linkType);
      check(guarded(noise), noise.length, linkType);
    }
  }
});

describe('limits', () => {
  const nested = (layers: number): Uint8Array => {
    let packet = ipv4({ protocol: 17 }, udp({}, text('core')));
    for (let i = 0; i < layers; i++) packet = ipv4({ protocol: 4 }, packet);
    return eth({}, packet);
  };

  test('sixteen layers are read, the seventeenth is not', () => {
    expect(stackOf(nested(13))).toBe(`eth:${'ip:'.repeat(14)}udp`);
    const p = packetsOf([nested(14)]);
    expect(p.reason[0]).toBe(Reason.tooManyLayers);
    expect(stackOf(nested(14)).split(':')).toHaveLength(LAYER_LIMIT);
    const layers = decode(nested(14), nested(14).length, 1);
    expect(layers.at(-1)?.title).toBe('More than 16 layers');
  });

  test('a bomb of tags costs no more than the limit', () => {
    const bomb = join(new Uint8Array(12), ...new Array(10_000).fill(u8(0x81, 0, 0, 1)), be16(0x0800));
    expect(stackOf(bomb)).toBe(`eth${':vlan'.repeat(15)}`);
    check(bomb, bomb.length, 1);
  });

  test('labels without a bottom end with the packet', () => {
    const labels = eth({ type: 0x8847 }, join(...new Array(300).fill(be32(0x1000))));
    const p = packetsOf([labels]);
    expect([p.reason[0], p.reasonNeed[0]]).toEqual([Reason.short, 1204]);
    check(labels, labels.length, 1);
  });

  test('stacks past the bound fall together', () => {
    const stacks = new Stacks();
    let last = 0;
    for (let a = 1; a <= 20; a++)
      for (let b = 1; b <= 20; b++) for (let c = 1; c <= 20; c++) last = stacks.next(stacks.next(stacks.next(0, a), b), c);
    expect(stacks.name(last)).toBe('other');
    expect(stacks.name(stacks.next(last, 3))).toBe('other');
    expect(stacks.count).toBeLessThanOrEqual(4096);
    expect(stacks.name(stacks.next(stacks.next(stacks.next(0, 1), 3), 4))).toBe('eth:ip:tcp');
  });
});

describe('problems are named with their place', () => {
  const problem = (bytes: Uint8Array, wire = bytes.length, linkType = 1): [string, number, number] => {
    const last = decode(bytes, wire, linkType).at(-1)!;
    expect(last.fields[0].problem).toBe(last.title);
    return [last.title, last.at, last.end];
  };
  const frame = eth({}, ipv4({}, tcp({ flags: 'S' })));

  test.each<[string, Uint8Array, number | undefined, [string, number, number]]>([
    ['cut by the snap length', frame.subarray(0, 46), 54, ['TCP header needs 20 bytes, 12 captured', 34, 46]],
    [
      'short on the wire',
      eth({}, ipv4({}, tcp({}).subarray(0, 12))),
      undefined,
      ['TCP header needs 20 bytes, the packet has 12', 34, 46],
    ],
    ['nothing captured', u8(), 60, ['Ethernet header needs 14 bytes, 0 captured', 0, 0]],
    ['another version', eth({}, join(u8(0x55), ipv4({}, u8()).subarray(1))), undefined, ['IPv4 header says version 5', 14, 34]],
    [
      'a header too short',
      eth({}, join(u8(0x44), ipv4({}, u8()).subarray(1))),
      undefined,
      ['IPv4 header length is 16, at least 20 are needed', 14, 34],
    ],
    [
      'a total length too small',
      eth({}, ipv4({ totalLength: 19 }, u8())),
      undefined,
      ["total length 19 is less than the header's 20", 14, 34],
    ],
    [
      'a UDP length too small',
      eth({}, ipv4({ protocol: 17 }, udp({ length: 7 }))),
      undefined,
      ['UDP length is 7, at least 8 are needed', 34, 42],
    ],
  ])('%s', (_, bytes, wire, expected) => {
    expect(problem(bytes, wire)).toEqual(expected);
  });

  test('a link type that is not read', () => {
    expect(problem(text('usb'), 3, 220)).toEqual(['Link type 220 is not known here', 0, 3]);
    expect(packetsOf([{ bytes: text('usb'), linkType: 220 }]).reason[0]).toBe(Reason.unknownLinkType);
  });
});
