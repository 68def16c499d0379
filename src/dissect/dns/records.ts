import { ipv4, ipv6 } from '../bytes.ts';
import type { Field } from '../protocol.ts';
import { codecText } from './codecs.ts';
import { layoutOf } from './layouts.ts';
import { typeName } from './names.ts';
import { NameReader } from './name-reader.ts';
import { optionFields } from './options.ts';
import { RecordCursor } from './pieces.ts';
import { unknownData } from './value-text.ts';
import type { MessageWalker } from './walk.ts';

const A = 1;
const NS = 2;
const CNAME = 5;
const PTR = 12;
const AAAA = 28;
const OPT = 41;

/** A record's data, decoded. */
export interface RecordData {
  /** As `dig` prints it: "10 mail.example.com."; `\# 3 0A0B0C` (RFC 3597) for unknown types and data that does not fit its type. */
  text: string;
  /** The pieces with their bytes, as far as they fit. */
  fields: Field[];
  problem?: string;
}

/** Decodes the data of a record that the walker found. Reads nothing outside its bounds, but for names that point back. */
export function recordData(walker: MessageWalker, i: number): RecordData {
  const { bytes } = walker;
  const type = walker.type[i];
  const at = walker.dataAt[i];
  const end = walker.dataEnd[i];
  if (type === OPT) return optData(walker, i);
  const layout = layoutOf(type);
  const c = new RecordCursor(bytes, walker.at, walker.end, at, end);
  if (layout === undefined || at === end) return { text: unknownData(bytes, at, end), fields: [] };
  for (const piece of layout) {
    if (!piece(c)) {
      const problem = `the data is not that of ${typeName(type)} from byte ${c.at - at} of ${end - at} on`;
      return { text: unknownData(bytes, at, end), fields: c.fields, problem };
    }
  }
  if (c.left > 0) {
    return { text: unknownData(bytes, at, end), fields: c.fields, problem: `${c.left} bytes too many for ${typeName(type)}` };
  }
  return { text: codecText(type, c, at) ?? c.words.join(' '), fields: c.fields };
}

/** OPT has its own meaning for class and TTL (RFC 6891 §6.1.3); the text joins what `dig` prints in its pseudo-section. */
function optData(walker: MessageWalker, i: number): RecordData {
  const fields: Field[] = [];
  const whole = optionFields(walker.bytes, walker.dataAt[i], walker.dataEnd[i], fields);
  const ttl = walker.ttl[i];
  const flags = (ttl & 0x8000) !== 0 ? ' do' : '';
  const text = [
    `EDNS: version: ${(ttl >>> 16) & 0xff}, flags:${flags}; udp: ${walker.class[i]}`,
    ...fields.map((f) => f.text),
  ].join('; ');
  return whole ? { text, fields } : { text, fields, problem: 'the options do not fill the data' };
}

const NAMES = new NameReader();

/** A record's data as text. The types that answers are full of take a short way. */
export function recordText(walker: MessageWalker, i: number): string {
  const { bytes } = walker;
  const at = walker.dataAt[i];
  const end = walker.dataEnd[i];
  switch (walker.type[i]) {
    case A:
      if (end - at === 4) return ipv4(bytes, at);
      break;
    case AAAA:
      if (end - at === 16) return ipv6(bytes, at);
      break;
    case NS:
    case CNAME:
    case PTR:
      if (NAMES.read(bytes, walker.at, at, end, walker.end) && NAMES.next === end) return NAMES.dotted();
      break;
  }
  return recordData(walker, i).text;
}
