/** One byte each; what follows is little-endian. Bytes from `SMALL` on are the whole numbers from 0. */
const Tag = {
  null: 0,
  false: 1,
  true: 2,
  u16: 3,
  u32: 4,
  u48: 5,
  double: 6,
  ascii: 7,
  utf8: 8,
  list: 9,
  longList: 10,
  object: 11,
  json: 12,
} as const;
const SMALL = 16;
const MOST_SMALL = 0xff - SMALL;
/** Some keys are a sender's choice (settings of HTTP/2): so many places in the tree of shapes, so many keys on the way to each. */
const MOST_PLACES = 1 << 13;
const MOST_KEYS = 128;
/** Words are few and come again and again: so many are known by number, each of one byte. */
const MOST_WORDS = 200;
/** What a number, a tag or a shape's number takes at most. */
const ROOM = 16;
const TWO_32 = 2 ** 32;

/** A place in the tree of shapes: the keys on the way to it, in their order, are an object's. */
class Shape {
  readonly keys: readonly string[];
  /** -1: no object had these keys and no more, so far. */
  id = -1;
  /** The key that came first here, and most often comes again. */
  key: string | undefined;
  next: Shape | undefined;
  others: Map<string, Shape> | undefined;

  constructor(keys: readonly string[]) {
    this.keys = keys;
  }
}

/** Where keys lead that make no shape. */
const NO_SHAPE = new Shape([]);

/** How records of one kind are packed: what `put` writes `take` reads, in that order. */
export interface Form<T> {
  put(to: Packing, record: T): void;
  take(from: Taking): T;
}

/** By their keys. */
export const plain = <T>(): Form<T> => ({
  put: (to, record) => to.put(record),
  take: (from) => from.value() as T,
});

/**
 * Plain records as bytes, one behind the other, and back: the values of JSON, half of its time and of its size, since keys
 * are written once a shape. As in JSON, keys without a value are left out, and an object comes back as a plain one. A record
 * whose form is known (`Form`) goes without keys.
 */
export class Packing {
  bytes: Buffer;
  /** Where the next record goes. */
  at = 0;
  private readonly root = new Shape([]);
  /** By id. */
  private readonly shapes: Shape[] = [];
  /** In the tree of shapes, the root with them. */
  private places = 1;
  private readonly words = new Map<string, number>();
  /** By number; 0 is none. */
  private readonly spelt: string[] = [''];

  constructor(bytes: number) {
    this.bytes = Buffer.allocUnsafeSlow(bytes);
  }

  put(value: unknown): void {
    if (typeof value === 'number') {
      this.number(value);
      return;
    }
    if (this.at + ROOM > this.bytes.length) this.widen(ROOM);
    if (typeof value === 'string') this.text(value);
    else if (typeof value === 'boolean') this.bytes[this.at++] = value ? Tag.true : Tag.false;
    else if (value === null || value === undefined) this.bytes[this.at++] = Tag.null;
    else if (Array.isArray(value)) this.list(value);
    else this.object(value as Record<string, unknown>);
  }

  /** What begins at this place of these bytes, in the order in which it was written. */
  take(bytes: Buffer, at: number): Taking {
    return new Taking(bytes, at, this.shapes, this.spelt);
  }

  number(value: number): void {
    if (this.at + ROOM > this.bytes.length) this.widen(ROOM);
    const { bytes } = this;
    if (!(value >= 0 && value < 2 ** 48 && Math.floor(value) === value)) {
      bytes[this.at] = Tag.double;
      bytes.writeDoubleLE(value, this.at + 1);
      this.at += 9;
    } else if (value <= MOST_SMALL) bytes[this.at++] = SMALL + value;
    else if (value < 0x10000) {
      bytes[this.at] = Tag.u16;
      this.at = put16(bytes, this.at + 1, value);
    } else if (value < TWO_32) {
      bytes[this.at] = Tag.u32;
      this.at = put32(bytes, this.at + 1, value);
    } else {
      bytes[this.at] = Tag.u48;
      this.at = put16(bytes, put32(bytes, this.at + 1, value >>> 0), value / TWO_32);
    }
  }

  word(text: string): void {
    let known = this.words.get(text);
    if (known === undefined && this.spelt.length < MOST_WORDS) {
      known = this.spelt.push(text) - 1;
      this.words.set(text, known);
    }
    this.number(known ?? 0);
    if (known === undefined) this.put(text);
  }

