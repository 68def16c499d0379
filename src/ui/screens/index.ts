import type { ScreenName } from '../model.ts';
import { book } from './book.ts';
import { compare } from './compare.ts';
import { connections } from './connections.ts';
import { dns } from './dns.ts';
import { journeys } from './journeys.ts';
import { ladder } from './ladder.ts';
import { lens } from './lens.ts';
import { packet } from './packet.ts';
import { packets } from './packets.ts';
import { problems } from './problems.ts';
import type { Screen } from './screen.ts';
import { stream } from './stream.ts';
import { summary } from './summary.ts';
import { timeline } from './timeline.ts';
import { waterfall } from './waterfall.ts';

/** In the order of the number keys and of the title bar; the last ones are on letters. */
export const SCREENS: readonly Screen[] = [
  journeys,
  timeline,
  packets,
  packet,
  problems,
  summary,
  book,
  waterfall,
  ladder,
  connections,
  dns,
  stream,
  compare,
  lens,
];

const byName = new Map(SCREENS.map((screen) => [screen.name, screen]));
export const screenOf = (name: ScreenName): Screen => byName.get(name)!;
