import { FilterError } from './error.ts';

export type TokenKind = 'word' | 'string' | 'operator' | '(' | ')' | '{' | '}' | ',' | 'end';

export interface Token {
  kind: TokenKind;
  /** Of an operator its canonical form: "==", "and", "contains". */
  text: string;
  /** Characters from 1. */
  column: number;
  /** Where it begins and ends in the text. */
  at: number;
  end: number;
}

const OPERATORS = ['==', '!=', '<=', '>=', '&&', '||', '<', '>'];
const CANONICAL: Record<string, string> = { '&&': 'and', '||': 'or', '!': 'not' };
const NAMED: Record<string, string> = {
  and: 'and',
  or: 'or',
  not: 'not',
  contains: 'contains',
  matches: 'matches',
  in: 'in',
  eq: '==',
  ne: '!=',
  lt: '<',
  gt: '>',
  le: '<=',
  ge: '>=',
};
const SINGLE = new Set(['(', ')', '{', '}', ',']);

/** More than anybody types; keeps the parser's depth and the work per journey small. */
export const MAX_FILTER = 2000;

/** The words of a filter. Throws a FilterError. */
export function tokens(text: string): Token[] {
  if (text.length > MAX_FILTER)
    throw new FilterError(MAX_FILTER + 1, {
      en: `a filter has at most ${MAX_FILTER} characters`,
      ko: `필터는 ${MAX_FILTER}자까지 쓸 수 있습니다`,
    });
  const list: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (/\s/.test(text[at])) {
      at++;
      continue;
    }
    const token = next(text, at);
    list.push(token);
    at = token.end;
  }
  list.push({ kind: 'end', text: '', column: columnOf(text, at), at, end: at });
  return list;
}

const columnOf = (text: string, at: number): number => [...text.slice(0, at)].length + 1;

function next(text: string, at: number): Token {
  const column = columnOf(text, at);
  const c = text[at];
  if (SINGLE.has(c)) return { kind: c as TokenKind, text: c, column, at, end: at + 1 };
  const operator = OPERATORS.find((each) => text.startsWith(each, at)) ?? (c === '!' ? '!' : undefined);
  if (operator !== undefined)
    return { kind: 'operator', text: CANONICAL[operator] ?? operator, column, at, end: at + operator.length };
  if (c === '"' || c === "'") return quoted(text, at, column);
  let end = at;
  while (end < text.length && !/[\s(){},"]/.test(text[end]) && !OPERATORS.some((each) => text.startsWith(each, end))) end++;
  const word = text.slice(at, end);
  const named = Object.hasOwn(NAMED, word) ? NAMED[word] : undefined;
  return { kind: named === undefined ? 'word' : 'operator', text: named ?? word, column, at, end };
}

/** As in Wireshark, a backslash takes the next character as it is; before others than quotes and itself it stays (`\d`). */
function quoted(text: string, at: number, column: number): Token {
  const quote = text[at];
  let out = '';
  for (let i = at + 1; i < text.length; i++) {
    if (text[i] === quote) return { kind: 'string', text: out, column, at, end: i + 1 };
    if (text[i] === '\\' && (text[i + 1] === quote || text[i + 1] === '\\')) {
      out += text[i + 1];
      i++;
    } else out += text[i];
  }
  throw new FilterError(column, { en: `this ${quote} has no end`, ko: `여기서 연 ${quote}을(를) 닫지 않았습니다` });
}
