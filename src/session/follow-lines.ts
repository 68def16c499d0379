import { decodeBody } from '../dissect/http/body.ts';
import { isSecret } from '../dissect/http/header-names.ts';

/** Lines of one turn that are shown, bytes of a decoded body, bytes of a line of a hex dump. */
export const TURN_LINES = 2000;
const BODY = 1 << 20;
const HEX_ROW = 16;
export const MASKED = '(hidden by wirebook)';

/** Heads as text with secrets hidden, bodies decoded; what follows a message's body is the next message. */
export function httpLines(bytes: Uint8Array): string[] {
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length && lines.length < TURN_LINES) {
    const end = headEnd(bytes, at);
    const head = end < 0 ? '' : Buffer.from(bytes.subarray(at, end)).toString('latin1');
    if (end < 0 || !/^(?:[A-Z][A-Z-]{1,30} \S|HTTP\/\d)/.test(head)) {
      lines.push(...plainLines(bytes.subarray(at)));
      break;
    }
    const fields = head.split(/\r?\n/);
    lines.push(...fields.map(masked));
    const value = (name: string): string | undefined =>
      fields
        .find((line) => line.toLowerCase().startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim();
    const announced = value('content-length');
    const length = announced !== undefined && /^\d{1,15}$/.test(announced) ? Number(announced) : undefined;
    const to = length === undefined ? bytes.length : Math.min(bytes.length, end + length);
    const body = bytes.subarray(end, to);
    if (body.length > 0) {
      const codings = { transferEncoding: value('transfer-encoding') ?? '', contentEncoding: value('content-encoding') ?? '' };
      const decoded = decodeBody(body, codings, BODY);
      lines.push(...plainLines(decoded.bytes));
      if (decoded.problem !== undefined) lines.push(`(${decoded.problem})`);
    }
    at = to;
  }
  return lines;
}

function headEnd(bytes: Uint8Array, at: number): number {
  const found = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf('\r\n\r\n', at, 'latin1');
  return found < 0 ? -1 : found + 4;
}

/** A header line whose value is nobody's business has none. */
function masked(line: string): string {
  const colon = line.indexOf(':');
  return colon > 0 && isSecret(line.slice(0, colon).trim()) ? `${line.slice(0, colon)}: ${MASKED}` : line;
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
export function bodyLines(body: Uint8Array, contentEncoding: string): string[] {
  const decoded = decodeBody(body, { contentEncoding }, BODY);
  const lines = plainLines(decoded.bytes);
  if (decoded.problem !== undefined) lines.push(`(${decoded.problem})`);
  return lines;
}

export function shortened(lines: string[]): string[] {
  if (lines.length > TURN_LINES) lines.splice(TURN_LINES, lines.length, '…');
  return lines;
}
