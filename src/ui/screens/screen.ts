import type { SessionView } from '../../session/session.ts';
import { fill, SAY } from '../../text/messages.ts';
import type { Text } from '../../text/text.ts';
import { count } from '../format.ts';
import { ASCII, type Glyphs, UNICODE } from '../glyphs.ts';
import { type Model, type Opening, type Place, plainAscii, type ScreenName } from '../model.ts';
import type { Line } from '../span.ts';

/** One screen. A new one is a file like its neighbours, a name in `model.ts`, and a line in `index.ts`. */
export interface Screen {
  name: ScreenName;
  /** How many rows its cursor walks over, and how many of them are seen at once. */
  rows(model: Model, session: SessionView): number;
  page(model: Model, session: SessionView): number;
  /** The row that a click on line `y` of the body means; undefined: none. Absent: no rows are clicked. */
  rowAt?(model: Model, session: SessionView, y: number): number | undefined;
  /** What Enter on the row under the cursor leads to. Absent: the screen has its own way (`update.ts`), or none. */
  opens?(model: Model, session: SessionView): Opening | undefined;
  /** Exactly `bodyHeight(model)` lines of exactly `model.width` cells. Asks the session for what is seen, and nothing more. */
  view(model: Model, session: SessionView): Line[];
}

export const glyphs = (model: Model): Glyphs => (plainAscii(model) ? ASCII : UNICODE);
export const say = (model: Model, text: Text, values?: Record<string, string | number>): string =>
  values === undefined ? text[model.language] : fill(text, model.language, values);

/** Why packet `number` cannot be shown. */
export const missing = (model: Model, session: SessionView, number: number): string => {
  const there = number >= 1 && number <= session.packetCount();
  const why = there ? session.unreadable : undefined;
  return say(model, why === 'changed' ? SAY.changedFile : why === 'not-kept' ? SAY.notKept : SAY.noPacket);
};

export const packetsText = (model: Model, n: number): string =>
  say(model, n === 1 ? SAY.onePacket : SAY.packetCount, { n: count(n) });
export const journeysText = (model: Model, n: number): string =>
  say(model, n === 1 ? SAY.oneJourney : SAY.journeyCount, { n: count(n) });

/** The two cells before a row: is it selected, is it marked. */
export const cursorMark = (model: Model, selected: boolean, marked: boolean): string =>
  `${selected ? glyphs(model).cursor : ' '}${marked ? '*' : ' '}`;

/** For `rowAt`: the row in line `y` of a list that begins below `head` lines and shows `page` rows. */
export function rowIn(model: Model, screen: ScreenName, y: number, head: number, rows: number, page: number): number | undefined {
  const row = within(model.places[screen], rows, page).top + y - head;
  return y < head || y >= head + page || row >= rows ? undefined : row;
}

/** The place, moved as little as needed so that it lies within the rows and the cursor is seen. */
export function within(place: Place, rows: number, page: number): Place {
  const cursor = Math.max(0, Math.min(place.cursor, rows - 1));
  const most = Math.max(0, rows - page);
  const top = Math.max(0, Math.min(place.top, most, cursor));
  const seen = cursor >= top + page ? cursor - page + 1 : top;
  return cursor === place.cursor && seen === place.top ? place : { cursor, top: seen };
}
