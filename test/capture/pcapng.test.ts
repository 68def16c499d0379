import { describe, expect, test } from 'vitest';
import { PROBLEMS_PER_CODE } from '../../src/capture/problems.ts';
import { RECORD_LIMIT } from '../../src/capture/reader.ts';
import { CaptureSource } from '../../src/capture/source.ts';
import {
  block,
  data,
  interfaceBlock,
  joined,
  type Option,
  options,
  packetBlock,
  readBytes,
  section,
  text,
  Writer,
} from './build.ts';

const SECRETS = 0x0a;
const STATISTICS = 5;
const NAMES = 4;
const SIMPLE = 3;
const OBSOLETE = 2;

const number = (value: number | bigint, bigEndian = false) => new Writer(bigEndian).u64(value).done();

describe.each([
  { order: 'little', bigEndian: false },
  { order: 'big', bigEndian: true },
])('pcapng, $order endian', ({ bigEndian }) => {
  const make = (...blocks: Uint8Array[]) => joined(section(bigEndian), ...blocks);

  test('enhanced packets, in microseconds where the interface does not say', async () => {
    const time = 1_700_000_000_123_456n;
    const packet = packetBlock({ time, data: data(61), original: 1514, options: [[1, text('seen')]] }, bigEndian);
    const { packets, problems, source } = await readBytes(make(interfaceBlock(1, 262_144, [], bigEndian), packet));
    expect(packets).toEqual([
      {
        number: 1,
        seconds: 1_700_000_000,
        nanoseconds: 123_456_000,
        caplen: 61,
        wirelen: 1514,
        linkType: 1,
        interface: 0,
        offset: 28 + 20 + 28,
        data: data(61),
      },
    ]);
    expect(problems).toEqual([]);
    expect(source).toMatchObject({ format: 'pcapng', interfaces: [{ linkType: 1, snapLength: 262_144 }] });
  });

  test('interfaces: names, resolution and offset of their own', async () => {
    const nano: Option[] = [
      [2, text('eth0')],
      [3, text('업링크')],
      [9, Uint8Array.of(9)],
    ];
    const binary: Option[] = [
      [9, Uint8Array.of(0x94)],
      [14, number(-7200n, bigEndian)],
    ];
    const blocks = [
      interfaceBlock(1, 96, nano, bigEndian),
      interfaceBlock(101, 0, binary, bigEndian),
      packetBlock({ interface: 1, time: (9000n << 20n) | (1n << 19n), data: data(20) }, bigEndian),
      packetBlock({ interface: 0, time: 1_700_000_000_123_456_789n, data: data(20) }, bigEndian),
    ];
    const { packets, source } = await readBytes(make(...blocks));
    expect(source.interfaces).toEqual([
      { linkType: 1, snapLength: 96, name: 'eth0', description: '업링크' },
      { linkType: 101, snapLength: 0 },
    ]);
    expect(packets.map((p) => [p.interface, p.linkType, p.seconds, p.nanoseconds])).toEqual([
      [1, 101, 1800, 500_000_000],
      [0, 1, 1_700_000_000, 123_456_789],
    ]);
  });

  test('simple packets have no time, and are cut to the snap length of interface 0', async () => {
    const simple = (original: number, bytes: Uint8Array) =>
      block(SIMPLE, new Writer(bigEndian).u32(original).raw(bytes).done(), bigEndian);
    const blocks = [interfaceBlock(1, 64, [], bigEndian), simple(1514, data(64)), simple(21, data(21, 2))];
    const { packets, problems } = await readBytes(make(...blocks));
    expect(packets.map((p) => [p.seconds, p.nanoseconds, p.caplen, p.wirelen])).toEqual([
      [0, 0, 64, 1514],
      [0, 0, 21, 21],
    ]);
    expect(packets[1].data).toEqual(data(21, 2));
    expect(problems).toEqual([]);
  });

  test('the obsolete packet block: 16 bits of interface, 16 of drops', async () => {
    const body = new Writer(bigEndian).u16(1).u16(0xfffe).u32(0).u32(5_000_001).u32(10).u32(99).raw(data(10)).done();
    const described = [interfaceBlock(1, 0, [], bigEndian), interfaceBlock(276, 0, [], bigEndian)];
    const { packets, problems } = await readBytes(make(...described, block(OBSOLETE, body, bigEndian)));
    expect(packets).toMatchObject([{ interface: 1, linkType: 276, seconds: 5, nanoseconds: 1000, caplen: 10, wirelen: 99 }]);
    expect(problems).toEqual([]);
  });

  test('names, statistics and secrets', async () => {
    const v4 = new Writer(bigEndian).u16(1).u16(15).raw([192, 0, 2, 1]).raw(text('www\0alias\0')).raw([0]).pad();
    const v6 = new Writer(bigEndian)
      .u16(2)
      .u16(20)
      .raw([0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])
      .raw(text('six\0'));
    const names = new Writer(bigEndian).raw(v4.done()).raw(v6.done()).u32(0).done();
    const statistics = (list: Option[]) => new Writer(bigEndian).u32(0).u64(0).raw(options(list, bigEndian)).done();
    const first = statistics([[4, number(10, bigEndian)]]);
    const last = statistics([
      [4, number(1000, bigEndian)],
      [5, number(30, bigEndian)],
      [7, number(2 ** 32, bigEndian)],
    ]);
    const secret = new Writer(bigEndian).u32(0x544c534b).u32(5).raw(text('CLIEN')).done();
    const blocks = [
      interfaceBlock(1, 0, [], bigEndian),
      block(NAMES, names, bigEndian),
      block(STATISTICS, first, bigEndian),
      block(STATISTICS, last, bigEndian),
      block(SECRETS, secret, bigEndian),
    ];
    const { problems, source } = await readBytes(make(...blocks));
    expect(problems).toEqual([]);
    expect(source.names).toEqual([
      { address: '192.0.2.1', names: ['www', 'alias'] },
      { address: '2001:db8::1', names: ['six'] },
    ]);
    expect(source.interfaces[0]).toMatchObject({ received: 1000, dropped: 2 ** 32 + 30 });
    expect(source.secrets).toEqual([{ type: 0x544c534b, data: text('CLIEN') }]);
  });

  test('a section in the other byte order, with interfaces of its own', async () => {
    const other = joined(
      section(!bigEndian, [1, 2]),
      interfaceBlock(113, 0, [[9, Uint8Array.of(9)]], !bigEndian),
      packetBlock({ time: 2_000_000_001n, data: data(8, 2) }, !bigEndian),
    );
    const here = [interfaceBlock(1, 0, [], bigEndian), packetBlock({ time: 1_000_001n, data: data(8) }, bigEndian)];
    const { packets, problems, source } = await readBytes(make(...here, other));
    expect(packets.map((p) => [p.interface, p.linkType, p.seconds, p.nanoseconds])).toEqual([
      [0, 1, 1, 1000],
      [1, 113, 2, 1],
    ]);
    expect(source.interfaces).toHaveLength(2);
    expect(problems).toEqual([]);
  });

  test('custom and unknown blocks are passed over and counted', async () => {
    const large = block(0x40000bad, data(1_200_000), bigEndian);
    const packet = packetBlock({ data: data(4) }, bigEndian);
    const blocks = [
      interfaceBlock(1, 0, [], bigEndian),
      block(0xbad, data(7), bigEndian),
      packet,
      large,
      block(9, data(1), bigEndian),
      packet,
    ];
    const { packets, problems, source } = await readBytes(make(...blocks), {}, 100_000);
    expect(packets).toHaveLength(2);
    expect(problems).toEqual([]);
    expect(source instanceof CaptureSource ? [...source.blocks] : []).toEqual([
      [0x0a0d0d0a, 1],
      [1, 1],
      [0xbad, 1],
      [0x40000bad, 1],
      [9, 1],
    ]);
  });
});

