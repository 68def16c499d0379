import { RequestField } from '../dissect/http/head-parts.ts';
import type { FieldSink } from '../dissect/http2/hpack.ts';
import { joined, tellsOfCaches } from './cache-fields.ts';

/** More fields than this, or bytes of names and values, are counted but no longer looked at. */
export const FIELDS_LIMIT = 4096;
export const FIELD_BYTES_LIMIT = 1 << 20;

const WANTED = new Set([
  ':method',
  ':scheme',
  ':authority',
  ':path',
  ':protocol',
  ':status',
  'accept',
  'content-length',
  'content-type',
  'grpc-status',
  'host',
  'location',
  'referer',
]);

const PRESENT = new Map<string, number>([
  [':authority', RequestField.host],
  ['host', RequestField.host],
  ['user-agent', RequestField.userAgent],
  ['accept', RequestField.accept],
  ['accept-language', RequestField.acceptLanguage],
  ['accept-encoding', RequestField.acceptEncoding],
  ['connection', RequestField.connection],
  ['via', RequestField.sentOn],
  ['forwarded', RequestField.sentOn],
  ['x-forwarded-for', RequestField.sentOn],
  ['x-real-ip', RequestField.sentOn],
]);

/** Whose values are read. Cookies and credentials never are. */
export const wanted = (name: string): boolean => WANTED.has(name) || tellsOfCaches(name);

/** What one header section says, as far as an exchange's record wants to know. */
export class FieldSection implements FieldSink {
  fields = 0;
  /** Of names and values, where all are known. */
  bytes = 0;
  /** Fields of which nothing, or only the value, is known: entries of a table whose beginning was not seen. */
  unknown = 0;
  /** Bytes of it are missing. */
  dropped = false;
  /** Bits of `RequestField`. */
  present = 0;
  readonly values = new Map<string, string>();

  clear(): void {
    this.fields = this.bytes = this.unknown = this.present = 0;
    this.dropped = false;
    this.values.clear();
  }

  field(name: string | undefined, value: string | undefined, nameBytes: number, valueBytes: number): void {
    this.fields++;
    this.bytes += Math.max(0, nameBytes) + Math.max(0, valueBytes);
    if (nameBytes < 0) this.unknown++;
    if (name !== undefined) this.present |= PRESENT.get(name) ?? 0;
    if (name === undefined || value === undefined || this.excessive) return;
    // The first of several counts; a field that wants no value here is not kept.
    if (WANTED.has(name)) {
      if (!this.values.has(name)) this.values.set(name, value);
    } else if (tellsOfCaches(name)) this.values.set(name, joined(this.values.get(name), value));
  }

  get excessive(): boolean {
    return this.fields > FIELDS_LIMIT || this.bytes > FIELD_BYTES_LIMIT;
  }

  get(name: string): string | undefined {
    return this.values.get(name);
  }

  /** The number in a field of digits alone. */
  digits(name: string): number | undefined {
    const text = this.values.get(name);
    return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  }
}
