import { hexText } from './fields.ts';
import { etherTypes, ipProtocols, protocolLabel } from './names.ts';
import type { Field, Layer } from './protocol.ts';
import { flagNames } from './protocols/tcp.ts';

export interface Summary {
  source: string;
  destination: string;
  /** Innermost protocol as people write it: "HTTP", "TCP", "ARP". */
  protocol: string;
  info: string;
  /** The segment is not a plain one; `info` begins with what it is. */
  noted?: boolean;
}

/** One line about a packet, from the layers that `decode` made. */
export function summarize(bytes: Uint8Array, wireLength: number, linkType: number, layers: Layer[]): Summary {
  const known = layers.filter((layer) => layer.protocol !== 'data' && !layer.protocol.startsWith('_ws.'));
  const inner = known.at(-1);
  const problem = layers.find((layer) => layer.protocol.startsWith('_ws.'))?.title;
  if (inner === undefined) {
    return { source: '', destination: '', protocol: `Link type ${linkType}`, info: problem ?? `${wireLength} bytes` };
  }
  const note = noteOf(known);
  const info = `${note}${describe(inner, known, bytes)}${problem === undefined ? '' : ` [${problem}]`}`;
  const summary: Summary = { ...ends(known), protocol: protocolLabel(inner.protocol), info };
  if (note !== '') summary.noted = true;
  return summary;
}

/** "[TCP Retransmission] ", where the connection's other packets say so. */
function noteOf(layers: Layer[]): string {
  const tcp = layers.findLast((layer) => layer.protocol === 'tcp');
  const text = tcp === undefined ? undefined : find(tcp.fields, 'tcp.analysis.flags')?.text;
  return text === undefined ? '' : `[TCP ${text}] `;
}

/** Names of the source and destination fields, those told first to be preferred. */
const ADDRESSES = [
  ['ip', 'ip.src', 'ip.dst'],
  ['ipv6', 'ipv6.src', 'ipv6.dst'],
  ['eth', 'eth.src', 'eth.dst'],
  ['wlan', 'wlan.sa', 'wlan.da'],
  ['wlan', 'wlan.ta', 'wlan.ra'],
  ['tr', 'tr.src', 'tr.dst'],
  ['fddi', 'fddi.src', 'fddi.dst'],
  ['sll', 'sll.src.eth', ''],
];

function ends(layers: Layer[]): { source: string; destination: string } {
  const internet = layers.findLast((layer) => layer.protocol === 'ip' || layer.protocol === 'ipv6');
  const from = internet === undefined ? layers.toReversed() : [internet];
  for (const layer of from) {
    for (const [protocol, source, destination] of ADDRESSES) {
      const found = layer.protocol === protocol ? value(layer, source) : undefined;
      if (found !== undefined) return { source: String(found), destination: String(value(layer, destination) ?? '') };
    }
  }
  return { source: '', destination: '' };
}

function describe(inner: Layer, layers: Layer[], bytes: Uint8Array): string {
  switch (inner.protocol) {
    case 'tcp':
      return tcpInfo(inner);
    case 'udp':
      return `${value(inner, 'udp.srcport') ?? '?'} → ${value(inner, 'udp.dstport') ?? '?'} Len=${Math.max(0, number(inner, 'udp.length') - 8)}`;
    case 'icmp':
    case 'icmpv6':
      return controlInfo(inner);
    case 'ip':
    case 'ipv6':
    case 'ipv6.fraghdr':
      return internetInfo(inner);
    case 'eth':
    case 'vlan':
      return typeInfo(inner, bytes.length);
    default:
      return applicationInfo(inner, layers);
  }
}

/** "35704 → 80 [SYN] Seq=1 Win=64240 Len=0 MSS=1460" */
function tcpInfo(layer: Layer): string {
  const flags = number(layer, 'tcp.flags');
  const parts = [`${value(layer, 'tcp.srcport') ?? '?'} → ${value(layer, 'tcp.dstport') ?? '?'}`];
  if (value(layer, 'tcp.flags') === undefined) return parts[0];
  parts.push(`[${flagNames(flags)}]`, `Seq=${value(layer, 'tcp.seq') ?? value(layer, 'tcp.seq_raw')}`);
  if ((flags & 0x10) !== 0) parts.push(`Ack=${value(layer, 'tcp.ack') ?? value(layer, 'tcp.ack_raw')}`);
  parts.push(
    `Win=${value(layer, 'tcp.window_size') ?? value(layer, 'tcp.window_size_value') ?? '?'}`,
    `Len=${value(layer, 'tcp.len') ?? '?'}`,
  );
  for (const option of find(layer.fields, 'tcp.options')?.children ?? []) parts.push(...optionInfo(option));
  return parts.join(' ');
}

