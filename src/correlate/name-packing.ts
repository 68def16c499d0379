import { Blocks } from './blocks.ts';
import { type Groups, type JourneyLookup, NameGroup } from './conversation.ts';
import { newLookup } from './lookup-record.ts';
import { EMPTY } from './packet-list.ts';

/** Groups that take more, or whose texts have characters beyond Latin-1, stay as they are. */
const MOST_WORDS = 2048;
const WORDS = new Uint32Array(MOST_WORDS);
const BYTES = Buffer.from(WORDS.buffer);
const TIME = new Float64Array(1);
const HALVES = new Uint32Array(TIME.buffer);

/** Types, response codes and transports, of which there are few, have numbers of ten bits. */
const CODE_BITS = 10;
const MOST_CODES = 1 << CODE_BITS;
/** Lengths of lists have nine bits. */
const LENGTH_BITS = 9;
const MOST_LENGTH = (1 << LENGTH_BITS) - 1;
/** Above three lengths: the name is written as the group's, the server is that of the lookup before; there are repeats. */
const SAME_NAME = 1 << 27;
const SAME_SERVER = 1 << 28;
const REPEATED = 1 << 29;

/** So many texts of a group are kept as they are: as a rule many groups share them. */
const KEPT = 4;
const CACHE = 1024;

