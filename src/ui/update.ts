import { flowOf } from '../correlate/quic-record.ts';
import type { SessionView } from '../session/session.ts';
import { SAY, SORTED } from '../text/messages.ts';
import { fold, moveByte, perRow, toggle, unfold } from './fields.ts';
import { changed, keepAnchor } from './changed.ts';
import { filterBy, isShort, judge, look, unfinished, withFilter } from './filter.ts';
import { find } from './find.ts';
import { scrollHelp } from './help.ts';
import type { Message } from './keys.ts';
import {
  journeyAt,
  journeyRows,
  listAt,
  type Model,
  type Opening,
  packetAt,
  packetRows,
  put,
  rowOfPacket,
  type Scope,
  type ScreenName,
} from './model.ts';
import { go, openPacket, openPackets, withPackets } from './opening.ts';
import { jump, packetOf } from './jump.ts';
import { comparedIds } from './screens/compare.ts';
import { screenOf } from './screens/index.ts';
import { flowAt } from './screens/quic-rows.ts';
import { within } from './screens/screen.ts';
import { firstAbout } from './screens/stage-chapters.ts';
import { chosen, stageRows } from './screens/timeline.ts';
import { wiresharkFilter } from './selection.ts';
import { copy, mark, startWrite } from './slice.ts';
import { nextSort, sorted, sortOn } from './sort.ts';
import { tabAt } from './tabs.ts';
import { bytesOf, treeOf } from './tree.ts';
import { startFilter, typed } from './typing.ts';

/** What the next model is. Pure: the session is only asked. */
export function update(model: Model, message: Message, session: SessionView): Model {
  if (message.kind === 'scan') return settle(act(model, message, session), session);
  const calm = message.kind === 'changed' || message.kind === 'resize';
  const fresh = calm || message.kind === 'done' ? model : heard(model, message);
  if (fresh.typing !== undefined && TYPED.has(message.kind))
    return settle(
      typed(fresh, message, session, (m, chosen) => act(m, chosen, session)),
      session,
    );
  if (model.wireshark !== undefined && CLOSES.has(message.kind)) return fresh;
  if (fresh.help !== undefined) {
    const scrolled = scrollHelp(fresh, message);
    if (scrolled !== undefined) return scrolled;
  }
  return settle(following(act(fresh, message, session), message), session);
}

const TYPED = new Set<Message['kind']>(['type', 'erase', 'erase-all', 'complete', 'accept', 'cancel']);
/** Closes the Wireshark filter and does nothing else. */
const CLOSES = new Set<Message['kind']>(['back', 'enter', 'wireshark', 'left', 'right', 'quit']);

/** What was said is gone with the next key, and what is shown over the screen, but for copying it. */
function heard(model: Model, message: Message): Model {
  if (message.kind === 'copy') return { ...model, notice: undefined };
  const { notice, wireshark, copied } = model;
  if (notice === undefined && wireshark === undefined && copied === undefined) return model;
  return { ...model, notice: undefined, wireshark: undefined, copied: undefined };
}

/** A live list is followed until somebody moves in it, and again from its last row on. */
function following(model: Model, message: Message): Model {
  if (model.follow === undefined) return model;
  const follow = message.kind === 'edge' ? message.to === 'last' : model.follow && !LEAVING.includes(message.kind);
  const next = follow === model.follow ? model : { ...model, follow };
  return follow && model.screen === 'journeys' ? move(next, Infinity) : next;
}

const LEAVING: Message['kind'][] = ['move', 'page', 'enter', 'right', 'show', 'filter'];

