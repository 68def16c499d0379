import type { Domain, Field } from './domain.ts';
import { FilterError } from './error.ts';
import { type Token, tokens } from './lexer.ts';
import { rangeTest, type Test, type Value, valueTest } from './values.ts';

/** A filter that is ready to be asked. */
export interface Filter<S> {
  test(subject: S): boolean;
  /** Everything it asks is known from a list's head. */
  head: boolean;
}

const COMPARISONS = new Set(['==', '!=', '<', '>', '<=', '>=', 'contains', 'matches', 'in']);
const MAX_DEPTH = 100;

/**
 * filter: every part of `a and b`, `a or b`, `not a`, `( )`; a part is `field`, `field == value`, `field in {a, b, c..d}` or a word
 * to search for; parts side by side are joined by `and`. As in Wireshark `!=` means: the field is there, and no value equals.
 * An empty filter matches all. Throws a FilterError.
 */
export function parse<S>(text: string, domain: Domain<S>): Filter<S> {
  const parser = new Parser(tokens(text), domain);
  const test = parser.filter();
  return { test, head: parser.head };
}

type Ask<S> = (subject: S) => boolean;

class Parser<S> {
  head = true;
  private at = 0;
  private depth = 0;
  private readonly list: Token[];
  private readonly domain: Domain<S>;

  constructor(list: Token[], domain: Domain<S>) {
    this.list = list;
    this.domain = domain;
  }

  filter(): Ask<S> {
    if (this.list.length === 1) return () => true;
    const ask = this.or();
    if (this.token.kind === 'end') return ask;
    throw this.unexpected(this.token);
  }

  private get token(): Token {
    return this.list[this.at];
  }

  private is(operator: string): boolean {
    const { kind, text } = this.token;
    if (kind !== 'operator' || text !== operator) return false;
    this.at++;
    return true;
  }

  private or(): Ask<S> {
    let a = this.and();
    while (this.is('or')) {
      const [first, second] = [a, this.and()];
      a = (s) => first(s) || second(s);
    }
    return a;
  }

  private and(): Ask<S> {
    let a = this.not();
    for (;;) {
      const { kind, text } = this.token;
      const beside = kind === 'word' || kind === 'string' || kind === '(' || (kind === 'operator' && text === 'not');
      if (!this.is('and') && !beside) return a;
      const [first, second] = [a, this.not()];
      a = (s) => first(s) && second(s);
    }
  }

  private not(): Ask<S> {
    if (++this.depth > MAX_DEPTH)
      throw new FilterError(this.token.column, { en: 'too many brackets in brackets', ko: '괄호가 너무 깊습니다' });
    try {
      if (!this.is('not')) return this.part();
      const ask = this.not();
      return (s) => !ask(s);
    } finally {
      this.depth--;
    }
  }

  private part(): Ask<S> {
    const token = this.token;
    if (token.kind === '(') {
      this.at++;
      const ask = this.or();
      if (this.token.kind !== ')')
        throw new FilterError(token.column, { en: 'this ( has no )', ko: '여기서 연 (를 닫지 않았습니다' });
      this.at++;
      return ask;
    }
    if (token.kind !== 'word' && token.kind !== 'string') throw this.unexpected(token);
    this.at++;
    const after = this.token;
    if (after.kind === 'operator' && COMPARISONS.has(after.text)) {
      this.at++;
      return this.comparison(this.field(token), after.text);
    }
    const field = token.kind === 'word' ? this.domain.field(token.text) : undefined;
    const elsewhere = field === undefined && token.kind === 'word' ? this.domain.elsewhereAlone?.(token.text) : undefined;
    if (elsewhere !== undefined) throw new FilterError(token.column, elsewhere);
    return field === undefined ? this.search(token) : this.exists(field);
  }

  private search(token: Token): Ask<S> {
    const assigned = /^([\w.]+)=(?!=)/.exec(token.text);
    if (token.kind === 'word' && assigned !== null && this.domain.field(assigned[1]) !== undefined)
      throw new FilterError(token.column + assigned[1].length, { en: 'write == to compare', ko: '비교는 ==로 씁니다' });
    const wanted = token.text.toLowerCase();
    return (s) => this.domain.searched(s).includes(wanted);
  }

