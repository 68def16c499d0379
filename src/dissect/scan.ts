import type { Batch } from '../capture/batch.ts';
import { viewOf } from '../capture/integers.ts';
import { scanTcp4 } from './fast.ts';
import { Kind, type Packets, Reason } from './packets.ts';
import { idOf, scans } from './registry.ts';
import type { Stacks } from './stacks.ts';
import { byLinkType } from './tables.ts';

/** Layers a packet may nest; more is an attack or a mistake. */
export const LAYER_LIMIT = 16;

/** Lengths on the wire beyond this are nonsense; cut here, the columns hold them. */
const WIRE_LIMIT = 0x7fffffff;
const ETHERNET_LINK = 1;

/** Reads rows `from` … `to-1` of a batch into the columns: the hot path from bytes to facts. Whether there are fragments among them. */
export function scanRows(p: Packets, batch: Batch, from: number, to: number, baseSeconds: number, stacks: Stacks): boolean {
  p.bytes = batch.bytes;
  p.count = batch.count;
  p.firstNumber = batch.firstNumber;
  p.expectTcp4(from, to, stacks.next(stacks.next(stacks.next(0, idOf('eth')), idOf('ip')), idOf('tcp')));
  const view = viewOf(batch.bytes);
  let fragments = false;
  for (let row = from; row < to; row++) {
    p.time[row] = (batch.seconds[row] - baseSeconds) * 1e9 + batch.nanoseconds[row];
    const linkType = batch.linkType[row];
    const at = batch.at[row];
    const end = at + batch.caplen[row];
    const wire = Math.max(end, at + Math.min(batch.wirelen[row], WIRE_LIMIT));
    if (linkType === ETHERNET_LINK && scanTcp4(p, view, row, at, end, wire)) continue;
    p.clear(row);
    scanLayers(p, row, byLinkType[linkType], at, end, wire, stacks);
    if (p.kind[row] === Kind.fragment) fragments = true;
  }
  return fragments;
}

/** One row by the protocols' own scans, from its first byte; what the fast path is held against. */
export function scanLayers(p: Packets, row: number, id: number, at: number, end: number, wire: number, stacks: Stacks): void {
  p.at = at;
  p.end = end;
  p.wire = wire;
  if (id === 0) p.fail(row, Reason.unknownLinkType, at, 0);
  else p.stack[row] = run(p, row, id, 0, 0, stacks);
}

/**
 * Goes on with a row at protocol `protocolId` on other bytes of `p.bytes`: a datagram put together from fragments. The
 * row's kind and transport columns become those of what is found there, its stack grows.
 */
export function scanAt(p: Packets, row: number, protocolId: number, at: number, end: number, wire: number, stacks: Stacks): void {
  p.at = at;
  p.end = end;
  p.wire = wire;
  p.kind[row] = Kind.none;
  p.transportAt[row] = -1;
  const stack = p.stack[row];
  p.stack[row] = run(p, row, protocolId, stack, stacks.depth(stack), stacks);
}

function run(p: Packets, row: number, first: number, under: number, depth: number, stacks: Stacks): number {
  let stack = under;
  for (let id = first; id !== 0; id = scans[id](p, row)) {
    if (depth++ === LAYER_LIMIT) {
      p.fail(row, Reason.tooManyLayers, p.at, 0);
      break;
    }
    stack = stacks.next(stack, id);
  }
  return stack;
}
