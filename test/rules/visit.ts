import { type MessageSpec, message, pointer, type RecordSpec, wireName } from '../dns/build.ts';
import { join, tcpFrame, text, u8, udpFrame, be32 } from '../frames.ts';
import { type Timed, seconds } from './segments.ts';

/*
 * Frames of a client that visits a site: 10.0.0.1 asks 192.0.2.53 and goes to 198.51.100.80. `capture([...])` makes a file of them,
 * 10 ms apart.
 */

export const CLIENT = '10.0.0.1';
export const RESOLVER = '192.0.2.53';
export const SITE = '198.51.100.80';
const TYPES: Record<string, number> = { A: 1, NS: 2, CNAME: 5, SOA: 6, TXT: 16, AAAA: 28, HTTPS: 65 };

export interface Asked {
  id?: number;
  type?: string;
  client?: string;
  server?: string;
  port?: number;
  serverPort?: number;
  flags?: number;
  ttl?: number;
}

/** A question by UDP. */
export function ask(name: string, o: Asked = {}): Uint8Array {
  const { id = 1, type = 'A', client = CLIENT, server = RESOLVER, port = 5000, serverPort = 53, flags = 0x0100, ttl } = o;
  const payload = message({ id, flags, questions: [{ name, type: TYPES[type] }] });
  return udpFrame({ from: at(client, port), to: at(server, serverPort), payload, ttl });
}

export interface Told extends Asked {
  aliases?: string[];
  records?: Pick<MessageSpec, 'answers' | 'authorities' | 'additionals'>;
  /** Of the answer. */
  says?: number;
  /** Of the records, in seconds. */
  lifetime?: number;
}

/** Its answer: addresses (after aliases, if there are any). Flags QR, RD, RA unless said otherwise. */
export function tell(name: string, addresses: string[], o: Told = {}): Uint8Array {
  const { id = 1, type = 'A', client = CLIENT, server = RESOLVER, port = 5000, serverPort = 53, says: flags = 0x8180, ttl } = o;
  const answers: RecordSpec[] = [];
  let owner: string | Uint8Array = pointer(12);
  for (const alias of o.aliases ?? []) {
    answers.push({ name: owner, type: 5, ttl: o.lifetime, data: wireName(alias) });
    owner = alias;
  }
  for (const a of addresses) answers.push({ name: owner, type: 1, ttl: o.lifetime, data: v4(a) });
  const payload = message({ id, flags, questions: [{ name, type: TYPES[type] }], answers, ...o.records });
  return udpFrame({ from: at(server, serverPort), to: at(client, port), payload, ttl });
}

/** An answer that refers to the name server of a zone (RFC 1034 §4.3.2): no AA, NS in authority, its address beside it. */
export const refer = (asked: string, zone: string, server: string, address: string, o: Told = {}): Uint8Array =>
  tell(asked, [], {
    says: 0x8000,
    ...o,
    records: {
      authorities: [{ name: zone, type: 2, data: wireName(server) }],
      additionals: [{ name: server, type: 1, data: v4(address) }],
    },
  });

/** SOA record for negative answers. */
export const soa = (zone: string, minimum = 60): RecordSpec => ({
  name: zone,
  type: 6,
  data: join(wireName(`ns1.${zone}`), wireName(`admin.${zone}`), ...[1, 1800, 900, 604800, minimum].map(be32)),
});

export interface Line {
  client?: string;
  port?: number;
  server?: string;
  serverPort?: number;
  ttl?: number;
}

/** One TCP connection: sequence numbers are kept here. */
export function line(o: Line = {}) {
  const { client = CLIENT, port = 40000, server = SITE, serverPort = 80, ttl } = o;
  const ends = { from: at(client, port), to: at(server, serverPort), ttl };
  const back = { from: ends.to, to: ends.from, ttl };
  let mine = 1000;
  let theirs = 5000;
  const send = (payload: string | Uint8Array, flags = 'PA'): Uint8Array => {
    const bytes = typeof payload === 'string' ? text(payload) : payload;
    const frame = tcpFrame({ ...ends, flags, sequence: mine, acknowledgment: theirs, payload: bytes });
    mine += bytes.length + (flags.includes('F') ? 1 : 0);
    return frame;
  };
  const reply = (payload: string | Uint8Array, flags = 'PA'): Uint8Array => {
    const bytes = typeof payload === 'string' ? text(payload) : payload;
    const frame = tcpFrame({ ...back, flags, sequence: theirs, acknowledgment: mine, payload: bytes });
    theirs += bytes.length + (flags.includes('F') ? 1 : 0);
    return frame;
  };
  const open = (): Uint8Array[] => {
    const syn = tcpFrame({ ...ends, flags: 'S', sequence: mine });
    const synAck = tcpFrame({ ...back, flags: 'SA', sequence: theirs, acknowledgment: mine + 1 });
    mine++;
    theirs++;
    return [syn, synAck, tcpFrame({ ...ends, flags: 'A', sequence: mine, acknowledgment: theirs })];
  };
  const get = (path: string, host: string, headers = ''): Uint8Array =>
    send(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`);
  const ok = (type = 'text/html', body = '<html>', headers = ''): Uint8Array =>
    reply(`HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`);
  const close = (): Uint8Array[] => [send('', 'FA'), reply('', 'FA'), send('', 'A')];
  return { send, reply, open, get, ok, close };
}

export const capture = (frames: Timed[]): Uint8Array => seconds(frames);

const at = (address: string, port: number): string => (address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`);
const v4 = (address: string): Uint8Array => u8(...address.split('.').map(Number));
