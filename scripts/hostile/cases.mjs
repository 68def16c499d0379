// What somebody could send to make an analyser slow or big. Each case writes `n` of what it counts, and yields now and then.
import { ACK, PSH, SERVER, SYN } from './stream.mjs';

const text = (value) => Buffer.from(value, 'latin1');
const be16 = (...values) => Buffer.from(values.flatMap((value) => [(value >> 8) & 255, value & 255]));
const be32 = (value) => Buffer.from([value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255]);
const le32 = (...values) =>
  Buffer.concat(values.map((value) => Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24])));
const join = (...parts) => Buffer.concat(parts);
const zeros = (length) => Buffer.alloc(length);
/** The i-th address and port of a crowd. */
const host = (i) => (0x0b000000 + (i >>> 4)) >>> 0;
const port = (i) => 20_000 + (i & 15);

/** `packet(i)` n times, behind a pcap header. */
const each = (packet) =>
  function* (s, n) {
    s.pcap();
    for (let i = 0; i < n; i++) {
      packet(s, i);
      yield;
    }
  };

/** Connections on which the client, then the server, says something; nobody closes. */
const talk = (to, ask, answer) =>
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

const name = (i, labels = 2) =>
  join(...[`n${i.toString(36)}`, ...'abcdefgh'.slice(1, labels)].map((l) => join(Buffer.from([l.length]), text(l))), zeros(1));
const dnsHeader = (id, flags, ...counts) => be16(id & 0xffff, flags, ...counts);
const question = (i, type = 1) => join(dnsHeader(i, 0x0100, 1, 0, 0, 0), name(i), be16(type, 1));
const GET = text('GET / HTTP/1.1\r\nHost: a\r\n\r\n');

/** A BOOTP reply up to the middle of its hardware address, and an ACK's options behind the cookie: 5 of 240 bytes of addresses. */
const BOOTP_REPLY = join(Buffer.from([2, 1, 6, 0]), be32(1), zeros(8), be32(SERVER), zeros(8), be16(0x0200));
const MANY = join(
  ...Array.from({ length: 5 }, (_, k) =>
    join(Buffer.from([6, 240]), ...Array.from({ length: 60 }, (_, i) => be32(SERVER + 60 * k + i))),
  ),
);
const LEASE_OPTIONS = join(be32(0x63825363), Buffer.from([53, 1, 5]), MANY, Buffer.from([255]));

/** A TLS record with a ClientHello that says `length` of itself. */
const hello = (length, body) =>
  join(
    Buffer.from([22, 3, 1]),
    be16(Math.min(16384, length + 4)),
    Buffer.from([1, length >> 16, (length >> 8) & 255, length & 255]),
    body,
  );
