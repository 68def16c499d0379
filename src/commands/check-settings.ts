import { parseArgs } from 'node:util';
import { RULES } from '../rules/registry.ts';
import { VERDICTS, type Verdict } from '../rules/rule.ts';
import { VANTAGES, type VantageKind } from '../rules/vantage.ts';
import { langError, optionError } from '../text/option-errors.ts';
import { isLanguage, type Text } from '../text/text.ts';

export const CHECK_FORMATS = ['text', 'json', 'markdown', 'junit'] as const;
export type CheckFormat = (typeof CHECK_FORMATS)[number];

export interface CheckSettings {
  files: string[];
  format: CheckFormat;
  /** Rules asked for, by id; undefined: all. */
  rules: Set<string> | undefined;
  /** Verdicts to print; the exit code counts all. */
  only: Set<Verdict> | undefined;
  /** Files of users' own rules. */
  programs: string[];
  /** What is `unknown` counts for the exit code. */
  strict: boolean;
  /** By file as the user named it; "" is for every file. */
  vantages: Map<string, VantageKind>;
  /** As the user named them, "env" among them. */
  keyLogs: string[];
  lang: string | undefined;
  noColor: boolean;
  help: boolean;
}

const options = {
  read: { type: 'string', short: 'r', multiple: true },
  format: { type: 'string' },
  json: { type: 'boolean' },
  rule: { type: 'string', multiple: true },
  only: { type: 'string', multiple: true },
  program: { type: 'string', short: 'p', multiple: true },
  strict: { type: 'boolean' },
  vantage: { type: 'string', multiple: true },
  keylog: { type: 'string', multiple: true },
  lang: { type: 'string' },
  'no-color': { type: 'boolean' },
  numeric: { type: 'boolean', short: 'n' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** From the words behind `wirebook check`; a Text says what is wrong with them. */
export function checkSettingsOf(argv: string[]): CheckSettings | Text {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    return optionError(argv, options, error as Error, 'wirebook check --help');
  }
  const { values, positionals } = parsed;
  if (values.lang !== undefined && !isLanguage(values.lang)) return langError(values.lang);
  const files = [...(values.read ?? []), ...positionals];
  const word = values.json ? 'json' : (values.format ?? 'text');
  const format = CHECK_FORMATS.find((each) => each === word);
  if (format === undefined) return oneOf('--format', CHECK_FORMATS, word);
  const rules = rulesOf(values.rule);
  if (rules !== undefined && 'en' in rules) return rules;
  const only = verdictsOf(values.only);
  if (only !== undefined && 'en' in only) return only;
  const vantages = vantagesOf(values.vantage ?? [], files);
  if ('en' in vantages) return vantages;
  const help = values.help === true;
  if (files.length === 0 && !help)
    return {
      en: 'no capture file is named; try: wirebook check FILE, or wirebook check --help',
      ko: '캡처 파일을 지정하지 않았습니다. 예: wirebook check FILE 또는 wirebook check --help',
    };
  if (files.filter((file) => file === '-').length > 1)
    return { en: 'standard input can be one capture only', ko: '표준 입력은 캡처 하나만 될 수 있습니다' };
  const noColor = values['no-color'] === true;
  const strict = values.strict === true;
  const common = { keyLogs: values.keylog ?? [], programs: values.program ?? [], lang: values.lang, noColor, help };
  return { files, format, rules, only, strict, vantages, ...common };
}

const parse = (argv: string[]) => parseArgs({ args: argv, options, allowPositionals: true });

const oneOf = (option: string, words: readonly string[], given: string): Text => ({
  en: `${option} takes ${words.join(', ')}, not "${given}"`,
  ko: `${option}에는 ${words.join(', ')} 중 하나를 씁니다 ("${given}" 아님)`,
});

const listed = (words: string[]): string[] => words.flatMap((each) => each.split(',')).filter((each) => each !== '');

/** Ids in any case, or their beginnings: "R-TCP" is all of TCP. */
function rulesOf(words: string[] | undefined): Set<string> | undefined | Text {
  if (words === undefined) return undefined;
  const ids = new Set<string>();
  for (const word of listed(words)) {
    const wanted = word.toUpperCase().startsWith('R-') ? word.toUpperCase() : `R-${word.toUpperCase()}`;
    const found = RULES.filter(({ id }) => id === wanted || id.startsWith(`${wanted.replace(/-$/, '')}-`));
    if (found.length === 0)
      return {
        en: `there is no rule "${word}"; "wirebook book" lists them`,
        ko: `"${word}" 규칙은 없습니다. "wirebook book"에 목록이 있습니다`,
      };
    for (const { id } of found) ids.add(id);
  }
  return ids;
}

function verdictsOf(words: string[] | undefined): Set<Verdict> | undefined | Text {
  if (words === undefined) return undefined;
  const verdicts = new Set<Verdict>();
  for (const word of listed(words)) {
    const found = VERDICTS.find((each) => each === word);
    if (found === undefined) return oneOf('--only', VERDICTS, word);
    verdicts.add(found);
  }
  return verdicts;
}

/** "client" for every capture, "outside.pcap=gateway-outside" for one. */
function vantagesOf(words: string[], files: string[]): Map<string, VantageKind> | Text {
  const vantages = new Map<string, VantageKind>();
  for (const word of words) {
    const at = word.lastIndexOf('=');
    const file = at < 0 ? '' : word.slice(0, at);
    const kind = VANTAGES.find((each) => each === word.slice(at + 1));
    if (kind === undefined) return oneOf('--vantage', VANTAGES, word.slice(at + 1));
    if (file !== '' && !files.includes(file))
      return {
        en: `--vantage ${word}: "${file}" is none of the captures`,
        ko: `--vantage ${word}: "${file}"은 지정한 캡처가 아닙니다`,
      };
    vantages.set(file, kind);
  }
  return vantages;
}
