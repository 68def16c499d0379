import { HTTP3_SETTING_NAMES, Http3Setting, Http3Type, StreamType } from '../dissect/http3/names.ts';
import { QpackDecoder, Section } from '../dissect/http3/qpack.ts';
import { readSettings } from '../dissect/http3/settings.ts';
import { varint, varintEnd } from '../dissect/quic/varint.ts';
import type { HeldBytes } from './held-bytes.ts';
import { Carry } from './http-carry.ts';
import type { HttpHooks } from './http-hooks.ts';
import { FieldSection, wanted } from './http2-fields.ts';
import { Message } from './http2-message.ts';
import { Half, State, UniStream } from './http3-half.ts';
import { Http3Streams, pushKey } from './http3-streams.ts';
import type { StreamReader } from './quic-streams.ts';

/** Streams of one connection whose place is remembered; past it the oldest's is forgotten. */
const HALVES_LIMIT = 8192;
/** Of a control stream's frames so much is looked at. */
const CONTROL_LIMIT = 4096;

// Used up within one call, so one does for all parsers.
const section = new FieldSection();

/** HTTP/3 (RFC 9114) on one connection, as far as its streams could be read. */
export class Http3Parser extends Http3Streams implements StreamReader {
  readonly protocol = 'http3';
  /** What each side's encoder has told, the client's first. */
  private readonly tables: [QpackDecoder, QpackDecoder];
  private readonly halves = new Map<number, [Half, Half]>();
  private readonly unis = new Map<number, UniStream>();
  /** Directions whose field section waits for entries. */
  private readonly blocked = new Set<Half>();
  private readonly held: HeldBytes;

  constructor(quic: number, hooks: HttpHooks, held: HeldBytes) {
    super(quic, hooks);
    this.tables = [new QpackDecoder(wanted, hooks.tables), new QpackDecoder(wanted, hooks.tables)];
    this.held = held;
  }

  data(
    fromClient: boolean,
    id: number,
    bytes: Uint8Array,
    at: number,
    end: number,
    last: boolean,
    packet: number,
    time: number,
  ): void {
    if (id & 2) this.uni(this.uniOf(fromClient, id), bytes, at, end, last, packet, time);
    else if ((id & 1) === 0) this.take(this.half(fromClient, id), bytes, at, end, last, packet, time);
  }

  gap(fromClient: boolean, id: number, length: number, packet: number, time: number): void {
    if ((id & 2) === 0) {
      if ((id & 1) === 0) this.hole(this.half(fromClient, id), length, packet, time);
      return;
    }
    const uni = this.uniOf(fromClient, id);
    // Whether it was the encoder's, nobody knows.
    if (uni.type < 0 || uni.type === StreamType.encoder) this.tables[fromClient ? 0 : 1].lose();
    if (uni.type < 0) uni.type = UNKNOWN;
    if (uni.type === StreamType.push && uni.push !== undefined) this.hole(uni.push, length, packet, time);
    uni.half.state = State.lost;
    this.unblock(fromClient);
  }

  aborted(fromClient: boolean, id: number, code: number, packet: number, time: number): void {
    const half = id & 2 ? this.unis.get(id)?.push : this.halves.get(id)?.[fromClient ? 0 : 1];
    if (half !== undefined) this.force(half);
    this.gaveUp(fromClient, half?.id ?? id, code, packet, time);
    if (half !== undefined) this.close(half);
    this.forgetUni(id);
  }

  unwanted(fromClient: boolean, id: number, code: number, packet: number, time: number): void {
    this.stop(fromClient, id, code, packet, time);
  }

  end(): void {
    for (const half of [...this.blocked]) this.force(half);
    this.finishAll();
    for (const halves of this.halves.values()) for (const half of halves) half.drop();
    for (const id of this.unis.keys()) this.forgetUni(id);
    this.halves.clear();
    for (const table of this.tables) table.end();
  }

  private half(fromClient: boolean, id: number): Half {
    let halves = this.halves.get(id);
    if (halves === undefined) {
      if (this.halves.size >= HALVES_LIMIT) this.forgetOldest();
      halves = [new Half(true, id), new Half(false, id)];
      this.halves.set(id, halves);
    }
    return halves[fromClient ? 0 : 1];
  }

