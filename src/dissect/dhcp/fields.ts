import { ipv4 } from '../bytes.ts';
import { type Fields, named, wrong } from '../fields.ts';
import { duidFields, type DuidNames } from './duid.ts';
import { each, nameFields } from './lists.ts';
import { namesIn } from './names.ts';
import { type Layout, messageTypes, optionKinds, relayKinds } from './option-table.ts';
import { type DhcpOption, END, optionsIn, optionValue } from './options.ts';
import { hardwareText, type Route, routesIn, textOf } from './values.ts';

const PAD = 0;
const RELAY = 'dhcp.option.agent_information_option';
const IDENTIFIER_AND_DUID = 255;

const overloads: Record<number, string> = { 1: 'file', 2: 'server name', 3: 'file and server name' };
const nodeTypes: Record<number, string> = { 1: 'B-node', 2: 'P-node', 4: 'M-node', 8: 'H-node' };
const duidNames: DuidNames = {
  type: 'dhcp.client_id.duid_type',
  hardware: ['dhcp.client_id.duid_ll_hw_type', 'dhcp.client_id.duid_llt_hw_type'],
  address: ['dhcp.client_id.link_layer_address', 'dhcp.client_id.link_layer_address'],
  time: 'dhcp.client_id.time',
  enterprise: 'dhcp.client_id.enterprise_num',
  identifier: 'dhcp.client_id',
  uuid: 'dhcp.client_id.uuid',
};

const routeText = (route: Route): string => `${route.destination} ${route.router}`;

/** "3600 s" */
export const seconds = (value: number): string => (value === 0xffffffff ? 'for ever' : `${value} s`);

/** The options of one place in the message, whose fields count from the layer's start. */
export function optionFields(f: Fields, from: number, to: number): DhcpOption[] {
  const options = optionsIn(f.bytes, f.at + from, Math.min(f.at + to, f.end));
  for (const option of options) one(f, option, options);
  return options;
}

function one(f: Fields, { code, at, valueAt, end, problem }: DhcpOption, all: DhcpOption[]): void {
  const offset = at - f.at;
  if (code === PAD || code === END) {
    f.add(code === PAD ? 'dhcp.option.padding' : 'dhcp.option.end', code === PAD ? 'Padding' : 'End', offset, end - at, code);
    return;
  }
  const [label, name, layout] = optionKinds[code] ?? [`Option ${code}`, 'option.value', 'bytes'];
  const node = f.add('dhcp.option.type', label, offset, end - at, code);
  const inner = f.under(node);
  inner.number('dhcp.option.length', 'Length', offset + 1, 1);
  if (problem !== undefined) {
    wrong(node, problem);
    return;
  }
  const pieces = layout === 'names' || layout === 'routes' ? all.filter((option) => option.code === code) : [];
  const text =
    pieces.length > 1
      ? piece(inner, layout, valueAt, end, optionValue(f.bytes, pieces, code) as Uint8Array)
      : value(inner, `dhcp.${name}`, label, layout, valueAt - f.at, end - valueAt);
  if (text !== undefined && text !== '' && node !== undefined) node.text = text;
}

/** A value that stands in several options (RFC 3396) has no fields of its own: its parts may be cut anywhere. */
function piece(f: Fields, layout: Layout, at: number, end: number, whole: Uint8Array): string {
  f.raw('dhcp.option.value', 'A piece of the value', at - f.at, end - at);
  if (layout === 'names')
    return namesIn(whole, 0, whole.length)
      .map((one) => one.name)
      .join(', ');
  return routesIn(whole, 0, whole.length).map(routeText).join(', ');
}

/** Adds the fields of a value of `length` bytes and returns what they say in short. */
function value(f: Fields, name: string, label: string, layout: Layout, at: number, length: number): string | undefined {
  const from = f.at + at;
  const end = from + length;
  const shown = (field: { value: unknown; text?: string } | undefined): string | undefined =>
    field === undefined ? undefined : (field.text ?? String(field.value));
  switch (layout) {
    case 'addresses':
      return each(length, 4, (i) => f.ipv4(name, label, at + i)?.value);
    case 'pairs': {
      const second = name.endsWith('filter') ? 'subnet_mask' : 'router';
      return each(length, 8, (i) => {
        f.ipv4(`${name}.ip`, 'Destination', at + i);
        f.ipv4(`${name}.${second}`, second === 'router' ? 'Router' : 'Subnet mask', at + i + 4);
        return f.has(at + i, 8) ? `${ipv4(f.bytes, from + i)} ${ipv4(f.bytes, from + i + 4)}` : undefined;
      });
    }
    case 'text':
      return shown(f.add(name, label, at, length, textOf(f.bytes, from, end)));
    case 'byte':
      return shown(f.number(name, label, at, 1));
    case 'word':
      return shown(f.number(name, label, at, 2));
    case 'words':
      return each(length, 2, (i) => f.number(name, label, at + i, 2)?.value);
    case 'long':
      return shown(f.hex(name, label, at, 4));
    case 'seconds':
      return shown(f.number(name, label, at, 4, seconds));
    case 'offset':
      return shown(f.add(name, label, at, 4, f.read(at, 4) | 0, `${f.read(at, 4) | 0} s`));
    case 'flag':
      return shown(f.add(name, label, at, 1, f.read(at, 1) !== 0));
    case 'message':
      return shown(f.number(name, label, at, 1, named(messageTypes)));
    case 'nodeType':
      return shown(f.number(name, label, at, 1, named(nodeTypes)));
    case 'overload':
      return shown(f.number(name, label, at, 1, named(overloads)));
    case 'codes':
      return each(length, 1, (i) => {
        const code = f.read(at + i, 1);
        const what = optionKinds[code]?.[0] ?? `option ${code}`;
        f.number(name, 'Code', at + i, 1, () => `${code} (${what})`);
        return what;
      });
    case 'userClass':
      return userClass(f, at, length);
    case 'client':
      return client(f, at, length);
    case 'fqdn':
      return domainName(f, at, length);
    case 'relay':
      return relay(f, at, length);
    case 'names':
      return nameFields(f, name, label, from, end);
    case 'sip': {
      const kind = f.read(at, 1);
      f.number('dhcp.option.sip_server.encoding', 'Encoding', at, 1, named({ 0: 'names', 1: 'addresses' }));
      if (kind === 1) return each(length - 1, 4, (i) => f.ipv4('dhcp.option.sip_server.address', label, at + 1 + i)?.value);
      return kind === 0 ? nameFields(f, 'dhcp.option.sip_server.name', label, from + 1, end) : undefined;
    }
    case 'routes': {
      const routes = routesIn(f.bytes, from, end);
      for (const route of routes) f.add(name, 'Route', route.at - f.at, route.end - route.at, routeText(route));
      return routes.map(routeText).join(', ');
    }
    case 'vendorClass':
    case 'vendorInformation': {
      f.number(`${name}.enterprise`, 'Enterprise number', at, 4);
      f.number(`${name}.length`, 'Length', at + 4, 1);
      f.raw(layout === 'vendorClass' ? `${name}.data` : `${name}.value`, 'Data', at + 5, length - 5);
      return undefined;
    }
    default:
      f.raw(name, 'Data', at, length);
      return undefined;
  }
}

