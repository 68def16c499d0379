import type { Domain } from './domain.ts';
import { tokens } from './lexer.ts';

export interface Completion {
  /** What the last word is replaced with, best first. */
  words: string[];
  /** Where that word begins in the text. */
  at: number;
}

const MOST = 200;
const OPERATORS: Record<string, string[]> = {
  text: ['==', '!=', 'contains', 'matches', 'in'],
  name: ['==', '!=', 'in'],
  address: ['==', '!=', 'in'],
  flag: ['=='],
};
const ORDERED = ['==', '!=', '>', '>=', '<', '<=', 'in'];

/** What may stand at the end of an unfinished filter: names of fields, operators, values that are known. */
export function complete<S>(text: string, domain: Domain<S>): Completion {
  let list: ReturnType<typeof tokens>;
  try {
    list = tokens(text);
  } catch {
    return { words: [], at: text.length };
  }
  const written = list.slice(0, -1);
  const open = written.length > 0 && !/\s$/.test(text);
  const last =
    open && (written.at(-1)?.kind === 'word' || /^[a-z]+$/.test(written.at(-1)?.text ?? '')) ? written.at(-1) : undefined;
  const before = last === undefined ? written : written.slice(0, -1);
  const start = last === undefined ? text.length : last.at;
  const prefix = text.slice(start);
  const of = (words: readonly string[]): Completion => ({
    words: words.filter((word) => word.startsWith(prefix)).slice(0, MOST),
    at: start,
  });

  const previous = before.at(-1);
  const asked = comparedField(before, domain);
  if (asked !== undefined) return of(domain.field(asked)?.names ?? []);
  const field = previous?.kind === 'word' ? domain.field(previous.text) : undefined;
  if (field !== undefined && prefix === '') return of(OPERATORS[field.kind] ?? ORDERED);
  if (field !== undefined) return of([...(OPERATORS[field.kind] ?? ORDERED), 'and', 'or']);
  const names = domain.fields.map((each) => each.name);
  // First those that begin so, then those that have it as a part: "rcode".
  const parts = prefix.length < 2 ? [] : names.filter((name) => !name.startsWith(prefix) && name.includes(prefix));
  return { words: [...names.filter((name) => name.startsWith(prefix)), ...parts].slice(0, MOST), at: start };
}

/** The field whose value is being written: `field ==`, `field in {a,`. */
function comparedField<S>(before: ReturnType<typeof tokens>, domain: Domain<S>): string | undefined {
  let i = before.length - 1;
  while (
    i >= 0 &&
    (before[i].kind === ',' ||
      before[i].kind === '{' ||
      (before[i].kind === 'word' && before.slice(0, i).some((t) => t.kind === '{')))
  )
    i--;
  const operator = before[i];
  const field = before[i - 1];
  if (operator?.kind !== 'operator' || ['and', 'or', 'not'].includes(operator.text)) return undefined;
  return field?.kind === 'word' && domain.field(field.text) !== undefined ? field.text : undefined;
}
