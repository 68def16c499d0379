import { hex, ipv4, ipv6, u16, u32 } from '../bytes.ts';
import type { Field } from '../protocol.ts';
import { parameterName, rcodeName } from './names.ts';
import { base64Piece, namePiece, type Piece, type RecordCursor, stringPiece, u8Piece, u16Piece, u32Piece } from './pieces.ts';
import { escaped, plainBase64, plainHex, quoted } from './value-text.ts';

/** Types whose data is more than one piece after another. */

/** RFC 1035 §3.4.2: an address, a protocol, and a bit for each port. */
export const wks: Piece[] = [
  (c) => c.left >= 4 && c.take(4, 'dns.wks.address', 'Address', ipv4(c.bytes, c.at), ipv4(c.bytes, c.at)),
  u8Piece('dns.wks.protocol', 'Protocol'),
  (c) => {
    const ports: number[] = [];
    for (let i = 0; i < c.left && i < 8192; i++) {
      for (let bit = 0; bit < 8; bit++) if ((c.bytes[c.at + i] & (0x80 >> bit)) !== 0) ports.push(8 * i + bit);
    }
    return c.take(c.left, 'dns.wks.bits', 'Bits', ports.join(' '), ports.join(' '));
  },
];

export const isdn: Piece[] = [
  stringPiece('dns.idsn.address', 'ISDN Address'),
  (c) => c.left === 0 || stringPiece('dns.idsn.sa.address', 'Sub Address')(c),
];

export const nsap: Piece[] = [
  (c) => c.take(c.left, 'dns.nsap.rdata', 'NSAP Data', hex(c.bytes, c.at, c.end), `0x${hex(c.bytes, c.at, c.end)}`),
];

export const sink: Piece[] = [
  u8Piece('dns.sink.meaning', 'Meaning'),
  u8Piece('dns.sink.coding', 'Coding'),
  u8Piece('dns.sink.subcoding', 'Subcoding'),
  (c) => c.left === 0 || base64Piece('dns.sink.data', 'Data')(c),
];

/** RFC 1876 §2: a mantissa and a power of ten, in centimetres. */
const precision = (octet: number): string | undefined => {
  const mantissa = octet >> 4;
  const exponent = octet & 15;
  if (mantissa > 9 || exponent > 9) return undefined;
  const centimetres = mantissa * 10 ** exponent;
  return centimetres % 100 === 0 ? `${centimetres / 100}m` : `${(centimetres / 100).toFixed(2)}m`;
};

function angle(value: number, positive: string, negative: string): string {
  const thousandths = Math.abs(value - 2 ** 31);
  const seconds = (thousandths % 60_000) / 1000;
  const minutes = Math.floor(thousandths / 60_000) % 60;
  const degrees = Math.floor(thousandths / 3_600_000);
  return `${degrees} ${minutes} ${seconds.toFixed(3)} ${value >= 2 ** 31 ? positive : negative}`;
}

/** RFC 1876. `dig` prints the three precisions after the altitude. */
export const loc: Piece[] = [
  (c) => {
    if (c.left !== 16 || c.bytes[c.at] !== 0) return false;
    const { bytes, at } = c;
    const sizes = [precision(bytes[at + 1]), precision(bytes[at + 2]), precision(bytes[at + 3])];
    const latitude = u32(bytes, at + 4);
    const longitude = u32(bytes, at + 8);
    if (sizes.includes(undefined) || Math.abs(latitude - 2 ** 31) > 324_000_000 || Math.abs(longitude - 2 ** 31) > 648_000_000)
      return false;
    const altitude = `${((u32(bytes, at + 12) - 10_000_000) / 100).toFixed(2)}m`;
    c.take(1, 'dns.loc.version', 'Version', 0, '');
    c.take(1, 'dns.loc.size', 'Size', sizes[0]!, '');
    c.take(1, 'dns.loc.horizontal_precision', 'Horizontal Precision', sizes[1]!, '');
    c.take(1, 'dns.loc.vertical_precision', 'Vertical Precision', sizes[2]!, '');
    c.take(4, 'dns.loc.latitude', 'Latitude', latitude, angle(latitude, 'N', 'S'), angle(latitude, 'N', 'S'));
    c.take(4, 'dns.loc.longitude', 'Longitude', longitude, angle(longitude, 'E', 'W'), angle(longitude, 'E', 'W'));
    c.take(4, 'dns.loc.altitude', 'Altitude', altitude, altitude);
    c.words.push(...(sizes as string[]));
    return true;
  },
];

