import type { ListName } from '../correlate/tcp-lists.ts';
import type { Field, Layer } from '../dissect/protocol.ts';
import { titleFrom } from '../dissect/protocols/tcp.ts';
import type { CaptureFacts } from './facts.ts';
import { Flag, type PacketFacts } from './packet.ts';

/** Packets at the beginning of a connection that are looked at for its first sequence numbers. */
const BEGINNING = 16;
/** Connections whose beginning is remembered. */
const KEPT = 1024;
/** RFC 7323 §2.3: larger shifts count as 14. */
const MAX_SHIFT = 14;

/** Wireshark's name of a field below tcp.analysis, and the words that its Info column has. */
type Flagged = readonly [name: string, words: string];

const FLAGGED: Partial<Record<ListName, Flagged>> = {
  spuriousRetransmissions: ['spurious_retransmission', 'Spurious Retransmission'],
  fastRetransmissions: ['fast_retransmission', 'Fast Retransmission'],
  retransmissions: ['retransmission', 'Retransmission'],
  undecided: ['out_of_order', 'Out-Of-Order or Retransmission'],
  outOfOrder: ['out_of_order', 'Out-Of-Order'],
  duplicateAcks: ['duplicate_ack', 'Dup ACK'],
  keepAlives: ['keep_alive', 'Keep-Alive'],
  keepAliveAcks: ['keep_alive_ack', 'Keep-Alive ACK'],
  windowProbes: ['zero_window_probe', 'ZeroWindowProbe'],
  windowProbeAcks: ['zero_window_probe_ack', 'ZeroWindowProbeAck'],
  zeroWindows: ['zero_window', 'ZeroWindow'],
  windowFull: ['window_full', 'Window Full'],
  previousNotCaptured: ['lost_segment', 'Previous segment not captured'],
  unseenAcked: ['ack_lost_segment', 'ACKed unseen segment'],
  inconsistentOverlaps: ['overlap_conflict', 'Other bytes than the first time'],
  duplicates: ['captured_twice', 'Captured twice'],
  ineffectiveResets: ['reset_without_effect', 'RST without effect'],
};
const NAMES = Object.keys(FLAGGED) as ListName[];

/** What a kind says already. */
const IMPLIED: Partial<Record<ListName, ListName>> = {
  spuriousRetransmissions: 'retransmissions',
  fastRetransmissions: 'retransmissions',
  undecided: 'outOfOrder',
};

function toldOf(capture: CaptureFacts, packet: number): ListName[] {
  const marks = capture.marksOf(packet);
  return marks.length === 0 ? [] : NAMES.filter((name) => marks.includes(name));
}

/** Wireshark's name of the field, "tcp.analysis.retransmission", and its words. */
export const segmentField = (name: ListName): string => `tcp.analysis.${FLAGGED[name]?.[0] ?? 'flags'}`;
export const segmentWords = (name: ListName): string => FLAGGED[name]?.[1] ?? name;

/** Without what others of them say already. */
const plainest = (told: readonly ListName[]): ListName[] => told.filter((name) => !told.some((each) => IMPLIED[each] === name));

/** Wireshark's names of what a packet is besides a plain segment, each once, the most telling first. */
export const analysisOf = (capture: CaptureFacts, packet: number): string[] => [
  ...new Set(plainest(toldOf(capture, packet)).map(segmentField)),
];

/** One direction: the number before its first byte; how often its windows are doubled, where both sides told. */
interface Side {
  base: number | undefined;
  shift: number | undefined;
}

interface Beginning {
  /** Who sent the first packet. */
  sender: string;
  sides: [Side, Side];
  /** Everything that is ever looked at was there. */
  done: boolean;
  packetCount: number;
}

/**
 * What only the other packets of its connection tell of a TCP packet, as fields with Wireshark's names: relative numbers
 * (tcp.seq, tcp.ack), the window in bytes (tcp.window_size), tcp.stream, and what the segment is (tcp.analysis.flags and below).
 */
export class TcpFields {
  private readonly capture: CaptureFacts;
  private readonly known = new Map<number, Beginning>();

  constructor(capture: CaptureFacts) {
    this.capture = capture;
  }

  /** The layers with what there is to add; `layers` themselves stay as they are. */
  of(packet: number, layers: readonly Layer[]): Layer[] {
    const at = layers.findLastIndex((layer) => layer.protocol === 'tcp');
    const connection = at < 0 ? undefined : this.capture.connectionOf(packet);
    if (connection === undefined) return [...layers];
    return layers.with(at, this.added(layers, at, connection, packet));
  }

  /** The acknowledgment number as tcp.ack has it; that of the header where the connection's first number is not known. */
  acknowledged({ number, source, sourcePort, tcp }: PacketFacts): number {
    const connection = this.capture.connectionOf(number);
    const begin = connection === undefined ? undefined : this.beginning(connection);
    const base = begin?.sides[begin.sender === `${source} ${sourcePort}` ? 1 : 0].base ?? 0;
    return ((tcp?.acknowledgment ?? 0) - base) >>> 0;
  }

