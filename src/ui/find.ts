import type { SessionView } from '../session/session.ts';
import { SAY } from '../text/messages.ts';
import { type Filtered, matchesFilter } from './filter.ts';
import { verdictsOf } from './screens/book.ts';
import { journeyAt, journeyRows, type Model, packetAt, packetRows, put } from './model.ts';

/** Rows that one key looks at. */
const LOOKS = 3000;
const PACKET_LOOKS = 300;

/** In the book: the next statement that the packets contradict. */
function findContradicted(model: Model, by: number, session: SessionView): Model {
  const verdicts = verdictsOf(model, session);
  const { cursor, top } = model.places.book;
  for (let row = cursor + by; row >= 0 && row < verdicts.length; row += by)
    if (verdicts[row].verdict === 'contradicted') return put(model, 'book', { cursor: row, top });
  return { ...model, notice: by > 0 ? SAY.lastMatch : SAY.firstMatch };
}

/** n and N: the next row that the last filter finds or that is marked, in a list that shows all. In a filtered list every row is one. */
export function find(model: Model, by: number, session: SessionView): Model {
  if (model.screen === 'book') return findContradicted(model, by, session);
  const list: Filtered | undefined =
    model.screen === 'packets' ? 'packets' : model.screen === 'journeys' ? 'journeys' : undefined;
  if (list === undefined) return model;
  const packets = list === 'packets';
  const rows = packets ? packetRows(model, session.packetCount()) : journeyRows(model, session.journeyCount());
  const text = model.searched?.[list] ?? '';
  const marked = model.marks[list];
  if (text === '' && marked.length === 0) return { ...model, notice: SAY.nothingToFind };
  const is = (row: number): boolean => {
    const at = packets ? packetAt(model, row) : journeyAt(model, row);
    if (text === '') return marked.includes(packets ? at : session.journeyHead(at).id);
    return matchesFilter(list, text, session, at);
  };
  const { cursor, top } = model.places[list];
  const looks = packets ? PACKET_LOOKS : LOOKS;
  for (let n = 1; n <= looks; n++) {
    const row = cursor + n * by;
    if (row < 0 || row >= rows) return { ...model, notice: by > 0 ? SAY.lastMatch : SAY.firstMatch };
    if (is(row)) return put(model, list, { cursor: row, top });
  }
  return put({ ...model, notice: SAY.findAgain }, list, { cursor: cursor + looks * by, top });
}
