import { ipv6 } from '../bytes.ts';
import { type Fields, named, wrong } from '../fields.ts';
import { duidFields, type DuidNames, duidText } from './duid.ts';
import { seconds } from './fields.ts';
import { each, nameFields } from './lists.ts';
import { type DhcpOption6, HEADER6, isRelay, NESTING_LIMIT, optionsIn6, RELAY_HEADER6 } from './v6-options.ts';
import { type Layout6, messageTypes6, optionKinds6, statusCodes6 } from './v6-table.ts';
import { hardwareText, textOf } from './values.ts';

const duidNames: DuidNames = {
  type: 'dhcpv6.duid.type',
  hardware: ['dhcpv6.duidll.hwtype', 'dhcpv6.duidllt.hwtype'],
  address: ['dhcpv6.duidll.link_layer_addr', 'dhcpv6.duidllt.link_layer_addr'],
  time: 'dhcpv6.duidllt.time',
  enterprise: 'dhcpv6.duiden.enterprise',
  identifier: 'dhcpv6.duiden.identifier',
  uuid: 'dhcpv6.duiduuid.bytes',
};

/** A message of `length` bytes that begins at `at` of the layer: the packet's own, or one that a relay wraps. */
export function messageFields6(f: Fields, at: number, length: number, depth = 0): void {
  const type = f.read(at, 1);
  f.number('dhcpv6.msgtype', 'Message type', at, 1, named(messageTypes6));
  if (!isRelay(type)) {
    f.hex('dhcpv6.xid', 'Transaction', at + 1, 3);
    optionFields6(f, at + HEADER6, at + length, depth);
    return;
  }
  f.number('dhcpv6.hopcount', 'Hops', at + 1, 1);
  f.ipv6('dhcpv6.linkaddr', 'Link address', at + 2);
  f.ipv6('dhcpv6.peeraddr', 'Peer address', at + 18);
  optionFields6(f, at + RELAY_HEADER6, at + length, depth);
}

function optionFields6(f: Fields, from: number, to: number, depth: number): void {
  const end = Math.min(f.at + to, f.end);
  if (depth < NESTING_LIMIT) for (const option of optionsIn6(f.bytes, f.at + from, end)) one(f, option, depth);
  else wrong(f.raw('dhcpv6.option', 'Options', from, end - f.at - from), `more than ${NESTING_LIMIT} options within each other`);
}

function one(f: Fields, { code, at, valueAt, end, problem }: DhcpOption6, depth: number): void {
  const offset = at - f.at;
  const [label, name, layout] = optionKinds6[code] ?? [`Option ${code}`, 'option.type', 'bytes'];
  const node = f.group('dhcpv6.option', label, offset, end - at);
  const inner = f.under(node);
  inner.number('dhcpv6.option.type', 'Code', offset, 2);
  inner.number('dhcpv6.option.length', 'Length', offset + 2, 2);
  if (problem !== undefined) {
    wrong(node, problem);
    return;
  }
  const text = value(inner, `dhcpv6.${name}`, label, layout, valueAt - f.at, end - valueAt, depth);
  if (text !== undefined && text !== '' && node !== undefined) node.text = text;
}

