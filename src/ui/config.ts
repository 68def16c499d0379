// The configuration file: a language, a theme, other keys. A mistake in it is told and otherwise passed over.
import type { Language, Text } from '../text/text.ts';
import { KEYS, type Key, type KeyGroup, type Message } from './keys.ts';
import { jsonErrorAt } from './json-place.ts';
import { isTheme, type Theme } from './theme.ts';

export interface Config {
  language?: Language;
  theme?: Theme;
  ascii?: boolean;
  mouse?: boolean;
  /** Other keys for actions, by the action's name. */
  keys?: Record<string, string[]>;
}

/** What is wrong in the file; line and column count from 1. */
export interface ConfigProblem {
  line: number;
  column: number;
  text: Text;
}

const DIRECTIONS: Partial<Record<Message['kind'], [string, string]>> = {
  move: ['down', 'up'],
  sibling: ['next', 'previous'],
  find: ['find-next', 'find-previous'],
};

/** The name of what a key does, as the configuration file has it. */
export function actionName(message: Message): string {
  const names = DIRECTIONS[message.kind];
  if (names !== undefined && 'by' in message) return message.by > 0 ? names[0] : names[1];
  switch (message.kind) {
    case 'page':
      return `${Math.abs(message.by) < 1 ? 'half-' : ''}page-${message.by > 0 ? 'down' : 'up'}`;
    case 'edge':
      return message.to;
    case 'show':
      return message.screen;
    case 'jump':
      return `jump-${message.to}`;
    case 'quit':
      return message.code === 0 ? 'quit' : 'quit-at-once';
    default:
      return message.kind;
  }
}

/** Where the file is, by XDG: undefined where there is no home either. */
export function configPath(environment: Record<string, string | undefined>): string | undefined {
  const { XDG_CONFIG_HOME: base, HOME: home } = environment;
  const directory = base?.startsWith('/') ? base : home ? `${home}/.config` : undefined;
  return directory && `${directory}/wirebook/config.json`;
}

/** Reads the file's text. What is right counts, whatever else is wrong. */
export function parseConfig(text: string): { config: Config; problems: ConfigProblem[] } {
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch {
    return { config: {}, problems: [problemAt(text, jsonErrorAt(text), NOT_JSON)] };
  }
  const problems: ConfigProblem[] = [];
  const wrong = (key: string, said: Text): void => {
    problems.push(problemAt(text, Math.max(0, text.indexOf(JSON.stringify(key))), said));
  };
  if (typeof found !== 'object' || found === null || Array.isArray(found))
    return { config: {}, problems: [problemAt(text, 0, NO_OBJECT)] };
  const config: Config = {};
  for (const [key, value] of Object.entries(found)) {
    if (key === 'language' && (value === 'en' || value === 'ko')) config.language = value;
    else if (key === 'theme' && typeof value === 'string' && isTheme(value)) config.theme = value;
    else if ((key === 'ascii' || key === 'mouse') && typeof value === 'boolean') config[key] = value;
    else if (key === 'keys' && typeof value === 'object' && value !== null && !Array.isArray(value))
      config.keys = keysOf(value as Record<string, unknown>, wrong);
    else if (Object.hasOwn(EXPECTED, key)) wrong(key, EXPECTED[key]);
    else
      wrong(key, {
        en: `"${key}" is no setting; there are ${Object.keys(EXPECTED).join(', ')}`,
        ko: `"${key}"(이)라는 설정은 없습니다. 설정은 ${Object.keys(EXPECTED).join(', ')}입니다`,
      });
  }
  return { config, problems };
}

const NOT_JSON: Text = { en: 'this is no JSON', ko: 'JSON이 아닙니다' };
const NO_OBJECT: Text = { en: 'an object { } is expected', ko: '객체 { }가 있어야 합니다' };
const EXPECTED: Record<string, Text> = {
  language: { en: 'language is "en" or "ko"', ko: 'language는 "en"이나 "ko"입니다' },
  theme: { en: 'theme is "auto", "dark" or "light"', ko: 'theme은 "auto", "dark", "light" 중 하나입니다' },
  ascii: { en: 'ascii is true or false', ko: 'ascii는 true나 false입니다' },
  mouse: { en: 'mouse is true or false', ko: 'mouse는 true나 false입니다' },
  keys: { en: 'keys is an object: {"copy": ["y", "c"]}', ko: 'keys는 객체입니다: {"copy": ["y", "c"]}' },
};

function problemAt(text: string, at: number, said: Text): ConfigProblem {
  const before = text.slice(0, at).split('\n');
  return { line: before.length, column: [...before[before.length - 1]].length + 1, text: said };
}

function keysOf(given: Record<string, unknown>, wrong: (key: string, said: Text) => void): Record<string, string[]> {
  const actions = new Set(KEYS.flatMap((group) => group.keys).map((key) => actionName(key.message)));
  const keys: Record<string, string[]> = {};
  for (const [action, value] of Object.entries(given)) {
    const list = typeof value === 'string' ? [value] : value;
    if (!actions.has(action)) wrong(action, { en: `there is no action "${action}"`, ko: `"${action}"(이)라는 동작은 없습니다` });
    else if (!Array.isArray(list) || list.length === 0 || !list.every(isKey))
      wrong(action, {
        en: 'a key is one character or a name: "x", "Ctrl-X", "PgDn"',
        ko: '키는 글자 하나나 이름입니다: "x", "Ctrl-X", "PgDn"',
      });
    else keys[action] = list;
  }
  return keys;
}

const KEY_NAMES = new Set(KEYS.flatMap((group) => group.keys).flatMap((key) => key.keys));
const isKey = (value: unknown): value is string =>
  typeof value === 'string' && ([...value].length === 1 || /^Ctrl-[A-Z]$/.test(value) || KEY_NAMES.has(value));

/** The key table with the keys of the configuration: what is given to one action is taken from the others. Ctrl-C always ends. */
export function bound(keys: Record<string, string[]>): KeyGroup[] {
  const taken = new Set(Object.values(keys).flat());
  taken.delete('Ctrl-C');
  return KEYS.map((group) => ({
    ...group,
    keys: group.keys
      .map((key): Key => {
        const action = actionName(key.message);
        const given = Object.hasOwn(keys, action) ? keys[action].filter((name) => name !== 'Ctrl-C') : undefined;
        if (action === 'quit-at-once') return { ...key, keys: ['Ctrl-C', ...(given ?? [])] };
        return { ...key, keys: given ?? key.keys.filter((name) => !taken.has(name)) };
      })
      .filter((key) => key.keys.length > 0),
  }));
}
