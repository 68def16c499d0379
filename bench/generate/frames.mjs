// Writes Ethernet frames into a classic pcap file (microseconds), with right lengths and checksums.
import { closeSync, openSync, writeSync } from 'node:fs';

const BUFFER_BYTES = 4 << 20;
const LARGEST_RECORD = 16 + 2048;
const SHORTEST_FRAME = 60;
const FIRST_SECOND = 1_750_000_000;
const ETHERNET = 14;
const IPV4 = 20;
const ROUTER = 0x0a000001;

export const FIN = 1;
export const SYN = 2;
export const RST = 4;
export const PSH = 8;
export const ACK = 16;
/** Payload of a full segment: 1500 bytes less IPv4 and TCP with timestamps. */
export const SEGMENT = 1448;

function sumOf(bytes, at, end, start) {
  let sum = start;
  let i = at;
  for (; i + 1 < end; i += 2) sum += (bytes[i] << 8) | bytes[i + 1];
  if (i < end) sum += bytes[i] << 8;
  return sum;
}

function checksum(sum) {
  const once = (sum & 0xffff) + Math.floor(sum / 65536);
  return ~((once & 0xffff) + (once >>> 16)) & 0xffff;
}

/** 10.0.0.0/8 is the local network; everybody else is behind its router. */
const hardwareAddress = (ip) => 0x020000000000 + (ip >>> 24 === 10 ? ip : ROUTER);

export class CaptureFile {
  packets = 0;
  bytes = 0;
  #file;
  #buffer = Buffer.alloc(BUFFER_BYTES);
  #at = 24;
  #identification = 0;

  constructor(path) {
    this.#file = openSync(path, 'w');
    const header = new DataView(this.#buffer.buffer, this.#buffer.byteOffset);
    header.setUint32(0, 0xa1b2c3d4, true);
    header.setUint16(4, 2, true);
    header.setUint16(6, 4, true);
    header.setUint32(16, 262144, true);
    header.setUint32(20, 1, true);
  }

  #flush() {
    writeSync(this.#file, this.#buffer, 0, this.#at);
    this.bytes += this.#at;
    this.#at = 0;
  }

  close() {
    this.#flush();
    closeSync(this.#file);
  }

  /** Record header, Ethernet and IPv4 around `length` bytes of transport; returns where those begin. */
  #open(time, from, to, protocol, length) {
    if (this.#at + LARGEST_RECORD > BUFFER_BYTES) this.#flush();
    const b = this.#buffer;
    const size = ETHERNET + IPV4 + length;
    const captured = Math.max(size, SHORTEST_FRAME);
    const second = Math.floor(time);
    let at = this.#at;
    b.writeUInt32LE(FIRST_SECOND + second, at);
    b.writeUInt32LE(Math.floor((time - second) * 1e6), at + 4);
    b.writeUInt32LE(captured, at + 8);
    b.writeUInt32LE(captured, at + 12);
    at += 16;
    if (size < SHORTEST_FRAME) b.fill(0, at + size, at + SHORTEST_FRAME);
    b.writeUIntBE(hardwareAddress(to), at, 6);
    b.writeUIntBE(hardwareAddress(from), at + 6, 6);
    b.writeUInt16BE(0x0800, at + 12);
    const ip = at + ETHERNET;
    b.writeUInt16BE(0x4500, ip);
    b.writeUInt16BE(IPV4 + length, ip + 2);
    b.writeUInt16BE(this.#identification++ & 0xffff, ip + 4);
    b.writeUInt16BE(0x4000, ip + 6); // do not fragment
    b.writeUInt16BE(0x4000 | protocol, ip + 8); // 64 hops
    b.writeUInt16BE(0, ip + 10);
    b.writeUInt32BE(from, ip + 12);
    b.writeUInt32BE(to, ip + 16);
    b.writeUInt16BE(checksum(sumOf(b, ip, ip + IPV4, 0)), ip + 10);
    this.#at = at + captured;
    this.packets++;
    return ip + IPV4;
  }

  #transportChecksum(at, length, protocol) {
    const b = this.#buffer;
    return checksum(sumOf(b, at, at + length, sumOf(b, at - 8, at, protocol + length)));
  }

  udp(time, from, fromPort, to, toPort, payload) {
    const length = 8 + payload.length;
    const at = this.#open(time, from, to, 17, length);
    const b = this.#buffer;
    b.writeUInt16BE(fromPort, at);
    b.writeUInt16BE(toPort, at + 2);
    b.writeUInt16BE(length, at + 4);
    b.writeUInt16BE(0, at + 6);
    b.set(payload, at + 8);
    b.writeUInt16BE(this.#transportChecksum(at, length, 17) || 0xffff, at + 6);
  }

  #tcpHeader(at, fromPort, toPort, flags, sequence, acknowledgment, header) {
    const b = this.#buffer;
    b.writeUInt16BE(fromPort, at);
    b.writeUInt16BE(toPort, at + 2);
    b.writeUInt32BE(sequence, at + 4);
    b.writeUInt32BE(acknowledgment, at + 8);
    b.writeUInt16BE((header << 10) | flags, at + 12);
    b.writeUInt16BE(flags & SYN ? 64240 : flags & RST ? 0 : 502, at + 14);
    b.writeUInt32BE(0, at + 16);
  }

  /** A segment without options or payload, as port scanners and resets have it. */
  bareTcp(time, from, fromPort, to, toPort, flags, sequence, acknowledgment) {
    const at = this.#open(time, from, to, 6, 20);
    this.#tcpHeader(at, fromPort, toPort, flags, sequence, acknowledgment, 20);
    this.#buffer.writeUInt16BE(this.#transportChecksum(at, 20, 6), at + 16);
  }

  /** `bytes[first … first+count)` is the payload. A SYN carries the usual options, every other segment timestamps. */
  tcp(time, from, fromPort, to, toPort, flags, sequence, acknowledgment, bytes, first, count) {
    const header = flags & SYN ? 40 : 32;
    const at = this.#open(time, from, to, 6, header + count);
    this.#tcpHeader(at, fromPort, toPort, flags, sequence, acknowledgment, header);
    const b = this.#buffer;
    let option = at + 20;
    if (flags & SYN) {
      b.writeUInt32BE(0x020405b4, option); // maximum segment size 1460
      b.writeUInt32BE(0x0402080a, option + 4); // SACK permitted, timestamps
      b.writeUInt32BE(0x01030307, option + 16); // window scale 7
      option += 8;
    } else {
      b.writeUInt32BE(0x0101080a, option);
      option += 4;
    }
    const clock = Math.floor(time * 1000) + 1;
    b.writeUInt32BE(clock, option);
    b.writeUInt32BE(flags & ACK ? clock : 0, option + 4);
    if (count > 0) b.set(bytes.subarray(first, first + count), at + header);
    b.writeUInt16BE(this.#transportChecksum(at, header + count, 6), at + 16);
  }
}
