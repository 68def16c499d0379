import type { Journey } from '../correlate/model.ts';
import type { Language, Text } from '../text/text.ts';

export type ScreenName = 'journeys' | 'timeline' | 'packets' | 'packet' | 'problems' | 'summary';

/** Where a list's cursor stands and which row is at its top. */
export interface Place {
  cursor: number;
  top: number;
}

/** Which packets the packet list shows. */
export type Scope =
  | { kind: 'stage'; stage: number }
  | { kind: 'evidence'; evidence: number }
  | { kind: 'journey' }
  | { kind: 'all' };

/** All that the screens remember. Plain data: `update` makes the next one, `view` draws it. */
export interface Model {
  width: number;
  height: number;
  language: Language;
  /** The locale is not UTF-8: draw with ASCII only, until somebody asks for Korean. */
  ascii: boolean;
  screen: ScreenName;
  /** The screens that "back" leads to. */
  back: ScreenName[];
  places: Record<ScreenName, Place>;
  /** The journey that timeline and packets are about. Its index may change while the file is read, its id does not. */
  journey?: { index: number; id: number };
  /** Id of the journey under the list's cursor. */
  anchor?: number;
  filter: string;
  /** The filter is being typed; this is what it was before. */
  typing?: { before: string };
  /** Indices of the journeys that match the filter, among the first `scanned`. Absent: all. */
  matches?: { indices: number[]; scanned: number };
  scope: Scope;
  /** Numbers of the packets listed. Absent: all of the capture. */
  numbers?: number[];
  /** Number of the packet that is shown in detail; 0: none. */
  packet: number;
  pane: 'fields' | 'bytes';
  /** Cursor in the bytes. */
  byte: number;
  /** Which nodes of the field tree were opened or closed by hand, by their path; kept from packet to packet. */
  opened: Readonly<Record<string, boolean>>;
  /** First line of the help shown; absent: closed. */
  help?: number;
  /** Of a live capture: the list's last row is selected as it grows, until somebody moves. Absent: not live. */
  follow?: boolean;
  /** One thing to say, until the next key. */
  notice?: Text;
  /** Set when the program should end, with this exit code. */
  exit?: number;
}

const TOP: Place = { cursor: 0, top: 0 };

export function start(options: { language: Language; width: number; height: number; ascii?: boolean; live?: boolean }): Model {
  return {
    ...(options.live ? { follow: true } : {}),
    width: options.width,
    height: options.height,
    language: options.language,
    ascii: options.ascii ?? false,
    screen: 'journeys',
    back: [],
    places: { journeys: TOP, timeline: TOP, packets: TOP, packet: TOP, problems: TOP, summary: TOP },
    filter: '',
    scope: { kind: 'all' },
    packet: 0,
    pane: 'fields',
    byte: 0,
    opened: {},
  };
}

/** Title bar, status line, line of hints. */
export const FRAME_LINES = 3;
export const LEAST = { width: 60, height: 12 };

export const bodyHeight = (model: Model): number => Math.max(1, model.height - FRAME_LINES);

export function put(model: Model, screen: ScreenName, place: Place): Model {
  return { ...model, places: { ...model.places, [screen]: place } };
}

/** A terminal that shows Hangul shows everything else as well. */
export const plainAscii = (model: Model): boolean => model.ascii && model.language === 'en';

/** How many rows the journey list has, and which journey a row is. */
export const journeyRows = (model: Model, all: number): number => model.matches?.indices.length ?? all;
export const journeyAt = (model: Model, row: number): number => model.matches?.indices[row] ?? row;

/** The packet list's rows in the same manner. */
export const packetRows = (model: Model, all: number): number => model.numbers?.length ?? all;
export const packetAt = (model: Model, row: number): number =>
  model.numbers === undefined ? row + 1 : (model.numbers[row] ?? 0);

/** The row of a packet in the list, or the one after which it would come. */
export function rowOfPacket(model: Model, number: number): number {
  if (model.numbers === undefined) return Math.max(0, number - 1);
  let low = 0;
  let high = model.numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (model.numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the list and the title of the timeline call a journey. */
export function journeyName(journey: Journey): string {
  return journey.url ?? journey.name;
}