/** RFC 3123: address prefixes, each with trailing zero octets left out. */
export const apl: Piece[] = [
  (c) => {
    const scratch = new Uint8Array(16);
    while (c.left > 0) {
      if (c.left < 4) return false;
      const family = u16(c.bytes, c.at);
      const prefix = c.bytes[c.at + 2];
      const negated = (c.bytes[c.at + 3] & 0x80) !== 0;
      const size = c.bytes[c.at + 3] & 0x7f;
      const full = family === 1 ? 4 : family === 2 ? 16 : 0;
      if (size > full || prefix > 8 * full || c.left < 4 + size) return false;
      scratch.fill(0);
      scratch.set(c.bytes.subarray(c.at + 4, c.at + 4 + size));
      const text = `${negated ? '!' : ''}${family}:${full === 4 ? ipv4(scratch, 0) : ipv6(scratch, 0)}/${prefix}`;
      c.take(4 + size, 'dns.apl', 'Address Prefix', text, text);
    }
    return true;
  },
];

/** A gateway whose kind stands before it: none, IPv4, IPv6, name (RFC 4025 §2.5, RFC 8777 §4.2.3). */
function gateway(c: RecordCursor, kind: number, name: string, label: string): boolean {
  if (kind === 0) return c.take(0, name, label, '.', '.');
  if (kind === 1) return c.left >= 4 && c.take(4, name, label, ipv4(c.bytes, c.at), ipv4(c.bytes, c.at));
  if (kind === 2) return c.left >= 16 && c.take(16, name, label, ipv6(c.bytes, c.at), ipv6(c.bytes, c.at));
  return kind === 3 && namePiece(name, label)(c);
}

export const ipsecKey: Piece[] = [
  u8Piece('dns.ipseckey.gateway_precedence', 'Gateway Precedence'),
  u8Piece('dns.ipseckey.gateway_type', 'Gateway Type'),
  u8Piece('dns.ipseckey.gateway_algorithm', 'Gateway Algorithm'),
  (c) => gateway(c, c.bytes[c.at - 2], 'dns.ipseckey.gateway', 'Gateway'),
  (c) => c.left === 0 || base64Piece('dns.ipseckey.public_key', 'Public Key')(c),
];

export const amtRelay: Piece[] = [
  u8Piece('dns.amtrelay.precedence', 'Precedence'),
  (c) => {
    if (c.left < 1) return false;
    const octet = c.bytes[c.at];
    const text = `${octet >> 7} ${octet & 0x7f}`;
    return c.take(1, 'dns.amtrelay.type', 'Discovery optional, type', text, text);
  },
  (c) => gateway(c, c.bytes[c.at - 1] & 0x7f, 'dns.amtrelay.relay', 'Relay') && c.left === 0,
];

/** RFC 8005 §5. */
export const hip: Piece[] = [
  (c) => {
    if (c.left < 4) return false;
    const hit = c.bytes[c.at];
    const key = u16(c.bytes, c.at + 2);
    if (hit === 0 || key === 0 || c.left < 4 + hit + key) return false;
    c.take(1, 'dns.hip.hit.length', 'HIT length', hit, '');
    c.take(1, 'dns.hip.hit.pk.algo', 'PK algorithm', c.bytes[c.at], String(c.bytes[c.at]));
    c.take(2, 'dns.hip.pk.length', 'PK length', key, '');
    const hitText = plainHex(c.bytes, c.at, c.at + hit);
    c.take(hit, 'dns.hip.hit', 'Host Identity Tag', hitText, hitText);
    const keyText = plainBase64(c.bytes, c.at, c.at + key);
    c.take(key, 'dns.hip.pk', 'HIP Public Key', keyText, keyText);
    while (c.left > 0) if (!namePiece('dns.hip.rendezvous_server', 'Rendezvous Server')(c)) return false;
    return true;
  },
];

/** 16-bit size, then so many bytes. */
const sized = (name: string, label: string): Piece => {
  return (c) => {
    if (c.left < 2 || c.left < 2 + u16(c.bytes, c.at)) return false;
    const size = u16(c.bytes, c.at);
    c.take(2, `${name}_size`, `${label} Size`, size, String(size));
    return (
      size === 0 || c.take(size, name, label, plainBase64(c.bytes, c.at, c.at + size), plainBase64(c.bytes, c.at, c.at + size))
    );
  };
};

/** RFC 2930 §2. */
export const tkey: Piece[] = [
  namePiece('dns.tkey.algo_name', 'Algorithm name'),
  u32Piece('dns.tkey.signature_inception', 'Signature Inception'),
  u32Piece('dns.tkey.signature_expiration', 'Signature Expiration'),
  u16Piece('dns.tkey.mode', 'Mode'),
  u16Piece('dns.tkey.error', 'Error', rcodeName),
  sized('dns.tkey.key_data', 'Key Data'),
  sized('dns.tkey.other_data', 'Other Data'),
];

