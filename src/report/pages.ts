import { safe } from '../text/safe.ts';
import { wrap } from '../text/wrap.ts';
import type { Out } from './out.ts';

const NARROW = 40;

/** Lines of words for a terminal: broken to its width behind an indent, headings lit where colours are wanted. */
export class Pages {
  private readonly out: Out;
  private readonly width: number;
  private readonly colour: boolean;

  /** `width` 0: lines are not broken. */
  constructor(out: Out, width: number, colour: boolean) {
    this.out = out;
    this.width = width;
    this.colour = colour;
  }

  blank(): void {
    this.out.write('\n');
  }

  heading(text: string): void {
    const shown = safe(text);
    this.out.write(this.colour ? `\x1b[1m${shown}\x1b[0m\n` : `${shown}\n`);
  }

  /** `lead` stands before the first line, in place of spaces. */
  text(text: string, indent = 0, lead = ' '.repeat(indent)): void {
    const lines = this.width === 0 ? [safe(text)] : wrap(text, Math.max(NARROW, this.width - indent));
    for (const [i, each] of lines.entries())
      this.out.write(`${i === 0 ? lead : ' '.repeat(indent)}${each}\n`.replace(/ +\n$/, '\n'));
  }

  flush(): void {
    this.out.flush();
  }
}
