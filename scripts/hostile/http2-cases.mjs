// HTTP/2 in the clear.
import { be32, host, join, port, talk, text, zeros } from './parts.mjs';
import { ACK, SERVER } from './stream.mjs';

const frame = (type, flags, stream, payload = zeros(0)) =>
  join(be32(payload.length).subarray(1), Buffer.from([type, flags]), be32(stream), payload);
const PREFACE = join(text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), frame(4, 0, 0));
/** GET http://(no name)/index.html from the static table (RFC 7541 Appendix A). */
const ASK = Buffer.from([0x82, 0x86, 0x85]);
const ALL = 5;

/** One connection on which the client goes on and on: `next(i)` is what it says for the i-th time. */
const one = (next, together = 20) =>
  function* (s, n) {
    s.pcap().connect(host(0), port(0), 80);
    let at = 1;
    const send = (bytes) => {
      s.tcp(host(0), SERVER, port(0), 80, at, 1, ACK, bytes);
      at += bytes.length;
    };
    send(PREFACE);
    for (let i = 0; i < n; i += together) {
      send(join(...Array.from({ length: together }, (_, k) => next(i + k))));
      yield;
    }
  };

export const http2Cases = [
  {
    name: 'h2-prefaces',
    counts: 'connections with a preface and an unfinished header block',
    n: 1e5,
    tells: ['tcp-conversations-evicted'],
    make: talk(80, () => [join(PREFACE, frame(1, 0, 1, ASK))]),
  },
  {
    name: 'h2-tables',
    counts: 'connections with 4,000 bytes in the table of header fields',
    n: 2e4,
    tells: ['http2-tables-held'],
    make: talk(80, (i) => [
      join(
        PREFACE,
        frame(1, ALL, 1, join(ASK, Buffer.from([0x40, 4]), be32(i), Buffer.from([127, 0x81, 0x1e]), Buffer.alloc(3968, 0x61))),
      ),
    ]),
  },
  {
    name: 'h2-open-streams',
    counts: 'requests on one connection, no answer',
    n: 2e5,
    tells: ['http2-streams-evicted'],
    make: one((i) => frame(1, ALL, 2 * i + 1, ASK)),
  },
  {
    name: 'h2-rapid-reset',
    counts: 'requests on one connection, each taken back',
    n: 2e5,
    tells: ['http2-rapid-reset'],
    make: one((i) => join(frame(1, ALL, 2 * i + 1, ASK), frame(3, 0, 2 * i + 1, be32(8)))),
  },
  {
    name: 'h2-continuations',
    counts: 'CONTINUATION frames of one header block',
    n: 2e6,
    tells: ['http2-continuation-flood'],
    make: one((i) => (i === 0 ? frame(1, 0, 1, ASK) : frame(9, 0, 1)), 100),
  },
  {
    name: 'h2-bomb',
    counts: 'requests of 1,000 bytes that unfold to 4 MB',
    n: 5000,
    tells: ['http2-header-list-too-long'],
    make: one((i) => {
      const kept = join(Buffer.from([0x40, 1, 0x61, 127, 0x81, 0x1e]), Buffer.alloc(3968, 0x61));
      return frame(1, ALL, 2 * i + 1, join(ASK, i === 0 ? kept : zeros(0), Buffer.alloc(1000, 0xbe)));
    }, 1),
  },
  {
    name: 'h2-settings',
    counts: 'settings nobody knows',
    n: 2e6,
    tells: [],
    make: one((i) => frame(4, 0, 0, join(Buffer.from([(i >> 8) & 255, i & 255]), be32(i))), 100),
  },
];