  private forgetOldest(): void {
    for (const [id, halves] of this.halves) {
      for (const half of halves) {
        this.force(half);
        half.drop();
      }
      this.halves.delete(id);
      return;
    }
  }

  private uniOf(fromClient: boolean, id: number): UniStream {
    let uni = this.unis.get(id);
    if (uni === undefined) {
      uni = new UniStream(fromClient, id);
      this.unis.set(id, uni);
      if (this.unis.size > HALVES_LIMIT) this.forgetUni(this.unis.keys().next().value as number);
    }
    return uni;
  }

  /** A direction of a request stream, or a pushed response. */
  private take(half: Half, bytes: Uint8Array, at: number, end: number, last: boolean, packet: number, time: number): void {
    if (half.over) return;
    if (half.section !== undefined) {
      if (this.held.take(end - at)) {
        half.held += end - at;
        half.waiting.push({ bytes: bytes.slice(at, end), length: 0, last, packet, time });
        return;
      }
      this.force(half);
    }
    let i = at;
    while (i < end) {
      if (half.state === State.lost) {
        this.touch(half, packet, time);
        break;
      }
      if (half.state === State.header) {
        i = half.begin(bytes, i, end, packet, time);
        if (half.headLength > 0) break;
        this.frame(half, packet, time);
        if (half.remaining === 0) this.frameEnd(half, bytes, i, last && i === end);
      } else {
        const taken = Math.min(half.remaining, end - i);
        this.payload(half, bytes, i, i + taken, packet, time);
        i += taken;
        half.remaining -= taken;
        if (half.remaining === 0) this.frameEnd(half, bytes, i, last && i === end);
      }
      // What follows waits with the section.
      if (half.section !== undefined && i < end) {
        this.take(half, bytes, i, end, last, packet, time);
        return;
      }
    }
    if (last && half.section === undefined) this.ended(half, packet, time);
  }

  /** A frame's header was read. */
  private frame(half: Half, packet: number, time: number): void {
    const { type } = half;
    half.state = State.skip;
    if (type === Http3Type.data) {
      half.state = State.data;
      const message = this.open(half.id)?.message(half.fromClient);
      message?.touch(half.firstPacket, half.firstTime);
      message?.touch(packet, time);
      if (message !== undefined) message.transfer += half.headerBytes;
    } else if (type === Http3Type.headers || (type === Http3Type.pushPromise && !half.fromClient)) {
      half.state = State.block;
      half.dropped = false;
      half.seen = new Message();
      half.seen.transfer = half.headerBytes;
      half.seen.touch(half.firstPacket, half.firstTime);
      half.seen.touch(packet, time);
    } else if (type === Http3Type.settings || type === Http3Type.goAway) this.problem('http3-frame-error', packet);
  }

  private payload(half: Half, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    if (half.state === State.data) {
      const message = this.open(half.id)?.message(half.fromClient);
      if (message === undefined) return;
      message.touch(packet, time);
      message.transfer += end - at;
      message.carry(bytes, at, end);
    } else if (half.state === State.block) {
      half.seen.touch(packet, time);
      half.seen.transfer += end - at;
      // A section in one piece is read where it lies.
      if ((half.carry === undefined && end - at === half.length) || half.dropped) return;
      half.carry ??= new Carry(this.hooks.budget);
      if (half.carry.append(bytes, at, end)) return;
      this.problem(half.carry.full ? 'http2-header-block-too-long' : 'http2-header-blocks-held', packet);
      half.drop();
      half.dropped = true;
    }
  }

  /** The frame's payload is over; it ended at `at`. `last`: so does the direction. */
  private frameEnd(half: Half, bytes: Uint8Array, at: number, last: boolean): void {
    const { state, carry } = half;
    half.state = State.header;
    if (state !== State.block) return;
    const source = carry?.bytes ?? bytes;
    const start = carry === undefined ? at - half.length : 0;
    this.block(half, source, start, carry?.length ?? at, half.type, last, false);
    half.drop();
  }

