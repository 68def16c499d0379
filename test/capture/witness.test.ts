import { Readable } from 'node:stream';
import pcapp from 'pcap-parser';
import { expect, test } from 'vitest';
import { data, joined, pcapHeader, pcapRecord, randomNumbers, readBytes } from './build.ts';

// pcap-parser as a second reader: it knows the microsecond format in both byte orders, and nothing else.

interface WitnessPacket {
  header: { timestampSeconds: number; timestampMicroseconds: number; capturedLength: number; originalLength: number };
  data: Buffer;
}

function witness(bytes: Uint8Array): Promise<WitnessPacket[]> {
  return new Promise((resolve, reject) => {
    const packets: WitnessPacket[] = [];
    // It asks for Buffers.
    const parser = pcapp.parse(Readable.from([Buffer.from(bytes.subarray(0, 5000)), Buffer.from(bytes.subarray(5000))]));
    parser.on('packet', (packet: WitnessPacket) => packets.push({ header: packet.header, data: Buffer.from(packet.data) }));
    parser.on('end', () => resolve(packets));
    parser.on('error', reject);
  });
}

test.each([
  { order: 'little', bigEndian: false },
  { order: 'big', bigEndian: true },
])('pcap-parser sees the same packets, $order endian', async ({ bigEndian }) => {
  const random = randomNumbers(bigEndian ? 7 : 8);
  const records = Array.from({ length: 500 }, (_, i) => {
    const bytes = data(random(1600), i);
    const original = bytes.length + random(3) * 100;
    return pcapRecord({ seconds: 1_600_000_000 + random(1000), fraction: random(1_000_000), data: bytes, original }, bigEndian);
  });
  const file = joined(pcapHeader({ bigEndian }), ...records);
  const theirs = (await witness(file)).map(({ header, data: bytes }) => [
    header.timestampSeconds,
    header.timestampMicroseconds,
    header.capturedLength,
    header.originalLength,
    bytes.toString('hex'),
  ]);
  const { packets, problems } = await readBytes(file, {}, 5000);
  const ours = packets.map((p) => [p.seconds, p.nanoseconds / 1000, p.caplen, p.wirelen, Buffer.from(p.data).toString('hex')]);
  expect(ours).toHaveLength(500);
  expect(ours).toEqual(theirs);
  expect(problems).toEqual([]);
});
