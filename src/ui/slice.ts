import type { SessionView } from '../session/session.ts';
import { fill, SAY } from '../text/messages.ts';
import { count } from './format.ts';
import { listedPackets, type Model } from './model.ts';
import { copies, LONGEST_COPY, selectedJourney, selectedRecord } from './selection.ts';

/** Packets that are written at once, at most. */
const MOST_PACKETS = 1_000_000;

/** What `w` writes: what is marked; else the packets in front, else those of the journey in front. */
export function slicePackets(model: Model, session: SessionView): number[] {
  const { journeys, packets } = model.marks;
  const numbers = new Set<number>(packets);
  if (journeys.length > 0) {
    const wanted = new Set(journeys);
    for (let i = 0; i < session.journeyCount() && wanted.size > 0; i++)
      if (wanted.delete(session.journeyHead(i).id)) for (const n of session.journeyPackets(i)) numbers.add(n);
  }
  if (numbers.size > 0) return [...numbers].sort((a, b) => a - b);
  const inFront = model.screen === 'packets' || model.screen === 'packet';
  const listed = inFront ? listedPackets(model) : undefined;
  if (listed !== undefined) return listed.slice(0, MOST_PACKETS);
  if (inFront && session.packetCount() <= MOST_PACKETS) return Array.from({ length: session.packetCount() }, (_, i) => i + 1);
  const record = selectedRecord(model, session);
  if (record !== undefined) {
    if ('close' in record) return session.packetsOf(record.id);
    return [record.packet, ...record.repeats, ...(record.answerPacket === undefined ? [] : [record.answerPacket])].sort(
      (a, b) => a - b,
    );
  }
  const index = selectedJourney(model, session);
  return index === undefined ? [] : session.journeyPackets(index);
}

/** Asks for a file's name. */
export function startWrite(model: Model, session: SessionView): Model {
  if (session.rawPacket === undefined) return { ...model, notice: SAY.cannotWrite };
  if (slicePackets(model, session).length === 0) return { ...model, notice: SAY.nothingToWrite };
  const index = selectedJourney(model, session);
  const name = index === undefined ? 'packets' : session.journeyHead(index).name;
  const text = `${
    name
      .replace(/[^\p{L}\p{N}.-]+/gu, '-')
      .replace(/^[.-]+/, '')
      .slice(0, 60) || 'packets'
  }.pcapng`;
  return { ...model, typing: { what: 'file', text, before: '' } };
}

export function writeTo(model: Model, path: string, overwrite: boolean, session: SessionView): Model {
  return { ...model, effect: { kind: 'write', path, packets: slicePackets(model, session), overwrite } };
}

/** Copies what is selected; again: the next thing that could be meant. */
export function copy(model: Model, session: SessionView): Model {
  const list = copies(model, session);
  if (list.length === 0) return { ...model, notice: SAY.nothingToCopy };
  const at = (model.copied ?? 0) % list.length;
  const { what, text } = list[at];
  if (text.length > LONGEST_COPY) return { ...model, notice: SAY.tooLongToCopy };
  const next = list[(at + 1) % list.length];
  const shown = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  const said = {
    en:
      fill(SAY.copied, 'en', { what: what.en, text: shown }) +
      (list.length > 1 ? fill(SAY.copyAgain, 'en', { what: next.what.en }) : ''),
    ko:
      fill(SAY.copied, 'ko', { what: what.ko, text: shown }) +
      (list.length > 1 ? fill(SAY.copyAgain, 'ko', { what: next.what.ko }) : ''),
  };
  return { ...model, copied: at + 1, effect: { kind: 'copy', text, said }, notice: said };
}

/** Marks what the cursor is on, or takes the mark away; then goes on to the next row. */
export function mark(model: Model, session: SessionView): Model {
  const inPackets = model.screen === 'packets' || model.screen === 'packet';
  const index = inPackets ? undefined : selectedJourney(model, session);
  const id = inPackets ? model.packet || undefined : index === undefined ? undefined : session.journeyHead(index).id;
  if (id === undefined) return model;
  const list = inPackets ? 'packets' : 'journeys';
  const known = model.marks[list];
  const marks = { ...model.marks, [list]: known.includes(id) ? known.filter((each) => each !== id) : [...known, id] };
  const text = (language: 'en' | 'ko') =>
    fill(SAY.marked, language, { journeys: count(marks.journeys.length), packets: count(marks.packets.length) });
  return { ...model, marks, notice: { en: text('en'), ko: text('ko') } };
}
