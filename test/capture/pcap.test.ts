import { describe, expect, test } from 'vitest';
import { RECORD_LIMIT } from '../../src/capture/reader.ts';
import { data, joined, pcapHeader, pcapRecord, readBytes } from './build.ts';

const NANOSECONDS = 0xa1b23c4d;
const MODIFIED = 0xa1b2cd34;

describe.each([
  { order: 'little', bigEndian: false },
  { order: 'big', bigEndian: true },
])('classic pcap, $order endian', ({ bigEndian }) => {
  test('microseconds', async () => {
    const records = [
      pcapRecord({ seconds: 1_700_000_000, fraction: 999_999, data: data(60) }, bigEndian),
      pcapRecord({ seconds: 0xffffffff, fraction: 1, data: data(5, 2), original: 1514 }, bigEndian),
    ];
    const { packets, problems, source } = await readBytes(joined(pcapHeader({ bigEndian, network: 113 }), ...records));
    expect(packets).toEqual([
      {
        number: 1,
        seconds: 1_700_000_000,
        nanoseconds: 999_999_000,
        caplen: 60,
        wirelen: 60,
        linkType: 113,
        interface: 0,
        offset: 40,
        data: data(60),
      },
      {
        number: 2,
        seconds: 0xffffffff,
        nanoseconds: 1000,
        caplen: 5,
        wirelen: 1514,
        linkType: 113,
        interface: 0,
        offset: 116,
        data: data(5, 2),
      },
    ]);
    expect(problems).toEqual([]);
    expect(source.interfaces).toEqual([{ linkType: 113, snapLength: 262_144 }]);
    expect(source.format).toBe('pcap');
  });

  test('nanoseconds', async () => {
    const record = pcapRecord({ seconds: 1, fraction: 123_456_789, data: data(1) }, bigEndian);
    const { packets } = await readBytes(joined(pcapHeader({ bigEndian, magic: NANOSECONDS }), record));
    expect(packets[0]).toMatchObject({ seconds: 1, nanoseconds: 123_456_789, caplen: 1 });
  });

  test('modified, with record headers of 24 bytes', async () => {
    const header = pcapHeader({ bigEndian, magic: MODIFIED });
    const record = (seconds: number) =>
      pcapRecord({ seconds, fraction: 2, data: data(9, seconds), extra: data(8, 9), captured: 9 }, bigEndian);
    const { packets, problems } = await readBytes(joined(header, record(1), record(2)));
    expect(packets.map((p) => [p.seconds, p.nanoseconds, p.offset])).toEqual([
      [1, 2000, 48],
      [2, 2000, 81],
    ]);
    expect(packets[1].data).toEqual(data(9, 2));
    expect(problems).toEqual([]);
  });
});