describe('pcapng that is not as it should be', () => {
  const start = joined(section(), interfaceBlock());
  const packet = packetBlock({ data: data(8) });
  const end = packetBlock({ data: data(4, 9) });

  test('nothing but a section', async () => {
    const { packets, problems } = await readBytes(section());
    expect([packets, problems]).toEqual([[], []]);
  });

  test.each([
    { front: 0, what: 'length 0 is below the 12 of an empty packet block; reading ends here' },
    { front: 42, what: 'length 42 is not a multiple of 4; reading ends here' },
    { front: RECORD_LIMIT + 4, what: 'length 16777220 of a packet block is over the limit of 16777216; reading ends here' },
  ])('a length of $front ends the reading', async ({ front, what }) => {
    const { packets, problems } = await readBytes(joined(start, packet, block(6, data(28), false, { front }), end));
    expect(packets).toHaveLength(1);
    expect(problems).toEqual([{ code: 'bad-block-length', message: `pcapng block at 88: ${what}`, offset: 88 }]);
  });

  test('where the two lengths differ, the one in front is used', async () => {
    const bytes = new Uint8Array(packet);
    bytes[bytes.length - 4] = 99;
    const { packets, problems } = await readBytes(joined(start, bytes, end));
    expect(packets.map((p) => p.caplen)).toEqual([8, 4]);
    expect(problems.map((p) => p.message)).toEqual([
      'pcapng block at 48: length 40 in front, 99 behind; the one in front is used',
    ]);
  });

  test('a packet larger than its block is left out', async () => {
    const { packets, problems } = await readBytes(joined(start, packetBlock({ data: data(8), captured: 9 }), end));
    expect(packets.map((p) => p.caplen)).toEqual([4]);
    expect(problems).toMatchObject([
      { code: 'bad-block', message: 'pcapng block at 48: a packet of 9 bytes in a block of 40; left out', packet: 1, offset: 48 },
    ]);
    const short = await readBytes(joined(start, block(6, data(8)), block(3, data(0)), end));
    expect(short.packets.map((p) => p.caplen)).toEqual([4]);
    expect(short.problems.map((p) => p.code)).toEqual(['bad-block', 'bad-block']);
  });

  test('a packet of an interface that is not described', async () => {
    const stray = packetBlock({ interface: 3, data: data(8) });
    const none = await readBytes(joined(section(), stray, block(3, new Writer().u32(4).raw(data(4)).done())));
    expect(none.packets).toEqual([]);
    expect(none.problems.map((p) => p.code)).toEqual(['bad-block', 'bad-block']);
    const one = await readBytes(joined(start, stray, end));
    expect(one.packets.map((p) => p.interface)).toEqual([0, 0]);
    expect(one.problems[0].message).toBe(
      'pcapng block at 48: a packet of interface 3, the section describes 1; read as of that one',
    );
    const two = await readBytes(joined(start, interfaceBlock(), stray, end));
    expect(two.packets).toHaveLength(1);
    expect(two.problems[0].message).toBe('pcapng block at 68: a packet of interface 3, the section describes 2; left out');
  });

  test('a simple packet longer than its block is taken as far as it goes', async () => {
    const { packets, problems } = await readBytes(joined(start, block(3, new Writer().u32(100).raw(data(16)).done()), end));
    expect(packets.map((p) => [p.caplen, p.wirelen])).toEqual([
      [16, 100],
      [4, 4],
    ]);
    expect(problems.map((p) => p.message)).toEqual(['pcapng block at 48: a packet of 100 bytes in a block of 32; 16 are taken']);
  });

  test('options, names, statistics and secrets that run over their blocks', async () => {
    const over = new Writer().u16(1).u16(0).u32(0).u16(2).u16(40).raw(data(4)).done();
    const blocks = [
      block(1, over),
      block(1, data(4)),
      block(STATISTICS, new Writer().u32(0).u64(0).u16(4).u16(80).done()),
      block(STATISTICS, new Writer().u32(7).u64(0).done()),
      block(STATISTICS, data(4)),
      block(NAMES, new Writer().u16(1).u16(99).raw(data(8)).done()),
      block(SECRETS, new Writer().u32(1).u32(99).raw(data(8)).done()),
      block(SECRETS, data(4)),
    ];
    const { packets, problems, source } = await readBytes(joined(section(), ...blocks, end));
    expect(packets).toHaveLength(1);
    expect(problems.map((p) => p.code)).toEqual(blocks.map(() => 'bad-block'));
    expect([source.interfaces.length, source.names, source.secrets]).toEqual([1, [], []]);
  });

  test('a later section of neither byte order, or of another version, ends the reading', async () => {
    for (const [bad, code] of [
      [section(false, [1, 0], 0x1a2b3c4e), 'bad-block'],
      [section(false, [2, 0]), 'unsupported-version'],
    ] as const) {
      const { packets, problems } = await readBytes(joined(start, packet, bad, interfaceBlock(), end));
      expect(packets).toHaveLength(1);
      expect(problems).toMatchObject([{ code, offset: 88 }]);
    }
  });

  test('many problems of one kind are counted, not listed', async () => {
    const bad = Array.from({ length: 1000 }, () => packetBlock({ data: data(8), captured: 9 }));
    const { problems } = await readBytes(joined(start, ...bad, end));
    expect(problems).toHaveLength(PROBLEMS_PER_CODE + 1);
    expect(problems[PROBLEMS_PER_CODE].message).toBe(`980 more of the kind "bad-block" (1000 in all)`);
  });
});
