/** Words for people, in both languages: one without the other does not compile. */
export interface Text {
  en: string;
  ko: string;
}
export type Language = keyof Text;

/** What `--lang` takes; a locale's name will do. */
export const isLanguage = (word: string): boolean => /^(en|ko)([-_.@]|$)/i.test(word);

/** From `--lang`, else LC_ALL, LC_MESSAGES, LANG as POSIX orders them; English where nothing says Korean. */
export function language(option: string | undefined, environment: Record<string, string | undefined>): Language {
  const from = option ?? [environment.LC_ALL, environment.LC_MESSAGES, environment.LANG].find((v) => v !== undefined && v !== '');
  // Not kok_IN, which is Konkani.
  return from !== undefined && /^ko([-_.@]|$)/i.test(from) ? 'ko' : 'en';
}
