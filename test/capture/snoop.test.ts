import { describe, expect, test } from 'vitest';
import { data, joined, readBytes, Writer } from './build.ts';

/** RFC 1761: identification pattern, version, datalink type (4 is Ethernet). */
const header = (version = 2, datalink = 4): Uint8Array =>
  new Writer(true).raw(new TextEncoder().encode('snoop\0\0\0')).u32(version).u32(datalink).done();

interface Record {
  seconds: number;
  microseconds: number;
  data: Uint8Array;
  original?: number;
  length?: number;
}

/** Original length, included length, record length, drops, seconds, microseconds, data and its padding. */
function record({ seconds, microseconds, data: bytes, original = bytes.length, length }: Record): Uint8Array {
  const padded = 24 + bytes.length + (-bytes.length & 3);
  const head = new Writer(true)
    .u32(original)
    .u32(bytes.length)
    .u32(length ?? padded)
    .u32(0)
    .u32(seconds)
    .u32(microseconds);
  return head.raw(bytes).pad().done();
}

describe('snoop', () => {
  test('packets with their times, lengths and places', async () => {
    const file = joined(
      header(),
      record({ seconds: 1_700_000_000, microseconds: 999_999, data: data(61) }),
      record({ seconds: 1_700_000_001, microseconds: 1, data: data(5, 2), original: 1514 }),
    );
    const { packets, problems, source } = await readBytes(file);
    expect(packets).toEqual([
      {
        number: 1,
        seconds: 1_700_000_000,
        nanoseconds: 999_999_000,
        caplen: 61,
        wirelen: 61,
        linkType: 1,
        interface: 0,
        offset: 40,
        data: data(61),
      },
      {
        number: 2,
        seconds: 1_700_000_001,
        nanoseconds: 1000,
        caplen: 5,
        wirelen: 1514,
        linkType: 1,
        interface: 0,
        offset: 128,
        data: data(5, 2),
      },
    ]);
    expect(problems).toEqual([]);
    expect(source.format).toBe('snoop');
  });

  test.each([
    [0, 1],
    [2, 6],
    [8, 10],
    [5, 0xffff],
  ])('datalink type %i is link type %i', async (datalink, linkType) => {
    const { packets } = await readBytes(joined(header(2, datalink), record({ seconds: 1, microseconds: 0, data: data(20) })));
    expect(packets[0].linkType).toBe(linkType);
  });

  test('a file that ends within a record', async () => {
    const whole = joined(header(), record({ seconds: 1, microseconds: 0, data: data(60) }));
    const { packets, problems } = await readBytes(joined(whole, whole.subarray(16, 16 + 50)));
    expect(packets).toHaveLength(1);
    expect(problems.map((p) => [p.code, p.packet])).toEqual([['truncated-file', 2]]);
  });

  test('a record that is too short for its packet ends the reading', async () => {
    const { packets, problems } = await readBytes(
      joined(header(), record({ seconds: 1, microseconds: 0, data: data(60), length: 30 })),
    );
    expect(packets).toEqual([]);
    expect(problems.map((p) => p.code)).toEqual(['bad-record-length']);
  });

  test('a header that is not whole is refused', async () => {
    await expect(readBytes(header().subarray(0, 12))).rejects.toMatchObject({ code: 'too-short' });
  });

  test('another version is refused', async () => {
    await expect(readBytes(header(3))).rejects.toMatchObject({ code: 'unsupported-version' });
  });
});