function act(model: Model, message: Message, session: SessionView): Model {
  switch (message.kind) {
    case 'resize':
      return { ...model, width: message.width, height: message.height };
    case 'changed':
      return changed(model, session);
    case 'move':
      return model.screen === 'packet' && model.pane === 'bytes'
        ? moveByte(model, message.by * perRow(model), session)
        : move(model, message.by);
    case 'page': {
      const by = Math.round(message.by * Math.max(1, screenOf(model.screen).page(model, session) - 1));
      return model.screen === 'packet' && model.pane === 'bytes' ? moveByte(model, by * perRow(model), session) : move(model, by);
    }
    case 'edge':
      if (model.screen === 'packet' && model.pane === 'bytes')
        return moveByte(model, message.to === 'first' ? -Infinity : Infinity, session);
      return move(model, message.to === 'first' ? -Infinity : Infinity);
    case 'enter':
      return enter(model, session);
    case 'right':
      return model.screen === 'packet' ? unfold(model, session) : enter(model, session);
    case 'left':
      return (model.screen === 'packet' ? fold(model, session) : undefined) ?? back(model, session);
    case 'back':
      return back(model, session);
    case 'tab':
      return tab(model, session);
    case 'sibling':
      return sibling(model, message.by, session);
    case 'show':
      return show(model, message.screen, session);
    case 'jump':
      return jump(
        model.screen === 'journeys' || model.journey === undefined ? chooseUnderCursor(model, session) : model,
        session,
        message.to,
      );
    case 'help':
      return { ...model, help: 0 };
    case 'language':
      return { ...model, language: model.language === 'en' ? 'ko' : 'en' };
    case 'quit':
      return { ...model, exit: message.code };
    case 'filter':
      return startFilter(model);
    case 'palette':
      return { ...model, typing: { what: 'palette', text: '', before: '' } };
    case 'wireshark': {
      const wireshark = wiresharkFilter(model, session);
      return wireshark === undefined ? { ...model, notice: SAY.noWireshark } : { ...model, wireshark };
    }
    case 'copy':
      return copy(model, session);
    case 'write':
      return startWrite(model, session);
    case 'mark':
      return mark(model, session);
    case 'sort': {
      const next = nextSort(model, session);
      return { ...next, notice: SORTED[next.sort?.by ?? 'start'] };
    }
    case 'mouse':
      return { ...model, mouse: model.mouse !== true, notice: model.mouse === true ? SAY.mouseOff : SAY.mouseOn };
    case 'reopen':
      return { ...model, notice: SAY.noReadAgain };
    case 'click':
      return click(model, message.x, message.y, session);
    case 'find':
      return find(model, message.by, session);
    case 'scan': {
      if (model.sorting !== undefined) return sortOn(model, session);
      const next = look(judge(model, session), session);
      // What is found while a list is sorted takes its place once all is found.
      return next.sort !== undefined && !unfinished(next, session) ? sorted(next, session) : next;
    }
    case 'ask-overwrite':
      return { ...model, effect: undefined, typing: { what: 'overwrite', text: '', before: message.path } };
    case 'done':
      return { ...model, effect: undefined, notice: message.said };
    default:
      return model;
  }
}

/** Cursor and top of the list in front, kept within its rows; and which journey the cursor is on. */
function settle(model: Model, session: SessionView): Model {
  const screen = screenOf(model.screen);
  const before = model.places[model.screen];
  const rows = screen.rows(model, session);
  const place = within(before, rows, screen.page(model, session));
  let next = place === before ? model : put(model, model.screen, place);
  if (next.screen === 'journeys') {
    const anchor = rows === 0 ? undefined : session.journeyHead(journeyAt(next, place.cursor)).id;
    if (anchor !== next.anchor) next = { ...next, anchor };
  }
  if (next.screen === 'packets') {
    const packet = rows === 0 ? 0 : packetAt(next, place.cursor);
    if (packet !== next.packet) next = { ...next, packet };
  }
  return next;
}

/** Infinity goes to the end: `settle` brings it back to the last row. */
function move(model: Model, by: number): Model {
  const { cursor, top } = model.places[model.screen];
  const to = by === Infinity ? Number.MAX_SAFE_INTEGER : Math.max(0, by === -Infinity ? 0 : cursor + by);
  return put(model, model.screen, { cursor: to, top });
}

function back(model: Model, session: SessionView): Model {
  const list = model.screen === 'connections' || model.screen === 'dns' ? model.screen : undefined;
  if (list !== undefined && model.lists[list] !== undefined) {
    const at = listAt(model, list, model.places[list].cursor);
    return put(withFilter(model, list, ''), list, { cursor: Math.max(0, at), top: Math.max(0, at - 5) });
  }
  if (isShort(model.screen) && model.short[model.screen] !== undefined)
    return put(withFilter(model, model.screen, ''), model.screen, { cursor: 0, top: 0 });
  if (model.screen === 'packets' && model.packetFilter !== '') {
    const all = {
      ...model,
      searched: { ...model.searched, packets: model.packetFilter },
      packetFilter: '',
      packetMatches: undefined,
    };
    return put(all, 'packets', { cursor: rowOfPacket(all, model.packet), top: Math.max(0, rowOfPacket(all, model.packet) - 5) });
  }
  const screen = model.back[model.back.length - 1];
  if (screen !== undefined) return { ...model, screen, back: model.back.slice(0, -1), pane: 'fields' };
  if (model.screen !== 'journeys') return { ...model, screen: 'journeys' };
  if (model.filter !== '') {
    const all = { ...model, searched: { ...model.searched, journeys: model.filter }, filter: '', matches: undefined };
    return keepAnchor(sorted({ ...all, order: undefined }, session), session);
  }
  return { ...model, notice: SAY.quitWithQ };
}

