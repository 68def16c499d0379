import fc from 'fast-check';
import { expect, test } from 'vitest';
import { interfaceDescription, packetBlock, sectionHeader, wholeBlocks } from '../../src/helper/pcapng-blocks.ts';
import { Records } from '../../src/helper/records.ts';

const packets = fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 });

/** Classic pcap, as its description has it: 24 bytes, then 16 and the packet. */
function pcap(sizes: number[]): Buffer[] {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b2c3d4, 0);
  return [
    head,
    ...sizes.map((size) => {
      const record = Buffer.alloc(16 + size, 0xff);
      record.writeUInt32LE(size, 8);
      return record;
    }),
  ];
}

function pcapng(sizes: number[]): Buffer[] {
  return [
    Buffer.concat([sectionHeader('test'), interfaceDescription('lo', 1, 65535, '')]),
    ...sizes.map((size) => {
      const block = Buffer.alloc(400);
      return block.subarray(0, packetBlock(block, 0, 0, 1, 2, size, Buffer.alloc(size, 0xff), 0, size));
    }),
  ];
}

test.each([
  ['pcap', pcap],
  ['pcapng', pcapng],
])('%s, in pieces and cut anywhere: packets and the end of the last whole one', (_, make) => {
  fc.assert(
    fc.property(packets, fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 50 }), (sizes, part, step) => {
      const parts = make(sizes);
      const all = Buffer.concat(parts);
      const cut = Math.floor(all.length * part);
      const records = new Records();
      for (let at = 0; at < cut; at += step) {
        const piece = all.subarray(at, Math.min(cut, at + step));
        records.add(piece, piece.length);
      }
      let [whole, count, end] = [0, -1, 0];
      for (const each of parts) {
        end += each.length;
        if (end > cut) break;
        [whole, count] = [end, count + 1];
      }
      expect(records.packets).toBe(Math.max(0, count));
      if (count >= 0) expect(records.whole).toBe(whole);
    }),
  );
});

test('whole blocks of a piece that was cut', () => {
  const all = Buffer.concat(pcapng([10, 20]));
  const last = 28 + 20 + 4;
  expect(wholeBlocks(all, all.length)).toBe(all.length);
  expect(wholeBlocks(all, all.length - 1)).toBe(all.length - last);
  expect(wholeBlocks(all, 5)).toBe(0);
});
