import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/batch.ts';
import { openStream } from '../../src/capture/open.ts';
import { data, everything, joined, type Packet, pcapHeader, pcapRecord, pieces, readBytes } from './build.ts';
import { samples } from './samples.ts';

/** Enough to tell packets apart; comparing every byte one by one takes long. */
function summary(packets: Packet[]): string[] {
  return packets.map((p) => `${p.number} ${p.seconds} ${p.offset} ${Buffer.from(p.data).toString('latin1')}`);
}

describe.each(samples)('gzip of $name', ({ bytes }) => {
  test('gives the same packets, whole, in pieces and from several members', async () => {
    const plain = await readBytes(bytes);
    const middle = Math.floor(bytes.length / 2);
    const members = joined(gzipSync(bytes.subarray(0, middle)), gzipSync(new Uint8Array(0)), gzipSync(bytes.subarray(middle)));
    for (const packed of [gzipSync(bytes), members]) {
      for (const size of [1, 10, packed.length]) {
        const { packets, problems, source } = await readBytes(packed, {}, size);
        expect(packets).toEqual(plain.packets);
        expect(problems).toEqual([]);
        expect(source.compression).toBe('gzip');
        expect(source.position).toBe(packed.length);
      }
    }
  });
});

describe('gzip', () => {
  const COUNT = 1200;
  const records = Array.from({ length: COUNT }, (_, i) => pcapRecord({ seconds: i, fraction: i, data: data(20 + (i % 900), i) }));
  const bytes = joined(pcapHeader(), ...records);

  test('cut off: everything that came out before, and one problem', async () => {
    const plain = await readBytes(bytes);
    const packed = gzipSync(bytes);
    for (const part of [0.2, 0.5, 0.999]) {
      const cut = packed.subarray(0, Math.floor(packed.length * part));
      const { packets, problems } = await readBytes(cut, {}, 1000);
      expect(summary(packets)).toEqual(summary(plain.packets.slice(0, packets.length)));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ code: 'truncated-file', packet: packets.length + 1 });
      expect(packets.length).toBeGreaterThan(plain.packets.length * part * 0.9 - 10);
    }
  });

  test('cut within its last eight bytes: all packets', async () => {
    const packed = gzipSync(bytes);
    const { packets, problems } = await readBytes(packed.subarray(0, packed.length - 3));
    expect(packets).toHaveLength(COUNT);
    expect(problems).toMatchObject([
      { code: 'truncated-file', message: `gzip data cut off, ${bytes.length} bytes decompressed` },
    ]);
  });

  test('garbled in the middle: nearly all of what was before, and one problem', async () => {
    const plain = await readBytes(bytes);
    const packed = gzipSync(bytes);
    packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 64);
    const { packets, problems } = await readBytes(packed);
    const kept = Math.floor(plain.packets.length * 0.45);
    expect(packets.length).toBeGreaterThan(kept);
    expect(summary(packets.slice(0, kept))).toEqual(summary(plain.packets.slice(0, kept)));
    expect(problems.length).toBeGreaterThan(0);
  });

  test('followed by something else: nearly everything, and one problem', async () => {
    const { packets, problems } = await readBytes(joined(gzipSync(bytes), data(100)));
    expect(packets.length).toBeGreaterThan(COUNT * 0.97);
    expect(problems).toMatchObject([{ code: 'bad-gzip' }]);
  });

  test('cut before a header came out of it', async () => {
    const packed = gzipSync(bytes);
    for (const length of [2, 5, 10, 11]) {
      const opened = openStream(pieces(packed.subarray(0, length)));
      await expect(opened).rejects.toThrow(CaptureError);
      await expect(opened).rejects.toThrow('standard input: cannot be read: gzip data cut off, 0 bytes decompressed');
    }
  });

  test('of something else, of nothing, of gzip', async () => {
    await expect(openStream(pieces(gzipSync('hello, world, this is text')))).rejects.toMatchObject({ code: 'not-a-capture' });
    await expect(openStream(pieces(gzipSync('')))).rejects.toMatchObject({ code: 'empty-file' });
    await expect(openStream(pieces(gzipSync(gzipSync(bytes))))).rejects.toMatchObject({ code: 'other-format' });
  });

  test('zeros behind the data are padding', async () => {
    const { packets, problems } = await readBytes(joined(gzipSync(bytes), new Uint8Array(512)), {}, 100);
    expect(packets).toHaveLength(COUNT);
    expect(problems).toEqual([]);
  });

  test('kept, it can be read again by the decompressed offsets', async () => {
    const packed = gzipSync(bytes);
    const source = await openStream(pieces(packed, 777), { keep: true });
    const { packets } = await everything(source);
    expect(source.seekable).toBe(true);
    for (const i of [0, 17, COUNT - 1]) expect(source.read(packets[i].offset, packets[i].caplen)).toEqual(packets[i].data);
    expect(() => source.read(gunzipSync(packed).length - 1, 2)).toThrow(RangeError);
    source.close();
  });
});
