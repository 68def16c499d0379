import { SCREEN, SCREEN_SHORT } from '../text/messages.ts';
import type { Text } from '../text/text.ts';
import { width } from '../text/width.ts';
import type { Model, ScreenName } from './model.ts';
import { SCREENS } from './screens/index.ts';
import { say } from './screens/screen.ts';

/** "1" … "9", "0", then letters. */
export const keyOf = (i: number): string => '1234567890Dfde'[i] ?? ' ';

/** A screen's key and name as they stand in the title bar, with the cells around them. */
export interface Tab {
  screen: ScreenName;
  front: boolean;
  key: string;
  name: string;
}

const PROGRAM = ' wirebook ';

type Names = Record<ScreenName, Text>;
/** From the most to the least that is told: whole names, short ones, at last numbers. */
const WAYS: { program: string; pad: [string, string, string]; front: Names; others: Names | undefined }[] = [
  { program: PROGRAM, pad: [' ', ' ', ' '], front: SCREEN, others: SCREEN },
  { program: '', pad: [' ', ' ', ''], front: SCREEN, others: SCREEN },
  { program: '', pad: [' ', ' ', ' '], front: SCREEN, others: SCREEN_SHORT },
  { program: '', pad: [' ', '', ''], front: SCREEN_SHORT, others: SCREEN_SHORT },
  { program: PROGRAM, pad: [' ', ' ', ' '], front: SCREEN, others: undefined },
];

/** What the title bar begins with, and the screens' names, as much of them as there is room for. */
export function tabs(model: Model): { program: string; list: Tab[]; cells: number } {
  for (const [i, { program, pad, front, others }] of WAYS.entries()) {
    const list = SCREENS.map(({ name: screen }, at): Tab => {
      const names = screen === model.screen ? front : others;
      const before = at === 0 && pad[1] === '' ? '' : pad[0];
      let name = names === undefined ? '' : `${pad[1]}${say(model, names[screen])}`;
      // "DNS" begins with its key.
      if (name.startsWith(keyOf(at))) name = name.slice(1);
      return { screen, front: screen === model.screen, key: `${before}${keyOf(at)}`, name: `${name}${pad[2]}` };
    });
    const cells = list.reduce((sum, { key, name }) => sum + width(key) + width(name), program.length);
    if (cells <= model.width || i === WAYS.length - 1) return { program, list, cells };
  }
  throw new Error('no way to name the screens');
}

/** The screen whose name stands at cell `x` of the title bar. */
export function tabAt(model: Model, x: number): ScreenName | undefined {
  const { program, list } = tabs(model);
  let at = program.length;
  for (const { screen, key, name } of list) {
    if (x >= at && x < at + width(key) + width(name)) return screen;
    at += width(key) + width(name);
  }
  return undefined;
}
