// Reads every record of a classic pcap file and counts: what any analyser in JavaScript has to spend at least.
//   node bench/read-loop.mjs FILE
import { closeSync, openSync, readSync } from 'node:fs';
import { isMain } from '../scripts/is-main.mjs';

const CHUNK = 512 * 1024;
const RECORD = 16;

export function count(path) {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(CHUNK);
  const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length);
  let end = readSync(file, buffer, 0, 24, null);
  const magic = end === 24 ? view.getUint32(0, true) : 0;
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  if (!little && magic !== 0xd4c3b2a1 && magic !== 0x4d3cb2a1) throw new Error(`${path} is no classic pcap file`);
  let packets = 0;
  let bytes = 0;
  let at = 0;
  end = 0;
  for (;;) {
    buffer.copyWithin(0, at, end);
    const kept = end - at;
    end = kept + readSync(file, buffer, kept, CHUNK - kept, null);
    if (end === kept) break;
    at = 0;
    while (end - at >= RECORD) {
      const captured = view.getUint32(at + 8, little);
      if (end - at < RECORD + captured) break;
      packets++;
      bytes += captured;
      at += RECORD + captured;
    }
  }
  closeSync(file);
  return { packets, bytes };
}

if (isMain(import.meta.url)) console.log(JSON.stringify(count(process.argv[2])));
