import type { Text } from '../text/text.ts';

/** What is wrong with a command line or its input, in words: exit code 2. */
export class UsageError extends Error {
  readonly text: Text;
  constructor(text: Text) {
    super(text.en);
    this.text = text;
  }
}