function enter(model: Model, session: SessionView): Model {
  switch (model.screen) {
    case 'journeys':
      return go(chooseUnderCursor(model, session), 'timeline');
    case 'timeline': {
      const journey = chosen(model, session);
      if (journey === undefined) return model;
      const scope = scopeUnderCursor(model, session);
      if (scope.kind === 'stage' && journey.stages[scope.stage].packets.length === 0)
        return { ...model, notice: SAY.noPacketsOfStage };
      return openPackets(model, scope, session);
    }
    case 'packets':
      return model.packet === 0 ? model : openPacket(model, model.packet, session);
    case 'packet':
      return toggle(model, session);
    default:
      return opened(model, screenOf(model.screen).opens?.(model, session), session);
  }
}

/** The connection of the row, the packet or the journey that is selected. */
function connectionInFront(model: Model, session: SessionView): number | undefined {
  if (model.screen === 'connections') {
    const flow = flowAt(model, session, model.places.connections.cursor);
    return flow < 0 ? undefined : flow;
  }
  const inPacket = model.screen === 'packets' || model.screen === 'packet';
  const ofPacket = inPacket ? (session.connectionOf?.(model.packet) ?? session.quicFlowOf?.(model.packet)) : undefined;
  const journey = ofPacket === undefined ? chosen(model, session) : undefined;
  return ofPacket ?? (journey && flowOf(journey));
}

function opened(model: Model, opening: Opening | undefined, session: SessionView): Model {
  switch (opening?.kind) {
    case 'packets':
      return openPackets(model, { ...opening, kind: 'list' }, session);
    case 'packet':
      return openPacket(model, opening.packet, session);
    case 'packet-of-all':
      return openPacket(withPackets(model, { kind: 'all' }, opening.packet, session), opening.packet, session);
    case 'journeys':
      return filterBy(go(model, 'journeys'), 'journeys', opening.filter, session);
    case 'journey':
      return go(chooseJourney(model, opening.index, session), 'timeline');
    case 'notice':
      return { ...model, notice: opening.text };
    default:
      return model;
  }
}

/** A click on a screen's name shows it, on a row selects it, on the selected row opens it. */
function click(model: Model, x: number, y: number, session: SessionView): Model {
  if (y === 0) {
    const screen = tabAt(model, x);
    return screen === undefined ? model : show(model, screen, session);
  }
  const row = screenOf(model.screen).rowAt?.(model, session, y - 1);
  if (row === undefined) return model;
  const { cursor, top } = model.places[model.screen];
  return row === cursor ? enter(model, session) : put(model, model.screen, { cursor: row, top });
}

/** The journey under the list's cursor becomes the one that timeline and packets are about. */
function chooseUnderCursor(model: Model, session: SessionView): Model {
  if (journeyRows(model, session.journeyCount()) === 0) return model;
  return chooseJourney(model, journeyAt(model, model.places.journeys.cursor), session);
}

function chooseJourney(model: Model, index: number, session: SessionView): Model {
  const { id } = session.journeyHead(index);
  if (model.journey?.id === id) return model;
  return put({ ...model, journey: { index, id }, scope: { kind: 'journey' }, numbers: undefined, packet: 0 }, 'timeline', {
    cursor: 0,
    top: 0,
  });
}

