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

/** Notes a letter for "a" (0) or "b" (1), the first time it happens in that direction. */
export function addLetter(words: Uint32Array, base: number, d: 0 | 1, letter: number): void {
  const bit = 1 << letter;
  if (words[base + R.HISTORY_SEEN + d] & bit) return;
  words[base + R.HISTORY_SEEN + d] |= bit;
  const n = words[base + R.HISTORY_LENGTH]++;
  words[base + R.HISTORY + (n >> 2)] |= (letter | (d << 7)) << ((n & 3) * 8);
}

/** The letters in order, capitals from the client. */
export function historyText(words: Uint32Array, base: number, client: 0 | 1): string {
  let text = '';
  for (let n = 0; n < words[base + R.HISTORY_LENGTH]; n++) {
    const entry = (words[base + R.HISTORY + (n >> 2)] >>> ((n & 3) * 8)) & 255;
    const letter = LETTERS[entry & 127];
    text += entry >> 7 === client ? letter : letter.toLowerCase();
  }
  return text;
}
