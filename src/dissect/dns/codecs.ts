import dnsPacket from 'dns-packet';
import type { RecordCursor } from './pieces.ts';
import { typeName } from './names.ts';
import { base32hex, dateText, plainHex, quoted, splitBase64, splitHex } from './value-text.ts';

/** What `dns-packet` exports for one type; its type declarations leave `record` out. */
interface Codec {
  decode: ((buffer: Buffer, offset: number) => unknown) & { bytes: number };
}
const codecOf = (dnsPacket as unknown as { record(type: string): Codec }).record;

type Values = Record<string, never> & { [key: string]: unknown };
type Form = (data: never, names: string[]) => string;

const all = (b: Buffer) => [b, 0, b.length] as const;
const typeText = (name: string): string => (name.startsWith('UNKNOWN_') ? typeName(Number(name.slice(8))) : name);

type Ds = { keyTag: number; algorithm: number; digestType: number; digest: Buffer };
type Key = { flags: number; algorithm: number; key: Buffer };
type Tlsa = { usage: number; selector: number; matchingType: number; certificate: Buffer };
type Soa = { serial: number; refresh: number; retry: number; expire: number; minimum: number };
type Srv = { priority: number; weight: number; port: number };
type Rrsig = {
  typeCovered: string;
  algorithm: number;
  labels: number;
  originalTTL: number;
  expiration: number;
  inception: number;
  keyTag: number;
  signature: Buffer;
};
type Nsec3 = { algorithm: number; flags: number; iterations: number; salt: Buffer; nextDomain: Buffer; rrtypes: string[] };

const join = (...words: (string | number)[]): string => words.filter((w) => w !== '').join(' ');
const ds: [string, Form] = ['DS', (d: Ds) => join(d.keyTag, d.algorithm, d.digestType, splitHex(...all(d.digest)))];
const key: [string, Form] = ['DNSKEY', (d: Key) => join(d.flags, 3, d.algorithm, splitBase64(...all(d.key)))];
const tlsa: [string, Form] = ['TLSA', (d: Tlsa) => join(d.usage, d.selector, d.matchingType, splitHex(...all(d.certificate)))];
const txt: [string, Form] = ['TXT', (d: Buffer[]) => d.map((s) => quoted(...all(s))).join(' ')];

/** The types whose values `dns-packet` gets right, with how `dig` prints them. Types of the same form share a codec. */
const FORMS: Record<number, [codec: string, form: Form]> = {
  6: ['SOA', (d: Soa, n) => join(n[0], n[1], d.serial, d.refresh, d.retry, d.expire, d.minimum)],
  15: ['MX', (d: { preference: number }, n) => join(d.preference, n[0])],
  16: txt,
  33: ['SRV', (d: Srv, n) => join(d.priority, d.weight, d.port, n[0])],
  43: ds,
  44: [
    'SSHFP',
    (d: { algorithm: number; hash: number; fingerprint: string }) =>
      join(d.algorithm, d.hash, splitHex(...all(Buffer.from(d.fingerprint, 'hex')))),
  ],
  46: [
    'RRSIG',
    (d: Rrsig, n) =>
      join(
        typeText(d.typeCovered),
        d.algorithm,
        d.labels,
        d.originalTTL,
        dateText(d.expiration),
        dateText(d.inception),
        d.keyTag,
        n[0],
        splitBase64(...all(d.signature)),
      ),
  ],
  48: key,
  50: [
    'NSEC3',
    (d: Nsec3) =>
      join(
        d.algorithm,
        d.flags,
        d.iterations,
        plainHex(...all(d.salt)) || '-',
        base32hex(...all(d.nextDomain)),
        d.rrtypes.map(typeText).join(' '),
      ),
  ],
  52: tlsa,
  53: tlsa,
  56: txt,
  59: ds,
  60: key,
  99: txt,
  258: txt,
  261: txt,
  262: txt,
  32768: ds,
  32769: ds,
};

const TO_CODEC_LIMIT = 65_535;

/**
 * A record's data as text by `dns-packet`'s codec for its type, or undefined where that has none or does not take this
 * record. The codec sees this record alone: a copy of its data behind its length, with names written out, so that no
 * pointer and no length in it can lead outside. `c` is at the data's end: the layout has been read and fits.
 */
export function codecText(type: number, c: RecordCursor, dataAt: number): string | undefined {
  const known = FORMS[type];
  if (known === undefined || c.left > 0) return undefined;
  const [codecName, form] = known;
  const names: string[] = [];
  const parts: Buffer[] = [Buffer.alloc(2)];
  let at = dataAt;
  for (const field of c.names) {
    parts.push(Buffer.from(c.bytes.subarray(at, field.at)));
    c.name.read(c.bytes, c.base, field.at, field.end, c.messageEnd);
    names.push(c.name.dotted());
    parts.push(c.name.wire());
    at = field.end;
  }
  parts.push(Buffer.from(c.bytes.subarray(at, c.end)));
  const record = Buffer.concat(parts);
  if (record.length - 2 > TO_CODEC_LIMIT) return undefined;
  record.writeUInt16BE(record.length - 2, 0);
  try {
    const { decode } = codecOf(codecName);
    const data = decode(record, 0) as Values;
    return decode.bytes === record.length ? form(data as never, names) : undefined;
  } catch {
    return undefined;
  }
}
