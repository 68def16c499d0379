import type { Text } from '../text/text.ts';

/** A user's rule as it stands in the file: values with the places where they begin. */
export interface OwnRuleText {
  id: string;
  line: number;
  values: Map<Key, { text: string; line: number; column: number }>;
}

/** What is wrong with a rules file, and where; both count from 1. */
export class OwnRulesError extends Error {
  readonly text: Text;
  constructor(file: string, line: number, column: number, text: Text) {
    super(`${file}:${line}:${column}: ${text.en}`);
    this.name = 'OwnRulesError';
    this.text = {
      en: `${file}: line ${line}, column ${column}: ${text.en}`,
      ko: `${file}: ${line}행 ${column}번째 글자: ${text.ko}`,
    };
  }
}

export const KEYS = ['statement', 'statement.ko', 'for', 'when', 'expect', 'says', 'says.ko'] as const;
export type Key = (typeof KEYS)[number];

const MOST_RULES = 1000;

/**
 * `rule NAME`, then lines `key: value`; empty lines and those that begin with # do not count. Throws an OwnRulesError.
 */
export function parseOwnRules(file: string, text: string): OwnRuleText[] {
  const rules: OwnRuleText[] = [];
  const fail = (line: number, column: number, en: string, ko: string): OwnRulesError =>
    new OwnRulesError(file, line, column, { en, ko });
  for (const [i, raw] of text.split(/\r?\n/).entries()) {
    const line = i + 1;
    const body = raw.trim();
    if (body === '' || body.startsWith('#')) continue;
    const column = raw.length - raw.trimStart().length + 1;
    const named = /^rule(\s+)(\S.*)$/.exec(body);
    if (named !== null) {
      const at = column + 4 + named[1].length;
      const id = named[2];
      if (!/^[A-Za-z][\w-]{0,39}$/.test(id))
        throw fail(
          line,
          at,
          `"${id}" is no name for a rule: letters, digits, - and _, 40 at most`,
          `"${id}"는 규칙 이름이 될 수 없습니다. 영문자, 숫자, -, _를 40자까지 씁니다`,
        );
      if (/^R-/i.test(id))
        throw fail(line, at, "names that begin with R- are the book's", 'R-로 시작하는 이름은 책의 규칙입니다');
      if (rules.some((each) => each.id === id))
        throw fail(line, at, `there are two rules "${id}"`, `규칙 "${id}"가 두 번 나옵니다`);
      if (rules.length === MOST_RULES) throw fail(line, at, `more than ${MOST_RULES} rules`, `규칙이 ${MOST_RULES}개를 넘습니다`);
      rules.push({ id, line, values: new Map() });
      continue;
    }
    const rule = rules.at(-1);
    if (rule === undefined) throw fail(line, column, 'a rule begins with "rule NAME"', '규칙은 "rule 이름"으로 시작합니다');
    const pair = /^([A-Za-z.]+)(\s*):(\s*)(.*)$/.exec(body);
    if (pair === null) throw fail(line, column, 'here stands "key: value"', '여기에는 "키: 값"을 씁니다');
    const key = KEYS.find((each) => each === pair[1]);
    if (key === undefined)
      throw fail(
        line,
        column,
        `there is no key "${pair[1]}"; they are: ${KEYS.join(', ')}`,
        `"${pair[1]}" 키는 없습니다. 있는 키: ${KEYS.join(', ')}`,
      );
    const at = column + pair[1].length + pair[2].length + 1 + pair[3].length;
    if (pair[4] === '') throw fail(line, at, `"${key}" has no value`, `"${key}"에 값이 없습니다`);
    if (rule.values.has(key))
      throw fail(line, column, `"${key}" stands twice in rule ${rule.id}`, `규칙 ${rule.id}에 "${key}"가 두 번 나옵니다`);
    rule.values.set(key, { text: pair[4], line, column: at });
  }
  for (const { id, line, values } of rules)
    if (!values.has('expect')) throw fail(line, 1, `rule ${id} has no "expect"`, `규칙 ${id}에 "expect"가 없습니다`);
  return rules;
}