  private field(token: Token): Field<S> {
    const field = token.kind === 'word' ? this.domain.field(token.text) : undefined;
    if (field !== undefined) {
      this.head &&= field.head === true;
      return field;
    }
    const elsewhere = this.domain.elsewhere(token.text);
    if (elsewhere !== undefined) throw new FilterError(token.column, elsewhere);
    const near = nearest(token.text, this.domain.fields);
    throw new FilterError(token.column, {
      en: `there is no field "${token.text}"${near === undefined ? '' : `; did you mean ${near}?`}`,
      ko: `"${token.text}"(이)라는 필드는 없습니다${near === undefined ? '' : `. ${near}인가요?`}`,
    });
  }

  private exists(field: Field<S>): Ask<S> {
    this.head &&= field.head === true;
    return (s) => {
      const value = field.of(s);
      return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== false;
    };
  }

  private comparison(field: Field<S>, operator: string): Ask<S> {
    if (operator === 'in') return has(field, this.set(field));
    const literal = this.literal();
    const test = valueTest(field.kind, operator === '!=' ? '==' : operator, literal, field.names);
    return operator === '!=' ? hasNone(field, test) : has(field, test);
  }

  private literal(): Token {
    const token = this.token;
    if (token.kind !== 'word' && token.kind !== 'string')
      throw new FilterError(token.column, { en: 'a value is missing here', ko: '여기에 값이 빠졌습니다' });
    this.at++;
    return token;
  }

  private set(field: Field<S>): Test {
    const open = this.token;
    if (open.kind !== '{')
      throw new FilterError(open.column, {
        en: 'after "in" comes a set: {80, 443}',
        ko: '"in" 뒤에는 {80, 443} 같은 집합을 씁니다',
      });
    this.at++;
    const tests: Test[] = [];
    while (this.token.kind !== '}') {
      if (this.token.kind === 'end')
        throw new FilterError(open.column, { en: 'this { has no }', ko: '여기서 연 {를 닫지 않았습니다' });
      if (tests.length > 0 && this.token.kind === ',') this.at++;
      tests.push(this.member(field));
    }
    this.at++;
    if (tests.length === 0) throw new FilterError(open.column, { en: 'the set is empty', ko: '집합이 비어 있습니다' });
    return (value) => tests.some((test) => test(value));
  }

  private member(field: Field<S>): Test {
    const token = this.literal();
    const range = token.kind === 'word' ? /^(.+?)\.\.(.+)$/.exec(token.text) : null;
    if (range === null) return valueTest(field.kind, '==', token, field.names);
    const to = { ...token, text: range[2], column: token.column + range[1].length + 2 };
    return rangeTest(field.kind, { ...token, text: range[1] }, to);
  }

  private unexpected(token: Token): FilterError {
    return token.kind === 'end'
      ? new FilterError(token.column, { en: 'the filter ends too early', ko: '필터가 중간에 끝났습니다' })
      : new FilterError(token.column, {
          en: `"${token.text}" cannot stand here`,
          ko: `여기에 "${token.text}"이(가) 올 수 없습니다`,
        });
  }
}

function has<S>(field: Field<S>, test: Test): Ask<S> {
  return (s) => {
    const value = field.of(s);
    if (value === undefined) return false;
    return Array.isArray(value) ? value.some(test) : test(value as Value);
  };
}

function hasNone<S>(field: Field<S>, test: Test): Ask<S> {
  return (s) => {
    const value = field.of(s);
    if (value === undefined) return false;
    return Array.isArray(value) ? value.length > 0 && !value.some(test) : !test(value as Value);
  };
}

/** A field of nearly this name: one that ends alike, or is two letters away. */
function nearest<S>(name: string, fields: readonly Field<S>[]): string | undefined {
  const names = fields.map((field) => field.name);
  const ending = names.find((each) => each.endsWith(`.${name}`));
  return (
    ending ??
    names
      .map((each) => [each, distance(each, name)] as const)
      .filter(([, d]) => d <= 2)
      .sort((a, b) => a[1] - b[1])[0]?.[0]
  );
}

function distance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++)
      next.push(Math.min(next[j - 1] + 1, row[j] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[b.length];
}
