import type { Conversation } from './conversation.ts';
import * as R from './tcp-record.ts';

/** Registered ports (above 1023) that services are known for. */
const SERVICES = new Set([
  1080, 1194, 1433, 1521, 1701, 1723, 1883, 1935, 2049, 2181, 2375, 2376, 3128, 3268, 3269, 3306, 3389, 4443, 5000, 5060, 5061,
  5222, 5223, 5269, 5432, 5672, 5900, 5984, 6379, 6443, 6667, 6697, 8000, 8008, 8080, 8081, 8088, 8443, 8883, 8888, 9000, 9042,
  9090, 9092, 9200, 9418, 11211, 25565, 27017,
]);
/** RFC 6335 §6: dynamic ports, which nobody serves on; most systems begin theirs below, Linux here. */
const DYNAMIC = 49152;
const LINUX_DYNAMIC = 32768;

/** The less, the likelier a server has it. */
function rank(port: number): number {
  if (port < 1024) return 0;
  if (SERVICES.has(port)) return 1;
  if (port < LINUX_DYNAMIC) return 2;
  return port < DYNAMIC ? 3 : 4;
}

/** Where no SYN tells: whether the sender of the first packet is the likelier server. A guess; content may correct it. */
export function servesLikelier(source: number, destination: number): boolean {
  return (rank(source) - rank(destination) || source - destination) < 0;
}

const HANDSHAKE = 0x16;
const CLIENT_HELLO = 1;
const SERVER_HELLO = 2;
/** Greetings of FTP and SMTP, POP3, IMAP (RFC 959, 5321, 1939, 9051). */
const GREETINGS = ['220 ', '220-', '+OK', '* OK'];

/** Who sends this first payload of a direction: the one who opens a TLS handshake is the client, who greets is the server. */
function speaker(bytes: Uint8Array, at: number, end: number): 'client' | 'server' | undefined {
  if (end - at > 5 && bytes[at] === HANDSHAKE && bytes[at + 1] === 3) {
    const type = bytes[at + 5];
    return type === CLIENT_HELLO ? 'client' : type === SERVER_HELLO ? 'server' : undefined;
  }
  for (const text of GREETINGS) if (startsWith(bytes, at, end, text)) return 'server';
  return undefined;
}

function startsWith(bytes: Uint8Array, at: number, end: number, text: string): boolean {
  if (end - at < text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** Corrects roles that were guessed from the ports by a direction's first payload. */
export function settleRoles(c: Conversation, direction: 0 | 1, bytes: Uint8Array, at: number, end: number): void {
  const state = c.page.words[c.base + R.STATE];
  if (state & R.CLIENT_KNOWN) return;
  const who = speaker(bytes, at, end);
  if (who === undefined) return;
  const clientIsB = (direction === 1) === (who === 'client');
  if (clientIsB !== ((state & R.CLIENT_IS_B) !== 0)) swapRoles(c);
}

/** The roles are the other way round than was guessed. */
export function swapRoles(c: Conversation): void {
  c.page.words[c.base + R.STATE] ^= R.CLIENT_IS_B;
  for (const turn of c.turns ?? []) turn.fromClient = !turn.fromClient;
}
