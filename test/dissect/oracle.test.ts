import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Batch, CaptureError } from '../../src/capture/batch.ts';
import { openCapture } from '../../src/capture/open.ts';
import { Kind, Packets } from '../../src/dissect/packets.ts';
import { protocols } from '../../src/dissect/registry.ts';
import { scanRows } from '../../src/dissect/scan.ts';
import { Stacks } from '../../src/dissect/stacks.ts';

/** What tshark says of captures that others made, where they lie beside the project. */
const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = existsSync(join(captures, 'manifest.json'));
const files: string[] = present
  ? JSON.parse(readFileSync(join(captures, 'manifest.json'), 'utf8')).captures.map((capture: { file: string }) => capture.file)
  : [];

/** Layers of tshark's that are no bytes of the packet, or that it gives a layer of their own within another. */
const PSEUDO = new Set(['ethertype', 'wlan_radio', 'pwethheuristic', 'pwethcw', 'pwethnocw']);
const OURS = new Set(
  protocols.filter((protocol) => protocol.over.every((over) => !/Port$/.test(over.table))).map(({ name }) => name),
);
for (const tunnel of ['vxlan', 'geneve', 'teredo', 'gtp', 'l2tp', 'mpls']) OURS.add(tunnel);
/** What lies above these is the stream's, or quoted; protocols without a scan are named and no more. */
const LAST = new Set([
  'tcp',
  'icmp',
  'icmpv6',
  'arp',
  ...protocols.filter(({ scan }) => scan === undefined).map(({ name }) => name),
]);
/** Thirty Ethernet frames in each other, of which sixteen layers are read here. */
const TOO_DEEP = 'malformed/too-many-layers.pcap';

function core(stack: string): string {
  const layers: string[] = [];
  for (const layer of stack.split(':')) {
    if (PSEUDO.has(layer)) continue;
    if (!OURS.has(layer)) break;
    layers.push(layer);
    if (LAST.has(layer)) break;
  }
  return layers.join(':');
}

interface Counted {
  stacks: Map<string, number>;
  /** Of these, rows that wait for the rest of their datagram. */
  fragments: number;
}

async function count(file: string): Promise<Counted> {
  const counted: Counted = { stacks: new Map(), fragments: 0 };
  const stacks = new Stacks();
  const packets = new Packets();
  const batch = new Batch();
  const source = await openCapture(join(captures, file));
  while (await source.next(batch)) {
    scanRows(packets, batch, 0, batch.count, batch.seconds[0], stacks);
    for (let row = 0; row < batch.count; row++) {
      if (packets.kind[row] === Kind.fragment) counted.fragments++;
      else add(counted.stacks, core(stacks.name(packets.stack[row])), 1);
    }
  }
  source.close();
  return counted;
}

function add(counts: Map<string, number>, key: string, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

describe.skipIf(!present)('layers as tshark has them', () => {
  test.each(files.length > 0 ? files : ['(no captures)'])('%s', async (file) => {
    const oracle = JSON.parse(readFileSync(join(captures, 'oracle', `${file}.json`), 'utf8'));
    if (oracle.protocols === undefined) return;
    const theirs = new Map<string, number>();
    for (const [stack, count] of Object.entries<number>(oracle.protocols)) add(theirs, core(stack), count);
    let ours: Counted;
    try {
      ours = await count(file);
    } catch (error) {
      expect(error).toBeInstanceOf(CaptureError);
      return;
    }
    if (file === TOO_DEEP) {
      expect([...ours.stacks.keys()]).toEqual([`eth${':mpls:eth'.repeat(7)}:mpls`]);
      return;
    }
    // A fragment may be anything there: tshark gives the last one the layers of the whole datagram.
    let loose = 0;
    for (const [stack, number] of theirs) {
      const mine = ours.stacks.get(stack) ?? 0;
      if (ours.fragments === 0) expect(`${mine} ${stack}`).toBe(`${number} ${stack}`);
      loose += Math.abs(number - mine);
    }
    expect(loose).toBe(ours.fragments);
  });
});
