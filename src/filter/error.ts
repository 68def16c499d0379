import { particles } from '../text/particles.ts';
import type { Text } from '../text/text.ts';

/** What is wrong with a filter, and where: `column` counts characters from 1. */
export class FilterError extends Error {
  readonly column: number;
  readonly text: Text;

  constructor(column: number, text: Text) {
    super(`column ${column}: ${text.en}`);
    this.name = 'FilterError';
    this.column = column;
    this.text = { en: text.en, ko: particles(text.ko) };
  }
}

/** "column 5: …", in both languages. */
export const errorText = ({ column, text }: FilterError): Text => ({
  en: `column ${column}: ${text.en}`,
  ko: `${column}번째 글자: ${text.ko}`,
});
