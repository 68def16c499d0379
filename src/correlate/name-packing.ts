import { Blocks } from './blocks.ts';
import { type Groups, type JourneyLookup, NameGroup } from './conversation.ts';
import { newLookup } from './lookup-record.ts';
import { EMPTY } from './packet-list.ts';

/** Groups that take more, or whose texts have characters beyond Latin-1, stay as they are. */
const MOST_WORDS = 2048;
const WORDS = new Uint32Array(MOST_WORDS);
const TIMES = new Float64Array(WORDS.buffer);
const BYTES = Buffer.from(WORDS.buffer);

/** Of a group. The last: its name is in lower case. */
const TOLD = 1;
const OWNED = 2;
const LOWER_CASE = 4;
const GROUP_WORDS = 4;

// A lookup's words: what lists and texts follow, index, packet, answer packet (0 none), ports, codes; and times.
const INDEX = 1;
const PACKET = 2;
const ANSWER = 3;
const PORTS = 4;
const CODES = 5;
const START = 3;
const END = 4;
const LAST_ASKED = 5;
const LOOKUP_WORDS = 12;
/** Lengths of three lists have nine bits each, that of pointers counts from 1. */
const LENGTH_BITS = 9;
const MOST_LENGTH = (1 << LENGTH_BITS) - 1;
/** The name is written as the group's, the server is that of the lookup before; there are repeats. */
const SAME_NAME = 1 << 27;
const SAME_SERVER = 1 << 28;
const REPEATED = 1 << 29;
/** Types, response codes and transports, of which there are few, have numbers of ten bits. */
const CODE_BITS = 10;
const MOST_CODES = 1 << CODE_BITS;

/** So many texts of a group are kept as they are: as a rule many groups share them. */
const KEPT = 4;
const CACHE = 1024;

/** Groups of names as words: what waits for a connection that may never come, or come again, is no object. */
export class NamePacking {
  private readonly limit: number;
  private readonly blocks = new Blocks();
  /** The first texts of each group: client, name, server, address as a rule. */
  private kept: string[] = EMPTY;
  private readonly codes = new Map<string, number>([['', 0]]);
  private readonly coded = [''];
  /** The other texts come back again and again as well. */
  private readonly texts: string[] = new Array(CACHE).fill('');
  /** The word, always an even one, and the kept text at hand; and whether everything so far has fitted. */
  private at = 0;
  private next = 0;
  private lastKept = 0;
  private fits = true;

  /** `limit`: groups that are packed at once, those with the highest numbers. */
  constructor(limit: number) {
    this.limit = limit;
  }

  /** Returns what `read` and `drop` know it by; 0 where it stays as it is. */
  write(group: NameGroup): number {
    const { lookups } = group;
    if (this.kept.length === 0) this.kept = new Array(KEPT * this.limit).fill('');
    this.begin(group.number);
    this.fits = true;
    WORDS[0] = (group.told ? TOLD : 0) | (group.owned ? OWNED : 0) | (group.key === group.name ? LOWER_CASE : 0);
    WORDS[1] = group.journeyId + 1;
    WORDS[2] = lookups.length;
    this.text(group.client);
    this.text(group.name);
    let server = '';
    for (const lookup of lookups) {
      this.lookup(lookup, group.name, server);
      server = lookup.server.address;
    }
    return this.fits && this.at <= MOST_WORDS ? this.blocks.keep(WORDS, this.at) : 0;
  }

  drop(first: number): void {
    this.blocks.drop(first);
  }

  client(number: number): string {
    return this.kept[KEPT * (number % this.limit)];
  }

  /** The group again, as far as it was packed: when it was used first is not. */
  read(first: number, groups: Groups, number: number, last: number, weight: number): NameGroup {
    this.blocks.read(first, WORDS);
    this.begin(number);
    const flags = WORDS[0];
    const client = this.readText();
    const name = this.readText();
    const lookups: JourneyLookup[] = [];
    let server = '';
    for (let left = WORDS[2]; left > 0; left--) {
      const { at } = this;
      const times = at >> 1;
      const ports = WORDS[at + PORTS];
      const codes = WORDS[at + CODES];
      this.at += LOOKUP_WORDS;
      if ((WORDS[at] & SAME_SERVER) === 0) server = this.readText();
      const lookup = newLookup(
        WORDS[at + INDEX],
        WORDS[at + PACKET],
        this.coded[(codes >>> CODE_BITS) & (MOST_CODES - 1)] as JourneyLookup['transport'],
        { address: client, port: ports >>> 16 },
        { address: server, port: ports & 0xffff },
        (WORDS[at] & SAME_NAME) === 0 ? this.readText() : name,
        this.coded[codes & (MOST_CODES - 1)],
        TIMES[times + START],
      );
      const end = TIMES[times + END];
      if (!Number.isNaN(end)) lookup.end = end;
      lookup.lastAsked = TIMES[times + LAST_ASKED];
      if (WORDS[at + ANSWER] !== 0) lookup.answerPacket = WORDS[at + ANSWER];
      if (codes >>> (2 * CODE_BITS) !== 0) lookup.rcode = this.coded[codes >>> (2 * CODE_BITS)];
      lookup.addresses = this.readTexts(WORDS[at] & MOST_LENGTH);
      lookup.aliases = this.readTexts((WORDS[at] >>> LENGTH_BITS) & MOST_LENGTH);
      const pointed = (WORDS[at] >>> (2 * LENGTH_BITS)) & MOST_LENGTH;
      if (pointed !== 0) lookup.pointers = this.readTexts(pointed - 1);
      if ((WORDS[at] & REPEATED) !== 0) lookup.repeats = this.readRepeats();
      lookups.push(lookup);
    }
    const key = (flags & LOWER_CASE) === 0 ? name.toLowerCase() : name;
    const group = new NameGroup(groups, number, client, name, key, lookups, last, weight);
    group.addresses = lookups.length === 1 ? lookups[0].addresses : lookups.flatMap(({ addresses }) => addresses);
    group.told = (flags & TOLD) !== 0;
    group.owned = (flags & OWNED) !== 0;
    group.journeyId = WORDS[1] - 1;
    return group;
  }

