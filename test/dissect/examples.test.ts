import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dissect/decode.ts';
import { Kind, Packets, Reason } from '../../src/dissect/packets.ts';
import { scanLayers } from '../../src/dissect/scan.ts';
import { Stacks } from '../../src/dissect/stacks.ts';
import { summarize } from '../../src/dissect/summary.ts';
import { byLinkType } from '../../src/dissect/tables.ts';
import { packetsOf, stackOf } from '../frames.ts';
import { examples } from './catalogue.ts';
import { agree } from './checks.ts';

/** Columns as a plain object; those that count only with a kind are left out where the row has another. */
function columns(p: Packets): Record<string, number> {
  const row: Record<string, number> = {};
  const fragments = p.kind[0] === Kind.fragment;
  const tcp = p.kind[0] === Kind.tcp;
  for (const [name, column] of Object.entries(p)) {
    if (!ArrayBuffer.isView(column) || name === 'bytes') continue;
    if (name.startsWith('fragment') && !fragments) continue;
    if (/^(sequence|acknowledgment|flags|window|tcpHeaderLength)$/.test(name) && !tcp) continue;
    if (/Port$/.test(name) && !tcp && p.kind[0] !== Kind.udp) continue;
    if (name === 'payloadAt' && (p.kind[0] === Kind.none || p.kind[0] === Kind.arp)) continue;
    row[name] = (column as Uint32Array)[0];
  }
  return row;
}

describe.each(examples)('$name', ({ bytes, linkType, stack }) => {
  test('shows its layers', () => {
    expect(stackOf({ bytes, linkType: linkType ?? 1 })).toBe(stack);
    const shown = decode(bytes, bytes.length, linkType ?? 1).map((layer) => layer.protocol);
    expect(shown.slice(0, stack.split(':').length).join(':')).toBe(stack);
    expect(shown.filter((name) => name.startsWith('_ws.'))).toEqual([]);
  });

  test('columns and field tree agree', () => {
    const p = packetsOf([bytes], linkType ?? 1);
    expect(p.reason[0]).toBe(Reason.none);
    agree(p, decode(bytes, bytes.length, linkType ?? 1));
  });

  test('the fast path makes the same row', () => {
    const p = new Packets(1);
    p.clear(0);
    p.bytes = bytes;
    const stacks = new Stacks();
    scanLayers(p, 0, byLinkType[linkType ?? 1], 0, bytes.length, bytes.length, stacks);
    const fast = packetsOf([bytes], linkType ?? 1);
    expect({ ...columns(p), stack: 0 }).toEqual({ ...columns(fast), stack: 0 });
  });

  test('has one line that says what it is', () => {
    const layers = decode(bytes, bytes.length, linkType ?? 1);
    const line = summarize(bytes, bytes.length, linkType ?? 1, layers);
    expect(line.protocol).not.toBe('');
    expect(line.info).not.toMatch(/undefined|NaN|null|=\?/);
    expect(line.info.length).toBeGreaterThan(2);
  });
});