const HELLO_BODY = join(
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

const SECTION = le32(0x1a2b3c4d, 1, 0xffffffff, 0xffffffff);
const packetBlock = (iface, i, data) => join(le32(iface, 395_812, i, data.length, data.length), data, zeros(-data.length & 3));
const SMALL_FRAME = join(zeros(12), be16(0x88b5), zeros(46));

const NEST = {
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
function header(protocol, length) {
  return join(be16(0x4500, 20 + length, 0, 0), Buffer.from([64, protocol, 0, 0]), be32(SERVER), be32(SERVER + 1));
}
/** IP in IP, GRE and VXLAN in the order that the digits of `i` to the base of 3 say. */
function nested(i, depth) {
  let packet = join(header(17, 12), be16(1, 9, 12, 0), zeros(4));
  for (let left = depth, digits = i; left > 0; left--) {
    packet = Object.values(NEST)[digits % 3](packet);
    digits = Math.floor(digits / 3) || i + left;
  }
  return join(zeros(12), be16(0x0800), packet);
}

/**
 * name; what `n` counts; `n` by default (measured with n and 2n) and with --full; the codes of the report's problems that must tell
 * of it, if its bound is reached at 2n.
 */
export const cases = [
  {
    name: 'syn-flood',
    counts: 'sources',
    n: 1e6,
    full: 5e6,
    tells: ['tcp-flows-evicted'],
    make: each((s, i) => s.tcp(0x0b000000 + i, SERVER, 1024 + (i % 60_000), 80, i * 7919, 0, SYN)),
  },
  {
    name: 'half-open',
    counts: 'connections',
    n: 6e5,
    tells: ['tcp-flows-evicted'],
    make: each((s, i) => {
      s.tcp(host(i), SERVER, port(i), 80, 0, 0, SYN);
      s.tcp(SERVER, host(i), 80, port(i), 0, 1, SYN | ACK);
    }),
  },
  {
    name: 'unfinished-heads',
    counts: 'connections',
    n: 2e5,
    tells: ['tcp-conversations-evicted'],
    make: talk(80, (i) => [text(`GET /${i} HTTP/1.1\r\nHost: a\r\nX-Slow: `)]),
  },
  {
    name: 'ping-pong',
    counts: 'connections',
    n: 15_000,
    tells: [],
    make: each((s, i) => {
      s.connect(host(i), port(i), 7);
      for (let k = 0; k < 40; k++) {
        s.tcp(host(i), SERVER, port(i), 7, 1 + k, 1 + k, ACK | PSH, text('a'));
        s.tcp(SERVER, host(i), 7, port(i), 1 + k, 2 + k, ACK | PSH, text('b'));
      }
    }),
  },
  {
    name: 'fragments-v4',
    counts: 'first fragments',
    n: 5e5,
    tells: ['fragments-dropped'],
    make: each((s, i) => s.raw(host(i), SERVER, 17, zeros(64), 0x2000, i & 0xffff)),
  },
  {
    name: 'fragments-v6',
    counts: 'first fragments',
    n: 5e5,
    tells: ['fragments-dropped'],
    make: each((s, i) => s.raw6(i, 1, 44, join(Buffer.from([17, 0, 0, 1]), be32(i), zeros(64)))),
  },
  {
    name: 'fragments-long',
    counts: 'last fragments',
    n: 2e5,
    tells: ['fragments-dropped'],
    make: each((s, i) => s.raw(host(i), SERVER, 17, zeros(64), 8182, i & 0xffff)),
  },
  {
    name: 'reverse-bytes',
    counts: '1-byte segments of one stream, last first',
    n: 2e5,
    tells: ['holes-given-up'],
    *make(s, n) {
      s.pcap().connect(host(0), port(0), 80);
      for (let i = n; i > 0; i--) {
        s.tcp(host(0), SERVER, port(0), 80, i, 1, ACK, text('x'));
        yield;
      }
    },
  },
  {
    name: 'holes-everywhere',
    counts: '1-byte segments with a hole before each, 4096 a stream',
    n: 6e5,
    tells: ['holes-given-up'],
    *make(s, n) {
      s.pcap();
      for (let i = 0; i < n; i++) {
        const flow = i >> 12;
        if ((i & 4095) === 0) s.connect(host(flow), port(flow), 80);
        s.tcp(host(flow), SERVER, port(flow), 80, 3 + 2 * (i & 4095), 1, ACK, text('x'));
        yield;
      }
    },
  },
  {
    name: 'content-length-4g',
    counts: 'connections',
    n: 1e5,
    tells: [],
    make: talk(
      80,
      () => [GET],
      () => join(text('HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n'), zeros(100)),
    ),
  },
  {
    name: 'huge-chunks',
    counts: 'connections',
    n: 1e5,
    tells: ['http-bad-chunk'],
    make: talk(
      80,
      () => [GET],
      (i) =>
        join(
          text(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${i & 1 ? 'fffffffff' : 'f'.repeat(40)}\r\n`),
          zeros(100),
        ),
    ),
  },
  {
    name: 'header-lines',
    counts: 'lines of one head',
    n: 1e6,
    tells: ['http-head-too-long'],
    *make(s, n) {
      s.pcap().connect(host(0), port(0), 80);
      let at = 1;
      const send = (bytes) => {
        s.tcp(host(0), SERVER, port(0), 80, at, 1, ACK, bytes);
        at += bytes.length;
      };
      send(text('GET / HTTP/1.1\r\n'));
      for (let i = 0; i < n; i += 100) {
        send(text(Array.from({ length: 100 }, (_, k) => `X-${i + k}: y\r\n`).join('')));
        yield;
      }
    },
  },
  {
    name: 'pipelined',
    counts: 'requests on one connection, no answer',
    n: 5e5,
    tells: ['http-pipeline-limit'],
    *make(s, n) {
      s.pcap().connect(host(0), port(0), 80);
      const twenty = join(...new Array(20).fill(GET));
      for (let i = 0; i < n; i += 20) {
        s.tcp(host(0), SERVER, port(0), 80, 1 + (i / 20) * twenty.length, 1, ACK, twenty);
        yield;
      }
    },
  },
  {
    name: 'answered-in-order',
    counts: 'requests on one connection with their answers',
    n: 2e5,
    tells: [],
    *make(s, n) {
      s.pcap().connect(host(0), port(0), 80);
      const answer = text('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx');
      for (let i = 0; i < n; i++) {
        s.tcp(host(0), SERVER, port(0), 80, 1 + i * GET.length, 1 + i * answer.length, ACK, GET);
        s.tcp(SERVER, host(0), 80, port(0), 1 + i * answer.length, 1 + (i + 1) * GET.length, ACK, answer);
        yield;
      }
    },
  },
  {
    name: 'long-urls',
    counts: 'requests with 60 KB of URL each',
    n: 4000,
    tells: [],
    *make(s, n) {
      s.pcap().connect(host(0), port(0), 80);
      const answer = text('HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: /next\r\n\r\n');
      const filler = 'y'.repeat(60_000);
      let at = 1;
      for (let i = 0; i < n; i++) {
        const ask = text(`GET /${i}${filler} HTTP/1.1\r\nHost: a\r\nReferer: http://a/${i}${filler}\r\n\r\n`);
        for (let from = 0; from < ask.length; from += 1400) {
          const part = ask.subarray(from, from + 1400);
          s.tcp(host(0), SERVER, port(0), 80, at, 1 + i * answer.length, ACK, part);
          at += part.length;
        }
        s.tcp(SERVER, host(0), 80, port(0), 1 + i * answer.length, at, ACK, answer);
        yield;
      }
    },
  },
  {
    name: 'tls-16mb',
    counts: 'connections whose handshake message says 16 MB',
    n: 1e5,
    tells: [],
    make: talk(443, () => [hello(0xffffff, zeros(1300))]),
  },
  {
    name: 'tls-half-done',
    counts: 'connections with a ClientHello',
    n: 1e5,
    tells: ['tcp-conversations-evicted'],
    make: talk(443, () => [hello(HELLO_BODY.length, HELLO_BODY)]),
  },
  {
    name: 'tls-unfinished',
    counts: 'connections with 14 KB of a 16 KB ClientHello',
    n: 12_000,
    tells: ['tls-handshakes-held'],
    make: talk(443, () => [hello(16_000, zeros(1391)), ...new Array(9).fill(zeros(1400))]),
  },
  {
    name: 'dns-tcp-unfinished',
    counts: 'connections with 14 KB of a 60 KB message',
    n: 12_000,
    tells: ['dns-messages-held'],
    make: talk(53, (i) => [join(be16(60_000), question(i), zeros(1300)), ...new Array(9).fill(zeros(1400))]),
  },
  {
    name: 'dns-pointers',
    counts: 'messages of pointer loops',
    n: 5e4,
    tells: [],
    make: each((s, i) => {
      const loops = join(...Array.from({ length: 200 }, (_, k) => be16(0xc000 | (12 + 2 * ((k + 1 + (i % 7)) % 200)))));
      s.udp(SERVER, host(i), 53, port(i), join(dnsHeader(i, 0x8180, 60, 60, 60, 60), loops, zeros(500)));
    }),
  },
  {
    name: 'dns-65535-records',
    counts: 'answers of 65 KB that claim 65,535 records',
    n: 1500,
    tells: [],
    make: each((s, i) => {
      const asked = question(i);
      s.udp(host(i), SERVER, port(i), 53, asked);
      const record = join(be16(0xc00c, 1, 1, 0, 1, 4), be32(i));
      const size = Math.floor((65_000 - asked.length) / record.length);
      const answer = join(dnsHeader(i, 0x8180, 1, 65_535, 65_535, 65_535), asked.subarray(12), ...new Array(size).fill(record));
      s.udp(SERVER, host(i), 53, port(i), answer);
    }),
  },
  {
    name: 'dns-flood',
    counts: 'unanswered questions with names of their own',
    n: 5e5,
    tells: ['lookups-evicted'],
    make: each((s, i) => s.udp(host(i), SERVER, port(i), 53, question(i))),
  },
  {
    name: 'dns-many-addresses',
    counts: 'answers with 256 addresses each, 16 types a name',
    n: 40_000,
    tells: ['names-evicted'],
    make: each((s, i) => {
      const asked = join(dnsHeader(i, 0x0100, 1, 0, 0, 0), name(i >> 4), be16(1 + (i & 15), 1));
      s.udp(host(0), SERVER, port(i), 53, asked);
      const records = Array.from({ length: 256 }, (_, k) => join(be16(0xc00c, 1, 1, 0, 1, 4), be32(i * 256 + k)));
      s.udp(SERVER, host(0), 53, port(i), join(dnsHeader(i, 0x8180, 1, 256, 0, 0), asked.subarray(12), ...records));
    }),
  },
  {
    name: 'address-hunt',
    counts: 'connections of a client that knows 500,000 other addresses',
    n: 50_000,
    tells: [],
    *make(s, n) {
      s.pcap();
      for (let i = 0; i < 2048; i++) {
        const asked = join(dnsHeader(i, 0x0100, 1, 0, 0, 0), name(i >> 4), be16(1 + (i & 15), 1));
        s.udp(host(0), SERVER, port(0), 53, asked);
        const records = Array.from({ length: 256 }, (_, k) => join(be16(0xc00c, 1, 1, 0, 1, 4), be32(i * 256 + k)));
        s.udp(SERVER, host(0), 53, port(0), join(dnsHeader(i, 0x8180, 1, 256, 0, 0), asked.subarray(12), ...records));
        yield;
      }
      for (let i = 0; i < n; i++) {
        s.tcp(host(0), 0x0c000000 + i, 1024 + (i % 60_000), 80, i, 0, SYN);
        yield;
      }
    },
  },
  {
    name: 'mdns-flood',
    counts: 'unanswered multicast questions',
    n: 3e5,
    tells: ['lookups-evicted'],
    make: each((s, i) => s.udp(host(i), 0xe00000fb, 5353, 5353, question(i))),
  },
  {
    name: 'arp-storm',
    counts: 'questions for addresses of their own',
    n: 1e6,
    tells: ['resolutions-evicted'],
    make: each((s, i) =>
      s.frame(
        join(
          Buffer.alloc(6, 255),
          zeros(2),
          be32(i),
          be16(0x0806, 1, 0x0800, 0x0604, 1),
          zeros(2),
          be32(i),
          be32(host(i)),
          zeros(6),
          be32(SERVER + i),
        ),
      ),
    ),
  },
  {
    name: 'ndp-storm',
    counts: 'solicitations for addresses of their own',
    n: 5e5,
    tells: ['resolutions-evicted'],
    make: each((s, i) => s.raw6(i, 1, 58, join(Buffer.from([135, 0, 0, 0]), zeros(4), be32(0xfe800000), zeros(8), be32(i)))),
  },
  {
    name: 'dhcp-flood',
    counts: 'leases for clients of their own, each with 300 resolvers',
    n: 100_000,
    tells: ['configurations-evicted', 'configuration-lists-cut'],
    make: each((s, i) => s.udp(SERVER, 0xffffffff, 67, 68, join(BOOTP_REPLY, be32(i), zeros(202), LEASE_OPTIONS))),
  },
  {
    name: 'udp-ports',
    counts: 'datagrams with ports of their own',
    n: 1e6,
    full: 5e6,
    tells: ['udp-flows-evicted'],
    make: each((s, i) => s.udp(0x0b000000 + Math.floor(i / 60_000), SERVER, 1024 + (i % 60_000), 9, zeros(4))),
  },
  {
    name: 'quic-initials',
    counts: 'flows that begin like QUIC',
    n: 30_000,
    tells: [],
    make: each((s, i) =>
      s.udp(
        host(i),
        SERVER,
        port(i),
        443,
        join(Buffer.from([0xc3, 0, 0, 0, 1, 8]), be32(i), be32(i), Buffer.from([0, 0, 0x44, 0xa0]), zeros(1184)),
      ),
    ),
  },
  {
    name: 'icmp-errors',
    counts: 'errors about packets that nobody sent',
    n: 5e5,
    tells: [],
    make: each((s, i) => s.raw(host(i), SERVER, 1, join(be16(0x0303, 0, 0, 0), header(17, 8), be16(i & 0xffff, 53, 8, 0)))),
  },
  {
    name: 'sequence-wrap',
    counts: 'segments of 65 KB, 65,577 a turn of the sequence numbers',
    n: 2e5,
    tells: ['cut-packets'],
    *make(s, n) {
      s.pcap().connect(host(0), port(0), 80);
      s.step = 100;
      for (let i = 0; i < n; i++) {
        s.tcp(host(0), SERVER, port(0), 80, (1 + i * 65_495) % 2 ** 32, 1, ACK, zeros(0), 65_495);
        yield;
      }
    },
  },
  {
    name: 'clock-backwards',
    counts: 'packets, each a second before the last',
    n: 3e5,
    tells: ['clock-steps'],
    *make(s, n) {
      s.pcap();
      s.step = -1e6;
      for (let i = 0; i < n; i++) {
        if (i % 4 === 0) s.udp(host(i), SERVER, port(i), 53, question(i));
        else if (i % 4 === 1) s.raw(host(i), SERVER, 17, zeros(64), 0x2000, i & 0xffff);
        else if (i % 4 === 2) s.udp(host(i), SERVER, port(i), 9, zeros(4));
        else s.tcp(host(i), SERVER, port(i), 80, 0, 0, SYN);
        yield;
      }
    },
  },
  {
    name: 'nested-tunnels',
    counts: 'packets in 4 to 40 tunnels, each in an order of its own',
    n: 5e4,
    tells: [],
    make: each((s, i) => s.frame(nested(i, 4 + (i % 37)))),
  },
  {
    name: 'unknown-link-type',
    counts: 'packets',
    n: 1e6,
    tells: ['unknown-link-types'],
    *make(s, n) {
      s.pcap(147);
      for (let i = 0; i < n; i++) {
        s.frame(SMALL_FRAME);
        yield;
      }
    },
  },
  {
    name: 'pcapng-interfaces',
    counts: 'packets of 65,535 interfaces, a link type each',
    n: 3e5,
    tells: ['unknown-link-types'],
    *make(s, n) {
      s.block(0x0a0d0d0a, SECTION);
      for (let i = 0; i < 65_535; i++) {
        s.block(1, join(le32(i, 0), be16(0x0200, 0x0400), text('if-1')));
        yield;
      }
      for (let i = 0; i < n; i++) {
        s.block(6, packetBlock(i % 65_535, i, SMALL_FRAME));
        yield;
      }
    },
  },
  {
    name: 'pcapng-options',
    counts: 'interface blocks with 50,000 options each',
    n: 400,
    tells: [],
    *make(s, n) {
      s.block(0x0a0d0d0a, SECTION);
      const options = Buffer.alloc(200_000);
      for (let i = 0; i < options.length; i += 4) options[i] = 2;
      for (let i = 0; i < n; i++) {
        s.block(1, join(le32(1, 0), options));
        yield;
      }
    },
  },
  {
    name: 'pcapng-names',
    counts: 'name blocks of 150 KB each',
    n: 400,
    tells: ['too-many-names'],
    *make(s, n) {
      s.block(0x0a0d0d0a, SECTION);
      for (let i = 0; i < n; i++) {
        s.block(
          4,
          join(...Array.from({ length: 12_500 }, (_, k) => join(le32(0x00080001), be32(i * 12_500 + k), text('abc\0')))),
        );
        yield;
      }
    },
  },
  {
    name: 'pcapng-block-types',
    counts: 'blocks, each of a type of its own',
    n: 2e6,
    tells: [],
    *make(s, n) {
      s.block(0x0a0d0d0a, SECTION);
      for (let i = 0; i < n; i++) {
        s.block(0x10000 + i, zeros(0));
        yield;
      }
    },
  },
];
