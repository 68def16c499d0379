import { parseArgs } from 'node:util';
import { CHAPTERS as ALL, type Chapter } from '../rules/rule.ts';
import { langError, optionError } from '../text/option-errors.ts';
import { isLanguage, type Text } from '../text/text.ts';

/** Those of the book. */
const CHAPTERS = ALL.filter((each) => each !== 'own');

export interface BookSettings {
  part: Chapter | 'all' | undefined;
  file: string | undefined;
  lang: string | undefined;
  keyLogs: string[];
  noColor: boolean;
  help: boolean;
}

export interface ExplainSettings {
  rule: string | undefined;
  packet: { file: string; number: number } | undefined;
  lang: string | undefined;
  keyLogs: string[];
  noColor: boolean;
  help: boolean;
}

const options = {
  read: { type: 'string', short: 'r', multiple: true },
  packet: { type: 'string' },
  keylog: { type: 'string', multiple: true },
  lang: { type: 'string' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

const parse = (argv: string[]) => parseArgs({ args: argv, options, allowPositionals: true });

function parsed(argv: string[], help: string): ReturnType<typeof parse> | Text {
  try {
    const result = parse(argv);
    const { lang } = result.values;
    return lang !== undefined && !isLanguage(lang) ? langError(lang) : result;
  } catch (error) {
    return optionError(argv, options, error as Error, help);
  }
}

/** From the words behind `wirebook book`: a chapter by name or number, or "all", and a capture. */
export function bookSettingsOf(argv: string[]): BookSettings | Text {
  const result = parsed(argv, 'wirebook book --help');
  if ('en' in result) return result;
  const { values } = result;
  const words = [...result.positionals];
  const part = words.length === 0 ? undefined : partOf(words[0]);
  if (part !== undefined) words.shift();
  const files = [...(values.read ?? []), ...words];
  if (files.length > 1 && (part !== undefined || words.length === 0))
    return {
      en: `the book is held against one capture at a time: ${files.join(', ')}; "wirebook check" takes several`,
      ko: `책은 캡처 하나와 함께 봅니다: ${files.join(', ')}. "wirebook check"는 여러 개를 함께 판정합니다`,
    };
  if (files.length > 1)
    return {
      en: `"${words[0]}" is no chapter of the book; they are: ${CHAPTERS.join(', ')}, all`,
      ko: `"${words[0]}" 장은 책에 없습니다. 있는 장: ${CHAPTERS.join(', ')}, all`,
    };
  return {
    part,
    file: files[0],
    keyLogs: values.keylog ?? [],
    lang: values.lang,
    noColor: values['no-color'] === true,
    help: values.help === true,
  };
}

function partOf(word: string): Chapter | 'all' | undefined {
  if (word === 'all') return 'all';
  return CHAPTERS.find((each) => each === word.toLowerCase()) ?? (/^\d+$/.test(word) ? CHAPTERS[Number(word) - 1] : undefined);
}

/** From the words behind `wirebook explain`: a rule, or a capture and --packet. */
export function explainSettingsOf(argv: string[]): ExplainSettings | Text {
  const result = parsed(argv, 'wirebook explain --help');
  if ('en' in result) return result;
  const { values } = result;
  const words = [...(values.read ?? []), ...result.positionals];
  const common = {
    keyLogs: values.keylog ?? [],
    lang: values.lang,
    noColor: values['no-color'] === true,
    help: values.help === true,
  };
  if (common.help) return { rule: undefined, packet: undefined, ...common };
  if (words.length !== 1)
    return {
      en: 'one rule, or one capture with --packet; try: wirebook explain R-TCP-2, wirebook explain FILE --packet 5',
      ko: '규칙 하나, 또는 캡처 하나와 --packet이 필요합니다. 예: wirebook explain R-TCP-2, wirebook explain FILE --packet 5',
    };
  if (values.packet === undefined) return { rule: words[0], packet: undefined, ...common };
  const number = Number(values.packet);
  if (!Number.isSafeInteger(number) || number < 1)
    return {
      en: `--packet takes a packet's number, from 1, not "${values.packet}"`,
      ko: `--packet에는 1부터 세는 패킷 번호를 씁니다 ("${values.packet}" 아님)`,
    };
  return { rule: undefined, packet: { file: words[0], number }, ...common };
}
