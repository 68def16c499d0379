import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { Batch } from '../../src/capture/batch.ts';
import { openCapture } from '../../src/capture/open.ts';
import { decode } from '../../src/dissect/decode.ts';
import { Packets, Reason } from '../../src/dissect/packets.ts';
import { scanRows } from '../../src/dissect/scan.ts';
import { Stacks } from '../../src/dissect/stacks.ts';
import { agree, check } from './checks.ts';

const root = resolve(import.meta.dirname, '../../fixtures');
const captures = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((name) => /\.pcap(ng)?(\.gz)?$/.test(name));

test.each(captures.sort())('every packet of %s', async (file) => {
  const source = await openCapture(join(root, file));
  const batch = new Batch();
  const packets = new Packets();
  const row = new Packets();
  const stacks = new Stacks();
  while (await source.next(batch)) {
    scanRows(packets, batch, 0, batch.count, batch.seconds[0], stacks);
    for (let i = 0; i < batch.count; i++) {
      expect(packets.reason[i]).toBe(Reason.none);
      const bytes = batch.bytes.slice(batch.at[i], batch.at[i] + batch.caplen[i]);
      check(bytes, batch.wirelen[i], batch.linkType[i]);
      agree(alone(row, bytes, batch, i, stacks), decode(bytes, batch.wirelen[i], batch.linkType[i]));
    }
  }
  source.close();
});

/** The row of one packet by itself, its offsets from its own first byte. */
function alone(p: Packets, bytes: Uint8Array, from: Batch, row: number, stacks: Stacks): Packets {
  single.bytes = bytes;
  single.count = 1;
  single.caplen[0] = bytes.length;
  single.wirelen[0] = from.wirelen[row];
  single.linkType[0] = from.linkType[row];
  scanRows(p, single, 0, 1, 0, stacks);
  return p;
}
const single = new Batch();