  private text(text: string): void {
    const { length } = text;
    if (length > 0xff) {
      this.long(text);
      return;
    }
    if (this.at + ROOM + length > this.bytes.length) this.widen(ROOM + length);
    const { bytes } = this;
    const at = this.at + 2;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) {
        this.long(text);
        return;
      }
      bytes[at + i] = code;
    }
    bytes[this.at] = Tag.ascii;
    bytes[this.at + 1] = length;
    this.at = at + length;
  }

  private long(text: string): void {
    // A character is three bytes at most.
    if (this.at + ROOM + text.length * 3 > this.bytes.length) this.widen(ROOM + text.length * 3);
    this.bytes[this.at] = Tag.utf8;
    const length = this.bytes.write(text, this.at + 5, 'utf8');
    this.at = put32(this.bytes, this.at + 1, length) + length;
  }

  private list(list: readonly unknown[]): void {
    const { length } = list;
    if (length <= 0xff) {
      this.bytes[this.at] = Tag.list;
      this.bytes[this.at + 1] = length;
      this.at += 2;
    } else {
      this.bytes[this.at] = Tag.longList;
      this.at = put32(this.bytes, this.at + 1, length);
    }
    for (let i = 0; i < length; i++) this.put(list[i]);
  }

  private object(object: Record<string, unknown>): void {
    const begin = this.at;
    this.bytes[begin] = Tag.object;
    this.at += 3;
    let shape = this.root;
    for (const key in object) {
      const value = object[key];
      if (value === undefined) continue;
      shape = shape.key === key ? (shape.next as Shape) : this.branch(shape, key);
      this.put(value);
    }
    if (shape === NO_SHAPE) {
      this.at = begin;
      this.long(JSON.stringify(object));
      this.bytes[begin] = Tag.json;
      return;
    }
    if (shape.id < 0) shape.id = this.shapes.push(shape) - 1;
    put16(this.bytes, begin + 1, shape.id);
  }

  private branch(from: Shape, key: string): Shape {
    if (from === NO_SHAPE) return from;
    const known = from.others?.get(key);
    if (known !== undefined) return known;
    // Assignment would not make this key again.
    if (this.places === MOST_PLACES || from.keys.length === MOST_KEYS || key === '__proto__') return NO_SHAPE;
    this.places++;
    const shape = new Shape([...from.keys, key]);
    if (from.key === undefined) {
      from.key = key;
      from.next = shape;
    } else {
      from.others ??= new Map();
      from.others.set(key, shape);
    }
    return shape;
  }

  private widen(more: number): void {
    const wider = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.at + more));
    wider.set(this.bytes.subarray(0, this.at));
    this.bytes = wider;
  }
}

function put16(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value;
  bytes[at + 1] = value >>> 8;
  return at + 2;
}

const put32 = (bytes: Uint8Array, at: number, value: number): number => put16(bytes, put16(bytes, at, value), value >>> 16);

/** Packed values, one behind the other. */
export class Taking {
  private readonly bytes: Buffer;
  private at: number;
  private readonly shapes: readonly Shape[];
  private readonly words: readonly string[];

  constructor(bytes: Buffer, at: number, shapes: readonly Shape[], words: readonly string[]) {
    this.bytes = bytes;
    this.at = at;
    this.shapes = shapes;
    this.words = words;
  }

  number(): number {
    return this.value() as number;
  }

  /** Undefined where null was written, as for what has no value. */
  some<T>(): T | undefined {
    return (this.value() ?? undefined) as T | undefined;
  }

  word(): string {
    const known = this.number();
    return known === 0 ? (this.value() as string) : this.words[known];
  }

  value(): unknown {
    const tag = this.bytes[this.at++];
    if (tag >= SMALL) return tag - SMALL;
    switch (tag) {
      case Tag.false:
        return false;
      case Tag.true:
        return true;
      case Tag.u16:
        return this.bytes.readUInt16LE(this.skip(2));
      case Tag.u32:
        return this.bytes.readUInt32LE(this.skip(4));
      case Tag.u48:
        return this.bytes.readUIntLE(this.skip(6), 6);
      case Tag.double:
        return this.bytes.readDoubleLE(this.skip(8));
      case Tag.ascii:
        return this.text('latin1', this.bytes[this.at++]);
      case Tag.utf8:
        return this.text('utf8', this.bytes.readUInt32LE(this.skip(4)));
      case Tag.json:
        return JSON.parse(this.text('utf8', this.bytes.readUInt32LE(this.skip(4))));
      case Tag.list:
        return this.list(this.bytes[this.at++]);
      case Tag.longList:
        return this.list(this.bytes.readUInt32LE(this.skip(4)));
      case Tag.object:
        return this.object(this.shapes[this.bytes.readUInt16LE(this.skip(2))]);
      default:
        return null;
    }
  }

  private skip(bytes: number): number {
    this.at += bytes;
    return this.at - bytes;
  }

  private text(encoding: 'latin1' | 'utf8', length: number): string {
    const at = this.skip(length);
    return this.bytes.toString(encoding, at, at + length);
  }

  private list(length: number): unknown[] {
    const list: unknown[] = [];
    for (let i = 0; i < length; i++) list.push(this.value());
    return list;
  }

  private object(shape: Shape): Record<string, unknown> {
    const object: Record<string, unknown> = {};
    for (const key of shape.keys) object[key] = this.value();
    return object;
  }
}