function show(model: Model, screen: ScreenName, session: SessionView): Model {
  if (screen === model.screen) return model;
  const from = model.screen === 'journeys' || model.journey === undefined ? chooseUnderCursor(model, session) : model;
  if (screen === 'stream') {
    const stream = connectionInFront(from, session);
    return stream === undefined
      ? { ...model, notice: SAY.noStream }
      : put(go({ ...from, stream }, screen), screen, { cursor: 0, top: 0 });
  }
  if (screen === 'compare') {
    const compared = comparedIds(model);
    return compared === undefined ? { ...model, notice: SAY.twoToCompare } : go({ ...from, compared }, screen);
  }
  if (screen === 'lens') {
    const among = model.screen === 'packets' || model.screen === 'packet' || model.screen === 'ladder';
    const first = (chosen(from, session)?.stages ?? []).find((each) => each.packets.length > 0)?.packets[0];
    const packet = among && from.packet !== 0 ? from.packet : (packetOf(from, session, 'request') ?? first ?? from.packet);
    return put(go({ ...from, packet }, screen), screen, { cursor: 0, top: 0 });
  }
  if (screen === 'book' && model.screen === 'timeline') return bookAt(from, session);
  if (screen !== 'packets' && screen !== 'packet') return go(from, screen);
  // From journeys and timeline: the packets of that journey. From elsewhere: those looked at last.
  const keep = from.packet !== 0 && model.screen !== 'journeys' && model.screen !== 'timeline';
  const scope: Scope = keep ? from.scope : from.journey === undefined ? { kind: 'all' } : { kind: 'journey' };
  const under = model.screen === 'timeline' ? scopeUnderCursor(from, session) : undefined;
  const at = under?.kind === 'stage' ? chosen(from, session)?.stages[under.stage].packets[0] : undefined;
  const listed = keep ? from : withPackets(from, scope, at ?? from.packet, session);
  if (screen === 'packets') return go(listed, 'packets');
  return listed.packet === 0 ? go(listed, 'packet') : openPacket(listed, listed.packet, session);
}

/** The book at what it says of the stage under the timeline's cursor. */
function bookAt(model: Model, session: SessionView): Model {
  const journey = chosen(model, session);
  const under = scopeUnderCursor(model, session);
  const shown = go({ ...withFilter(model, 'book', ''), wide: false }, 'book');
  if (journey === undefined || model.journey === undefined || under.kind !== 'stage') return shown;
  const row = firstAbout(session.verdicts(model.journey.index), journey.stages[under.stage].kind);
  return row < 0 ? shown : put(shown, 'book', { cursor: row, top: row });
}

function sibling(model: Model, by: number, session: SessionView): Model {
  const end = { ...model, notice: by > 0 ? SAY.lastOne : SAY.firstOne };
  if (model.screen === 'timeline') {
    const row = model.places.journeys.cursor + by;
    if (row < 0 || row >= journeyRows(model, session.journeyCount())) return end;
    const { top } = model.places.journeys;
    const place = within(
      { cursor: row, top },
      journeyRows(model, session.journeyCount()),
      screenOf('journeys').page(model, session),
    );
    const next = put(model, 'journeys', place);
    const index = journeyAt(next, row);
    return chooseJourney({ ...next, anchor: session.journeyHead(index).id }, index, session);
  }
  if (model.screen !== 'packet') return model;
  const row = model.places.packets.cursor + by;
  const rows = packetRows(model, session.packetCount());
  if (row < 0 || row >= rows) return end;
  const place = within({ cursor: row, top: model.places.packets.top }, rows, screenOf('packets').page(model, session));
  return openPacket(put(model, 'packets', place), packetAt(model, row), session);
}

function tab(model: Model, session: SessionView): Model {
  if (model.screen === 'packets') {
    if (model.journey === undefined) return model;
    const { kind } = model.scope;
    const scope: Scope = kind === 'all' ? scopeUnderCursor(model, session) : { kind: kind === 'journey' ? 'all' : 'journey' };
    return withPackets(model, scope, model.packet, session);
  }
  if (model.screen === 'book') return put({ ...model, wide: model.wide !== true }, 'book', { cursor: 0, top: 0 });
  if (model.screen !== 'packet') return model;
  if (model.pane === 'bytes') return { ...model, pane: 'fields' };
  const decoded = session.packet(model.packet);
  const node = decoded && treeOf(decoded, model.opened)[model.places.packet.cursor];
  const length = decoded === undefined ? 0 : bytesOf(decoded, node).length;
  return length === 0 ? model : { ...model, pane: 'bytes', byte: Math.min(node?.at ?? 0, length - 1) };
}

/** What the timeline's cursor is on: a stage, or a piece of evidence; with neither, the whole journey. */
function scopeUnderCursor(model: Model, session: SessionView): Scope {
  const journey = chosen(model, session);
  if (journey === undefined) return { kind: 'all' };
  const rows = stageRows(journey);
  const { cursor } = model.places.timeline;
  if (cursor < rows.length) return { kind: 'stage', stage: rows[cursor] };
  return cursor - rows.length < journey.evidence.length
    ? { kind: 'evidence', evidence: cursor - rows.length }
    : { kind: 'journey' };
}
