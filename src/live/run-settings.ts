import { parseArgs } from 'node:util';
import { FORMATS, type Format } from '../text/formats.ts';
import { langError, optionError } from '../text/option-errors.ts';
import { isLanguage, type Text } from '../text/text.ts';

export interface RunSettings {
  command: string[];
  /** Options as they were given, for the part of this program that goes on inside the namespace. */
  words: string[];
  format: Format;
  /** Where the report goes; undefined: standard error, "-": standard output. */
  output: string | undefined;
  write: string | undefined;
  /** Capture there, among everybody else's packets. */
  interfaces: string[];
  hashes: boolean;
  /** The command's TLS secrets go into the capture that is kept. */
  includeSecrets: boolean;
  lang: string | undefined;
  help: boolean;
  /** This process is the one inside the namespace. */
  inside: boolean;
}

const options = {
  write: { type: 'string', short: 'w' },
  output: { type: 'string', short: 'o' },
  format: { type: 'string' },
  json: { type: 'boolean' },
  interface: { type: 'string', short: 'i', multiple: true },
  'stream-hashes': { type: 'boolean' },
  'include-secrets': { type: 'boolean' },
  lang: { type: 'string' },
  'no-color': { type: 'boolean' },
  numeric: { type: 'boolean', short: 'n' },
  help: { type: 'boolean', short: 'h' },
  inside: { type: 'boolean' },
} as const;

const TAKES_VALUE = new Set(
  Object.entries(options).flatMap(([name, each]) =>
    each.type === 'string' ? [`--${name}`, ...('short' in each ? [`-${each.short}`] : [])] : [],
  ),
);

/** Where the command begins: behind "--", else with the first word that belongs to no option. */
function split(argv: string[]): [string[], string[]] {
  for (let i = 0; i < argv.length; i++) {
    if (argv[i] === '--') return [argv.slice(0, i), argv.slice(i + 1)];
    if (!argv[i].startsWith('-') || argv[i] === '-') return [argv.slice(0, i), argv.slice(i)];
    if (TAKES_VALUE.has(argv[i])) i++;
  }
  return [argv, []];
}

/** From the words behind `wirebook run`; a Text says what is wrong with them. */
export function runSettingsOf(argv: string[]): RunSettings | Text {
  const [words, command] = split(argv);
  let values: ReturnType<typeof parse>;
  try {
    values = parse(words);
  } catch (error) {
    return optionError(words, options, error as Error, 'wirebook run --help');
  }
  const named = values.json ? 'json' : (values.format ?? 'text');
  const format = FORMATS.find((each) => each === named);
  if (format === undefined)
    return {
      en: `--format takes ${FORMATS.join(', ')}, not "${named}"`,
      ko: `--format에는 ${FORMATS.join(', ')} 중 하나를 씁니다 ("${named}" 아님)`,
    };
  if (values.lang !== undefined && !isLanguage(values.lang)) return langError(values.lang);
  if (!values.help && command.length === 0)
    return {
      en: 'no command is named; try: wirebook run -- curl https://example.com/',
      ko: '실행할 명령을 지정하지 않았습니다. 예: wirebook run -- curl https://example.com/',
    };
  if (!values.help && format !== 'text' && values.output === undefined)
    return {
      en: `standard output and standard error are the command's own: name a file for the report, --output FILE ("-": standard output)`,
      ko: '표준 출력과 표준 오류는 명령의 것입니다. 보고서를 쓸 파일을 --output FILE로 지정하세요 ("-": 표준 출력)',
    };
  if (values.write === '-')
    return {
      en: 'the capture of a command goes to a file: -w FILE',
      ko: '명령의 캡처는 파일로만 쓸 수 있습니다: -w FILE',
    };
  if (values['include-secrets'] && values.write === undefined)
    return {
      en: '--include-secrets is for the capture that is kept: -w FILE',
      ko: '--include-secrets는 남기는 캡처에 쓰는 옵션입니다: -w FILE과 함께 쓰세요',
    };
  return {
    command,
    words,
    format,
    output: values.output,
    write: values.write,
    interfaces: values.interface ?? [],
    hashes: values['stream-hashes'] === true,
    includeSecrets: values['include-secrets'] === true,
    lang: values.lang,
    help: values.help === true,
    inside: values.inside === true,
  };
}

const parse = (args: string[]) => parseArgs({ args, options }).values;
