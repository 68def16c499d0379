import { Fields, named } from '../fields.ts';
import { Kind, type Packets } from '../packets.ts';
import { type FieldContext, ipProtocol, type Layer, type Protocol } from '../protocol.ts';
import { quotedFields } from './quoted.ts';

export const ICMP_TYPE = 0;
export const ICMP_CODE = 1;
const CHECKSUM = 2;
const IDENTIFIER = 4;
const SEQUENCE = 6;
const GATEWAY = 4;
const POINTER = 4;
const QUOTED_WORDS = 5;
const MTU = 6;
/** Behind it: echo data, or the packet that an error quotes. */
export const ICMP_HEADER = 8;

const types: Record<number, string> = {
  0: 'Echo reply',
  3: 'Destination unreachable',
  4: 'Source quench',
  5: 'Redirect',
  8: 'Echo request',
  9: 'Router advertisement',
  10: 'Router solicitation',
  11: 'Time exceeded',
  12: 'Parameter problem',
  13: 'Timestamp request',
  14: 'Timestamp reply',
  15: 'Information request',
  16: 'Information reply',
  17: 'Address mask request',
  18: 'Address mask reply',
  40: 'Photuris',
  42: 'Extended echo request',
  43: 'Extended echo reply',
};
const codes: Record<number, Record<number, string>> = {
  3: {
    0: 'network unreachable',
    1: 'host unreachable',
    2: 'protocol unreachable',
    3: 'port unreachable',
    4: 'fragmentation needed',
    5: 'source route failed',
    6: 'network unknown',
    7: 'host unknown',
    8: 'source host isolated',
    9: 'network prohibited',
    10: 'host prohibited',
    11: 'network unreachable for this service',
    12: 'host unreachable for this service',
    13: 'administratively prohibited',
    14: 'host precedence violation',
    15: 'precedence cutoff',
  },
  5: { 0: 'for network', 1: 'for host', 2: 'for service and network', 3: 'for service and host' },
  9: { 0: 'normal', 16: 'does not route common traffic' },
  11: { 0: 'hop limit reached in transit', 1: 'fragment reassembly time exceeded' },
  12: { 0: 'pointer shows the error', 1: 'option missing', 2: 'bad length' },
};

/** ICMP errors and redirects quote the packet that they are about. */
export const quotes = (type: number): boolean => type === 3 || type === 4 || type === 5 || type === 11 || type === 12;

function scan(p: Packets, row: number): number {
  const at = p.at;
  if (p.end - at <= ICMP_CODE) return p.lacks(row, ICMP_HEADER);
  // In a packet of the other IP version it is only named: who reads such rows reads addresses of this one.
  if (p.ipVersion[row] === 4) p.kind[row] = Kind.icmp;
  p.transportAt[row] = at;
  p.payloadAt[row] = at + ICMP_HEADER;
  // Type and code tell what it is, where no more of it was captured; what a tunnel around it carries is not its payload.
  if (p.end - at < ICMP_HEADER) {
    p.payloadLength[row] = p.payloadCaptured[row] = 0;
    return p.lacks(row, ICMP_HEADER);
  }
  p.payloadLength[row] = p.wire - at - ICMP_HEADER;
  p.payloadCaptured[row] = p.end - at - ICMP_HEADER;
  p.at = p.end;
  return 0;
}

/** "Echo request", "Destination unreachable, port unreachable" */
export function icmpText(type: number, code: number): string {
  const meaning = codes[type]?.[code];
  return `${types[type] ?? `Type ${type}`}${meaning === undefined ? (code === 0 ? '' : `, code ${code}`) : `, ${meaning}`}`;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const type = f.read(ICMP_TYPE, 1);
  f.number('icmp.type', 'Type', ICMP_TYPE, 1, named(types));
  f.number('icmp.code', 'Code', ICMP_CODE, 1, named(codes[type] ?? {}, code(f) === 0 ? 'none' : 'unknown'));
  f.hex('icmp.checksum', 'Checksum', CHECKSUM, 2);
  if (quotes(type)) {
    if (type === 5) f.ipv4('icmp.redir_gw', 'Gateway', GATEWAY);
    else if (type === 12) f.number('icmp.pointer', 'Pointer', POINTER, 1);
    else
      f.number('icmp.length', 'Length of the quoted packet', QUOTED_WORDS, 1, (value) =>
        value === 0 ? undefined : `${value * 4} bytes`,
      );
    if (type === 3 && code(f) === 4) f.number('icmp.mtu', 'MTU of the next hop', MTU, 2);
    quotedFields(f, ICMP_HEADER);
  } else if (type === 9) advertisement(f);
  else {
    if (type !== 10) {
      f.number('icmp.ident', 'Identifier', IDENTIFIER, 2);
      f.number('icmp.seq', 'Sequence number', SEQUENCE, 2);
    }
    if (type === 13 || type === 14) times(f);
    else if (type === 17 || type === 18) f.ipv4('icmp.address_mask', 'Address mask', ICMP_HEADER);
    else f.raw('icmp.data', 'Data', ICMP_HEADER, f.length);
  }
  const text = f.has(0, 2) ? `, ${icmpText(type, code(f))}` : '';
  return f.layer('icmp', `Internet Control Message Protocol${text}`, f.length);
}

const code = (f: Fields): number => f.read(ICMP_CODE, 1);

/** RFC 792, timestamps: milliseconds since midnight UTC. */
function times(f: Fields): void {
  f.number('icmp.originate_timestamp', 'Originated', 8, 4);
  f.number('icmp.receive_timestamp', 'Received', 12, 4);
  f.number('icmp.transmit_timestamp', 'Transmitted', 16, 4);
}

/** RFC 1256 section 3.1. */
function advertisement(f: Fields): void {
  f.number('icmp.num_addrs', 'Addresses', 4, 1);
  f.number('icmp.addr_entry_size', 'Words an address', 5, 1);
  f.number('icmp.lifetime', 'Lifetime', 6, 2, (value) => `${value} s`);
  const step = f.read(5, 1) * 4;
  if (step < 8) return;
  for (let i = 0; i < f.read(4, 1); i++) {
    f.ipv4('icmp.router_address', 'Router', 8 + i * step);
    f.number('icmp.pref_level', 'Preference', 12 + i * step, 4);
  }
}

/** Internet Control Message Protocol (RFC 792). */
export const icmp: Protocol = { name: 'icmp', over: [ipProtocol(1)], scan, layer };
