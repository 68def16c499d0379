import { expect } from 'vitest';
import { ip as ipText, mac, u16 } from '../../src/dissect/bytes.ts';
import { decode, decodeWith } from '../../src/dissect/decode.ts';
import { Kind, type Packets } from '../../src/dissect/packets.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { summarize } from '../../src/dissect/summary.ts';

/** Bytes that complain when somebody looks past their end. */
export function guarded(bytes: Uint8Array): Uint8Array {
  return new Proxy(bytes, {
    get(target, key) {
      if (typeof key === 'string' && /^\d+$/.test(key) && Number(key) >= target.length)
        throw new Error(`read at ${key} of ${target.length}`);
      const value = Reflect.get(target, key, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** As `expect`, but quick enough for millions of fields. */
function sure(good: boolean, what: () => string): void {
  if (!good) throw new Error(what());
}

const within = (inner: { at: number; end: number }, outer: { at: number; end: number }): boolean =>
  inner.at >= outer.at && inner.at <= inner.end && inner.end <= outer.end;

function checkFields(fields: Field[], parent: { at: number; end: number }): void {
  for (const field of fields) {
    sure(within(field, parent), () => `${field.name} lies at ${field.at}-${field.end}, outside of ${parent.at}-${parent.end}`);
    sure(typeof field.value !== 'number' || Number.isFinite(field.value), () => `${field.name} is ${field.value}`);
    sure(!/undefined|NaN/.test(field.text ?? ''), () => `${field.name}: ${field.text}`);
    checkFields(field.children ?? [], field);
  }
}

/** Decodes and looks at everything that came out. */
export function check(bytes: Uint8Array, wire: number, linkType: number, application?: string): void {
  const layers = application === undefined ? decode(bytes, wire, linkType) : decodeWith(bytes, wire, linkType, application);
  const whole = { at: 0, end: bytes.length };
  sure(layers.length > 0, () => 'no layer');
  for (const layer of layers) {
    sure(!/could not be shown|undefined|NaN/.test(layer.title), () => layer.title);
    sure(within(layer, whole), () => `${layer.protocol} lies at ${layer.at}-${layer.end}`);
    checkFields(layer.fields, whole);
  }
  const { info } = summarize(bytes, wire, linkType, layers);
  sure(!/undefined|NaN/.test(info), () => info);
}

const NONE = { protocol: '', title: '', at: 0, end: 0, fields: [] };
const layerOf = (layers: Layer[], protocol: string): Layer => layers.findLast((layer) => layer.protocol === protocol) ?? NONE;
const field = (layer: Layer, name: string): Field['value'] | undefined => layer.fields.find((one) => one.name === name)?.value;
/** What a row says and what the tree says must be the same. */
export function agree(p: Packets, layers: Layer[]): void {
  if (p.ipAt[0] >= 0) {
    const six = p.ipVersion[0] === 6;
    const layer = layerOf(layers, six ? 'ipv6' : 'ip');
    expect(layer.at).toBe(p.ipAt[0]);
    expect(field(layer, six ? 'ipv6.src' : 'ip.src')).toBe(ipText(p.bytes, p.ipAt[0] + (six ? 8 : 12), p.ipVersion[0]));
  }
  const link = layers.findLast((layer) => ['eth', 'tr', 'fddi', 'wlan', 'sll', 'ieee8021ah'].includes(layer.protocol));
  if (p.sourceMacAt[0] >= 0) {
    const name =
      { eth: 'eth.src', tr: 'tr.src', fddi: 'fddi.src', wlan: 'wlan.sa', ieee8021ah: 'ieee8021ah.csrc', sll: 'sll.src.eth' }[
        link?.protocol ?? ''
      ] ?? '';
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