describe('classic pcap', () => {
  test('a header and no packet is a capture', async () => {
    const { packets, problems } = await readBytes(pcapHeader());
    expect([packets, problems]).toEqual([[], []]);
  });

  test('the link type is without the bits for the frame check sequence', async () => {
    const { source } = await readBytes(pcapHeader({ network: 0x24000001 }));
    expect(source.interfaces[0].linkType).toBe(1);
  });

  test.each([
    { what: 'over the snap length', captured: 100, original: 100 },
    { what: 'over the length on the wire', captured: 100, original: 60 },
  ])('a captured length $what is kept as it is', async ({ captured, original }) => {
    const record = pcapRecord({ seconds: 1, fraction: 0, data: data(captured), original });
    const { packets, problems } = await readBytes(joined(pcapHeader({ snapLength: 64 }), record));
    expect(packets[0]).toMatchObject({ caplen: captured, wirelen: original });
    expect(problems).toEqual([]);
  });

  test.each([
    { version: [2, 2], record: { captured: 1514, original: 20 }, wirelen: 1514 },
    { version: [2, 3], record: { captured: 1514, original: 20 }, wirelen: 1514 },
    { version: [2, 3], record: { captured: 20, original: 1514 }, wirelen: 1514 },
    { version: [543, 0], record: { captured: 60, original: 20 }, wirelen: 60 },
  ])('version $version may have its lengths the other way round', async ({ version, record, wirelen }) => {
    const header = pcapHeader({ major: version[0], minor: version[1] });
    const { packets, problems } = await readBytes(
      joined(header, pcapRecord({ seconds: 1, fraction: 0, data: data(20), ...record })),
    );
    expect(packets[0]).toMatchObject({ caplen: 20, wirelen });
    expect(problems).toEqual([]);
  });

  test('a minor version that nobody has written is read and told', async () => {
    const record = pcapRecord({ seconds: 1, fraction: 0, data: data(20) });
    const { packets, problems } = await readBytes(joined(pcapHeader({ major: 2, minor: 5 }), record));
    expect(packets[0]).toMatchObject({ caplen: 20, wirelen: 20 });
    expect(problems.map((p) => p.code)).toEqual(['newer-version']);
  });

  test('a time fraction of a second or more is carried over and reported', async () => {
    const records = [4_000_000, 999_999, 0xffffffff].map((fraction) => pcapRecord({ seconds: 10, fraction, data: data(4) }));
    const { packets, problems } = await readBytes(joined(pcapHeader(), ...records));
    expect(packets.map((p) => [p.seconds, p.nanoseconds])).toEqual([
      [14, 0],
      [10, 999_999_000],
      [4304, 967_295_000],
    ]);
    expect(problems).toMatchObject([
      { code: 'clock-fraction', packet: 1, offset: 24 },
      { code: 'clock-fraction', packet: 3, offset: 64 },
    ]);
    expect(problems[0].message).toBe(
      'packet 1 at offset 24: a time fraction of 4000000 microseconds is a second or more; carried over',
    );
  });

  test('an impossible length ends the reading and keeps what was before', async () => {
    const good = pcapRecord({ seconds: 1, fraction: 0, data: data(60) });
    const bad = pcapRecord({ seconds: 1, fraction: 0, data: data(8), captured: RECORD_LIMIT + 1 });
    const { packets, problems } = await readBytes(joined(pcapHeader(), good, bad, good));
    expect(packets).toHaveLength(1);
    expect(problems).toEqual([
      {
        code: 'bad-record-length',
        message: 'packet 2 at offset 100: a length of 16777217 bytes is over the limit of 16777216; reading ends here',
        packet: 2,
        offset: 100,
      },
    ]);
  });

  test('a packet larger than the buffer makes the buffer grow', async () => {
    const large = data(300_000, 5);
    const record = pcapRecord({ seconds: 1, fraction: 0, data: large });
    const small = pcapRecord({ seconds: 2, fraction: 0, data: data(60) });
    const { packets, problems } = await readBytes(joined(pcapHeader(), small, record, small), { chunk: 1024 }, 10_000);
    expect(packets.map((p) => p.caplen)).toEqual([60, 300_000, 60]);
    expect(Buffer.compare(packets[1].data, large)).toBe(0);
    expect(problems).toEqual([]);
  });

  test('a cut-off packet is named with its place and both numbers', async () => {
    const good = pcapRecord({ seconds: 1, fraction: 0, data: data(60) });
    const cut = pcapRecord({ seconds: 1, fraction: 0, data: data(1022), captured: 1514 });
    const { packets, problems } = await readBytes(joined(pcapHeader(), good, cut));
    expect(packets).toHaveLength(1);
    expect(problems).toEqual([
      {
        code: 'truncated-file',
        message: 'packet 2 at offset 100: 1514 bytes announced, 1022 left in the file',
        packet: 2,
        offset: 100,
      },
    ]);
    const { problems: inHeader } = await readBytes(joined(pcapHeader(), good, cut.subarray(0, 15)));
    expect(inHeader[0].message).toBe('packet 2 at offset 100: a record header of 16 bytes is due, 15 left in the file');
  });
});