  /** A whole field section, behind the push id of a PUSH_PROMISE. `force`: entries that have not come never will. */
  private block(half: Half, bytes: Uint8Array, at: number, end: number, type: number, last: boolean, force: boolean): void {
    const { fromClient, id, seen } = half;
    section.clear();
    let from = at;
    let push = -1;
    if (type === Http3Type.pushPromise && !half.dropped) {
      from = varintEnd(bytes, at, end);
      if (from <= end) push = varint(bytes, at);
      else half.dropped = true;
    }
    if (!half.dropped) {
      const read = this.tables[fromClient ? 0 : 1].decode(bytes, from, end, section, force);
      if (read === Section.blocked && this.wait(half, bytes.slice(at, end), type, last)) return;
      if (read === Section.blocked) this.tables[fromClient ? 0 : 1].decode(bytes, from, end, section, true);
      if (read === Section.bad) {
        this.problem('http3-qpack-error', seen.lastPacket);
        half.dropped = true;
      }
    }
    if (half.dropped) section.unknown++;
    if (section.excessive) this.problem('http2-header-list-too-long', seen.lastPacket);
    seen.headPacket = seen.lastPacket;
    if (push >= 0) this.promised(id, pushKey(push), section, end - from, seen);
    else if (type === Http3Type.headers) this.section(fromClient, id, last, section, end - at, seen);
  }

  private wait(half: Half, bytes: Uint8Array, type: number, last: boolean): boolean {
    if (!this.held.take(bytes.length)) return false;
    half.held += bytes.length;
    half.section = { bytes, type, last };
    this.blocked.add(half);
    // Its answer must not be taken for one without a request.
    if (half.fromClient && this.open(half.id) === undefined) this.begin(half.id, half.seen);
    return true;
  }

  /** The encoder has told more: what waited for it goes on where it can. */
  private unblock(fromClient: boolean): void {
    for (const half of [...this.blocked]) if (half.fromClient === fromClient && this.readable(half)) this.go(half, false);
  }

  private readable({ fromClient, section: waits }: Half): boolean {
    if (waits === undefined) return false;
    const { bytes, type } = waits;
    const at = type === Http3Type.pushPromise ? varintEnd(bytes, 0, bytes.length) : 0;
    return !this.tables[fromClient ? 0 : 1].blocks(bytes, at, bytes.length);
  }

  private force(half: Half): void {
    while (half.section !== undefined) this.go(half, true);
  }

  private go(half: Half, force: boolean): void {
    const { section: waits, waiting } = half;
    if (waits === undefined) return;
    half.section = undefined;
    half.waiting = [];
    this.held.give(half.held);
    half.held = 0;
    this.blocked.delete(half);
    this.block(half, waits.bytes, 0, waits.bytes.length, waits.type, waits.last, force);
    for (const { bytes, length, last, packet, time } of waiting) {
      if (bytes === undefined) this.hole(half, length, packet, time);
      else this.take(half, bytes, 0, bytes.length, last, packet, time);
    }
    if (waits.last && half.section === undefined) this.ended(half, half.seen.lastPacket, half.seen.lastTime);
  }

  private hole(half: Half, length: number, packet: number, time: number): void {
    if (half.over) return;
    if (half.section !== undefined) {
      half.waiting.push({ bytes: undefined, length, last: false, packet, time });
      return;
    }
    const stream = this.open(half.id);
    if (stream !== undefined) stream.exchange.whole = false;
    if (half.state !== State.data && half.state !== State.skip) half.state = State.lost;
    else if (length > half.remaining) half.state = State.lost;
    else {
      half.remaining -= length;
      const message = half.state === State.data ? stream?.message(half.fromClient) : undefined;
      if (message !== undefined) {
        message.body += length;
        message.transfer += length;
      }
      if (half.remaining === 0) half.state = State.header;
    }
    if (half.state === State.lost) half.drop();
  }

  private touch(half: Half, packet: number, time: number): void {
    const message = this.open(half.id)?.message(half.fromClient);
    if (message?.begun) message.touch(packet, time);
  }

