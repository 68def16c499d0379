import { DnsMessages } from '../dns/message-bodies.ts';
import { Pieces } from '../pieces.ts';
import type { Field, Layer } from '../protocol.ts';
import { headFields } from '../protocols/http.ts';
import { Framing, State } from './framing.ts';
import { guessHttp } from './guess.ts';
import { Head, HEAD_LIMIT, MORE, scanHead } from './head.ts';
import { valueText } from './value.ts';

/** Requests whose answers are awaited, and messages of one piece that get fields. */
const ASKED_LIMIT = 256;
const MESSAGES_LIMIT = 64;
const UNFINISHED = 'The beginning of a head that is whole in a later packet';
const LF = 0x0a;
const CR = 0x0d;
const head = new Head();

/** One direction of HTTP/1 whose bytes come in order: heads over their pieces, bodies as far as their framing says (RFC 9112 §6.3). */
export class MessageStream {
  /** DNS messages in bodies and targets. */
  readonly dns = new DnsMessages();
  private readonly response: boolean;
  private readonly framing = new Framing();
  private readonly carry = new Pieces();
  /** Methods of the requests that this side has made, as far as they are not answered. */
  private readonly asked: string[] = [];
  private readonly keeper = {
    append: (bytes: Uint8Array, at: number, end: number): boolean => {
      this.dns.data(0, bytes.subarray(at, end));
      return true;
    },
  };

  constructor(response: boolean) {
    this.response = response;
  }

  /** Bytes are missing here. */
  miss(): void {
    this.carry.clear();
    if (this.framing.state !== State.tunnel) this.lose();
  }

  /** The next bytes. `other`: the direction whose requests these answer. Fields are made only where they are wanted. */
  next(piece: Uint8Array, other: MessageStream, wanted: boolean): Layer | undefined {
    const { framing } = this;
    const kept = this.carry.length;
    const whole = this.carry.with(piece);
    if (kept > 0 && kept + piece.length <= HEAD_LIMIT && !hasEmptyLine(whole, kept)) {
      // The head that was kept goes on.
      this.carry.keep(whole, 0);
      return wanted ? layerOf(whole, [segment(UNFINISHED, 0, whole.length)], []) : undefined;
    }
    this.carry.clear();
    const fields: Field[] = [];
    const lines: string[] = [];
    if (framing.state === State.lost && guessHttp(whole, 0, whole.length, !this.response) === 'yes') framing.state = State.start;
    let at = 0;
    while (at < whole.length) {
      const shown = wanted && lines.length < MESSAGES_LIMIT ? fields : [];
      at = framing.state === State.start ? this.head(whole, at, other, shown, lines) : this.body(whole, at, shown);
    }
    if (!wanted) return undefined;
    return layerOf(whole, fields, lines);
  }

  private head(whole: Uint8Array, at: number, other: MessageStream, fields: Field[], lines: string[]): number {
    const end = whole.length;
    const next = scanHead(head, whole, at, end, this.response);
    if (next === MORE && end - at <= HEAD_LIMIT) {
      if (head.at < end) {
        fields.push(segment(UNFINISHED, at, end));
        this.carry.keep(whole, at);
      }
      return end;
    }
    if (next < 0) {
      this.lose();
      return at;
    }
    lines.push(headFields(fields, whole, head, this.response));
    const text = (from: number, to: number): string | undefined => (to > 0 ? valueText(whole, from, to) : undefined);
    const method = this.response ? undefined : text(head.at, head.methodEnd);
    const carries = this.dns.head(0, [
      { name: ':method', value: method },
      { name: ':path', value: this.response ? undefined : text(head.targetAt, head.targetEnd) },
      { name: 'accept', value: text(head.acceptAt, head.acceptEnd) },
      { name: 'content-type', value: text(head.contentTypeAt, head.contentTypeEnd) },
      { name: 'content-encoding', value: text(head.contentEncodingAt, head.contentEncodingEnd) },
    ]);
    this.framing.kept = carries ? this.keeper : undefined;
    if (method !== undefined) {
      if (this.asked.length < ASKED_LIMIT) this.asked.push(method);
      this.frame(head.contentLength < 0 ? 0 : head.contentLength);
    } else this.answer(other);
    return next;
  }

  private answer(other: MessageStream): void {
    const { status } = head;
    if (status < 200 && status !== 101) return;
    const method = other.asked.shift();
    if (status === 101 || (method === 'CONNECT' && status < 300)) {
      this.framing.state = State.tunnel;
      other.framing.state = State.tunnel;
    } else if (method === 'HEAD' || status === 204 || status === 304) this.over();
    else this.frame(head.contentLength);
  }

  /** What follows the head at hand: so many bytes, or -1 all that comes, where it does not come in chunks. */
  private frame(length: number): void {
    const { framing } = this;
    if (head.transferEncoding && head.chunked) framing.chunked();
    else if (length < 0 || head.transferEncoding) framing.state = State.close;
    else if (length === 0) this.over();
    else {
      framing.state = State.length;
      framing.remaining = length;
    }
  }

  private body(whole: Uint8Array, at: number, fields: Field[]): number {
    const { framing } = this;
    const before = framing.state;
    const lost = before === State.lost || before === State.tunnel;
    const end = lost ? whole.length : framing.read(whole, at, whole.length);
    if (end > at) fields.push(segment(lost ? 'Continuation' : 'Body', at, end));
    if (framing.state === State.over) this.over();
    else if (framing.state === State.lost && !lost) this.lose();
    return end;
  }

  private over(): void {
    this.framing.state = State.start;
    this.framing.kept = undefined;
    this.dns.end(0);
  }

  private lose(): void {
    this.framing.state = State.lost;
    this.framing.kept = undefined;
    this.dns.miss();
  }
}

/** Is there an empty line that ends behind `from`? */
function hasEmptyLine(bytes: Uint8Array, from: number): boolean {
  for (let i = bytes.indexOf(LF, from); i >= 0; i = bytes.indexOf(LF, i + 1))
    if (bytes[i - 1] === LF || (bytes[i - 1] === CR && bytes[i - 2] === LF)) return true;
  return false;
}

function layerOf(bytes: Uint8Array, fields: Field[], lines: string[]): Layer {
  const first = lines[0] ?? `${fields[0]?.label.toLowerCase() ?? 'nothing'}, ${bytes.length} bytes`;
  const title = `Hypertext Transfer Protocol, ${first}${lines.length > 1 ? ` (and ${lines.length - 1} more)` : ''}`;
  return { protocol: 'http', title, at: 0, end: bytes.length, fields, bytes };
}

const segment = (label: string, at: number, end: number): Field => ({
  name: 'http.file_data',
  label,
  at,
  end,
  value: null,
  text: `${end - at} bytes`,
});
