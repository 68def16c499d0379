import { existsSync } from 'node:fs';
import { isatty } from 'node:tty';
import { parseArgs } from 'node:util';
import { CaptureError } from './capture/batch.ts';
import { checkKeyLogs, keyLogPaths } from './capture/key-log-file.ts';
import type { CaptureSource } from './capture/source.ts';
import { Out, OutputClosed } from './report/out.ts';
import { FORMATS, type Format, isFormat } from './text/formats.ts';
import { SAY } from './text/messages.ts';
import { langError, optionError } from './text/option-errors.ts';
import { particles } from './text/particles.ts';
import { problemText } from './text/problems.ts';
import { isLanguage, type Language, language } from './text/text.ts';
import { USAGE } from './text/usage.ts';
import { UsageError } from './commands/usage-error.ts';
import { VERSION } from './version.ts';

/** 0: all read. 1: something in the capture was broken; what could be read is reported. 2: usage or input error. 70: ours. */
const OK = 0;
const BROKEN = 1;
const USAGE_ERROR = 2;
/** 128 and SIGHUP. */
const HUNG_UP = 129;
const OUR_FAULT = 70;

const options = {
  read: { type: 'string', short: 'r', multiple: true },
  format: { type: 'string' },
  json: { type: 'boolean' },
  'stream-hashes': { type: 'boolean' },
  verdicts: { type: 'boolean' },
  'no-verdicts': { type: 'boolean' },
  lang: { type: 'string' },
  'no-color': { type: 'boolean' },
  interface: { type: 'string', short: 'i', multiple: true },
  filter: { type: 'string', short: 'f' },
  write: { type: 'string', short: 'w' },
  count: { type: 'string', short: 'c' },
  duration: { type: 'string' },
  'no-promiscuous': { type: 'boolean', short: 'p' },
  'snapshot-length': { type: 'string', short: 's' },
  'buffer-size': { type: 'string', short: 'B' },
  engine: { type: 'string' },
  keylog: { type: 'string', multiple: true },
  'include-secrets': { type: 'boolean' },
  ascii: { type: 'boolean' },
  theme: { type: 'string' },
  'no-mouse': { type: 'boolean' },
  plain: { type: 'boolean' },
  'display-filter': { type: 'string', short: 'Y' },
  'list-interfaces': { type: 'boolean', short: 'D' },
  numeric: { type: 'boolean', short: 'n' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;

/** Mean nothing where a file is read. */
const LIVE_OPTIONS = [
  'filter',
  'write',
  'count',
  'duration',
  'no-promiscuous',
  'snapshot-length',
  'buffer-size',
  'engine',
] as const satisfies (keyof typeof options)[];

async function main(argv: string[]): Promise<number> {
  if (argv[0] === 'run') {
    const { runSettingsOf } = await import('./live/run-settings.ts');
    const settings = runSettingsOf(argv.slice(1));
    if ('en' in settings) throw new UsageError(settings);
    const { runCommand } = await import('./commands/run.ts');
    return runCommand(settings);
  }
  if (argv[0] === 'check' || argv[0] === 'book' || argv[0] === 'explain') {
    const { BOOK_COMMANDS } = await import('./commands/book-commands.ts');
    return BOOK_COMMANDS[argv[0]](argv.slice(1), { print, complain, keyLogsOf });
  }
  const parsed = parse(argv);
  const { values } = parsed;
  const lang = language(values.lang, process.env);
  if (values.lang !== undefined && !isLanguage(values.lang)) throw new UsageError(langError(values.lang));
  if (values.theme !== undefined) {
    const wrong = (await import('./commands/screen-settings.ts')).themeError(values.theme);
    if (wrong !== undefined) throw new UsageError(wrong);
  }
  if (values.help) return print(USAGE[lang]);
  if (values.version) return print(`wirebook ${VERSION}\n`);
  if (values['list-interfaces']) {
    const { listInterfaces } = await import('./live/list.ts');
    return listInterfaces(lang);
  }
  if (parsed.positionals[0] === 'doctor') {
    const { doctor } = await import('./live/doctor.ts');
    const { canRunUi, isUtf8 } = await import('./ui/manners.ts');
    const colours = process.env.NO_COLOR || !process.stdout.isTTY ? 1 : 2 ** process.stdout.getColorDepth();
    const screens = canRunUi(process.stdout, process.stdin, process.env);
    const { output, code } = doctor(lang, values.json === true, { screens, utf8: isUtf8(process.env), colours });
    process.stdout.write(output);
    return code;
  }
  const words = [...parsed.positionals];
  const command = words[0] === 'report' ? words.shift() : undefined;
  const files = [...(values.read ?? []), ...words];
  const liveOnly = LIVE_OPTIONS.filter((name) => values[name] !== undefined);
  if (values.interface === undefined && liveOnly.length > 0)
    throw new UsageError({
      en: `only with -i, for a live capture: --${liveOnly.join(', --')}`,
      ko: `-i로 라이브 캡처할 때만 쓸 수 있습니다: --${liveOnly.join(', --')}`,
    });
  if (values.interface !== undefined && values.read !== undefined)
    throw new UsageError({
      en: '-r reads a file, -i captures live: one of them, please',
      ko: '-r은 파일을 읽고 -i는 라이브로 캡처합니다. 둘 중 하나만 쓰세요',
    });
  if (values.interface !== undefined && (values.plain === true || values['display-filter'] !== undefined))
    throw new UsageError({
      en: '--plain and -Y read a file; a live capture has the screens, and their filter with /',
      ko: '--plain과 -Y는 파일을 읽습니다. 라이브 캡처는 화면에서 보고 /로 거릅니다',
    });
  if (values.interface !== undefined && values.verdicts === true)
    throw new UsageError({
      en: '--verdicts is for a capture that has ended: keep it with -w FILE, then wirebook check FILE',
      ko: '--verdicts는 끝난 캡처에 씁니다. -w FILE로 남긴 다음 wirebook check FILE로 판정하세요',
    });
  if (values.interface !== undefined) {
    const { settingsOf } = await import('./live/settings.ts');
    const settings = settingsOf(values, files);
    if ('en' in settings) throw new UsageError(settings);
    const { captureLive } = await import('./commands/live.ts');
    const wanted = formatOf(values.json ? 'json' : values.format);
    const format = command === undefined ? wanted : (wanted ?? 'text');
    return captureLive(settings, {
      format,
      language: lang,
      screens: values,
      hashes: values['stream-hashes'] === true,
      keyLogs: () => keyLogsOf(values.keylog, lang, true),
      complain,
    });
  }
  if (files.length === 0)
    throw new UsageError({
      en: 'no capture file is named; try: wirebook FILE, or wirebook --help',
      ko: '캡처 파일을 지정하지 않았습니다. 예: wirebook FILE 또는 wirebook --help',
    });
  refuseWords(files);
  const keyLogs = keyLogsOf(values.keylog, lang, files.includes('-'));
  const format = formatOf(values.json ? 'json' : values.format);
  const ofReports = [
    ...(command === undefined ? [] : [command]),
    ...(['format', 'json', 'stream-hashes', 'verdicts', 'no-verdicts', 'display-filter'] as const)
      .filter((name) => values[name] !== undefined)
      .map((name) => (name === 'display-filter' ? '-Y' : `--${name}`)),
  ];
  if (values.plain === true && ofReports.length > 0)
    throw new UsageError({
      en: `--plain answers commands ("filter" is one of them), a report is written at once: not together with ${ofReports.join(', ')}`,
      ko: `--plain은 명령에 답하고("filter"도 그중 하나) 보고서는 한 번에 씁니다. 함께 쓸 수 없습니다: ${ofReports.join(', ')}`,
    });
  if (files.length > 1 && ofReports.length > 0) throw oneReport(files);
  if (values.plain === true) return (await import('./commands/screens.ts')).runPlain(files, lang, keyLogs);
  const verdicts = values['no-verdicts'] ? false : values.verdicts;
  const reportSettings: ReportSettings = { hashes: values['stream-hashes'] === true, verdicts };
  const only = values['display-filter'];
  if (only !== undefined) return filtered(files[0], format ?? 'text', lang, reportSettings, keyLogs, only);
  const wantsUi = command === undefined && format === undefined;
  if (wantsUi) {
    const ui = await import('./ui/manners.ts');
    // Where standard input is the capture, keys come from the terminal itself.
    const piped = files[0] === '-' && !process.stdin.isTTY;
    if (ui.canRunUi(process.stdout, piped ? { isTTY: true } : process.stdin, process.env)) {
      const keyboard = piped ? (await import('./ui/terminal-keyboard.ts')).openKeyboard() : process.stdin;
      const { runScreens } = await import('./commands/screens.ts');
      if (keyboard !== undefined)
        return runScreens(
          files,
          keyboard,
          (await import('./commands/screen-settings.ts')).screenSettings(values, lang, process.env),
          keyLogs,
        );
    }
  }
  if (files.length > 1) throw oneReport(files);
  return report(files[0], format ?? 'text', lang, reportSettings, keyLogs);
}

const oneReport = (files: string[]): UsageError =>
  new UsageError({
    en: `a report is of one capture at a time: ${files.join(', ')}; "wirebook check", the screens and --plain take several`,
    ko: `보고서는 캡처 하나씩 만듭니다: ${files.join(', ')}. "wirebook check"와 화면, --plain은 여러 개를 함께 엽니다`,
  });

interface ReportSettings {
  hashes: boolean;
  verdicts: boolean | undefined;
  only?: ReadonlySet<number>;
}

/** Reads the file twice: once for the records that a filter may ask for, once for the report. */
async function filtered(
  file: string,
  format: Format,
  lang: Language,
  settings: ReportSettings,
  keyLogs: string[],
  text: string,
): Promise<number> {
  const { matchingJourneys } = await import('./session/filtered.ts');
  const found = await matchingJourneys(file, text, keyLogs);
  if ('en' in found) throw new UsageError(found);
  return report(file, format, lang, { ...settings, only: found }, keyLogs);
}

function parse(argv: string[]) {
  try {
    return parseArgs({ args: argv, options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(optionError(argv, options, error as Error));
  }
}

/** The key logs that were named; who else could read them is told. `growing`: beside a capture that goes on. */
function keyLogsOf(words: string[] | undefined, lang: Language, growing = false): string[] {
  const paths = keyLogPaths(words ?? [], process.env);
  for (const problem of checkKeyLogs(paths, growing)) complain(problemText(problem, lang));
  return paths;
}

/** Words that can be no capture, where they are better told apart than as a file that is not there. */
function refuseWords(files: string[]): void {
  if (files.includes(''))
    throw new UsageError({
      en: 'the name of the capture is empty; try: wirebook FILE, or wirebook --help',
      ko: '캡처 파일의 이름이 비어 있습니다. 예: wirebook FILE 또는 wirebook --help',
    });
  const unknown = files.length > 1 ? files.find((word) => word !== '-' && !existsSync(word)) : undefined;
  if (unknown !== undefined)
    throw new UsageError({
      en: `"${unknown}" is no command and no file; try: wirebook report FILE, or wirebook --help`,
      ko: `"${unknown}"은(는) 명령도 파일도 아닙니다. 예: wirebook report FILE 또는 wirebook --help`,
    });
}

function print(text: string): number {
  const out = new Out(1);
  out.write(text);
  out.flush();
  return OK;
}

function formatOf(value: string | undefined): Format | undefined {
  if (value === undefined) return undefined;
  if (!isFormat(value))
    throw new UsageError({
      en: `--format takes ${FORMATS.join(', ')}, not "${value}"`,
      ko: `--format에는 ${FORMATS.join(', ')} 중 하나를 씁니다 ("${value}" 아님)`,
    });
  return value;
}

async function report(
  file: string,
  format: Format,
  lang: Language,
  { hashes, verdicts, only }: ReportSettings,
  keyLogs: string[],
): Promise<number> {
  const { writeReport } = await import('./report/write.ts');
  const { openCapture } = await import('./capture/open.ts');
  let source: CaptureSource;
  try {
    source = await openCapture(file, { keyLogs });
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error;
    const { writeNoCapture } = await import('./report/no-capture.ts');
    writeNoCapture(file, error, format, `wirebook ${VERSION}`);
    complain(lang === 'ko' ? error.korean : error.message);
    return USAGE_ERROR;
  }
  // Somebody who ends a live pipe wants to see what came through it.
  if (source.size === undefined) process.once('SIGINT', () => source.stop());
  try {
    const problems = await writeReport(source, format, lang, hashes, { verdicts, only });
    for (const problem of problems) complain(problem);
    return problems.length > 0 ? BROKEN : OK;
  } finally {
    source.close();
  }
}

/** Words for people go to standard error, harmless for the terminal whatever a file's name or a packet holds. */
function complain(message: string): void {
  const out = new Out(2);
  out.write(
    `wirebook: ${particles(message).replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, '?')}\n`,
  );
  try {
    out.flush();
  } catch {
    // Nobody can be told; the exit code says it.
  }
}

/** The language of errors, also of those found before the options could be read. */
function spoken(): Language {
  const at = process.argv.findIndex((word) => word === '--lang' || word.startsWith('--lang='));
  const value = at < 0 ? undefined : (process.argv[at].split('=')[1] ?? process.argv[at + 1]);
  return language(value !== undefined && isLanguage(value) ? value : undefined, process.env);
}

/** An error as words and as an exit code; a stack only for those who ask for it. */
function failed(error: unknown): number {
  if (error instanceof OutputClosed) return OK;
  if (error instanceof UsageError) {
    complain(error.text[spoken()]);
    return USAGE_ERROR;
  }
  if (error instanceof CaptureError) {
    complain(spoken() === 'ko' ? error.korean : error.message);
    return USAGE_ERROR;
  }
  if (error instanceof Error && error.name === 'OutputFailed') {
    complain(spoken() === 'ko' ? `출력을 쓸 수 없습니다: ${error.message}` : `the output cannot be written: ${error.message}`);
    return USAGE_ERROR;
  }
  const words = error instanceof Error ? (process.env.WIREBOOK_DEBUG ? error.stack : error.message) : undefined;
  complain(`${SAY.ourFault[spoken()]}: ${words ?? String(error)}`);
  return OUR_FAULT;
}

main(process.argv.slice(2))
  .catch(failed)
  .then((code) => {
    process.exitCode = code;
    if (code !== HUNG_UP || isatty(0) || isatty(1)) return;
    // The terminal is gone: at its own end Node would abort over it.
    process.removeAllListeners('SIGHUP');
    process.kill(process.pid, 'SIGHUP');
  });