  /** The sender has ended its direction. */
  private ended(half: Half, packet: number, time: number): void {
    if (half.state === State.header ? half.headLength > 0 : half.state !== State.lost) this.problem('http3-frame-error', packet);
    this.close(half);
    const stream = this.open(half.id);
    if (stream === undefined) return;
    const message = stream.message(half.fromClient);
    if (half.state !== State.header) stream.exchange.whole = false;
    if (message.begun) message.touch(packet, time);
    if (!message.over) this.over(half.fromClient, stream);
  }

  private close(half: Half): void {
    half.over = true;
    half.drop();
    const halves = this.halves.get(half.id);
    if (halves?.[0].over && halves[1].over) this.halves.delete(half.id);
  }

  private uni(uni: UniStream, bytes: Uint8Array, at: number, end: number, last: boolean, packet: number, time: number): void {
    let i = at;
    if (uni.type === -1 && i < end) {
      i = uni.integer(bytes, i, end);
      uni.type = uni.value;
    }
    const { fromClient } = uni.half;
    if (uni.type === StreamType.encoder) {
      if (!this.tables[fromClient ? 0 : 1].instructions(bytes, i, end)) this.problem('http3-qpack-error', packet);
      this.unblock(fromClient);
    } else if (uni.type === StreamType.control) this.control(uni.half, bytes, i, end, packet, time);
    else if (uni.type === StreamType.push && !fromClient) {
      if (uni.push === undefined && i < end) {
        i = uni.integer(bytes, i, end);
        if (uni.value >= 0) uni.push = this.pushed(uni.value, uni.half.id);
      }
      if (uni.push !== undefined) this.take(uni.push, bytes, i, end, last, packet, time);
    }
    // What a push stream has said may still wait for entries.
    if (last && uni.push?.section === undefined) this.forgetUni(uni.half.id);
  }

  private forgetUni(id: number): void {
    const uni = this.unis.get(id);
    this.unis.delete(id);
    uni?.half.drop();
    if (uni?.push === undefined) return;
    this.force(uni.push);
    uni.push.drop();
  }

  private pushed(id: number, stream: number): Half {
    const promised = this.open(pushKey(id));
    if (promised !== undefined) promised.exchange.stream = stream;
    return new Half(false, pushKey(id));
  }

  private control(half: Half, bytes: Uint8Array, at: number, end: number, packet: number, time: number): void {
    for (let i = at; i < end && half.state !== State.lost; ) {
      if (half.state === State.header) {
        i = half.begin(bytes, i, end, packet, time);
        if (half.headLength > 0) return;
        half.state = State.block;
      } else {
        const taken = Math.min(half.remaining, end - i);
        if (half.type === Http3Type.settings || half.type === Http3Type.goAway) {
          half.carry ??= new Carry(this.hooks.budget);
          if (half.carry.length < CONTROL_LIMIT) half.carry.append(bytes, i, i + Math.min(taken, CONTROL_LIMIT));
        }
        i += taken;
        half.remaining -= taken;
      }
      if (half.remaining > 0) continue;
      half.state = State.header;
      if (half.carry !== undefined) this.controlFrame(half.fromClient, half.type, half.carry, packet, time);
      half.drop();
    }
  }

  private controlFrame(fromClient: boolean, type: number, { bytes, length }: Carry, packet: number, time: number): void {
    if (type === Http3Type.goAway) {
      if (varintEnd(bytes, 0, length) <= length) this.goAway(fromClient, varint(bytes, 0), 0, packet, time);
      return;
    }
    readSettings(bytes, 0, length, (setting, value) => {
      const name = HTTP3_SETTING_NAMES[setting];
      if (name !== undefined) this.facts.settings[fromClient ? 'client' : 'server'][name] = value;
      // What one side says holds for what the other one sends.
      if (setting === Http3Setting.tableCapacity) this.tables[fromClient ? 1 : 0].allow(value);
    });
    this.unblock(!fromClient);
  }
}

/** Of a stream whose type was not seen. */
const UNKNOWN = -2;