/** Adds the fields of a value of `length` bytes and returns what they say in short. */
function value(
  f: Fields,
  name: string,
  label: string,
  layout: Layout6,
  at: number,
  length: number,
  depth: number,
): string | undefined {
  const from = f.at + at;
  const end = from + length;
  // Of a plain kind the option's own name says what it is.
  const plain = name === 'dhcpv6.option.type' ? 'dhcpv6.option.value' : name;
  const address = (field: string, offset: number): string | undefined =>
    f.ipv6(field, 'Address', at + offset) === undefined ? undefined : ipv6(f.bytes, from + offset);
  const lifetimes = (kind: string, offset: number): void => {
    f.number(`dhcpv6.${kind}.pref_lifetime`, 'Preferred', at + offset, 4, seconds);
    f.number(`dhcpv6.${kind}.valid_lifetime`, 'Valid', at + offset + 4, 4, seconds);
  };
  switch (layout) {
    case 'duid':
      duidFields(f, at, length, duidNames);
      return duidText(f.bytes, from, end);
    case 'identityAssociation':
      f.raw('dhcpv6.iaid', 'IAID', at, Math.min(4, length));
      f.number('dhcpv6.iaid.t1', 'T1', at + 4, 4, seconds);
      f.number('dhcpv6.iaid.t2', 'T2', at + 8, 4, seconds);
      optionFields6(f, at + 12, at + length, depth + 1);
      return undefined;
    case 'temporary':
      f.raw('dhcpv6.iata', 'IAID', at, Math.min(4, length));
      optionFields6(f, at + 4, at + length, depth + 1);
      return undefined;
    case 'address': {
      const text = address(name, 0);
      lifetimes('iaaddr', 16);
      optionFields6(f, at + 24, at + length, depth + 1);
      return text;
    }
    case 'prefix': {
      lifetimes('iaprefix', 0);
      f.number('dhcpv6.iaprefix.pref_len', 'Prefix length', at + 8, 1);
      const text = address(name, 9);
      optionFields6(f, at + 25, at + length, depth + 1);
      return text && `${text}/${f.read(at + 8, 1)}`;
    }
    case 'message':
      messageFields6(f, at, length, depth + 1);
      return messageTypes6[f.read(at, 1)];
    case 'codes':
      return each(length, 2, (i) => {
        const code = f.read(at + i, 2);
        const what = optionKinds6[code]?.[0] ?? `option ${code}`;
        f.number(name, 'Code', at + i, 2, () => `${code} (${what})`);
        return what;
      });
    case 'byte':
      return f.number(plain, label, at, 1)?.value?.toString();
    case 'number':
      return f.number(plain, label, at, 2)?.value?.toString();
    case 'hundredths':
      return f.add(plain, label, at, 2, f.read(at, 2) * 10, `${f.read(at, 2) * 10} ms`)?.text;
    case 'seconds':
      return f.number(plain, label, at, 4, seconds)?.text;
    case 'status': {
      const text = f.number(name, 'Status', at, 2, named(statusCodes6))?.text;
      if (length > 2) f.add('dhcpv6.status_msg', 'Message', at + 2, length - 2, textOf(f.bytes, from + 2, end));
      return text;
    }
    case 'addresses':
      return each(length, 16, (i) => address(plain, i));
    case 'names':
      return nameFields(f, name, 'Name', from, end);
    case 'text': {
      const text = textOf(f.bytes, from, end);
      f.add(plain, label, at, length, text);
      return text;
    }
    case 'fqdn': {
      const flags = f.under(f.hex('dhcpv6.client_fqdn_flags', 'Flags', at, 1));
      flags.flag('dhcpv6.clientfqdn.client.n', 'Server shall update nothing', at, 1, 0x04);
      flags.flag('dhcpv6.clientfqdn.server.o', 'Server overrides', at, 1, 0x02);
      flags.flag('dhcpv6.clientfqdn.client.s', 'Server shall update the address', at, 1, 0x01);
      return nameFields(f, name, 'Name', from + 1, end);
    }
    case 'linkLayer': {
      f.number('dhcpv6.duidll.hwtype', 'Hardware type', at, 2);
      if (length <= 2) return undefined;
      const text = hardwareText(f.bytes, from + 2, f.read(at, 2), length - 2);
      f.add(name, 'Link-layer address', at + 2, length - 2, text);
      return text;
    }
    case 'remote':
      f.number('dhcpv6.remoteid.enterprise', 'Enterprise number', at, 4);
      f.raw('dhcpv6.remoteid_enterprise_id', 'Identifier', at + 4, length - 4);
      return undefined;
    case 'vendorClass':
      f.number('dhcpv6.vendorclass.enterprise', 'Enterprise number', at, 4);
      return texts(f, 'dhcpv6.vendorclass.data', at + 4, at + length);
    case 'classes':
      return texts(f, name, at, at + length);
    case 'vendorOptions':
      f.number('dhcpv6.vendoropts.enterprise', 'Enterprise number', at, 4);
      vendorOptions(f, at + 4, at + length);
      return undefined;
    case 'timeServer':
      return timeServers(f, at, at + length);
    default:
      f.raw(plain, 'Data', at, length);
      return undefined;
  }
}

/** Texts with two bytes of length before each (§21.15, §21.16). */
function texts(f: Fields, name: string, from: number, to: number): string {
  const list: string[] = [];
  for (let at = from; at + 2 <= to; ) {
    const length = Math.min(f.read(at, 2), to - at - 2);
    const text = textOf(f.bytes, f.at + at + 2, f.at + at + 2 + length);
    f.add(name, 'Data', at + 2, length, text);
    list.push(text);
    at += 2 + length;
  }
  return list.join(', ');
}

/** What the enterprise makes of them is its own (§21.17). */
function vendorOptions(f: Fields, from: number, to: number): void {
  for (const { at, valueAt, end, problem } of optionsIn6(f.bytes, f.at + from, f.at + to)) {
    const node = f.group('dhcpv6.vendoropts.enterprise.option', 'Option', at - f.at, end - at);
    if (problem !== undefined) wrong(node, problem);
    const inner = f.under(node);
    inner.number('dhcpv6.vendoropts.enterprise.option_code', 'Code', at - f.at, 2);
    inner.number('dhcpv6.vendoropts.enterprise.option_length', 'Length', at + 2 - f.at, 2);
    inner.raw('dhcpv6.vendoropts.enterprise.option_data', 'Data', valueAt - f.at, end - valueAt);
  }
}

/** RFC 5908: sub-options with an address, a multicast address or a name. */
function timeServers(f: Fields, from: number, to: number): string {
  const list: string[] = [];
  for (const { code, valueAt, end, problem } of optionsIn6(f.bytes, f.at + from, f.at + to)) {
    const at = valueAt - f.at;
    if (problem !== undefined) break;
    if (code === 3) list.push(nameFields(f, 'dhcpv6.ntpserver.fqdn', 'Name', valueAt, end));
    else if (end - valueAt === 16)
      list.push(String(f.ipv6(code === 2 ? 'dhcpv6.ntpserver.mc_addr' : 'dhcpv6.ntpserver.addr', 'Address', at)?.value));
  }
  return list.join(', ');
}