/** RFC 2132 §9.14, RFC 4361 §6.1. */
function client(f: Fields, at: number, length: number): string | undefined {
  const type = f.read(at, 1);
  if (type === IDENTIFIER_AND_DUID && length > 7) {
    f.number('dhcp.client_id.type', 'Type', at, 1, () => '255 (IAID and DUID)');
    f.raw('dhcp.client_id.iaid', 'IAID', at + 1, 4);
    duidFields(f, at + 5, length - 5, duidNames);
    return undefined;
  }
  if (length < 2) return undefined;
  if (type === 0) {
    f.number('dhcp.client_id.type', 'Type', at, 1, () => '0 (text)');
    const text = textOf(f.bytes, f.at + at + 1, f.at + at + length);
    f.add('dhcp.client_id.undef', 'Client identifier', at + 1, length - 1, text);
    return text;
  }
  f.number('dhcp.hw.type', 'Hardware type', at, 1);
  const text = hardwareText(f.bytes, f.at + at + 1, type, length - 1);
  f.add(length === 7 ? 'dhcp.hw.mac_addr' : 'dhcp.client_id', 'Client identifier', at + 1, length - 1, text);
  return text;
}

/** RFC 3004: classes with a byte of length before each; some senders put one text there instead. */
function userClass(f: Fields, from: number, length: number): string {
  const to = from + length;
  const list: [at: number, size: number][] = [];
  let at = from;
  for (; at < to && f.read(at, 1) > 0; at += 1 + f.read(at, 1)) list.push([at, f.read(at, 1)]);
  const whole = at === to && list.length > 0;
  const texts = whole ? list.map(([i, size]) => [i + 1, size]) : [[from, length]];
  return texts
    .map(([i, size]) => {
      const text = textOf(f.bytes, f.at + i, f.at + i + size);
      f.add('dhcp.option.user_class.text', 'User class', i, size, text);
      return text;
    })
    .join(', ');
}

/** RFC 4702 §2. */
function domainName(f: Fields, at: number, length: number): string | undefined {
  const flags = f.under(f.hex('dhcp.fqdn.flags', 'Flags', at, 1));
  flags.flag('dhcp.fqdn.n', 'Server shall update nothing', at, 1, 0x08);
  flags.flag('dhcp.fqdn.e', 'Binary name', at, 1, 0x04);
  flags.flag('dhcp.fqdn.o', 'Server overrides', at, 1, 0x02);
  flags.flag('dhcp.fqdn.s', 'Server shall update the address', at, 1, 0x01);
  f.number('dhcp.fqdn.rcode1', 'Result for the address', at + 1, 1);
  f.number('dhcp.fqdn.rcode2', 'Result for the pointer', at + 2, 1);
  if (length <= 3) return undefined;
  const from = f.at + at + 3;
  const end = f.at + at + length;
  const binary = (f.read(at, 1) & 0x04) !== 0;
  const text = binary ? (namesIn(f.bytes, from, end)[0]?.name ?? '') : textOf(f.bytes, from, end);
  f.add('dhcp.fqdn.name', 'Name', at + 3, length - 3, text);
  return text;
}

/** RFC 3046 §2.0. */
function relay(f: Fields, from: number, length: number): undefined {
  for (let at = from; at + 2 <= from + length; ) {
    const code = f.read(at, 1);
    const size = f.read(at + 1, 1);
    const [label, name, layout] = relayKinds[code] ?? [`Sub-option ${code}`, 'value', 'bytes'];
    const node = f.add(`${RELAY}.suboption`, label, at, Math.min(2 + size, from + length - at), code);
    const inner = f.under(node);
    inner.number('dhcp.option.suboption_length', 'Length', at + 1, 1);
    if (at + 2 + size > from + length) {
      wrong(node, `the sub-option has ${from + length - at - 2} of its ${size} bytes`);
      return undefined;
    }
    const text = value(inner, `${RELAY}.${name}`, label, layout, at + 2, size);
    if (text !== undefined && text !== '' && node !== undefined) node.text = text;
    at += 2 + size;
  }
  return undefined;
}