/** Groups of names as words: what waits for a connection that may never come, or come again, is no object. */
export class NamePacking {
  private readonly limit: number;
  private readonly blocks = new Blocks();
  /** The first texts of each group: client, name, server, address as a rule. */
  private kept: string[] | undefined;
  private readonly codes = new Map<string, number>([['', 0]]);
  private readonly coded = [''];
  /** The others come back again and again as well. */
  private readonly texts: string[] = new Array(CACHE).fill('');
  /** The word and the kept text at hand; and whether everything so far has fitted. */
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
    this.begin(group.number, 0);
    this.fits = true;
    this.word((group.told ? 1 : 0) | (group.owned ? 2 : 0));
    this.word(group.journeyId + 1);
    this.word(group.lookups.length);
    this.text(group.client);
    this.text(group.name);
    let server = '';
    for (const lookup of group.lookups) {
      this.lookup(lookup, group.name, server);
      server = lookup.server.address;
    }
    return this.fits && this.at <= MOST_WORDS ? this.blocks.keep(WORDS, this.at) : 0;
  }

  drop(first: number): void {
    this.blocks.drop(first);
  }

  /** The group again, as far as it was packed: when it was used first is not. */
  read(first: number, groups: Groups, number: number, last: number, weight: number): NameGroup {
    this.blocks.read(first, WORDS);
    this.begin(number, 3);
    const client = this.readText();
    const name = this.readText();
    const lookups: JourneyLookup[] = [];
    let server = '';
    for (let left = WORDS[2]; left > 0; left--) {
      const lookup = this.readLookup(client, name, server);
      server = lookup.server.address;
      lookups.push(lookup);
    }
    const group = new NameGroup(groups, number, client, name, lookups, last, weight);
    group.addresses = lookups.length === 1 ? lookups[0].addresses : lookups.flatMap(({ addresses }) => addresses);
    group.told = (WORDS[0] & 1) !== 0;
    group.owned = (WORDS[0] & 2) !== 0;
    group.journeyId = WORDS[1] - 1;
    return group;
  }

  private begin(number: number, at: number): void {
    this.kept ??= new Array(KEPT * this.limit).fill('');
    this.at = at;
    this.next = KEPT * (number % this.limit);
    this.lastKept = this.next + KEPT;
  }

  private lookup(l: JourneyLookup, name: string, server: string): void {
    const { addresses, aliases, pointers, repeats } = l;
    const pointed = pointers === undefined ? 0 : 1 + pointers.length;
    if (addresses.length > MOST_LENGTH || aliases.length > MOST_LENGTH || pointed > MOST_LENGTH) this.fits = false;
    const lengths = addresses.length | (aliases.length << LENGTH_BITS) | (pointed << (2 * LENGTH_BITS));
    const sameName = l.name === name;
    const sameServer = l.server.address === server;
    this.word(lengths | (sameName ? SAME_NAME : 0) | (sameServer ? SAME_SERVER : 0) | (repeats.length > 0 ? REPEATED : 0));
    this.word(l.index);
    this.word(l.packet);
    this.word(l.answerPacket ?? 0);
    this.word((l.client.port << 16) | l.server.port);
    this.word(this.code(l.type) | (this.code(l.transport) << CODE_BITS) | (this.code(l.rcode ?? '') << (2 * CODE_BITS)));
    this.time(l.start);
    this.time(l.end ?? Number.NaN);
    this.time(l.lastAsked);
    if (!sameServer) this.text(l.server.address);
    if (!sameName) this.text(l.name);
    for (const address of addresses) this.text(address);
    for (const alias of aliases) this.text(alias);
    for (const pointer of pointers ?? EMPTY) this.text(pointer);
    if (repeats.length === 0) return;
    this.word(repeats.length);
    for (const packet of repeats) this.word(packet);
  }

  private readLookup(client: string, name: string, server: string): JourneyLookup {
    const { at } = this;
    const lengths = WORDS[at];
    const ports = WORDS[at + 4];
    const codes = WORDS[at + 5];
    this.at = at + 6;
    const start = this.readTime();
    const end = this.readTime();
    const lastAsked = this.readTime();
    const lookup: JourneyLookup = newLookup(
      WORDS[at + 1],
      WORDS[at + 2],
      this.coded[(codes >>> CODE_BITS) & (MOST_CODES - 1)] as JourneyLookup['transport'],
      { address: client, port: ports >>> 16 },
      { address: (lengths & SAME_SERVER) !== 0 ? server : this.readText(), port: ports & 0xffff },
      (lengths & SAME_NAME) !== 0 ? name : this.readText(),
      this.coded[codes & (MOST_CODES - 1)],
      start,
    );
    lookup.lastAsked = lastAsked;
    if (!Number.isNaN(end)) lookup.end = end;
    if (WORDS[at + 3] !== 0) lookup.answerPacket = WORDS[at + 3];
    if (codes >>> (2 * CODE_BITS) !== 0) lookup.rcode = this.coded[codes >>> (2 * CODE_BITS)];
    lookup.addresses = this.readTexts(lengths & MOST_LENGTH);
    lookup.aliases = this.readTexts((lengths >>> LENGTH_BITS) & MOST_LENGTH);
    const pointed = (lengths >>> (2 * LENGTH_BITS)) & MOST_LENGTH;
    if (pointed !== 0) lookup.pointers = this.readTexts(pointed - 1);
    if ((lengths & REPEATED) !== 0) lookup.repeats = this.readWords();
    return lookup;
  }

  private word(value: number): void {
    WORDS[this.at++] = value;
  }

  private readWords(): number[] {
    const from = this.at + 1;
    this.at = from + WORDS[from - 1];
    return Array.from(WORDS.subarray(from, this.at));
  }

  private time(value: number): void {
    TIME[0] = value;
    WORDS[this.at++] = HALVES[0];
    WORDS[this.at++] = HALVES[1];
  }

  private readTime(): number {
    HALVES[0] = WORDS[this.at++];
    HALVES[1] = WORDS[this.at++];
    return TIME[0];
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
      (this.kept as string[])[this.next++] = text;
      return;
    }
    const { length } = text;
    WORDS[this.at++] = length;
    const from = 4 * this.at;
    this.at += (length + 3) >> 2;
    if (this.at > MOST_WORDS) {
      this.fits = false;
      return;
    }
    let all = 0;
    for (let i = 0; i < length; i++) {
      const c = text.charCodeAt(i);
      all |= c;
      BYTES[from + i] = c;
    }
    if (all > 0xff) this.fits = false;
  }

  private readText(): string {
    if (this.next < this.lastKept) return (this.kept as string[])[this.next++];
    const length = WORDS[this.at++];
    const from = 4 * this.at;
    this.at += (length + 3) >> 2;
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
