import { readdirSync, readFileSync } from 'node:fs';
import type { Text } from '../text/text.ts';
import type { LiveCapture, LiveSettings } from './capture.ts';

const EVERY = 500;
/** Silence that is worth a word. */
const SILENCE = 5000;
/** The clocks of a machine that merely sets its time with care never differ by this within one interval. */
const CLOCK_STEP = 250;
const UP = 1;

/** An interface by its number, which stays when its name does not. */
export interface Link {
  name: string;
  up: boolean;
}
export type Links = ReadonlyMap<number, Link>;

/** Undefined where this system, or this network namespace, cannot be asked so. */
export function readLinks(): Links | undefined {
  const links = new Map<number, Link>();
  try {
    const root = '/sys/class/net';
    for (const name of readdirSync(root)) {
      try {
        const number = (file: string): number => Number(readFileSync(`${root}/${name}/${file}`, 'latin1'));
        links.set(number('ifindex'), { name, up: (number('flags') & UP) !== 0 });
      } catch {
        // No interface ("bonding_masters"), or gone by now.
      }
    }
    // /sys may show another namespace; /proc shows one's own.
    const own = readFileSync('/proc/net/dev', 'latin1').match(/^\s*[^\s:|]+(?=:)/gm) ?? [];
    const names = new Set([...links.values()].map((each) => each.name));
    return own.every((each) => names.has(each.trim())) ? links : undefined;
  } catch {
    return undefined;
  }
}

/** What happened to the interfaces `watched` (their numbers). */
export function linkNews(watched: ReadonlySet<number>, before: Links, now: Links): Text[] {
  const news: Text[] = [];
  for (const index of watched) {
    const [old, fresh] = [before.get(index), now.get(index)];
    if (old === undefined) continue;
    const { name } = old;
    if (fresh === undefined) news.push({ en: `${name} is gone`, ko: `${name}이(가) 사라졌습니다` });
    else {
      if (fresh.name !== name)
        news.push({
          en: `${name} is called ${fresh.name} now; the capture goes on`,
          ko: `${name}의 이름이 ${fresh.name}(으)로 바뀌었습니다. 캡처는 계속됩니다`,
        });
      if (old.up && !fresh.up)
        news.push({
          en: `${fresh.name} is down: nothing arrives until it is up again`,
          ko: `${fresh.name}이(가) 내려갔습니다. 다시 올라올 때까지 아무것도 오지 않습니다`,
        });
      if (!old.up && fresh.up) news.push({ en: `${fresh.name} is up again`, ko: `${fresh.name}이(가) 다시 올라왔습니다` });
    }
  }
  return news;
}

/** By how many milliseconds the clock was set, 0 for not at all: what it says now, against a clock that cannot be set. */
export function clockStep(before: { wall: number; steady: number }, now: { wall: number; steady: number }): number {
  const step = now.wall - before.wall - (now.steady - before.steady);
  return Math.abs(step) < CLOCK_STEP ? 0 : step;
}

export function clockNote(step: number): Text {
  const [sign, seconds] = [step < 0 ? '-' : '+', (Math.abs(step) / 1000).toFixed(3)];
  return {
    en: `the clock was set by ${sign}${seconds} s while capturing: times before and after do not fit together`,
    ko: `캡처하는 동안 시계가 ${sign}${seconds}초 바뀌었습니다. 그 앞뒤의 시각은 서로 맞지 않습니다`,
  };
}

function silence(settings: LiveSettings): Text {
  const [names, filter] = [settings.interfaces.join(', '), settings.filter];
  return {
    en: `no packet so far on ${names}${filter === '' ? '' : `; the filter is: ${filter}`}`,
    ko: `${names}에 아직 패킷이 없습니다${filter === '' ? '' : `. 필터: ${filter}`}`,
  };
}

const clocks = () => ({ wall: Date.now(), steady: performance.now() });

/** Tells what the engines do not: interfaces that go down or change their names, silence, a clock that is set. */
export function watch(capture: LiveCapture, settings: LiveSettings): void {
  let links = readLinks();
  const watched = new Set(
    [...(links ?? [])].filter(([, each]) => settings.interfaces.includes(each.name)).map(([index]) => index),
  );
  let clock = clocks();
  const start = clock.steady;
  let silent: Text | undefined;
  const look = (): void => {
    const { state } = capture;
    if (!state.running) {
      clearInterval(timer);
      return;
    }
    const now = clocks();
    const step = clockStep(clock, now);
    clock = now;
    if (step !== 0) {
      const note = clockNote(step);
      capture.source.problems.push({ code: 'clock-set', message: note.en, korean: note.ko });
      capture.note(note);
    }
    if (silent === undefined && state.packets === 0 && now.steady - start > SILENCE) {
      silent = silence(settings);
      capture.note(silent);
    } else if (silent !== undefined && state.packets !== 0 && state.notes.includes(silent)) capture.unsay(silent);
    const fresh = links === undefined || watched.size === 0 ? undefined : readLinks();
    if (fresh === undefined) return;
    for (const each of linkNews(watched, links ?? fresh, fresh)) capture.note(each);
    links = fresh;
  };
  const timer = setInterval(look, EVERY);
  timer.unref();
}
