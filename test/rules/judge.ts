import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { CaptureRecords } from '../../src/session/capture-records.ts';
import { judgeCapture, judgeHops, judgeJourney } from '../../src/rules/engine.ts';
import { buildHops } from '../../src/rules/join/build.ts';
import type { HopsRule, Judgement, Rule } from '../../src/rules/rule.ts';
import type { VantageKind } from '../../src/rules/vantage.ts';
import { note } from './decided.ts';

/** A capture file of these packets (Ethernet unless said otherwise): `[seconds since the beginning, frame]`. */
export function pcapOf(packets: [number, Uint8Array][], linkType = 1): Uint8Array {
  const head = Buffer.alloc(24);
  head.writeUInt32LE(0xa1b23c4d, 0);
  head.writeUInt16LE(2, 4);
  head.writeUInt16LE(4, 6);
  head.writeUInt32LE(262144, 16);
  head.writeUInt32LE(linkType, 20);
  const parts = [head];
  for (const [time, frame] of packets) {
    const record = Buffer.alloc(16);
    record.writeUInt32LE(1_700_000_000 + Math.floor(time), 0);
    record.writeUInt32LE(Math.round((time % 1) * 1e9), 4);
    record.writeUInt32LE(frame.length, 8);
    record.writeUInt32LE(frame.length, 12);
    parts.push(record, Buffer.from(frame));
  }
  return Buffer.concat(parts);
}

/** Reads captures (paths, or bytes of a capture file) to their ends. Close them after use. */
export async function readCaptures(
  captures: (string | Uint8Array)[],
  vantage?: VantageKind,
  keyLogs: string[] = [],
): Promise<CaptureRecords[]> {
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-rules-'));
  try {
    const read: CaptureRecords[] = [];
    for (const [index, each] of captures.entries()) {
      const path = typeof each === 'string' ? each : join(folder, `${index}.pcap`);
      if (typeof each !== 'string') writeFileSync(path, each);
      const records = new CaptureRecords(await openCapture(path, { keyLogs }), { index, vantage });
      await records.run();
      read.push(records);
    }
    return read;
  } finally {
    // The descriptors stay open, the names go.
    rmSync(folder, { recursive: true });
  }
}

/** What a rule says of one capture: of each journey in order, or of the whole. */
export async function judge(
  rule: Rule,
  capture: string | Uint8Array,
  vantage?: VantageKind,
  keyLogs: string[] = [],
): Promise<Judgement[]> {
  const [records] = await readCaptures([capture], vantage, keyLogs);
  try {
    if (rule.scope === 'capture') return told(judgeCapture(rule, records));
    if (rule.scope === 'hops') return told(judgeHops(rule, buildHops([records])));
    return told([...records.journeys].map((journey) => judgeJourney(rule, records, journey)));
  } finally {
    records.close();
  }
}

/** What a rule between vantages says of several captures together. */
export async function judgeTogether(
  rule: HopsRule,
  captures: (string | Uint8Array)[],
  keyLogs: string[] = [],
): Promise<Judgement[]> {
  const records = await readCaptures(captures, undefined, keyLogs);
  try {
    return told(judgeHops(rule, buildHops(records)));
  } finally {
    for (const each of records) each.close();
  }
}

function told(judgements: Judgement[]): Judgement[] {
  note(expect.getState().testPath, judgements);
  return judgements;
}
