// Packets into a capture that is never a file: pieces of it for a pipe. Checksums are left empty.

const PIECE = 1 << 20;
const LARGEST = 1 << 18;
const FIRST_SECOND = 1_700_000_000;
const ETHERNET = 14;

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;

/** A server that everybody talks to. */
export const SERVER = 0x0a000001;
const NOTHING = Buffer.alloc(0);

export class Stream {
  /** Microseconds since the first packet; every packet moves it by `step`. */
  time = 0;
  step = 1;
  packets = 0;
  #buffer = Buffer.allocUnsafe(PIECE + LARGEST);
  #at = 0;

  /** A classic pcap header; without it the case writes its own bytes. */
  pcap(linkType = 1) {
    for (const word of [0xa1b2c3d4, 0x00040002, 0, 0, LARGEST, linkType]) this.word(word);
    return this;
  }

  get full() {
    return this.#at >= PIECE;
  }

  /** What was written since the last time. */
  take() {
    const piece = Buffer.from(this.#buffer.subarray(0, this.#at));
    this.#at = 0;
    return piece;
  }

  word(value) {
    this.#at = this.#buffer.writeUInt32LE(value >>> 0, this.#at);
  }

  bytes(bytes) {
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A record of `length` bytes, `wire` on the wire; gives where its bytes go. */
  record(length, wire = length) {
    this.word(FIRST_SECOND + Math.floor(this.time / 1e6));
    this.word(((this.time % 1e6) + 1e6) % 1e6);
    this.word(length);
    this.word(wire);
    this.time += this.step;
    this.packets++;
    const at = this.#at;
    this.#at += length;
    return at;
  }

  frame(bytes, wire) {
    this.#buffer.set(bytes, this.record(bytes.length, wire));
  }

  /** Ethernet, IPv4 and `body` bytes of which the caller writes; gives where they begin. `beyond`: bytes that were not captured. */
  ip(source, destination, protocol, body, beyond = 0) {
    const b = this.#buffer;
    const length = ETHERNET + 20 + body;
    const at = this.record(length, length + beyond);
    b.fill(2, at, at + 12);
    b.writeUInt16BE(0x0800, at + 12);
    b.writeUInt32BE(0x45000000 + 20 + body + beyond, at + 14);
    b.writeUInt32BE(0, at + 18);
    b.writeUInt32BE(0x40000000 + protocol * 65536, at + 22);
    b.writeUInt32BE(source >>> 0, at + 26);
    b.writeUInt32BE(destination >>> 0, at + 30);
    return at + 34;
  }

  /** The same for IPv6; addresses differ in their last four bytes. */
  ip6(source, destination, next, body) {
    const b = this.#buffer;
    const at = this.record(ETHERNET + 40 + body);
    b.fill(2, at, at + 12);
    b.writeUInt16BE(0x86dd, at + 12);
    b.writeUInt32BE(0x60000000, at + 14);
    b.writeUInt32BE(body * 65536 + next * 256 + 255, at + 18);
    for (const [address, from] of [
      [source, at + 22],
      [destination, at + 38],
    ]) {
      b.writeUInt32BE(0x20010db8, from);
      b.fill(0, from + 4, from + 12);
      b.writeUInt32BE(address >>> 0, from + 12);
    }
    return at + 54;
  }

  tcp(source, destination, sourcePort, destinationPort, sequence, acknowledgment, flags, payload = NOTHING, beyond = 0) {
    const b = this.#buffer;
    const at = this.ip(source, destination, 6, 20 + payload.length, beyond);
    b.writeUInt32BE(sourcePort * 65536 + destinationPort, at);
    b.writeUInt32BE(sequence >>> 0, at + 4);
    b.writeUInt32BE(acknowledgment >>> 0, at + 8);
    b.writeUInt32BE((0x50000000 | (flags << 16) | 0xffff) >>> 0, at + 12);
    b.writeUInt32BE(0, at + 16);
    b.set(payload, at + 20);
  }

  /** A handshake with the server's `port`. Both sides begin at 0: their first bytes are number 1. */
  connect(client, clientPort, port) {
    this.tcp(client, SERVER, clientPort, port, 0, 0, SYN);
    this.tcp(SERVER, client, port, clientPort, 0, 1, SYN | ACK);
    this.tcp(client, SERVER, clientPort, port, 1, 1, ACK);
  }

  udp(source, destination, sourcePort, destinationPort, payload) {
    const b = this.#buffer;
    const at = this.ip(source, destination, 17, 8 + payload.length);
    b.writeUInt32BE(sourcePort * 65536 + destinationPort, at);
    b.writeUInt32BE((8 + payload.length) * 65536, at + 4);
    b.set(payload, at + 8);
  }

  /** Any IPv4 payload. */
  raw(source, destination, protocol, payload, fragment = 0, id = 0) {
    const at = this.ip(source, destination, protocol, payload.length);
    this.#buffer.writeUInt32BE(id * 65536 + fragment, at - 16);
    this.#buffer.set(payload, at);
  }

  raw6(source, destination, next, payload) {
    this.#buffer.set(payload, this.ip6(source, destination, next, payload.length));
  }

  /** A pcapng block with this body, which is a multiple of four bytes long. */
  block(type, body) {
    this.word(type);
    this.word(body.length + 12);
    this.bytes(body);
    this.word(body.length + 12);
  }
}

/** The pieces of a case with `n` of whatever it counts. */
export function* piecesOf(one, n) {
  const stream = new Stream();
  for (const _ of one.make(stream, n)) if (stream.full) yield stream.take();
  yield stream.take();
}
