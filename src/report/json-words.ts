import { type Literal, literal, literalAt } from './literals.ts';

/** Words that come again and again, as JSON strings; and what each key had last, at a place that its literal tells. */
const words = new Map<string, Literal>();
const WORDS = 512;
const WORD_LENGTH = 40;
const LAST_KEYS = 8192;
const lastWords = new Array<string>(LAST_KEYS).fill('');
const lastLiterals = new Int32Array(LAST_KEYS);

const sentences = new Map<string, Literal>();
const SENTENCES = 128;

/** The word as a JSON string, most quickly the one that this key had last; nothing where it is not kept. */
export function keptWord(key: Literal, text: string): Literal | undefined {
  const place = literalAt(key) & (LAST_KEYS - 1);
  if (lastWords[place] === text && text !== '') return lastLiterals[place] as Literal;
  const known = words.get(text) ?? newWord(text);
  if (known === undefined) return undefined;
  lastWords[place] = text;
  lastLiterals[place] = known;
  return known;
}

/** A word that is kept from now on; nothing where it is not one, or too many are. */
function newWord(text: string): Literal | undefined {
  if (words.size >= WORDS || text.length > WORD_LENGTH || !/^[ !#-[\]-~]+$/.test(text)) return undefined;
  const made = literal(`"${text}"`);
  words.set(text, made);
  return made;
}

/** A sentence as a JSON string, as `quoted` makes it; nothing where too many are kept. */
export function keptSentence(text: string, quoted: (text: string) => string): Literal | undefined {
  const known = sentences.get(text);
  if (known !== undefined) return known;
  if (sentences.size >= SENTENCES || !/^[ -~]{0,200}$/.test(text)) return undefined;
  const made = literal(quoted(text));
  sentences.set(text, made);
  return made;
}
