import { unfinished } from '../../src/ui/filter.ts';
import { messageOf } from '../../src/ui/keys.ts';
import { type Model, start } from '../../src/ui/model.ts';
import { lineWidth } from '../../src/ui/span.ts';
import { update } from '../../src/ui/update.ts';
import { view } from '../../src/ui/view.ts';
import type { Language } from '../../src/text/text.ts';
import { FakeSession } from './fake.ts';

/** The program without a terminal: keys in, lines out. */
export class Drive {
  model: Model;
  readonly session: FakeSession;

  constructor(
    session = new FakeSession(),
    options: { width?: number; height?: number; language?: Language; ascii?: boolean; live?: boolean } = {},
  ) {
    this.session = session;
    const { width = 80, height = 24, language = 'en', ascii, live } = options;
    this.model = start({ width, height, language, ascii, live });
    this.changed();
  }

  /** Keys by name, separated by spaces. */
  press(keys: string): this {
    for (const name of keys.split(' ').filter((k) => k !== '')) this.key(name);
    return this;
  }
  key(name: string, character: string | undefined = [...name].length === 1 ? name : undefined): this {
    const message = messageOf({ name, character }, this.model);
    if (message !== undefined) this.model = update(this.model, message, this.session);
    return this.scanned();
  }
  type(text: string): this {
    for (const c of text) this.key(c === ' ' ? 'Space' : c, c);
    return this;
  }
  changed(): this {
    this.model = update(this.model, { kind: 'changed' }, this.session);
    return this.scanned();
  }
  /** What the program does between two keys. */
  private scanned(): this {
    while (unfinished(this.model, this.session)) this.model = update(this.model, { kind: 'scan' }, this.session);
    return this;
  }
  resize(width: number, height: number): this {
    this.model = update(this.model, { kind: 'resize', width, height }, this.session);
    return this;
  }

  lines(): string[] {
    return view(this.model, this.session).map((line) => line.map((s) => s.text).join(''));
  }
  text(): string {
    return this.lines().join('\n');
  }
  widths(): number[] {
    return view(this.model, this.session).map(lineWidth);
  }
  /** The row with the cursor mark. */
  selected(): string {
    return this.lines().find((line) => line.startsWith('> ')) ?? '';
  }
}
