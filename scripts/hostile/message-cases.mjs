// Names, neighbors, datagrams, clocks, tunnels and files.
import {
  BOOTP_REPLY,
  LEASE_OPTIONS,
  SECTION,
  SMALL_FRAME,
  be16,
  be32,
  dnsHeader,
  each,
  header,
  host,
  join,
  le32,
  name,
  nested,
  packetBlock,
  port,
  question,
  talk,
  text,
  zeros,
} from './parts.mjs';
import { ACK, SERVER, SYN } from './stream.mjs';

export const messageCases = [
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