  private added(layers: readonly Layer[], at: number, connection: number, packet: number): Layer {
    const layer = layers[at];
    const begin = this.beginning(connection);
    const [own, other] = senderIn(layers, at) === begin.sender ? begin.sides : begin.sides.toReversed();
    const flags = Number(fieldValue(layer, 'tcp.flags') ?? 0);
    const more: Layer = { ...layer, fields: [] };
    for (const field of layer.fields) {
      if (field.name === 'tcp.seq_raw' && own.base !== undefined) {
        const sequence = (Number(field.value) - own.base) >>> 0;
        more.fields.push(beside(field, 'tcp.seq', 'Sequence number (relative)', sequence));
        more.title = titleFrom(layer.title, sequence);
      } else if (field.name === 'tcp.ack_raw' && other.base !== undefined && (flags & Flag.ack) !== 0)
        more.fields.push(beside(field, 'tcp.ack', 'Acknowledgment number (relative)', (Number(field.value) - other.base) >>> 0));
      more.fields.push(field.name === 'tcp.options' ? withRelative(field, other.base) : field);
      if (field.name === 'tcp.dstport') more.fields.push(beside(layer, 'tcp.stream', 'Connection', connection));
      if (field.name === 'tcp.window_size_value' && own.shift !== undefined && (flags & Flag.syn) === 0)
        more.fields.push(beside(field, 'tcp.window_size', 'Window in bytes', Number(field.value) * 2 ** own.shift));
    }
    const analysis = this.analysis(layer, packet);
    if (analysis !== undefined) more.fields.push(analysis);
    return more;
  }

  private analysis(layer: Layer, packet: number): Field | undefined {
    const told = toldOf(this.capture, packet);
    if (told.length === 0) return undefined;
    const words = plainest(told).map((name) => segmentWords(name));
    const children = told.map((name) => beside(layer, segmentField(name), segmentWords(name), true));
    return { ...beside(layer, 'tcp.analysis.flags', 'Analysis', true), text: words.join(', '), children };
  }

  private beginning(connection: number): Beginning {
    const { capture, known } = this;
    const before = known.get(connection);
    if (before?.done || before?.packetCount === capture.packetCount) return before;
    if (known.size >= KEPT) known.clear();
    const found = beginningOf(capture, connection);
    known.set(connection, found);
    return found;
  }
}

/** As tshark counts: from the SYN's number, else from the one before the first that was seen or acknowledged. */
function beginningOf(capture: CaptureFacts, connection: number): Beginning {
  const sides: [Side, Side] = [
    { base: undefined, shift: undefined },
    { base: undefined, shift: undefined },
  ];
  const fromSyn = [false, false];
  const offered: (number | undefined)[] = [undefined, undefined];
  const first = capture.connections.get(connection)?.firstPacket ?? 1;
  const numbers = capture.packetsFrom(connection, first, BEGINNING);
  let sender = '';
  let answered: 0 | 1 | undefined;
  for (const number of numbers) {
    const packet = capture.packet(number);
    if (packet?.tcp === undefined) continue;
    const { sequence, acknowledgment, flags, options } = packet.tcp;
    if (sender === '') sender = senderOf(packet);
    const d = senderOf(packet) === sender ? 0 : 1;
    if ((flags & Flag.syn) !== 0 && !fromSyn[d]) {
      sides[d].base = sequence;
      fromSyn[d] = true;
      offered[d] = options.windowScale;
      if (acknowledges(packet)) answered = d;
    } else sides[d].base ??= (sequence - 1) >>> 0;
    if (acknowledges(packet)) sides[1 - d].base ??= (acknowledgment - 1) >>> 0;
    if (fromSyn[0] && fromSyn[1]) break;
  }
  // RFC 7323 §2.2: scaled only where both SYNs have the option, and a SYN-ACK has it only where the SYN had.
  const both = offered[0] !== undefined && offered[1] !== undefined;
  if (fromSyn[0] && fromSyn[1]) for (const d of [0, 1]) sides[d].shift = both ? Math.min(offered[d] as number, MAX_SHIFT) : 0;
  else if (answered !== undefined) sides[answered].shift = Math.min(offered[answered] ?? 0, MAX_SHIFT);
  const done = (fromSyn[0] && fromSyn[1]) || numbers.length >= BEGINNING;
  return { sender, sides, done, packetCount: capture.packetCount };
}

const senderOf = (packet: PacketFacts): string => `${packet.source} ${packet.sourcePort}`;

/** The same of decoded layers, so that a packet is not read twice. */
function senderIn(layers: readonly Layer[], tcp: number): string {
  const internet = layers.findLast(({ protocol }, i) => i < tcp && (protocol === 'ip' || protocol === 'ipv6'));
  const source = internet === undefined ? undefined : fieldValue(internet, `${internet.protocol}.src`);
  return `${source} ${fieldValue(layers[tcp], 'tcp.srcport')}`;
}

const fieldValue = (layer: Layer, name: string): Field['value'] | undefined =>
  layer.fields.find((field) => field.name === name)?.value;
const acknowledges = (packet: PacketFacts | undefined): boolean => ((packet?.tcp?.flags ?? 0) & Flag.ack) !== 0;

/** A field that no bytes of its own say: it lies where `place` does. */
function beside(place: Field | Layer, name: string, label: string, value: Field['value']): Field {
  const own = 'protocol' in place ? { at: place.at, end: place.at } : { at: place.at, end: place.end };
  return { name, label, ...own, value };
}

/** The options with relative edges in the words of a selective acknowledgment. */
function withRelative(options: Field, base: number | undefined): Field {
  if (base === undefined) return options;
  const children = options.children?.map((option) =>
    option.name !== 'tcp.options.sack' || option.text === undefined
      ? option
      : { ...option, text: option.text.replace(/\d+/g, (edge) => String((Number(edge) - base) >>> 0)) },
  );
  return { ...options, ...(children === undefined ? {} : { children }) };
}
