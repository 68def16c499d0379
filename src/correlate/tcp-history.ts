import * as R from './tcp-record.ts';

/** Zeek's history letters by bit: SYN, SYN-ACK, pure ACK, data, FIN, RST, gap, retransmission, zero window, inconsistent flags. */
const LETTERS = 'SHADFRGTWI';
export const Letter = {
  syn: 0,
  synAck: 1,
  ack: 2,
  data: 3,
  fin: 4,
  rst: 5,
  gap: 6,
  retransmission: 7,
  zeroWindow: 8,
  odd: 9,
} as const;

const KINDS = LETTERS.length;
const COUNT_AT = 2 * KINDS;
/** Entries of five bits: four of the letter, one of the side. */
const ENTRY_BITS = 5;
const PER_WORD = 6;

/** Notes a letter for "a" (0) or "b" (1), the first time it happens in that direction. */
export function addLetter(words: Uint32Array, base: number, d: 0 | 1, letter: number): void {
  const seen = words[base + R.HISTORY_SEEN];
  const bit = 1 << (letter + d * KINDS);
  if (seen & bit) return;
  const n = seen >>> COUNT_AT;
  words[base + R.HISTORY_SEEN] = (seen | bit) + (1 << COUNT_AT);
  words[base + R.HISTORY + ((n / PER_WORD) | 0)] |= (letter | (d << 4)) << ((n % PER_WORD) * ENTRY_BITS);
}

const CACHE = 256;
const cached = new Uint32Array(3 * CACHE);
const texts: string[] = new Array(CACHE).fill('');

/** The letters in order, capitals from the client. The same few histories come again and again. */
export function historyText(words: Uint32Array, base: number, client: 0 | 1): string {
  if (words[base + R.HISTORY_SEEN] >>> COUNT_AT > 2 * PER_WORD) return spell(words, base, client);
  const first = words[base + R.HISTORY];
  const second = words[base + R.HISTORY + 1];
  const shape = ((words[base + R.HISTORY_SEEN] >>> COUNT_AT) << 1) | client;
  const slot = Math.imul(first ^ Math.imul(second ^ shape, 0x85ebca6b), 0x9e3779b1) >>> 24;
  const i = 3 * slot;
  if (cached[i] === first && cached[i + 1] === second && cached[i + 2] === shape) return texts[slot];
  cached[i] = first;
  cached[i + 1] = second;
  cached[i + 2] = shape;
  return (texts[slot] = spell(words, base, client));
}

function spell(words: Uint32Array, base: number, client: 0 | 1): string {
  let text = '';
  const count = words[base + R.HISTORY_SEEN] >>> COUNT_AT;
  for (let n = 0; n < count; n++) {
    const entry = (words[base + R.HISTORY + ((n / PER_WORD) | 0)] >>> ((n % PER_WORD) * ENTRY_BITS)) & 31;
    const letter = LETTERS[entry & 15];
    text += entry >> 4 === client ? letter : letter.toLowerCase();
  }
  return text;
}
