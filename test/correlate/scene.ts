import { answer, message, pointer, query } from '../dns/build.ts';
import { addressBytes, arpFrame, type Captured, udpFrame } from '../frames.ts';
import { dialogue } from './dialogue.ts';

/** Machines of a small network, and what they do as frames in their order; times come later. */
export interface Machine {
  mac: string;
  four: string;
  six: string;
}

export const machine = (n: number): Machine => ({ mac: `02:00:00:00:00:0${n}`, four: `10.0.0.${n}`, six: `2001:db8::${n}` });
const ROUTER = '02:00:00:00:00:fe';
const RESOLVER = '10.9.9.9:53';
const BASE = 1_600_000_000_000_000_000n;

const at = (address: string, port: number): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);

/** A frame after which another one can come from the other side. */
export type Frames = Uint8Array[];

export function arp(m: Machine, owner = '10.0.0.254'): Frames {
  return [
    arpFrame({ senderMac: m.mac, senderAddress: m.four, targetAddress: owner }),
    arpFrame({ operation: 2, senderMac: ROUTER, senderAddress: owner, targetMac: m.mac, targetAddress: m.four }),
  ];
}

/** Questions of type A and AAAA from one port, and their answers. */
export function lookup(m: Machine, name: string, four: string[], six: string[], port: number, id = 1): Frames {
  const asking = { from: at(m.four, port), to: RESOLVER, fromMac: m.mac, toMac: ROUTER };
  const telling = { from: RESOLVER, to: at(m.four, port), fromMac: ROUTER, toMac: m.mac };
  const answers = six.map((a) => ({ name: pointer(12), type: 28, data: addressBytes(a) }));
  return [
    udpFrame({ ...asking, payload: query(id, name) }),
    udpFrame({ ...asking, payload: query(id + 1, name, 28) }),
    udpFrame({ ...telling, payload: answer(id, name, four) }),
    udpFrame({ ...telling, payload: message({ id: id + 1, flags: 0x8180, questions: [{ name, type: 28 }], answers }) }),
  ];
}

/** A connection as `dialogue` writes it, with the machine's network card; its times do not count. */
export function connection(m: Machine, port: number, server: string, lines: string[], serverPort = 80): Frames {
  const own = server.includes(':') ? m.six : m.four;
  const ends = { client: at(own, port), server: at(server, serverPort), isn: { c: 1000 + port, s: 90000 + port } };
  return dialogue(lines.map((line) => `0 ${line}`).join('\n'), ends).map(({ bytes }, i) => {
    const [from, to] = lines[i].startsWith('c') ? [m.mac, ROUTER] : [ROUTER, m.mac];
    bytes.set(addressOf(to), 0);
    bytes.set(addressOf(from), 6);
    return bytes;
  });
}

const addressOf = (mac: string): Uint8Array => Uint8Array.from(mac.split(':').map((part) => Number.parseInt(part, 16)));

export const OPEN = ['c S', 's SA', 'c A'];
export const CLOSE = ['c FA', 's FA', 'c A'];
export const get = (host: string, path = '/', more = ''): string =>
  `c PA "GET ${path} HTTP/1.1\\r\\nHost: ${host}\\r\\n${more}\\r\\n"`;
export const OK = 's PA "HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi"';
export const moved = (to: string): string => `s PA "HTTP/1.1 302 Found\\r\\nLocation: ${to}\\r\\nContent-Length: 0\\r\\n\\r\\n"`;

/** Frames with times, in milliseconds since the scene's beginning. */
export const timed = (frames: Frames, times: number[]): Captured[] =>
  frames.map((bytes, i) => ({ bytes, time: BASE + BigInt(Math.round(times[i] * 1e6)) }));

/** One frame after the other, `step` milliseconds apart. */
export const inTurn = (frames: Frames, step = 10): Captured[] =>
  timed(
    frames,
    frames.map((_, i) => i * step),
  );

/** Several sequences mixed: `picks` says which goes on; each keeps its order. */
export function mixed(sequences: Frames[], picks: number[]): Frames {
  const left = sequences.map((frames) => frames.slice()).filter((frames) => frames.length > 0);
  const frames: Frames = [];
  for (let i = 0; left.length > 0; i++) {
    const n = (picks[i % picks.length] ?? 0) % left.length;
    frames.push(left[n].shift() as Uint8Array);
    if (left[n].length === 0) left.splice(n, 1);
  }
  return frames;
}
