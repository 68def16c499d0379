import type { Text } from '../text/text.ts';
import { addressBytes, addressTest } from './address.ts';
import { FilterError } from './error.ts';
import type { Token } from './lexer.ts';
import { PatternError, pattern } from './regex.ts';

/** What a field holds: decides what may stand after its operator. `duration`: nanoseconds; `any`: a packet's field, which tells by its value. */
export type Kind = 'text' | 'number' | 'address' | 'duration' | 'size' | 'flag' | 'name' | 'any';
export type Value = string | number | bigint | boolean;
export type Test = (value: Value) => boolean;

const DURATIONS: Record<string, number> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9 };
const SIZES: Record<string, number> = {
  B: 1,
  kB: 1e3,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
};
const NUMBER = /^(-?\d+(?:\.\d+)?)([a-zA-Zµ]*)$/;

/** The test of one comparison with one value. Throws a FilterError where the value does not suit the field. */
export function valueTest(kind: Kind, operator: string, literal: Token, names?: readonly string[]): Test {
  if (operator === 'contains' || operator === 'matches') return textTest(kind, operator, literal);
  if (operator !== '==' && (kind === 'text' || kind === 'name' || kind === 'address' || kind === 'flag'))
    throw wrong(literal, {
      en: `${operator} compares numbers; this field takes ==, !=, in${kind === 'text' || kind === 'name' ? ', contains, matches' : ''}`,
      ko: `${operator}는 숫자를 비교합니다. 이 필드에는 ==, !=, in${kind === 'text' || kind === 'name' ? ', contains, matches' : ''}을 씁니다`,
    });
  switch (kind) {
    case 'text':
      return (value) => value === literal.text;
    case 'name':
      return nameTest(literal, names);
    case 'address':
      return addressOf(literal);
    case 'flag':
      return flagTest(literal);
    case 'any':
      return anyTest(operator, literal);
    default:
      return ordered(operator, numberOf(kind, literal));
  }
}

/** `from..to` in a set. */
export function rangeTest(kind: Kind, from: Token, to: Token): Test {
  const [low, high] = [numberOf(kind === 'any' ? 'number' : kind, from), numberOf(kind === 'any' ? 'number' : kind, to)];
  return (value) => (typeof value === 'number' || typeof value === 'bigint') && value >= low && value <= high;
}

const wrong = (token: Token, text: Text): FilterError => new FilterError(token.column, text);

function textTest(kind: Kind, operator: string, literal: Token): Test {
  if (kind === 'number' || kind === 'duration' || kind === 'size' || kind === 'flag')
    throw wrong(literal, {
      en: `${operator} searches text; this field is a number`,
      ko: `${operator}는 글자를 찾습니다. 이 필드는 숫자입니다`,
    });
  if (operator === 'contains') return (value) => typeof value === 'string' && value.includes(literal.text);
  try {
    const found = pattern(literal.text);
    return (value) => typeof value === 'string' && found(value);
  } catch (error) {
    if (!(error instanceof PatternError)) throw error;
    const quote = literal.kind === 'string' ? 1 : 0;
    throw new FilterError(literal.column + quote + error.at, { en: error.en, ko: error.ko });
  }
}

function nameTest(literal: Token, names: readonly string[] | undefined): Test {
  if (names !== undefined && !names.includes(literal.text))
    throw wrong(literal, {
      en: `"${literal.text}" is none of: ${names.join(', ')}`,
      ko: `"${literal.text}"은(는) 다음에 없습니다: ${names.join(', ')}`,
    });
  return (value) => value === literal.text;
}

function addressOf(literal: Token): Test {
  const test = addressTest(literal.text);
  if (test === undefined)
    throw wrong(literal, {
      en: `"${literal.text}" is no address (192.0.2.1, 2001:db8::1) and no network (10.0.0.0/8)`,
      ko: `"${literal.text}"은(는) 주소(192.0.2.1, 2001:db8::1)도 네트워크(10.0.0.0/8)도 아닙니다`,
    });
  return (value) => typeof value === 'string' && test(value);
}

const FLAGS: Record<string, boolean> = { true: true, false: false, True: true, False: false, '1': true, '0': false };

function flagTest(literal: Token): Test {
  if (!Object.hasOwn(FLAGS, literal.text))
    throw wrong(literal, { en: 'true or false (1 or 0) is meant here', ko: '여기에는 true나 false(1이나 0)를 씁니다' });
  const wanted = FLAGS[literal.text];
  return (value) => value === wanted;
}

/** Undefined: it is no number. */
function plainNumber(text: string): number | undefined {
  if (/^0x[0-9a-f]{1,13}$/i.test(text)) return Number(text);
  const found = NUMBER.exec(text);
  if (found === null || found[1].length > 20) return undefined;
  const scale = found[2] === '' ? 1 : Object.hasOwn(SIZES, found[2]) ? SIZES[found[2]] : undefined;
  return scale === undefined ? undefined : Number(found[1]) * scale;
}

function numberOf(kind: Kind, literal: Token): number {
  if (kind !== 'duration') {
    const value = plainNumber(literal.text);
    if (value === undefined || (kind === 'number' && /[a-z]$/i.test(literal.text) && !literal.text.startsWith('0x')))
      throw wrong(literal, {
        en: kind === 'size' ? `"${literal.text}" is no size: 800, 20KB, 1.5MB` : `"${literal.text}" is no number`,
        ko:
          kind === 'size'
            ? `"${literal.text}"은(는) 크기가 아닙니다. 예: 800, 20KB, 1.5MB`
            : `"${literal.text}"은(는) 숫자가 아닙니다`,
      });
    return value;
  }
  const found = NUMBER.exec(literal.text);
  const unit = found === null || !Object.hasOwn(DURATIONS, found[2]) ? undefined : DURATIONS[found[2]];
  if (found === null || unit === undefined)
    throw wrong(literal, {
      en: `a time with its unit is meant here: 100ms, 1.5s, 20us, not "${literal.text}"`,
      ko: `여기에는 단위가 붙은 시간을 씁니다(100ms, 1.5s, 20us). "${literal.text}"은(는) 아닙니다`,
    });
  return Number(found[1]) * unit;
}

function ordered(operator: string, wanted: number): Test {
  const compare = COMPARE[operator];
  return (value) => (typeof value === 'number' || typeof value === 'bigint') && compare(value, wanted);
}

const COMPARE: Record<string, (a: number | bigint, b: number) => boolean> = {
  // biome-ignore lint/suspicious/noDoubleEquals: a bigint equals a number only so
  '==': (a, b) => a == b,
  '<': (a, b) => a < b,
  '>': (a, b) => a > b,
  '<=': (a, b) => a <= b,
  '>=': (a, b) => a >= b,
};

function anyTest(operator: string, literal: Token): Test {
  const number = plainNumber(literal.text);
  const numeric: Test = number === undefined ? () => false : ordered(operator, number);
  if (operator !== '==') {
    if (number === undefined)
      throw wrong(literal, { en: `"${literal.text}" is no number`, ko: `"${literal.text}"은(는) 숫자가 아닙니다` });
    return numeric;
  }
  const address = addressTest(literal.text);
  const flag = Object.hasOwn(FLAGS, literal.text) ? FLAGS[literal.text] : undefined;
  return (value) => {
    if (typeof value === 'boolean') return value === flag;
    if (typeof value !== 'string') return numeric(value);
    return value === literal.text || (address !== undefined && addressBytes(value) !== undefined && address(value));
  };
}