  private begin(number: number): void {
    this.at = GROUP_WORDS;
    this.next = KEPT * (number % this.limit);
    this.lastKept = this.next + KEPT;
  }

  private lookup(l: JourneyLookup, name: string, server: string): void {
    const { at } = this;
    const { addresses, aliases, pointers, repeats } = l;
    const pointed = pointers === undefined ? 0 : 1 + pointers.length;
    if (addresses.length > MOST_LENGTH || aliases.length > MOST_LENGTH || pointed > MOST_LENGTH) this.fits = false;
    WORDS[at] =
      addresses.length |
      (aliases.length << LENGTH_BITS) |
      (pointed << (2 * LENGTH_BITS)) |
      (l.name === name ? SAME_NAME : 0) |
      (l.server.address === server ? SAME_SERVER : 0) |
      (repeats.length > 0 ? REPEATED : 0);
    WORDS[at + INDEX] = l.index;
    WORDS[at + PACKET] = l.packet;
    WORDS[at + ANSWER] = l.answerPacket ?? 0;
    WORDS[at + PORTS] = (l.client.port << 16) | l.server.port;
    WORDS[at + CODES] = this.code(l.type) | (this.code(l.transport) << CODE_BITS) | (this.code(l.rcode ?? '') << (2 * CODE_BITS));
    TIMES[(at >> 1) + START] = l.start;
    TIMES[(at >> 1) + END] = l.end ?? Number.NaN;
    TIMES[(at >> 1) + LAST_ASKED] = l.lastAsked;
    this.at += LOOKUP_WORDS;
    if (l.server.address !== server) this.text(l.server.address);
    if (l.name !== name) this.text(l.name);
    for (const address of addresses) this.text(address);
    for (const alias of aliases) this.text(alias);
    for (const pointer of pointers ?? EMPTY) this.text(pointer);
    if (repeats.length === 0) return;
    WORDS[this.at] = repeats.length;
    for (let i = 0; i < repeats.length; i++) WORDS[this.at + 1 + i] = repeats[i];
    this.at += even(1 + repeats.length);
  }

  private readRepeats(): number[] {
    const from = this.at + 1;
    const to = from + WORDS[this.at];
    this.at = even(to);
    return Array.from(WORDS.subarray(from, to));
  }

  private code(text: string): number {
    const known = this.codes.get(text);
    if (known !== undefined) return known;
    const code = this.coded.length;
    if (code >= MOST_CODES) {
      this.fits = false;
      return 0;
    }
    this.codes.set(text, code);
    this.coded.push(text);
    return code;
  }

  private text(text: string): void {
    if (this.next < this.lastKept) {
      this.kept[this.next++] = text;
      return;
    }
    const { length } = text;
    const from = 4 * (this.at + 1);
    if (from + length > 4 * MOST_WORDS) {
      this.fits = false;
      return;
    }
    WORDS[this.at] = length;
    this.at += even(1 + ((length + 3) >> 2));
    let all = 0;
    for (let i = 0; i < length; i++) {
      const c = text.charCodeAt(i);
      all |= c;
      BYTES[from + i] = c;
    }
    if (all > 0xff) this.fits = false;
  }

  private readText(): string {
    if (this.next < this.lastKept) return this.kept[this.next++];
    const length = WORDS[this.at];
    const from = 4 * (this.at + 1);
    this.at += even(1 + ((length + 3) >> 2));
    let hash = length;
    for (let i = from; i < from + length; i++) hash = Math.imul(hash ^ BYTES[i], 0x01000193);
    const slot = (hash ^ (hash >>> 15)) & (CACHE - 1);
    const known = this.texts[slot];
    if (known.length === length) {
      let i = 0;
      while (i < length && known.charCodeAt(i) === BYTES[from + i]) i++;
      if (i === length) return known;
    }
    return (this.texts[slot] = BYTES.toString('latin1', from, from + length));
  }

  private readTexts(count: number): string[] {
    if (count === 0) return EMPTY;
    const list = [this.readText()];
    while (list.length < count) list.push(this.readText());
    return list;
  }
}

const even = (count: number): number => (count + 1) & ~1;
