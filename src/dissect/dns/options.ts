import { hex, ipv4, ipv6, u16, u32 } from '../bytes.ts';
import type { Field } from '../protocol.ts';
import { extendedErrorName, optionName } from './names.ts';

/** Bytes with a dot for each that is not printable ASCII, as `dig` shows them beside the hexadecimal. */
function printable(bytes: Uint8Array, at: number, end: number): string {
  let text = '';
  for (let i = at; i < end; i++) text += bytes[i] >= 0x20 && bytes[i] < 0x7f ? String.fromCharCode(bytes[i]) : '.';
  return text;
}

/** RFC 7871 §6: family, source and scope prefix, and as many octets of the address as the source prefix needs. */
function clientSubnet(bytes: Uint8Array, at: number, end: number, children: Field[]): string | undefined {
  if (end - at < 4) return undefined;
  const family = u16(bytes, at);
  const source = bytes[at + 2];
  const scope = bytes[at + 3];
  const full = family === 1 ? 4 : family === 2 ? 16 : 0;
  const size = end - at - 4;
  if (size > full || source > 8 * full || size !== Math.ceil(source / 8)) return undefined;
  const address = new Uint8Array(16);
  address.set(bytes.subarray(at + 4, end));
  const text = full === 0 ? '0' : full === 4 ? ipv4(address, 0) : ipv6(address, 0);
  children.push({ name: 'dns.opt.client.family', label: 'Family', at, end: at + 2, value: family });
  children.push({ name: 'dns.opt.client.netmask', label: 'Source Netmask', at: at + 2, end: at + 3, value: source });
  children.push({ name: 'dns.opt.client.scope', label: 'Scope Netmask', at: at + 3, end: at + 4, value: scope });
  if (full > 0)
    children.push({ name: `dns.opt.client.addr${full === 4 ? 4 : 6}`, label: 'Client Subnet', at: at + 4, end, value: text });
  return `${text}/${source}/${scope}`;
}

/** RFC 7873 §4: 8 octets of the client, then none or 8 to 32 of the server. */
function cookie(bytes: Uint8Array, at: number, end: number, children: Field[]): string | undefined {
  const size = end - at;
  if (size !== 8 && (size < 16 || size > 40)) return undefined;
  children.push({ name: 'dns.opt.cookie.client', label: 'Client Cookie', at, end: at + 8, value: hex(bytes, at, at + 8) });
  if (size > 8)
    children.push({ name: 'dns.opt.cookie.server', label: 'Server Cookie', at: at + 8, end, value: hex(bytes, at + 8, end) });
  return hex(bytes, at, end);
}

/** RFC 8914 §2. */
function extendedError(bytes: Uint8Array, at: number, end: number, children: Field[]): string | undefined {
  if (end - at < 2) return undefined;
  const code = u16(bytes, at);
  const name = extendedErrorName(code);
  children.push({
    name: 'dns.opt.ext_error.info_code',
    label: 'Info Code',
    at,
    end: at + 2,
    value: code,
    text: `${code}${name ? ` (${name})` : ''}`,
  });
  let text = `${code}${name ? ` (${name})` : ''}`;
  if (end > at + 2) {
    const extra = Buffer.from(bytes.subarray(at + 2, end)).toString('utf8');
    children.push({ name: 'dns.opt.ext_error.extra_text', label: 'Extra Text', at: at + 2, end, value: extra });
    text += `: (${printable(bytes, at + 2, end)})`;
  }
  return text;
}

function keyTags(bytes: Uint8Array, at: number, end: number): string | undefined {
  if (end === at || (end - at) % 2 !== 0) return undefined;
  const tags: number[] = [];
  for (let i = at; i < end; i += 2) tags.push(u16(bytes, i));
  return tags.join(', ');
}

/** An option's value; undefined when it does not fit what its RFC says. */
function optionValue(code: number, bytes: Uint8Array, at: number, end: number, children: Field[]): string | undefined {
  const size = end - at;
  switch (code) {
    case 8:
      return clientSubnet(bytes, at, end, children);
    case 9:
      return size === 0 ? '' : size === 4 ? String(u32(bytes, at)) : undefined;
    case 10:
      return cookie(bytes, at, end, children);
    case 11:
      if (size !== 0 && size !== 2) return undefined;
      if (size === 0) return '';
      children.push({
        name: 'dns.opt.edns_tcp_keepalive.timeout',
        label: 'Timeout',
        at,
        end,
        value: u16(bytes, at),
        text: `${u16(bytes, at) / 10} s`,
      });
      return `${(u16(bytes, at) / 10).toFixed(1)} secs`;
    case 12:
      return `(${size} bytes)`;
    case 14:
      return keyTags(bytes, at, end);
    case 15:
      return extendedError(bytes, at, end, children);
    default:
      return undefined;
  }
}

const plain = (bytes: Uint8Array, at: number, end: number): string =>
  at === end ? '' : `${hex(bytes, at, end, ' ')} ("${printable(bytes, at, end)}")`;

/** The options of an OPT record (RFC 6891 §6.1.2), as fields; their `text` is what `dig` prints. False when they do not fill the data. */
export function optionFields(bytes: Uint8Array, at: number, end: number, fields: Field[]): boolean {
  while (at < end) {
    if (end - at < 4) return false;
    const code = u16(bytes, at);
    const size = u16(bytes, at + 2);
    const dataAt = at + 4;
    const dataEnd = dataAt + size;
    if (dataEnd > end) return false;
    const children: Field[] = [
      { name: 'dns.opt.code', label: 'Option Code', at, end: at + 2, value: code, text: `${optionName(code)} (${code})` },
      { name: 'dns.opt.len', label: 'Option Length', at: at + 2, end: dataAt, value: size },
    ];
    const special: Field[] = [];
    const value = optionValue(code, bytes, dataAt, dataEnd, special);
    if (special.length > 0) children.push(...special);
    else if (size > 0)
      children.push({ name: 'dns.opt.data', label: 'Option Data', at: dataAt, end: dataEnd, value: hex(bytes, dataAt, dataEnd) });
    const text = `${optionName(code)}: ${value ?? plain(bytes, dataAt, dataEnd)}`.trimEnd();
    fields.push({ name: 'dns.opt', label: 'Option', at, end: dataEnd, value: code, text, children });
    at = dataEnd;
  }
  return true;
}
