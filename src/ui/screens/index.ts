import type { ScreenName } from '../model.ts';
import { book } from './book.ts';
import { journeys } from './journeys.ts';
import { packet } from './packet.ts';
import { packets } from './packets.ts';
import { problems } from './problems.ts';
import type { Screen } from './screen.ts';
import { summary } from './summary.ts';
import { timeline } from './timeline.ts';

/** In the order of the number keys and of the title bar. */
export const SCREENS: readonly Screen[] = [journeys, timeline, packets, packet, problems, summary, book];

const byName = new Map(SCREENS.map((screen) => [screen.name, screen]));
export const screenOf = (name: ScreenName): Screen => byName.get(name)!;
