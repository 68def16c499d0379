import { type ParseArgsConfig, parseArgs } from 'node:util';
import type { Text } from './text.ts';

/** What is wrong with options that parseArgs refused: its own words are English only, and of several lines. */
export function optionError(
  args: string[],
  options: NonNullable<ParseArgsConfig['options']>,
  error: Error,
  help = 'wirebook --help',
): Text {
  const { tokens } = parseArgs({ args, options, strict: false, allowPositionals: true, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option') continue;
    const { name, rawName, value } = token;
    const type = Object.hasOwn(options, name) ? options[name].type : undefined;
    if (type === undefined)
      return {
        en: `there is no option ${rawName}; ${help} lists them`,
        ko: `${rawName}(이)라는 옵션은 없습니다. ${help}로 볼 수 있습니다`,
      };
    if (type === 'boolean' && value !== undefined)
      return { en: `${rawName} takes no value, "${value}" is one`, ko: `${rawName}에는 값을 쓰지 않습니다 ("${value}")` };
    if (type === 'string' && value === undefined)
      return { en: `${rawName} needs a value behind it`, ko: `${rawName} 뒤에 값이 필요합니다` };
    if (type === 'string' && !token.inlineValue && /^-./.test(value ?? ''))
      return {
        en: `${rawName} needs a value, and "${value}" looks like an option; if it is the value: --${name}=${value}`,
        ko: `${rawName}에는 값이 필요한데 "${value}"는 옵션처럼 보입니다. 값이 맞으면 --${name}=${value}로 쓰세요`,
      };
  }
  const words = error.message.replace(/\s+/g, ' ');
  return { en: words, ko: `사용법 오류: ${words}` };
}

export const langError = (value: string): Text => ({
  en: `--lang takes en or ko, not "${value}"`,
  ko: `--lang에는 en이나 ko를 씁니다 ("${value}" 아님)`,
});
