// Connections, fragments, HTTP and TLS.
import { GET, HELLO_BODY, be32, each, hello, host, join, port, talk, text, zeros } from './parts.mjs';
import { ACK, PSH, SERVER, SYN } from './stream.mjs';

export const streamCases = [
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
];
