import { readFileSync } from 'node:fs';
import { fill, SAY } from '../text/messages.ts';
import type { Language, Text } from '../text/text.ts';
import { bound, type Config, configPath, parseConfig } from '../ui/config.ts';
import type { UiOptions } from '../ui/run.ts';
import { isTheme, THEMES } from '../ui/theme.ts';

export interface ScreenOptions {
  lang?: string | undefined;
  'no-color'?: boolean | undefined;
  ascii?: boolean | undefined;
  theme?: string | undefined;
  'no-mouse'?: boolean | undefined;
  'include-secrets'?: boolean | undefined;
}

export type ScreenSettings = Pick<UiOptions, 'language' | 'noColor' | 'ascii' | 'theme' | 'mouse' | 'keys' | 'notice'> & {
  /** TLS secrets of the connections in it go into a slice that is written. */
  includeSecrets: boolean;
};

/** What is wrong with `--theme`, where something is. */
export const themeError = (theme: string | undefined): Text | undefined =>
  theme === undefined || isTheme(theme)
    ? undefined
    : {
        en: `--theme takes ${THEMES.join(', ')}, not "${theme}"`,
        ko: `--theme에는 ${THEMES.join(', ')} 중 하나를 씁니다 ("${theme}" 아님)`,
      };

/** The look of the screens: options before the configuration file before what the terminal says. */
export function screenSettings(values: ScreenOptions, language: Language, environment: NodeJS.ProcessEnv): ScreenSettings {
  const { config, notice } = readConfig(environment);
  const settings: ScreenSettings = {
    language: values.lang === undefined ? (config.language ?? language) : language,
    noColor: values['no-color'] === true || !!environment.NO_COLOR,
    mouse: values['no-mouse'] !== true && config.mouse !== false,
    notice,
    includeSecrets: values['include-secrets'] === true,
  };
  const theme = values.theme ?? config.theme;
  if (theme !== undefined && isTheme(theme)) settings.theme = theme;
  if (values.ascii === true || config.ascii === true) settings.ascii = true;
  if (config.keys !== undefined) settings.keys = bound(config.keys);
  return settings;
}

function readConfig(environment: NodeJS.ProcessEnv): { config: Config; notice: Text | undefined } {
  const path = configPath(environment);
  let text: string;
  try {
    text = path === undefined ? '' : readFileSync(path, 'utf8');
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'ENOTDIR';
    const why = { en: `${path}: ${(error as Error).message}`, ko: `${path}: ${(error as Error).message}` };
    return { config: {}, notice: missing ? undefined : why };
  }
  if (text.trim() === '') return { config: {}, notice: undefined };
  const { config, problems } = parseConfig(text);
  const [first] = problems;
  if (first === undefined) return { config, notice: undefined };
  const said = (lang: Language): string =>
    fill(SAY.configProblem, lang, { file: path!, line: first.line, column: first.column, what: first.text[lang] });
  return { config, notice: { en: said('en'), ko: said('ko') } };
}
