import { block, data, interfaceBlock, joined, packetBlock, pcapHeader, pcapRecord, section, text, Writer } from './build.ts';

/** A file, and where each of its records ends: what lies before an end is readable without the rest. */
export interface Sample {
  name: string;
  bytes: Uint8Array;
  /** Bytes of the header, before which nothing can be opened. */
  header: number;
  /** File offsets behind each record or block, in order, and how many packets there are up to them. */
  ends: { at: number; packets: number }[];
}

function sample(name: string, header: number, start: Uint8Array, records: { bytes: Uint8Array; packet: boolean }[]): Sample {
  const ends = [{ at: start.length, packets: 0 }];
  for (const { bytes, packet } of records) {
    const last = ends[ends.length - 1];
    ends.push({ at: last.at + bytes.length, packets: last.packets + (packet ? 1 : 0) });
  }
  return { name, header, bytes: joined(start, ...records.map((r) => r.bytes)), ends };
}

function pcapSample(bigEndian: boolean): Sample {
  const lengths = [60, 0, 33, 74];
  const records = lengths.map((length, i) => ({
    bytes: pcapRecord({ seconds: 1_700_000_000 + i, fraction: 10 * i, data: data(length, i) }, bigEndian),
    packet: true,
  }));
  return sample(`pcap, ${bigEndian ? 'big' : 'little'} endian`, 24, pcapHeader({ bigEndian }), records);
}

function pcapngSample(bigEndian: boolean): Sample {
  const packet = (length: number, seed: number) => packetBlock({ time: BigInt(seed), data: data(length, seed) }, bigEndian);
  const records = [
    { bytes: interfaceBlock(1, 0, [[2, text('eth0')]], bigEndian), packet: false },
    { bytes: packet(60, 1), packet: true },
    { bytes: block(3, new Writer(bigEndian).u32(21).raw(data(21)).done(), bigEndian), packet: true },
    { bytes: block(0x0bad, data(40), bigEndian), packet: false },
    { bytes: packet(0, 2), packet: true },
    { bytes: section(!bigEndian), packet: false },
    { bytes: interfaceBlock(101, 0, [], !bigEndian), packet: false },
    { bytes: packetBlock({ time: 7n, data: data(35, 3) }, !bigEndian), packet: true },
  ];
  return sample(`pcapng, ${bigEndian ? 'big' : 'little'} endian first`, 28, section(bigEndian), records);
}

export const samples: Sample[] = [pcapSample(false), pcapSample(true), pcapngSample(false), pcapngSample(true)];
