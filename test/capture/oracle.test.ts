import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Batch } from '../../src/capture/batch.ts';
import { openCapture } from '../../src/capture/open.ts';

// Captures made by others, and what tshark says of them. They lie beside the project; without them these tests are skipped.

const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = existsSync(join(captures, 'manifest.json'));

interface Facts {
  packets: number;
  first?: string;
  last?: string;
  wireBytes?: number;
  capturedBytes?: number;
}

interface Oracle extends Facts {
  ownReader?: { form: string; packets?: number; why?: string; blocks?: Record<string, number> };
}

/** Captures of formats that are refused, by code. */
const REFUSED: Record<string, string> = {
  'pcap-format/empty-file.pcap': 'empty-file',
};

/** Facts in which the file itself, read by hand, says otherwise. */
const OTHERWISE: Record<string, Partial<Facts>> = {
  // A length on the wire of 3 599 899 676 bytes, which tshark shows as 2^31 - 1.
  'malformed/clusterfuzz-5755755617189888.pcap': { wireBytes: 3_600_161_820 },
};

/** Problems that are right to have, by code. */
const PROBLEMS: Record<string, string[]> = {
  'linktypes/six-linktypes.pcapng': ['bad-block', 'bad-block'],
  'malformed/clusterfuzz-5755755617189888.pcap': ['bad-record-length'],
  'pcap-format/time-fraction-too-large.pcap': ['clock-fraction', 'clock-fraction'],
  'tcp-trouble/http-out-of-order.pcap': ['truncated-file'],
};

function manifest(): string[] {
  if (!present) return [];
  const { captures: list } = JSON.parse(readFileSync(join(captures, 'manifest.json'), 'utf8')) as {
    captures: { file: string }[];
  };
  return list.map((c) => c.file);
}

function oracleOf(file: string): Oracle {
  return JSON.parse(readFileSync(join(captures, 'oracle', `${file}.json`), 'utf8')) as Oracle;
}

async function facts(path: string): Promise<{ facts: Required<Facts>; codes: string[]; blocks: Record<string, number> }> {
  const source = await openCapture(path);
  const found = { packets: 0, first: '', last: '', wireBytes: 0, capturedBytes: 0 };
  const batch = new Batch();
  while (await source.next(batch)) {
    for (let row = 0; row < batch.count; row++) {
      found.wireBytes += batch.wirelen[row];
      found.capturedBytes += batch.caplen[row];
      found.last = `${batch.seconds[row]}.${String(batch.nanoseconds[row]).padStart(9, '0')}`;
      found.first ||= found.last;
    }
    found.packets += batch.count;
  }
  source.close();
  const blocks = Object.fromEntries([...source.blocks].map(([type, count]) => [`0x${type.toString(16)}`, count]));
  return { facts: found, codes: source.problems.map((p) => p.code), blocks };
}

const PACKET_BLOCKS = new Set(['0x2', '0x3', '0x6']);

describe.runIf(present)('captures made by others', () => {
  const files = manifest().filter((file) => existsSync(join(captures, 'oracle', `${file}.json`)));

  test.each(files)('%s', async (file) => {
    const path = join(captures, file);
    if (REFUSED[file] !== undefined) {
      await expect(openCapture(path)).rejects.toMatchObject({ code: REFUSED[file] });
      return;
    }
    const { packets, first, last, wireBytes, capturedBytes, ownReader } = oracleOf(file);
    const found = await facts(path);
    const theirs = JSON.parse(JSON.stringify({ packets, first, last, wireBytes, capturedBytes })) as Facts;
    expect(found.facts).toMatchObject({ ...theirs, ...OTHERWISE[file] });
    expect(found.codes).toEqual(PROBLEMS[file] ?? []);
    if (ownReader?.packets !== undefined) expect(found.facts.packets).toBe(ownReader.packets);
    if (ownReader?.blocks !== undefined) {
      const others = Object.entries(ownReader.blocks).filter(([type]) => !PACKET_BLOCKS.has(type));
      expect(found.blocks).toEqual(Object.fromEntries(others));
    }
  });
});

if (!present) test.skip('captures made by others: ../shared/captures is not there, nothing is compared', () => {});
