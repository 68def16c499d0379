import { quicOfFlow } from '../correlate/quic-record.ts';
import type { Layer } from '../dissect/protocol.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { type PlainRecord, Plaintext } from '../dissect/tls/plaintext.ts';
import { QuicReplay } from './decrypted-quic.ts';
import { http3Turns } from './follow-quic.ts';
import type { Turn } from './follow-tls.ts';
import { BEFORE, BEHIND, type CapturedPackets, KEPT, type PlainTap, Rereading, REPLAY_BYTES } from './rereading.ts';

export { type CapturedPackets, REPLAY_BYTES } from './rereading.ts';

/** A connection's secrets are found with its greeting: no more than so many chunks are read for it. */
const GREETING_CHUNKS = 16;
/** Connections of which packets are kept opened: a page's take turns, packet by packet. */
const REPLAYS = 6;

/**
 * What TLS carries in the packets of one connection: they are read again from its first one, on the path that the
 * analysis took, and opened with the keys at hand. Only what lies around the packet looked at is kept, in memory.
 */
export class Decrypted {
  private readonly packets: CapturedPackets;
  private readonly keys: () => TlsKeys | undefined;
  /** Of the connections looked at last, the latest behind. */
  private readonly replays = new Map<number, Replay | QuicReplay>();

  constructor(packets: CapturedPackets, keys: () => TlsKeys | undefined) {
    this.packets = packets;
    this.keys = keys;
  }

  /** Layers of a connection's packet, outermost first, each with its own bytes; none where nothing was opened. */
  layersOf(connection: number, packet: number): Layer[] {
    const keys = this.keys();
    if (keys === undefined || keys.size === 0) return [];
    const known = this.replays.get(connection);
    const fits = known !== undefined && known.version === keys.version && packet >= known.from;
    const replay = fits ? known : this.replay(connection, keys.settled, packet);
    this.replays.delete(connection);
    this.replays.set(connection, replay);
    if (this.replays.size > REPLAYS) this.replays.delete(this.replays.keys().next().value as number);
    return replay.layersOf(packet);
  }

  private replay(connection: number, keys: TlsKeys, packet: number): Replay | QuicReplay {
    return new (quicOfFlow(connection) === undefined ? Replay : QuicReplay)(this.packets, connection, keys, packet);
  }

  /** A connection's own secrets as lines of a key log; nothing where there are none. For a file that shall have them, and no other use. */
  secretsOf(connection: number): string {
    const keys = this.keys()?.settled;
    if (keys === undefined || keys.size === 0) return '';
    const reading = new Rereading(this.packets, connection, keys, { opened: () => {}, missed: () => {} });
    for (let chunk = 0; chunk < GREETING_CHUNKS && keys.foundLines === '' && reading.feed(); chunk++);
    return keys.foundLines;
  }

  /** What HTTP/3 says on a QUIC connection, as far as keys open it and it holds no more than `most` bytes. */
  turnsOf(flow: number, most: number): Turn[] {
    const keys = this.keys();
    return keys === undefined || keys.size === 0 ? [] : http3Turns(this.packets, flow, keys.settled, most);
  }

  /** A connection's opened records in their order, from its first one on, as far as they hold no more than `most` bytes. */
  recordsOf(connection: number, most: number): PlainRecord[] {
    const keys = this.keys();
    if (keys === undefined || keys.size === 0) return [];
    const records: PlainRecord[] = [];
    let bytes = 0;
    const gaps = new Set<boolean>();
    const opened = (record: PlainRecord): void => {
      bytes += record.bytes.length;
      if (bytes <= most) records.push(gaps.delete(record.fromClient) ? { ...record, behindGap: true } : record);
    };
    const missed = (fromClient: boolean): void => void gaps.add(fromClient);
    const reading = new Rereading(this.packets, connection, keys.settled, { opened, missed });
    while (bytes <= most && reading.feed());
    return records;
  }
}

/** The layers of one connection's packets. */
class Replay implements PlainTap {
  readonly connection: number;
  readonly version: number;
  /** Packets from this one on have their layers. */
  from: number;
  private readonly reading: Rereading;
  private readonly plaintext = new Plaintext();
  private readonly layers = new Map<number, Layer[]>();
  /** Packets that carry a part of a record, and the one that completes it. */
  private readonly parts = new Map<number, number>();
  /** Records that one packet completed, as they come. */
  private group: PlainRecord[] = [];

  constructor(source: CapturedPackets, connection: number, keys: TlsKeys, packet: number) {
    this.connection = connection;
    this.version = keys.version;
    this.from = source.packetsFrom(connection, packet, -BEFORE)[0] ?? packet;
    this.reading = new Rereading(source, connection, keys, this);
  }

  layersOf(packet: number): Layer[] {
    const { numbers } = this.reading;
    // What it carries may end in a packet behind it.
    while ((numbers.at(-1 - BEHIND) ?? 0) < packet) {
      if (!this.reading.feed()) break;
      this.flush();
      this.forget();
    }
    if (this.reading.bytes > REPLAY_BYTES && (numbers.at(-1) ?? 0) < packet)
      return [note('too far into its connection to be opened here')];
    const whole = this.parts.get(packet);
    const found = this.layers.get(packet) ?? [];
    return whole === undefined ? found : [...found, note(`a part of a record that is whole in packet ${whole}`)];
  }

  opened(record: PlainRecord): void {
    const { packet, packets, type, fromClient } = record;
    for (const each of packets) if (each !== packet) this.parts.set(each, packet);
    const [first] = this.group;
    if (first !== undefined && (first.packet !== packet || first.type !== type || first.fromClient !== fromClient)) this.flush();
    this.group.push(record);
  }

  missed(fromClient: boolean): void {
    this.flush();
    this.plaintext.miss(fromClient);
  }

  private flush(): void {
    const [first] = this.group;
    if (first === undefined) return;
    const { packet } = first;
    const wanted = packet >= this.from;
    const layers = this.plaintext.next(this.group, wanted);
    this.group = [];
    if (wanted) this.layers.set(packet, [...(this.layers.get(packet) ?? []), ...layers]);
  }

  private forget(): void {
    for (const part of this.parts.keys()) if (part < this.from) this.parts.delete(part);
    for (const packet of this.layers.keys()) {
      if (this.layers.size <= KEPT) break;
      this.layers.delete(packet);
      this.from = Math.max(this.from, packet + 1);
    }
  }
}

function note(words: string): Layer {
  return { protocol: 'tls.decrypted', title: `Decrypted TLS, ${words}`, at: 0, end: 0, fields: [], bytes: new Uint8Array(0) };
}
