/** How a word ends when it is read aloud: with a vowel, with ㄹ, or with another consonant (batchim). */
type Ending = 'vowel' | 'rieul' | 'consonant';

/** 영, 일, 이, 삼, 사, 오, 육, 칠, 팔, 구; 10, 100, 1000 … end like 0. */
const DIGITS: Ending[] = ['consonant', 'rieul', 'vowel', 'consonant', 'vowel', 'vowel', 'consonant', 'rieul', 'rieul', 'vowel'];
const HANGUL = 0xac00;
const HANGUL_END = 0xd7a3;
const FINALS = 28;
const RIEUL = 8;

/** Particle as it is written where the word before is not known: after a vowel, after a consonant. */
const FORMS: Record<string, [vowel: string, consonant: string]> = {
  '을(를)': ['를', '을'],
  '이(가)': ['가', '이'],
  '은(는)': ['는', '은'],
  '와(과)': ['와', '과'],
  '(으)로': ['로', '으로'],
  '(이)라': ['라', '이라'],
};
const WRITTEN = /을\(를\)|이\(가\)|은\(는\)|와\(과\)|\(으\)로|\(이\)라/g;
/** Not read. */
const SILENT = /["'“”‘’`)\]}>»…*_.,:;-]+$/;

/** Latin letters by name where they are an abbreviation (L, M, N, R end in consonants), else as a word is read. */
function latin(letters: string): Ending {
  const last = letters[letters.length - 1];
  if (letters.length === 1 || letters === letters.toUpperCase()) {
    if (/[lr]/i.test(last)) return 'rieul';
    return /[mn]/i.test(last) ? 'consonant' : 'vowel';
  }
  const word = letters.toLowerCase();
  if (last === 'l') return 'rieul';
  // A short vowel keeps the stop behind it: 소켓, 클릭, 넷, 웹; a long one does not: 루트.
  const stopped = /(^|[^aeiou])[aeiou](ck|[ckpt])$/.test(word) || (word.length <= 4 && /[aeiou]b$/.test(word));
  return stopped || /([mn]|ng)$/.test(word) ? 'consonant' : 'vowel';
}

function ending(text: string): Ending {
  const word = text.replace(SILENT, '');
  const letters = /[a-zA-Z]+$/.exec(word.slice(-24));
  if (letters !== null) return latin(letters[0]);
  const code = word.charCodeAt(word.length - 1);
  if (code >= 0x30 && code <= 0x39) return DIGITS[code - 0x30];
  if (!(code >= HANGUL && code <= HANGUL_END)) return 'vowel';
  const final = (code - HANGUL) % FINALS;
  if (final === 0) return 'vowel';
  return final === RIEUL ? 'rieul' : 'consonant';
}

/** Korean sentences say "을(를)" after what is filled in: here the one is chosen that the word before asks for. */
export function particles(text: string): string {
  return text.replace(WRITTEN, (written, at: number) => {
    const before = ending(text.slice(Math.max(0, at - 64), at));
    const [vowel, consonant] = FORMS[written];
    return before === 'vowel' || (before === 'rieul' && written === '(으)로') ? vowel : consonant;
  });
}

/** Particles for one word: `${topic('192.0.2.1')}` is "192.0.2.1은". */
const after =
  (written: string) =>
  (word: string | number | undefined): string =>
    particles(`${word}${written}`);

export const topic = after('은(는)');
export const subject = after('이(가)');
export const object = after('을(를)');
export const together = after('와(과)');
export const toward = after('(으)로');
