/*
 * Korean particles that depend on the sound before them, for sentences with addresses, ports and names in them:
 * `${topic('192.0.2.1')}` is "192.0.2.1은". Digits and Latin letters are read as Koreans read them aloud.
 */

const DIGITS_WITH_FINAL = '013678';
/** L, M, N and R end in a consonant when spelt out, "엘, 엠, 엔, 알"; a name ending in b, c, k, p or t mostly does, too. */
const LETTERS_WITH_FINAL = 'lmnrbckpt';
const RIEUL_DIGITS = '178';

/** 2: a final consonant; 1: the final consonant ㄹ; 0: none. */
function finalOf(word: string): 0 | 1 | 2 {
  const last =
    word
      .replace(/[)\]"'”’/.]+$/, '')
      .at(-1)
      ?.toLowerCase() ?? '';
  if (last >= '가' && last <= '힣') {
    const final = (last.charCodeAt(0) - 0xac00) % 28;
    return final === 0 ? 0 : final === 8 ? 1 : 2;
  }
  if (RIEUL_DIGITS.includes(last) || last === 'l' || last === 'r') return last === '' ? 0 : 1;
  return last !== '' && (DIGITS_WITH_FINAL.includes(last) || LETTERS_WITH_FINAL.includes(last)) ? 2 : 0;
}

/** 은/는 */
export const topic = (word: string): string => `${word}${finalOf(word) === 0 ? '는' : '은'}`;
/** 이/가 */
export const subject = (word: string): string => `${word}${finalOf(word) === 0 ? '가' : '이'}`;
/** 을/를 */
export const object = (word: string): string => `${word}${finalOf(word) === 0 ? '를' : '을'}`;
/** 과/와 */
export const together = (word: string): string => `${word}${finalOf(word) === 0 ? '와' : '과'}`;
/** 으로/로 */
export const toward = (word: string): string => `${word}${finalOf(word) === 2 ? '으로' : '로'}`;