/** RFC 8945 §4.2. */
export const tsig: Piece[] = [
  namePiece('dns.tsig.algorithm_name', 'Algorithm Name'),
  (c) => {
    if (c.left < 6) return false;
    const seconds = u16(c.bytes, c.at) * 2 ** 32 + u32(c.bytes, c.at + 2);
    return c.take(6, 'dns.tsig.time_signed', 'Time Signed', seconds, String(seconds));
  },
  u16Piece('dns.tsig.fudge', 'Fudge'),
  sized('dns.tsig.mac', 'MAC'),
  u16Piece('dns.tsig.original_id', 'Original Id'),
  u16Piece('dns.tsig.error', 'Error', rcodeName),
  sized('dns.tsig.other_data', 'Other Data'),
];

/** An ALPN id inside a comma-separated, quoted list: escaped twice (RFC 9460 appendix A.1). */
function listItem(bytes: Uint8Array, at: number, end: number): string {
  let text = '';
  for (let i = at; i < end; i++) {
    const one = escaped(bytes, i, i + 1);
    text += bytes[i] === 0x5c ? '\\\\\\\\' : bytes[i] === 0x2c ? '\\\\,' : one;
  }
  return text;
}

/** One service parameter's value as text; undefined when its bytes do not fit the key (RFC 9460 §7). */
function parameterValue(c: RecordCursor, key: number, at: number, end: number): string | undefined {
  const { bytes } = c;
  const size = end - at;
  const list: string[] = [];
  switch (key) {
    case 0:
    case 9:
      if (size === 0 || size % 2 !== 0) return undefined;
      for (let i = at; i < end; i += 2) list.push(key === 0 ? parameterName(u16(bytes, i)) : String(u16(bytes, i)));
      return list.join(',');
    case 1:
      for (let i = at; i < end; i += 1 + bytes[i]) {
        if (bytes[i] === 0 || i + 1 + bytes[i] > end) return undefined;
        list.push(listItem(bytes, i + 1, i + 1 + bytes[i]));
      }
      return size === 0 ? undefined : `"${list.join(',')}"`;
    case 2:
    case 8:
      return size === 0 ? '' : undefined;
    case 3:
      return size === 2 ? String(u16(bytes, at)) : undefined;
    case 4:
    case 6: {
      const step = key === 4 ? 4 : 16;
      if (size === 0 || size % step !== 0) return undefined;
      for (let i = at; i < end; i += step) list.push(key === 4 ? ipv4(bytes, i) : ipv6(bytes, i));
      return list.join(',');
    }
    case 5:
      return plainBase64(bytes, at, end);
    default:
      return size === 0 ? '' : quoted(bytes, at, end);
  }
}

const PARAMETER_FIELDS: Record<number, [name: string, label: string]> = {
  0: ['dns.svcb.svcparam.mandatory.key', 'Mandatory key'],
  1: ['dns.svcb.svcparam.alpn', 'ALPN'],
  3: ['dns.svcb.svcparam.port', 'Port'],
  4: ['dns.svcb.svcparam.ipv4hint.ip', 'IP'],
  5: ['dns.svcb.svcparam.echconfig', 'ECHConfig'],
  6: ['dns.svcb.svcparam.ipv6hint.ip', 'IP'],
};

/** RFC 9460 §2.2: priority, target, parameters in ascending order of their keys. */
export const svcb: Piece[] = [
  u16Piece('dns.svcb.svcpriority', 'SvcPriority'),
  namePiece('dns.svcb.targetname', 'TargetName'),
  (c) => {
    for (let last = -1; c.left > 0; ) {
      if (c.left < 4) return false;
      const at = c.at;
      const key = u16(c.bytes, at);
      const end = at + 4 + u16(c.bytes, at + 2);
      if (key <= last || end > c.end) return false;
      const value = parameterValue(c, key, at + 4, end);
      if (value === undefined) return false;
      const text = value === '' ? parameterName(key) : `${parameterName(key)}=${value}`;
      const [name, label] = PARAMETER_FIELDS[key] ?? ['dns.svcb.svcparam.value', 'SvcParamValue'];
      const children: Field[] = [
        {
          name: 'dns.svcb.svcparam.key',
          label: 'SvcParamKey',
          at,
          end: at + 2,
          value: key,
          text: `${parameterName(key)} (${key})`,
        },
        { name: 'dns.svcb.svcparam.value.length', label: 'SvcParamValue length', at: at + 2, end: at + 4, value: end - at - 4 },
      ];
      if (end > at + 4) children.push({ name, label, at: at + 4, end, value });
      c.take(end - at, 'dns.svcb.svcparam', 'SvcParam', text, text);
      c.fields[c.fields.length - 1].children = children;
      last = key;
    }
    return true;
  },
];
