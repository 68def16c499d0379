// Heads are read four bytes at a time, at any offset, lowest byte first: through a DataView, which costs the same whatever array is below.

// Not that of `capture/integers.ts`: heads that were carried stand in arrays of their own, and each would drive the packets' out.
let viewed = new Uint8Array(0);
let view: DataView = new DataView(viewed.buffer);

/** A view on these bytes, which is meant for use at once: that of the array asked about last is there already. */
export function viewOf(bytes: Uint8Array): DataView {
  if (bytes !== viewed) {
    viewed = bytes as Uint8Array<ArrayBuffer>;
    view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return view;
}

/** The first four characters of a text from `at` on, as `getInt32` reads them. */
export function word(text: string, at = 0): number {
  let value = 0;
  for (let i = 3; i >= 0; i--) value = (value << 8) | text.charCodeAt(at + i);
  return value;
}

/** In each byte that is a letter the bit that makes it a small one, in others nothing. */
function fold(text: string, at: number): number {
  let value = 0;
  for (let i = 3; i >= 0; i--) value = (value << 8) | (/[a-z]/.test(text[at + i]) ? 0x20 : 0);
  return value;
}

/** Words of a text at most: `LONGEST` characters. */
const STRIDE = 5;
const LONGEST = 4 * STRIDE;
/** Of each text known its length and its words; the last one overlaps the one before it. More than V8 would keep inside of its heap. */
const TEXTS = 64;
const lengths = new Uint8Array(2 * TEXTS);
const words = new Int32Array(STRIDE * TEXTS);
const folds = new Int32Array(STRIDE * TEXTS);
let texts = 0;

/** Makes a text in small letters, of 4 to 20 characters, known: `isText` and `beginsWith` take its number. */
export function known(text: string): number {
  if (texts === TEXTS || text.length < 4 || text.length > LONGEST) throw new RangeError(text);
  lengths[texts] = text.length;
  for (let i = 0; 4 * i < text.length; i++) {
    const at = Math.min(4 * i, text.length - 4);
    words[STRIDE * texts + i] = word(text, at);
    folds[STRIDE * texts + i] = fold(text, at);
  }
  return texts++;
}

export const lengthOf = (text: number): number => lengths[text];

/** Do the bytes begin with this text, whatever the case of its letters? The caller has checked that there are so many. */
export function beginsWith(bytes: DataView, at: number, text: number): boolean {
  let i = STRIDE * text;
  if ((bytes.getInt32(at, true) | folds[i]) !== words[i]) return false;
  const last = at + lengths[text] - 4;
  while (at < last) {
    at = at + 4 < last ? at + 4 : last;
    i++;
    if ((bytes.getInt32(at, true) | folds[i]) !== words[i]) return false;
  }
  return true;
}

/** Are the bytes this text, whatever the case of its letters? */
export const isText = (bytes: DataView, at: number, end: number, text: number): boolean =>
  end - at === lengths[text] && beginsWith(bytes, at, text);
