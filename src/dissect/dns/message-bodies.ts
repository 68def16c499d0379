import { decodeBody } from '../http/body.ts';
import { acceptsDnsMessage, dnsQuestionOf, isDnsMessage } from './over-https.ts';

/** Bodies that are collected at once, in one direction; and the longest message. */
const OPEN_LIMIT = 256;
const MESSAGE_LIMIT = 65_535;

interface Body {
  parts: Uint8Array[];
  bytes: number;
  contentEncoding: string;
}

/** Takes the DNS messages out of one direction of HTTP (RFC 8484), whose streams are told apart by numbers. */
export class DnsMessages {
  private readonly open = new Map<number, Body>();
  private whole: Uint8Array[] = [];

  /** Messages that have become whole since. */
  take(): Uint8Array[] {
    const { whole } = this;
    if (whole.length > 0) this.whole = [];
    return whole;
  }

  /** A header section, names as HTTP/2 has them. True: a message follows it. */
  head(stream: number, fields: readonly { name: string | undefined; value: string | undefined }[]): boolean {
    const of = (name: string): string | undefined => fields.find((field) => field.name === name)?.value;
    const question = acceptsDnsMessage(of('accept')) ? dnsQuestionOf(of(':method'), of(':path')) : undefined;
    if (question !== undefined) this.whole.push(question);
    if (!isDnsMessage(of('content-type')) || this.open.size >= OPEN_LIMIT) return false;
    this.open.set(stream, { parts: [], bytes: 0, contentEncoding: of('content-encoding') ?? '' });
    return true;
  }

  /** Bytes of a body; of no matter where it was not announced as a message. */
  data(stream: number, bytes: Uint8Array): void {
    const body = this.open.get(stream);
    if (body === undefined) return;
    body.bytes += bytes.length;
    if (body.bytes > MESSAGE_LIMIT) this.open.delete(stream);
    else body.parts.push(bytes.slice());
  }

  /** The stream's body is over. */
  end(stream: number): void {
    const body = this.open.get(stream);
    if (body === undefined) return;
    this.open.delete(stream);
    const { bytes, complete } = decodeBody(Buffer.concat(body.parts), body, MESSAGE_LIMIT);
    if (complete && bytes.length > 0) this.whole.push(bytes);
  }

  /** Bytes are missing: of which body nobody knows. */
  miss(): void {
    this.open.clear();
  }
}
