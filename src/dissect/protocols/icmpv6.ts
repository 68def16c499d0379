import { ipv6 } from '../bytes.ts';
import { Fields, named } from '../fields.ts';
import { Kind, type Packets } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol } from '../protocol.ts';
import { neighborOptions, preferences } from './ndp-options.ts';
import { quotedFields } from './quoted.ts';

const TYPE = 0;
const CODE = 1;
const CHECKSUM = 2;
const IDENTIFIER = 4;
const SEQUENCE = 6;
const MTU = 4;
const POINTER = 4;
const MULTICAST = 8;
/** Fixed part of every message. */
const HEADER = 8;

/** Where neighbor discovery has its target address, in solicitations, advertisements and redirects. */
export const NDP_TARGET = 8;
const REDIRECT_DESTINATION = 24;

export const NdpType = {
  routerSolicitation: 133,
  routerAdvertisement: 134,
  neighborSolicitation: 135,
  neighborAdvertisement: 136,
  redirect: 137,
} as const;
/** Where the options of each begin (RFC 4861 section 4). */
export const ndpOptionsAt: Record<number, number> = { 133: 8, 134: 16, 135: 24, 136: 24, 137: 40 };

const types: Record<number, string> = {
  1: 'Destination unreachable',
  2: 'Packet too big',
  3: 'Time exceeded',
  4: 'Parameter problem',
  128: 'Echo request',
  129: 'Echo reply',
  130: 'Multicast listener query',
  131: 'Multicast listener report',
  132: 'Multicast listener done',
  133: 'Router solicitation',
  134: 'Router advertisement',
  135: 'Neighbor solicitation',
  136: 'Neighbor advertisement',
  137: 'Redirect',
  141: 'Inverse neighbor solicitation',
  142: 'Inverse neighbor advertisement',
  143: 'Multicast listener report v2',
};
const codes: Record<number, Record<number, string>> = {
  1: {
    0: 'no route',
    1: 'administratively prohibited',
    2: 'beyond scope of source',
    3: 'address unreachable',
    4: 'port unreachable',
    5: 'source address failed policy',
    6: 'route rejected',
    7: 'source routing header error',
  },
  3: { 0: 'hop limit reached in transit', 1: 'fragment reassembly time exceeded' },
  4: { 0: 'erroneous header field', 1: 'unknown next header', 2: 'unknown option' },
};

/** ICMPv6 errors quote the packet that they are about (RFC 4443 section 2.1: types below 128). */
export const quotes6 = (type: number): boolean => type >= 1 && type <= 4;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  // In a packet of the other IP version it is only named: who reads such rows reads addresses of this one.
  if (p.ipVersion[row] === 6) p.kind[row] = Kind.icmpv6;
  p.transportAt[row] = at;
  p.payloadAt[row] = at + HEADER;
  p.payloadLength[row] = p.wire - at - HEADER;
  p.payloadCaptured[row] = p.end - at - HEADER;
  p.at = p.end;
  return 0;
}

/** "Echo request", "Neighbor solicitation" */
export function icmpv6Text(type: number, code: number): string {
  const meaning = codes[type]?.[code];
  return `${types[type] ?? `Type ${type}`}${meaning === undefined ? (code === 0 ? '' : `, code ${code}`) : `, ${meaning}`}`;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const type = f.read(TYPE, 1);
  const code = f.read(CODE, 1);
  f.number('icmpv6.type', 'Type', TYPE, 1, named(types));
  f.number('icmpv6.code', 'Code', CODE, 1, named(codes[type] ?? {}, code === 0 ? 'none' : 'unknown'));
  f.hex('icmpv6.checksum', 'Checksum', CHECKSUM, 2);
  body(f, type);
  const target = hasTarget(type) && f.has(NDP_TARGET, 16) ? ` for ${ipv6(bytes, at + NDP_TARGET)}` : '';
  const text = f.has(0, 2) ? `, ${icmpv6Text(type, code)}${target}` : '';
  return f.layer('icmpv6', `Internet Control Message Protocol v6${text}`, f.length);
}

