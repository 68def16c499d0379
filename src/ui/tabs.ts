import { SCREEN } from '../text/messages.ts';
import { width } from '../text/width.ts';
import type { Model, ScreenName } from './model.ts';
import { SCREENS } from './screens/index.ts';
import { say } from './screens/screen.ts';

export const PROGRAM = ' wirebook ';

/** "1" … "9", "0", then letters. */
export const keyOf = (i: number): string => '1234567890Dfde'[i] ?? ' ';

/** The screens' names, as many as there is room for: the front one always has its name, the others at least their number. */
export function tabTexts(model: Model): string[] {
  const full = SCREENS.map(({ name }, i) => ` ${keyOf(i)} ${say(model, SCREEN[name])} `);
  const fits = full.reduce((sum, text) => sum + width(text), PROGRAM.length) <= model.width;
  return full.map((text, i) => (fits || SCREENS[i].name === model.screen ? text : ` ${keyOf(i)} `));
}

/** The screen whose name stands at cell `x` of the title bar. */
export function tabAt(model: Model, x: number): ScreenName | undefined {
  let at = PROGRAM.length;
  for (const [i, text] of tabTexts(model).entries()) {
    if (x >= at && x < at + width(text)) return SCREENS[i].name;
    at += width(text);
  }
  return undefined;
}
