import { messageTypes } from '../dhcp/option-table.ts';
import { allOptions, Bootp, hasOptions, optionValue, overloaded } from '../dhcp/options.ts';
import { optionFields } from '../dhcp/fields.ts';
import { hardwareText, textOf } from '../dhcp/values.ts';
import { ipv4 } from '../bytes.ts';
import { Fields, named, namedHex, wrong } from '../fields.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';

const HARDWARE_BYTES = 16;
const BROADCAST = 0x8000;
const MESSAGE_TYPE = 53;
const REQUESTED = 50;

const operations: Record<number, string> = { 1: 'request', 2: 'reply' };
const hardware: Record<number, string> = { 1: 'Ethernet', 6: 'IEEE 802', 27: 'EUI-64', 32: 'InfiniBand' };

function layer(bytes: Uint8Array, at: number, { end, wire }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  f.number('dhcp.type', 'Operation', Bootp.operation, 1, named(operations));
  f.number('dhcp.hw.type', 'Hardware type', Bootp.hardwareType, 1, namedHex(hardware, 2));
  const length = f.number('dhcp.hw.len', 'Hardware address length', Bootp.hardwareLength, 1);
  f.number('dhcp.hops', 'Hops', Bootp.hops, 1);
  f.hex('dhcp.id', 'Transaction', Bootp.transaction, 4);
  f.number('dhcp.secs', 'Seconds since the client began', Bootp.seconds, 2);
  const flags = f.under(f.hex('dhcp.flags', 'Flags', Bootp.flags, 2));
  flags.flag('dhcp.flags.bc', 'Broadcast', Bootp.flags, 2, BROADCAST);
  f.ipv4('dhcp.ip.client', 'Client address', Bootp.clientAddress);
  f.ipv4('dhcp.ip.your', 'Your (the client’s) address', Bootp.yourAddress);
  f.ipv4('dhcp.ip.server', 'Next server address', Bootp.serverAddress);
  f.ipv4('dhcp.ip.relay', 'Relay agent address', Bootp.relayAddress);
  const size = f.read(Bootp.hardwareLength, 1);
  if (size > HARDWARE_BYTES) wrong(length, `a hardware address has at most ${HARDWARE_BYTES} bytes`);
  else clientHardware(f, size);
  const options = hasOptions(bytes, at, end);
  const places = options ? overloaded(bytes, allOptions(bytes, at, end)) : [];
  text(f, 'dhcp.server', 'Server name', Bootp.serverName, Bootp.file, places.includes('serverName'));
  text(f, 'dhcp.file', 'Boot file', Bootp.file, Bootp.cookie, places.includes('file'));
  if (options) {
    f.hex('dhcp.cookie', 'Magic cookie', Bootp.cookie, 4);
    const list = optionFields(f, Bootp.options, f.length);
    const stop = (list.at(-1)?.end ?? at + Bootp.options) - at;
    f.raw('dhcp.option.padding', 'Padding', stop, f.length - stop);
  } else f.raw('dhcp.vendor_specific_options', 'Vendor area', Bootp.cookie, f.length);
  const cut = wire > end ? `, ${wire - end} bytes not captured` : '';
  return f.layer('dhcp', `Dynamic Host Configuration Protocol, ${summary(f)}${cut}`, f.length);
}

function clientHardware(f: Fields, size: number): void {
  if (!f.has(Bootp.hardwareAddress, HARDWARE_BYTES)) return;
  const value = hardwareText(f.bytes, f.at + Bootp.hardwareAddress, f.read(Bootp.hardwareType, 1), size);
  const name = size === 6 ? 'dhcp.hw.mac_addr' : 'dhcp.hw.addr';
  if (size > 0) f.add(name, 'Client hardware address', Bootp.hardwareAddress, size, value);
  f.raw('dhcp.hw.addr_padding', 'Padding', Bootp.hardwareAddress + size, HARDWARE_BYTES - size);
}

/** A field of fixed size that holds a name, or options where the message says so. */
function text(f: Fields, name: string, label: string, from: number, to: number, options: boolean): void {
  if (!f.has(from, to - from)) return;
  if (options) {
    const group = f.under(f.group(name, label, from, to - from, 'options'));
    optionFields(group, from, to);
    return;
  }
  const zero = f.bytes.subarray(f.at + from, f.at + to).indexOf(0);
  const value = textOf(f.bytes, f.at + from, zero < 0 ? f.at + to : f.at + from + zero);
  f.add(name, label, from, to - from, value, value === '' ? 'none' : undefined);
}

/** "ACK, 192.0.2.9 for 02:00:00:00:00:01" */
function summary(f: Fields): string {
  const { bytes, at, end } = f;
  if (!f.has(0, Bootp.cookie)) return operations[f.read(Bootp.operation, 1)] ?? 'unknown';
  const options = allOptions(bytes, at, end);
  const type = optionValue(bytes, options, MESSAGE_TYPE)?.[0];
  const kind = type === undefined ? `Boot ${operations[f.read(0, 1)] ?? 'message'}` : (messageTypes[type] ?? `Type ${type}`);
  const size = Math.min(f.read(Bootp.hardwareLength, 1), HARDWARE_BYTES);
  const client = hardwareText(bytes, at + Bootp.hardwareAddress, f.read(Bootp.hardwareType, 1), size);
  const requested = optionValue(bytes, options, REQUESTED);
  const address = [f.read(Bootp.yourAddress, 4), f.read(Bootp.clientAddress, 4)].findIndex((one) => one !== 0);
  const told = address < 0 ? undefined : ipv4(bytes, at + (address === 0 ? Bootp.yourAddress : Bootp.clientAddress));
  const which = told ?? (requested?.length === 4 ? ipv4(requested, 0) : undefined);
  const by = client === '' ? '' : f.read(Bootp.operation, 1) === 1 ? ` from ${client}` : ` for ${client}`;
  return `${kind}${which === undefined ? '' : `, ${which}`}${by}`;
}

/** Dynamic Host Configuration Protocol (RFC 2131) and BOOTP (RFC 951); 4011 is the PXE boot server's port. */
export const dhcp: Protocol = { name: 'dhcp', over: [udpPort(67), udpPort(68), udpPort(4011)], layer };
