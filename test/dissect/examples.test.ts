import { describe, expect, test } from 'vitest';
import { ip as ipText, mac, u16 } from '../../src/dissect/bytes.ts';
import { decode } from '../../src/dissect/decode.ts';
import { Kind, Packets, Reason } from '../../src/dissect/packets.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { scanLayers } from '../../src/dissect/scan.ts';
import { Stacks } from '../../src/dissect/stacks.ts';
import { summarize } from '../../src/dissect/summary.ts';
import { byLinkType } from '../../src/dissect/tables.ts';
import { packetsOf, stackOf } from '../frames.ts';
import { examples } from './catalogue.ts';

const NONE = { protocol: '', title: '', at: 0, end: 0, fields: [] };
const layerOf = (layers: Layer[], protocol: string): Layer => layers.findLast((layer) => layer.protocol === protocol) ?? NONE;
const field = (layer: Layer, name: string): Field['value'] | undefined => layer.fields.find((one) => one.name === name)?.value;
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
    p.clear(0, 1);
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

/** What a row says and what the tree says must be the same. */
function agree(p: Packets, layers: Layer[]): void {
  if (p.ipAt[0] >= 0) {
    const six = p.ipVersion[0] === 6;
    const layer = layerOf(layers, six ? 'ipv6' : 'ip');
    expect(layer.at).toBe(p.ipAt[0]);
    expect(field(layer, six ? 'ipv6.src' : 'ip.src')).toBe(ipText(p.bytes, p.ipAt[0] + (six ? 8 : 12), p.ipVersion[0]));
  }
  const link = layers.findLast((layer) => ['eth', 'tr', 'wlan', 'sll'].includes(layer.protocol));
  if (p.sourceMacAt[0] >= 0) {
    const name = { eth: 'eth.src', tr: 'tr.src', wlan: 'wlan.sa', sll: 'sll.src.eth' }[link?.protocol ?? ''] ?? '';
    expect(field(link ?? NONE, name)).toBe(mac(p.bytes, p.sourceMacAt[0]));
  }
  const at = p.transportAt[0];
  switch (p.kind[0]) {
    case Kind.tcp: {
      const tcp = layerOf(layers, 'tcp');
      expect([tcp.at, tcp.end]).toEqual([at, at + p.tcpHeaderLength[0]]);
      const named = ['tcp.srcport', 'tcp.dstport', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.window_size_value', 'tcp.len'];
      const row = [p.sourcePort, p.destinationPort, p.sequence, p.acknowledgment, p.flags, p.window, p.payloadLength];
      expect(named.map((name) => field(tcp, name))).toEqual(row.map((column) => column[0]));
      break;
    }
    case Kind.udp: {
      const udp = layerOf(layers, 'udp');
      expect([udp.at, udp.end]).toEqual([at, p.payloadAt[0]]);
      expect([field(udp, 'udp.srcport'), field(udp, 'udp.dstport')]).toEqual([p.sourcePort[0], p.destinationPort[0]]);
      if (field(udp, 'udp.length') !== 0) expect(field(udp, 'udp.length')).toBe(p.payloadLength[0] + 8);
      break;
    }
    case Kind.icmp:
      expect(field(layerOf(layers, 'icmp'), 'icmp.type')).toBe(p.bytes[at]);
      break;
    case Kind.icmpv6:
      expect(field(layerOf(layers, 'icmpv6'), 'icmpv6.type')).toBe(p.bytes[at]);
      break;
    case Kind.arp:
      expect(field(layerOf(layers, 'arp'), 'arp.opcode')).toBe(u16(p.bytes, at + 6));
      break;
    case Kind.fragment: {
      const six = p.ipVersion[0] === 6;
      const layer = layerOf(layers, six ? 'ipv6.fraghdr' : 'ip');
      expect(field(layer, six ? 'ipv6.fraghdr.ident' : 'ip.id')).toBe(p.fragmentId[0]);
      expect(field(layer, six ? 'ipv6.fraghdr.offset' : 'ip.frag_offset')).toBe(p.fragmentOffset[0]);
      break;
    }
    default:
      expect(at).toBe(-1);
  }
}
