import { bookSettingsOf, explainSettingsOf } from './book-settings.ts';
import { checkSettingsOf } from './check-settings.ts';
import { type Language, language } from '../text/text.ts';
import { UsageError } from './usage-error.ts';

const OK = 0;

interface Streams {
  /** To standard output; gives exit code 0. */
  print(text: string): number;
  /** To standard error. */
  complain(message: string): void;
  /** Key logs by their names; who else could read them is told. */
  keyLogsOf(words: string[] | undefined, language: Language): string[];
}

async function check(argv: string[], { print, complain, keyLogsOf }: Streams): Promise<number> {
  const settings = checkSettingsOf(argv);
  if ('en' in settings) throw new UsageError(settings);
  const lang = language(settings.lang, process.env);
  if (settings.help) return print((await import('../text/check-usage.ts')).CHECK_USAGE[lang]);
  const { runCheck } = await import('./check.ts');
  const keyLogs = keyLogsOf(settings.keyLogs, lang);
  return runCheck(settings, { ...look(lang, settings.noColor), keyLogs, complain });
}

/** How words look on standard output. */
function look(lang: Language, noColor: boolean): { language: Language; columns: number | undefined; colour: boolean } {
  const { isTTY, columns } = process.stdout;
  const colour = isTTY === true && !noColor && !process.env.NO_COLOR && process.env.TERM !== 'dumb';
  return { language: lang, columns: isTTY ? columns : undefined, colour };
}

async function book(argv: string[], { print, keyLogsOf }: Streams): Promise<number> {
  const settings = bookSettingsOf(argv);
  if ('en' in settings) throw new UsageError(settings);
  const lang = language(settings.lang, process.env);
  if (settings.help) return print((await import('../text/book-usage.ts')).BOOK_USAGE[lang]);
  const { showBook } = await import('./book.ts');
  const keyLogs = keyLogsOf(settings.keyLogs, lang);
  await showBook(settings.part, settings.file, { ...look(lang, settings.noColor), keyLogs });
  return OK;
}

async function explain(argv: string[], { print, keyLogsOf }: Streams): Promise<number> {
  const settings = explainSettingsOf(argv);
  if ('en' in settings) throw new UsageError(settings);
  const lang = language(settings.lang, process.env);
  if (settings.help) return print((await import('../text/book-usage.ts')).BOOK_USAGE[lang]);
  const { explainPacket, explainRule } = await import('./book.ts');
  const style = { ...look(lang, settings.noColor), keyLogs: keyLogsOf(settings.keyLogs, lang) };
  const { rule, packet } = settings;
  if (packet !== undefined) {
    const { found, packets } = await explainPacket(packet.file, packet.number, style);
    if (found) return OK;
    throw new UsageError({
      en: `packet ${packet.number} of ${packet.file}: the capture has ${packets} packets`,
      ko: `${packet.file}의 ${packet.number}번 패킷: 캡처에는 패킷이 ${packets}개 있습니다`,
    });
  }
  if (explainRule(rule ?? '', style)) return OK;
  throw new UsageError({
    en: `"${rule}" is no rule; "wirebook book" lists them, and a packet is explained by: wirebook explain FILE --packet N`,
    ko: `"${rule}" 규칙은 없습니다. 목록은 "wirebook book", 패킷 설명은 wirebook explain FILE --packet N`,
  });
}

/** By the command's first word. */
export const BOOK_COMMANDS = { check, book, explain };
