/** Fixed pieces of JSON (keys with their punctuation), encoded once and copied eight bytes at a time. */
export type Literal = number & { readonly brand: unique symbol };

const POOL_BYTES = 1 << 16;
const LENGTH_BITS = 8;
/** Bits of a literal; what is above them is free for others. */
export const LITERAL_BITS = 24;

/** The bytes of all literals; what lies behind one may be copied with it. */
export const POOL = new DataView(new ArrayBuffer(POOL_BYTES));
let used = 0;

/**
 * Printable ASCII of up to 255 characters: where it stands in `POOL` and how long it is, in one small number.
 * (No byte is over 0x7e, so no eight of them are a NaN, whose bits might change when copied as a number.)
 */
export function literal(text: string): Literal {
  const { length } = text;
  if (length >= 1 << LENGTH_BITS || used + length + 8 > POOL_BYTES || !/^[ -~\n]*$/.test(text))
    throw new RangeError(`not a literal, or no room for it: ${text}`);
  for (let i = 0; i < length; i++) POOL.setUint8(used + i, text.charCodeAt(i));
  const made = (used << LENGTH_BITS) | length;
  used += length;
  return made as Literal;
}

/** `,"name":` */
export const member = (name: string): Literal => literal(`,"${name}":`);

/** `,"name":[` */
export const list = (name: string): Literal => literal(`,"${name}":[`);

/** A literal for each of a few words. */
export const literals = <T extends string>(words: readonly T[], text: (word: T) => string): Record<T, Literal> =>
  Object.fromEntries(words.map((word) => [word, literal(text(word))])) as Record<T, Literal>;

export const literalLength = (made: Literal): number => made & ((1 << LENGTH_BITS) - 1);
export const literalAt = (made: Literal): number => (made >>> LENGTH_BITS) & (POOL_BYTES - 1);
