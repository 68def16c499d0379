import { type Codings, decodeBody } from '../dissect/http/body.ts';
import { Framing } from '../dissect/http/framing.ts';
import { Head, scanHead } from '../dissect/http/head.ts';
import { isSecret } from '../dissect/http/header-names.ts';

/** Lines of one turn that are shown, bytes of a decoded body, bytes of a line of a hex dump. */
export const TURN_LINES = 2000;
const BODY = 1 << 20;
const HEX_ROW = 16;
export const MASKED = '(hidden by wirebook)';

const head = new Head();
const text = (bytes: Uint8Array, at: number, end: number): string => Buffer.from(bytes.subarray(at, end)).toString('latin1');

/**
 * Heads as text with secrets hidden, bodies decoded as far as their framing says; what is no message is told as it is. `inHead`: what was said before
 * ended in a head; and whether this does.
 */
export function httpLines(bytes: Uint8Array, response: boolean, inHead = false): { lines: string[]; inHead: boolean } {
  const lines: string[] = [];
  let at = 0;
  let open = false;
  while (at < bytes.length && lines.length < TURN_LINES) {
    const end = scanHead(head, bytes, at, bytes.length, response, true);
    if (end < 0) {
      // The rest of a head, or of a body.
      const [first, ...rest] = plainLines(bytes.subarray(at));
      // It may be the rest of a value that is nobody's business.
      lines.push(...masked([inHead && at === 0 && first !== '' ? MASKED : first, ...rest]));
      open = inHead && !rest.includes('');
      break;
    }
    const fields = text(bytes, head.at, end).split(/\r?\n/);
    lines.push(...masked(fields));
    open = fields.at(-1) !== '' || fields.at(-2) !== '';
    at = bodyEnd(bytes, end, response);
    if (at === end) continue;
    const transferEncoding = fields.find((line) => /^transfer-encoding:/i.test(line))?.slice('transfer-encoding:'.length) ?? '';
    const contentEncoding = text(bytes, head.contentEncodingAt, head.contentEncodingEnd);
    lines.push(...bodyLines(bytes.subarray(end, at), { transferEncoding: transferEncoding.trim(), contentEncoding }));
  }
  return { lines, inHead: open };
}

/** How far the body of the head at hand goes (RFC 9112 §6.3); an answer to HEAD is not known for one here. */
function bodyEnd(bytes: Uint8Array, at: number, response: boolean): number {
  const { status, contentLength } = head;
  if (response && (status < 200 || status === 204 || status === 304)) return at;
  if (head.chunked) {
    const framing = new Framing();
    framing.chunked();
    return framing.read(bytes, at, bytes.length);
  }
  if (contentLength >= 0) return Math.min(bytes.length, at + contentLength);
  return response ? bytes.length : at;
}

/** Header lines whose values are nobody's business have none, nor have the folded lines behind them (RFC 9112 §5.2). */
function masked(lines: string[]): string[] {
  let secret = false;
  return lines.flatMap((line) => {
    if (secret && /^[ \t]/.test(line)) return [];
    const colon = line.indexOf(':');
    secret = colon > 0 && isSecret(line.slice(0, colon).trim());
    return [secret ? `${line.slice(0, colon)}: ${MASKED}` : line];
  });
}

/** UTF-8 text by lines, else hexadecimal with what can be read beside it. */
export function plainLines(bytes: Uint8Array): string[] {
  const text = new TextDecoder('utf-8').decode(bytes);
  let strange = 0;
  for (const c of text) if (c === '\ufffd' || (c < ' ' && c !== '\n' && c !== '\r' && c !== '\t')) strange++;
  if (strange * 10 <= text.length) return text.replace(/\r?\n$/, '').split(/\r?\n/);
  const lines: string[] = [];
  for (let at = 0; at < bytes.length && lines.length <= TURN_LINES; at += HEX_ROW) {
    const row = bytes.subarray(at, at + HEX_ROW);
    const hex = [...row].map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const shown = [...row].map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.')).join('');
    lines.push(`${at.toString(16).padStart(4, '0')}  ${hex.padEnd(HEX_ROW * 3)} ${shown}`);
  }
  return lines;
}

/** A body as its receiver sees it, and why not where it cannot be decoded. */
export function bodyLines(body: Uint8Array, codings: Codings): string[] {
  const decoded = decodeBody(body, codings, BODY);
  const lines = plainLines(decoded.bytes);
  if (decoded.problem !== undefined) lines.push(`(${decoded.problem})`);
  return lines;
}

export function shortened(lines: string[]): string[] {
  if (lines.length > TURN_LINES) lines.splice(TURN_LINES, lines.length, '…');
  return lines;
}
