import type { Journey } from '../correlate/model.ts';
import type { Language, Text } from '../text/text.ts';

export type ScreenName =
  | 'journeys'
  | 'timeline'
  | 'packets'
  | 'packet'
  | 'problems'
  | 'summary'
  | 'book'
  | 'waterfall'
  | 'ladder'
  | 'connections'
  | 'dns'
  | 'stream'
  | 'compare'
  | 'lens';

/** What Enter on a screen's row leads to. */
export type Opening =
  | { kind: 'packets'; title: Text; packets: readonly number[] }
  | { kind: 'packet'; packet: number }
  /** With all packets of the capture as its list. */
  | { kind: 'packet-of-all'; packet: number }
  /** The journeys that a filter finds. */
  | { kind: 'journeys'; filter: string }
  | { kind: 'journey'; index: number }
  | { kind: 'notice'; text: Text };

/** Where a list's cursor stands and which row is at its top. */
export interface Place {
  cursor: number;
  top: number;
}

/** Which packets the packet list shows. */
export type Scope =
  | { kind: 'stage'; stage: number }
  | { kind: 'evidence'; evidence: number }
  | { kind: 'list'; title: Text; packets: readonly number[] }
  | { kind: 'journey' }
  | { kind: 'all' };

/** What was found so far among the first `scanned` of a list, in its order. `again`: the list has changed, this is what is found anew. */
export interface Matches {
  indices: number[];
  scanned: number;
  again?: Matches;
}

/** The lists that are filtered. */
export type Filtered = 'journeys' | 'packets' | 'connections' | 'dns' | Short;
/** Lists of so few rows that they are filtered whenever they are drawn. */
export type Short = 'book' | 'waterfall' | 'problems';

export interface ListFilter {
  text: string;
  matches: Matches;
}

/** `before`: the filter as it was. */
export interface Typing {
  what: Filtered | 'palette' | 'file' | 'overwrite';
  text: string;
  before: string;
  /** What is wrong with the text; `column` counts characters from 1. */
  error?: { column: number; text: Text };
  /** Words that Tab goes through, put in at `at`; `choice`: the row of the palette or of the words. */
  offered?: { words: string[]; at: number };
  choice?: number;
}

export const SORTS = ['start', 'duration', 'stage', 'status', 'bytes', 'name'] as const;
export interface Sort {
  by: (typeof SORTS)[number];
}

export type Effect =
  | { kind: 'copy'; text: string; said: Text }
  | { kind: 'write'; path: string; packets: number[]; overwrite: boolean };

/** Two runs that become one, a piece at a time; `i` and `j` are how far each has been taken. */
export interface Merging {
  a: readonly number[];
  b: readonly number[];
  out: number[];
  i: number;
  j: number;
}

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
  /** The filter of the packet list. */
  packetFilter: string;
  /** The filters that were taken back last: n and N look for what they find. */
  searched?: Partial<Record<Filtered, string>>;
  /** The filters of connections and lookups. */
  lists: { connections?: ListFilter; dns?: ListFilter };
  /** The filters of the short lists. */
  short: Partial<Record<Short, string>>;
  /** Id of the journey of which the timeline shows verdicts: they are found after it is painted, between keys. */
  judged?: number;
  /** Something is being typed. */
  typing?: Typing;
  /** Indices of the journeys that match the filter. Absent: all. */
  matches?: Matches;
  /** Numbers of the packets that match theirs. */
  packetMatches?: Matches;
  /** How journeys are sorted; absent: by start. `order`: the indices so sorted, of those that match. */
  sort?: Sort;
  order?: number[];
  sorting?: { indices: number[]; at: number; runs: number[][]; merging?: Merging };
  /** Ids of journeys and numbers of packets that were marked. */
  marks: { journeys: readonly number[]; packets: readonly number[] };
  /** The book shows the verdicts about the capture as a whole, not the journey's. */
  wide?: boolean;
  /** The connection whose stream is followed. */
  stream?: number;
  /** Ids of the two journeys that are compared. */
  compared?: [number, number];
  /** The Wireshark display filter of what is selected, while it is shown. */
  wireshark?: string;
  /** Clicks and the wheel are listened to. */
  mouse?: boolean;
  /** How often in a row something was copied: each time something else of the same selection. */
  copied?: number;
  /** What the program is to do outside of the screens. */
  effect?: Effect;
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
  /** The capture has been read to its end, and the lists know it. */
  ended?: boolean;
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
    places: {
      journeys: TOP,
      timeline: TOP,
      packets: TOP,
      packet: TOP,
      problems: TOP,
      summary: TOP,
      book: TOP,
      waterfall: TOP,
      ladder: TOP,
      connections: TOP,
      dns: TOP,
      stream: TOP,
      compare: TOP,
      lens: TOP,
    },
    filter: '',
    packetFilter: '',
    lists: {},
    short: {},
    marks: { journeys: [], packets: [] },
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
export const journeyRows = (model: Model, all: number): number => (model.order ?? model.matches?.indices)?.length ?? all;
export const journeyAt = (model: Model, row: number): number => (model.order ?? model.matches?.indices)?.[row] ?? row;

/** Connections and lookups in the same manner: how many rows, and which record a row is. */
export const listRows = (model: Model, list: 'connections' | 'dns', all: number): number =>
  model.lists[list]?.matches.indices.length ?? all;
export const listAt = (model: Model, list: 'connections' | 'dns', row: number): number => {
  const { indices } = model.lists[list]?.matches ?? {};
  return indices === undefined ? row : (indices[row] ?? -1);
};

/** The packet list's rows in the same manner. */
export const packetRows = (model: Model, all: number): number => listedPackets(model)?.length ?? all;
export const packetAt = (model: Model, row: number): number =>
  listedPackets(model) === undefined ? row + 1 : (listedPackets(model)![row] ?? 0);
/** Absent: all of the capture. */
export const listedPackets = (model: Model): readonly number[] | undefined => model.packetMatches?.indices ?? model.numbers;

/** The row of a packet in the list, or the one after which it would come. */
export function rowOfPacket(model: Model, number: number): number {
  const numbers = listedPackets(model);
  if (numbers === undefined) return Math.max(0, number - 1);
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** What the list and the title of the timeline call a journey. */
export function journeyName(journey: Journey): string {
  return journey.url ?? journey.name;
}
