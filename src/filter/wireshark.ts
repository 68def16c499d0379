// Wireshark display filters (wireshark-filter(4)) that select the same packets as a selection here.
import type { Connection, Lookup } from '../correlate/model.ts';

/** Longer lists of packets are told by their connection where there is one. */
const LONGEST_LIST = 600;
const MOST_RANGES = 2000;

interface FieldValue {
  name: string;
  value: number | bigint | string | boolean | null;
}

const addressField = (address: string): string => (address.includes(':') ? 'ipv6.addr' : 'ip.addr');

/** Both ways of a conversation, as Wireshark's own "Conversation Filter" says it. */
function both(transport: 'tcp' | 'udp', a: Connection['client'], b: Connection['client']): string {
  const name = addressField(a.address);
  return `${name} == ${a.address} and ${name} == ${b.address} and ${transport}.port == ${a.port} and ${transport}.port == ${b.port}`;
}

/** A connection; the packet numbers tell it from others that used the same ports before or after. */
export const connectionFilter = (c: Connection): string =>
  `${both('tcp', c.client, c.server)} and frame.number >= ${c.firstPacket} and frame.number <= ${c.lastPacket}`;

const OVER_TCP = new Set<Lookup['transport']>(['tcp', 'dot', 'doh']);

/** A lookup: its questions and their answers. */
export function lookupFilter(l: Lookup): string {
  const id = `0x${l.id.toString(16).padStart(4, '0')}`;
  return `dns.id == ${id} and dns.qry.name == ${quoted(l.name)} and ${both(OVER_TCP.has(l.transport) ? 'tcp' : 'udp', l.client, l.server)}`;
}

/** Packets by their numbers, sorted: `frame.number in {1..4, 9}`. Undefined: too many ranges for a filter. */
export function packetsFilter(numbers: readonly number[]): string | undefined {
  if (numbers.length === 0) return undefined;
  if (numbers.length === 1) return `frame.number == ${numbers[0]}`;
  const ranges: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let j = i;
    while (j + 1 < numbers.length && numbers[j + 1] === numbers[j] + 1) j++;
    ranges.push(i === j ? `${numbers[i]}` : `${numbers[i]}..${numbers[j]}`);
    if (ranges.length > MOST_RANGES) return undefined;
    i = j + 1;
  }
  return `frame.number in {${ranges.join(', ')}}`;
}

/** A journey's packets: by number, or where those are many by its connection between its first and last one, and the others by number. */
export function journeyFilter(
  numbers: readonly number[],
  connection: Connection | undefined,
  ofConnection: (n: number) => boolean,
): string | undefined {
  const listed = packetsFilter(numbers);
  if (connection === undefined || (listed !== undefined && listed.length <= LONGEST_LIST)) return listed;
  const own = numbers.filter(ofConnection);
  if (own.length === 0) return listed;
  const others = packetsFilter(numbers.filter((n) => !ofConnection(n)));
  const first = own[0];
  const last = own[own.length - 1];
  const during = `${both('tcp', connection.client, connection.server)} and frame.number >= ${first} and frame.number <= ${last}`;
  return others === undefined ? during : `(${during}) or ${others}`;
}

/** A field of a packet: every packet with the same value. Undefined: the field cannot be compared. */
export function fieldFilter({ name, value }: FieldValue): string | undefined {
  if (!/^[a-z0-9_]+(\.[a-z0-9_-]+)+$/i.test(name)) return undefined;
  if (value === null) return name;
  if (typeof value === 'boolean') return `${name} == ${value ? 1 : 0}`;
  if (typeof value !== 'string') return `${name} == ${value}`;
  return isAddress(value) ? `${name} == ${value}` : `${name} == ${quoted(value)}`;
}

const isAddress = (text: string): boolean => /^(\d{1,3}(\.\d{1,3}){3}|(?=.*:)[0-9a-f:.]+)$/i.test(text);

/** As Wireshark reads it; what is no plain text goes as bytes. */
function quoted(text: string): string {
  let out = '';
  for (const c of text) {
    const code = c.codePointAt(0) as number;
    if (c === '"' || c === '\\') out += `\\${c}`;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += c;
  }
  return `"${out}"`;
}