/** What an option adds to the line; nothing where it was cut or is malformed. */
function optionInfo(option: Field): string[] {
  if (option.name === 'tcp.options.sack_perm') return ['SACK_PERM'];
  if (option.name === 'tcp.options.sack') return option.text === undefined ? [] : [`SACK=${option.text}`];
  const child = (name: string) => find(option.children ?? [], name)?.value;
  const segment = child('tcp.options.mss_val');
  if (segment !== undefined) return [`MSS=${segment}`];
  const shift = child('tcp.options.wscale.shift');
  return shift === undefined ? [] : [`WS=${2 ** Math.min(14, Number(shift))}`];
}

/** "Echo request, id=1 seq=2"; errors with the packet that they are about. */
function controlInfo(layer: Layer): string {
  const text = words(layer);
  const id = value(layer, 'icmp.ident') ?? value(layer, 'icmpv6.echo.identifier');
  if (id !== undefined)
    return `${text}, id=${id} seq=${value(layer, 'icmp.seq') ?? value(layer, 'icmpv6.echo.sequence_number') ?? '?'}`;
  const about = find(layer.fields, 'icmp.quoted')?.text;
  if (about !== undefined) return `${text}: ${about}`;
  const addresses = layer.fields.filter((field) => field.name === 'icmpv6.opt' && field.text !== undefined);
  const link = addresses.find((field) => field.label.endsWith('link-layer address'));
  return link === undefined ? text : `${text}, ${link.label.startsWith('Source') ? 'from' : 'is at'} ${link.text}`;
}

/** Fragments, and packets whose upper protocol is not known. */
function internetInfo(inner: Layer): string {
  const six = inner.protocol !== 'ip';
  const protocol = number(inner, { ip: 'ip.proto', ipv6: 'ipv6.nxt' }[inner.protocol] ?? 'ipv6.fraghdr.nxt');
  const name = ipProtocols[protocol] ?? `protocol ${protocol}`;
  const offset = number(inner, six ? 'ipv6.fraghdr.offset' : 'ip.frag_offset');
  const flags = find(inner.fields, 'ip.flags')?.children ?? [];
  const more = six ? value(inner, 'ipv6.fraghdr.more') : find(flags, 'ip.flags.mf')?.value;
  if (offset === 0 && more !== true) return name;
  const id = hexText(number(inner, six ? 'ipv6.fraghdr.ident' : 'ip.id'), six ? 8 : 4);
  return `Fragment of ${name}, id ${id}, at ${offset}${more === true ? ', more to come' : ', the last'}`;
}

function typeInfo(layer: Layer, length: number): string {
  const type = value(layer, `${layer.protocol}.type`) ?? value(layer, `${layer.protocol}.etype`);
  if (typeof type !== 'number') return words(layer);
  return `${etherTypes[type] ?? `Type ${hexText(type, 4)}`}, ${length} bytes`;
}

/** Messages of one protocol that share a packet are told one after the other. */
function applicationInfo(inner: Layer, layers: Layer[]): string {
  const same: string[] = [];
  for (let i = layers.length - 1; i >= 0 && layers[i].protocol === inner.protocol; i--) same.unshift(words(layers[i]));
  return same.join('; ');
}

/** A layer's title without the protocol's name before the first comma. */
function words(layer: Layer): string {
  const comma = layer.title.indexOf(', ');
  return comma < 0 ? layer.title : layer.title.slice(comma + 2);
}

const find = (fields: Field[], name: string): Field | undefined => fields.find((field) => field.name === name);
const value = (layer: Layer, name: string): Field['value'] | undefined => find(layer.fields, name)?.value;
const number = (layer: Layer, name: string): number => Number(value(layer, name) ?? 0);
