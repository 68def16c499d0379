import { guessHttp } from '../http/guess.ts';
import { Head, scanHead } from '../http/head.ts';
import { fieldName, isSecret } from '../http/header-names.ts';
import { valueText } from '../http/value.ts';
import { type Field, type FieldContext, type Layer, type Protocol, tcpPort } from '../protocol.ts';

/** Pipelined messages of one packet that are taken apart; what follows is shown as a body. */
const MESSAGES_LIMIT = 64;
/** Header lines of one packet that get a field each. */
const LINES_LIMIT = 1024;
const TITLE_LIMIT = 200;

const LF = 0x0a;
const CR = 0x0d;
const COLON = 0x3a;

export const http: Protocol = {
  name: 'http',
  over: [tcpPort(80), tcpPort(3128), tcpPort(8000), tcpPort(8080), tcpPort(8088), tcpPort(8888)],
  claims: (p) => begins(p.bytes, p.at, p.end) !== undefined,
  layer,
};

/** Which kind of message begins here, if any: most payloads of a connection are the middle of one. */
function begins(bytes: Uint8Array, at: number, end: number): 'request' | 'response' | undefined {
  if (guessHttp(bytes, at, end, false) === 'yes') return 'response';
  return guessHttp(bytes, at, end, true) === 'yes' ? 'request' : undefined;
}

function layer(bytes: Uint8Array, at: number, context: FieldContext): Layer {
  const { end } = context;
  const fields: Field[] = [];
  let title = '';
  let messages = 0;
  let i = at;
  for (; i < end && messages < MESSAGES_LIMIT; messages++) {
    const kind = begins(bytes, i, end);
    if (kind === undefined) break;
    const head = new Head();
    const next = scanHead(head, bytes, i, end, kind === 'response', true);
    if (next < 0) break;
    i = next;
    const line = headFields(fields, bytes, head, kind === 'response');
    if (title === '') title = line;
    const length = bodyLength(head, bytes, i, end, kind === 'response');
    if (length > 0) body(fields, 'Body', i, i + length);
    i += length;
  }
  if (messages === 0) title = `continuation, ${context.wire - at} bytes`;
  else if (messages > 1) title += ` (and ${messages - 1} more)`;
  if (i < end) body(fields, messages === 0 ? 'Continuation' : 'Further bytes', i, end);
  return { protocol: 'http', title: `Hypertext Transfer Protocol, ${title}`, at, end, fields };
}

/** Start line and header lines, each a field; returns the start line. */
export function headFields(fields: Field[], bytes: Uint8Array, head: Head, response: boolean): string {
  const line = startLine(fields, bytes, head, response);
  headerLines(fields, bytes, head, response);
  return line;
}

function body(fields: Field[], label: string, at: number, end: number): void {
  fields.push({ name: 'http.file_data', label, at, end, value: null, text: `${end - at} bytes` });
}

/** How many of the bytes behind the head are its body, as far as this packet alone can tell. */
function bodyLength(head: Head, bytes: Uint8Array, at: number, end: number, response: boolean): number {
  if (head.transferEncoding) return end - at;
  if (!response) return Math.min(Math.max(head.contentLength, 0), end - at);
  // The length may be that of an answer to HEAD, or of a 304: then the next answer follows at once.
  if (head.status < 200 || head.status === 204 || guessHttp(bytes, at, end, false) === 'yes') return 0;
  return head.contentLength < 0 ? end - at : Math.min(head.contentLength, end - at);
}

/** Request line or status line with its parts; returns its text. */
function startLine(fields: Field[], bytes: Uint8Array, head: Head, response: boolean): string {
  const text = valueText(bytes, head.at, head.lineEnd);
  const children: Field[] = [];
  const part = (name: string, label: string, at: number, end: number): void => {
    if (end > at) children.push({ name, label, at, end, value: valueText(bytes, at, end) });
  };
  if (response) {
    part('http.response.version', 'Version', head.at, head.at + 8);
    children.push({
      name: 'http.response.code',
      label: 'Status code',
      at: head.statusAt,
      end: head.statusAt + 3,
      value: head.status,
    });
    part('http.response.phrase', 'Reason phrase', head.reasonAt, head.reasonEnd);
  } else {
    part('http.request.method', 'Method', head.at, head.methodEnd);
    part('http.request.uri', 'Target', head.targetAt, head.targetEnd);
    if (head.version !== 9)
      part('http.request.version', 'Version', afterSpaces(bytes, head.targetEnd, head.lineEnd), head.lineEnd);
  }
  const name = response ? 'http.response' : 'http.request';
  const label = response ? 'Status line' : 'Request line';
  fields.push({ name, label, at: head.at, end: head.lineEnd, value: true, text, children });
  return text.length > TITLE_LIMIT ? `${text.slice(0, TITLE_LIMIT)}…` : text;
}

function afterSpaces(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at] === 0x20) at++;
  return at;
}

function headerLines(fields: Field[], bytes: Uint8Array, head: Head, response: boolean): void {
  let at = head.lineEnd;
  while (at < head.end && bytes[at] !== LF) at++;
  at++;
  for (let lines = 0; at < head.end && lines < LINES_LIMIT; lines++) {
    const next = lineEnd(bytes, at, head.end);
    let end = next;
    while (end > at && (bytes[end - 1] === LF || bytes[end - 1] === CR)) end--;
    if (end === at) return;
    fields.push(headerLine(bytes, at, end, response));
    at = next;
  }
}

/** Behind the line's LF, and behind those of the folded lines that go with it (RFC 9112 §5.2). */
function lineEnd(bytes: Uint8Array, at: number, end: number): number {
  let i = at;
  do {
    while (i < end && bytes[i] !== LF) i++;
    i++;
  } while (i < end && (bytes[i] === 0x20 || bytes[i] === 0x09));
  return Math.min(i, end);
}

function headerLine(bytes: Uint8Array, at: number, end: number, response: boolean): Field {
  let colon = at;
  while (colon < end && bytes[colon] !== COLON) colon++;
  const name = valueText(bytes, at, colon).trim();
  const field: Field = { name: fieldName(name, response), label: name, at, end, value: null };
  if (colon === end) return { ...field, problem: 'header line without a colon' };
  if (isSecret(name)) return { ...field, text: `(hidden, ${end - valueAt(bytes, colon + 1, end)} bytes)` };
  const text = valueText(bytes, valueAt(bytes, colon + 1, end), end).trimEnd();
  field.value = field.name === 'http.content_length' && /^\d{1,15}$/.test(text) ? Number(text) : text;
  return field;
}

function valueAt(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && (bytes[at] === 0x20 || bytes[at] === 0x09)) at++;
  return at;
}