const hasTarget = (type: number): boolean => type >= NdpType.neighborSolicitation && type <= NdpType.redirect;

function body(f: Fields, type: number): void {
  const optionsAt = ndpOptionsAt[type];
  if (quotes6(type)) {
    if (type === 2) f.number('icmpv6.mtu', 'MTU', MTU, 4);
    else if (type === 4) f.number('icmpv6.pointer', 'Pointer', POINTER, 4);
    quotedFields(f, HEADER);
  } else if (type === 128 || type === 129) {
    f.number('icmpv6.echo.identifier', 'Identifier', IDENTIFIER, 2);
    f.number('icmpv6.echo.sequence_number', 'Sequence number', SEQUENCE, 2);
    f.raw('icmpv6.data', 'Data', HEADER, f.length);
  } else if (type >= 130 && type <= 132) {
    f.number('icmpv6.mld.maximum_response_delay', 'Maximum response delay', 4, 2, (value) => `${value} ms`);
    f.ipv6('icmpv6.mld.multicast_address', 'Multicast address', MULTICAST);
    f.raw('icmpv6.data', 'Data', MULTICAST + 16, f.length);
  } else if (optionsAt === undefined) f.raw('icmpv6.data', 'Data', 4, f.length);
  else {
    neighborBody(f, type);
    neighborOptions(f, optionsAt);
  }
}

const milliseconds = (value: number): string => (value === 0 ? '0 (not told)' : `${value} ms`);

function neighborBody(f: Fields, type: number): void {
  if (type === NdpType.routerAdvertisement) {
    f.number('icmpv6.nd.ra.cur_hop_limit', 'Hop limit', 4, 1);
    const flags = f.under(f.hex('icmpv6.nd.ra.flag', 'Flags', 5, 1));
    flags.flag('icmpv6.nd.ra.flag.m', 'Managed addresses', 5, 1, 0x80);
    flags.flag('icmpv6.nd.ra.flag.o', 'Other configuration', 5, 1, 0x40);
    flags.flag('icmpv6.nd.ra.flag.h', 'Home agent', 5, 1, 0x20);
    flags.bits('icmpv6.nd.ra.flag.prf', 'Preference', 5, 1, 0x18, named(preferences));
    flags.flag('icmpv6.nd.ra.flag.p', 'Proxy', 5, 1, 0x04);
    f.number('icmpv6.nd.ra.router_lifetime', 'Router lifetime', 6, 2, (value) => `${value} s`);
    f.number('icmpv6.nd.ra.reachable_time', 'Reachable time', 8, 4, milliseconds);
    f.number('icmpv6.nd.ra.retrans_timer', 'Retransmission timer', 12, 4, milliseconds);
  } else if (type === NdpType.neighborSolicitation) f.ipv6('icmpv6.nd.ns.target_address', 'Target', NDP_TARGET);
  else if (type === NdpType.neighborAdvertisement) {
    const flags = f.under(f.hex('icmpv6.nd.na.flag', 'Flags', 4, 4));
    flags.flag('icmpv6.nd.na.flag.r', 'Router', 4, 1, 0x80);
    flags.flag('icmpv6.nd.na.flag.s', 'Solicited', 4, 1, 0x40);
    flags.flag('icmpv6.nd.na.flag.o', 'Override', 4, 1, 0x20);
    f.ipv6('icmpv6.nd.na.target_address', 'Target', NDP_TARGET);
  } else if (type === NdpType.redirect) {
    f.ipv6('icmpv6.nd.rd.target_address', 'Better first hop', NDP_TARGET);
    f.ipv6('icmpv6.rd.na.destination_address', 'Destination', REDIRECT_DESTINATION);
  }
}

/** ICMPv6 (RFC 4443) with neighbor discovery (RFC 4861). */
export const icmpv6: Protocol = { name: 'icmpv6', over: [ipProtocol(58)], scan, layer };
