import { ipv6, u32 } from '../dissect/bytes.ts';
import { NameReader } from '../dissect/dns/name-reader.ts';
import { typeName } from '../dissect/dns/names.ts';
import { recordText } from '../dissect/dns/records.ts';
import { type MessageWalker, Section } from '../dissect/dns/walk.ts';
import { ipv4Text } from './addresses.ts';
import { LIST_LIMIT, type Lookup } from './model.ts';
import { added, EMPTY } from './packet-list.ts';

const A = 1;
const CNAME = 5;
const AAAA = 28;
/** MX, SRV (RFC 2782), SVCB and HTTPS (RFC 9460). */
const POINTERS: readonly number[] = [15, 33, 64, 65];
const CACHE = 1024;
const keys = new Uint32Array(4 * CACHE);
const texts: string[] = new Array(CACHE).fill('');

/** An IPv6 address as text. The same ones come in answer after answer. */
function ipv6Text(bytes: Uint8Array, at: number): string {
  const a = u32(bytes, at);
  const b = u32(bytes, at + 4);
  const c = u32(bytes, at + 8);
  const d = u32(bytes, at + 12);
  const slot = (Math.imul(Math.imul(a ^ b, 0x9e3779b1) ^ c ^ Math.imul(d, 0x85ebca6b), 0x9e3779b1) >>> 22) & (CACHE - 1);
  const i = 4 * slot;
  if (texts[slot] !== '' && keys[i] === a && keys[i + 1] === b && keys[i + 2] === c && keys[i + 3] === d) return texts[slot];
  keys[i] = a;
  keys[i + 1] = b;
  keys[i + 2] = c;
  keys[i + 3] = d;
  return (texts[slot] = ipv6(bytes, at));
}

const SECTIONS = ['answer', 'authority', 'additional'] as const;

/** Puts into a lookup what its answer says. */
export class AnswerReader {
  private readonly withRecords: boolean;
  private readonly name = new NameReader();

  constructor(withRecords: boolean) {
    this.withRecords = withRecords;
  }

  /** Addresses, aliases and pointers of the answer section, in its order. */
  addresses(walker: MessageWalker, lookup: Lookup): void {
    const { name } = this;
    for (let i = 0; i < walker.answerCount; i++) {
      const at = walker.dataAt[i];
      const end = walker.dataEnd[i];
      const type = walker.type[i];
      if (type === A || type === AAAA) {
        if (end - at !== (type === A ? 4 : 16) || lookup.addresses.length >= LIST_LIMIT) continue;
        lookup.addresses = added(lookup.addresses, type === A ? ipv4Text(u32(walker.bytes, at)) : ipv6Text(walker.bytes, at));
      } else if (
        type === CNAME &&
        lookup.aliases.length < LIST_LIMIT &&
        name.read(walker.bytes, walker.at, at, end, walker.end)
      ) {
        lookup.aliases = added(lookup.aliases, name.text());
      } else if (POINTERS.includes(type) && (lookup.pointers?.length ?? 0) < LIST_LIMIT) {
        lookup.pointers = added(lookup.pointers ?? EMPTY, recordText(walker, i));
      }
    }
  }

  /** Every record as `dig` prints it, where asked for. */
  records(walker: MessageWalker, lookup: Lookup): void {
    if (!this.withRecords) return;
    const { name } = this;
    lookup.records = [];
    for (let i = 0; i < walker.recordCount && lookup.records.length < LIST_LIMIT; i++) {
      const section = walker.section(i);
      if (section === Section.additional && i === walker.opt) continue;
      name.read(walker.bytes, walker.at, walker.nameAt[i], walker.typeAt[i], walker.end);
      lookup.records.push({
        name: name.dotted(),
        type: typeName(walker.type[i]),
        ttl: walker.ttl[i],
        data: recordText(walker, i),
        section: SECTIONS[section],
      });
    }
  }
}
