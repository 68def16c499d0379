// Pieces that hostile cases are made of.
import { ACK, PSH, SERVER } from './stream.mjs';

export const text = (value) => Buffer.from(value, 'latin1');
export const be16 = (...values) => Buffer.from(values.flatMap((value) => [(value >> 8) & 255, value & 255]));
export const be32 = (value) => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
export const le32 = (...values) =>
  Buffer.concat(values.map((value) => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24])));
export const join = (...parts) => Buffer.concat(parts);
export const zeros = (length) => Buffer.alloc(length);
/** The i-th address and port of a crowd. */
export const host = (i) => (0x0b000000 + (i >>> 4)) >>> 0;
export const port = (i) => 20_000 + (i & 15);

/** `packet(i)` n times, behind a pcap header. */
export const each = (packet) =>
  function* (s, n) {
    s.pcap();
    for (let i = 0; i < n; i++) {
      packet(s, i);
      yield;
    }
  };

/** Connections on which the client, then the server, says something; nobody closes. */
export const talk = (to, ask, answer) =>
  each((s, i) => {
    s.connect(host(i), port(i), to);
    const asked = ask(i);
    let at = 1;
    for (const part of asked) {
      s.tcp(host(i), SERVER, port(i), to, at, 1, ACK | PSH, part);
      at += part.length;
    }
    if (answer !== undefined) s.tcp(SERVER, host(i), to, port(i), 1, at, ACK | PSH, answer(i));
  });

export const name = (i, labels = 2) =>
  join(...[`n${i.toString(36)}`, ...'abcdefgh'.slice(1, labels)].map((l) => join(Buffer.from([l.length]), text(l))), zeros(1));
export const dnsHeader = (id, flags, ...counts) => be16(id & 0xffff, flags, ...counts);
export const question = (i, type = 1) => join(dnsHeader(i, 0x0100, 1, 0, 0, 0), name(i), be16(type, 1));
export const GET = text('GET / HTTP/1.1\r\nHost: a\r\n\r\n');

/** A BOOTP reply up to the middle of its hardware address, and an ACK's options behind the cookie: 5 of 240 bytes of addresses. */
export const BOOTP_REPLY = join(Buffer.from([2, 1, 6, 0]), be32(1), zeros(8), be32(SERVER), zeros(8), be16(0x0200));
export const MANY = join(
  ...Array.from({ length: 5 }, (_, k) =>
    join(Buffer.from([6, 240]), ...Array.from({ length: 60 }, (_, i) => be32(SERVER + 60 * k + i))),
  ),
);
export const LEASE_OPTIONS = join(be32(0x63825363), Buffer.from([53, 1, 5]), MANY, Buffer.from([255]));

/** A TLS record with a ClientHello that says `length` of itself. */
export const hello = (length, body) =>
  join(
    Buffer.from([22, 3, 1]),
    be16(Math.min(16384, length + 4)),
    Buffer.from([1, length >> 16, (length >> 8) & 255, length & 255]),
    body,
  );
export const HELLO_BODY = join(
  be16(0x0303),
  zeros(32),
  Buffer.from([0]),
  be16(4, 0x1301, 0xc02f),
  Buffer.from([1, 0]),
  be16(15 + 4, 0, 15, 13),
  Buffer.from([0]),
  be16(10),
  text('host.local'),
  zeros(0),
);

export const SECTION = le32(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff);
export const packetBlock = (iface, i, data) =>
  join(le32(iface, 395_812, i, data.length, data.length), data, zeros(-data.length & 3));
export const SMALL_FRAME = join(zeros(12), be16(0x88b5), zeros(46));

export const NEST = {
  ipip: (inner) => join(header(4, inner.length), inner),
  gre: (inner) => join(header(47, inner.length + 4), be16(0, 0x0800), inner),
  vxlan: (inner) =>
    join(
      header(17, inner.length + 30),
      be16(50_000, 4789, inner.length + 30, 0),
      text('\x08\0\0\0\0\0\x07\0'),
      zeros(12),
      be16(0x0800),
      inner,
    ),
};
export function header(protocol, length) {
  return join(be16(0x4500, 20 + length, 0, 0), Buffer.from([64, protocol, 0, 0]), be32(SERVER), be32(SERVER + 1));
}
/** IP in IP, GRE and VXLAN in the order that the digits of `i` to the base of 3 say. */
export function nested(i, depth) {
  let packet = join(header(17, 12), be16(1, 9, 12, 0), zeros(4));
  for (let left = depth, digits = i; left > 0; left--) {
    packet = Object.values(NEST)[digits % 3](packet);
    digits = Math.floor(digits / 3) || i + left;
  }
  return join(zeros(12), be16(0x0800), packet);
}
