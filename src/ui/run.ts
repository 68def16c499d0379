import type { ReadStream } from 'node:tty';
import type { SessionView } from '../session/session.ts';
import type { Language, Text } from '../text/text.ts';
import { fill, SAY } from '../text/messages.ts';
import { safe } from '../text/safe.ts';
import { bindKeys, type KeyGroup, type Message, messageOf } from './keys.ts';
import { unfinished } from './filter.ts';
import { isUtf8 } from './manners.ts';
import { type Effect, type Model, plainAscii, start } from './model.ts';
import { charts } from './screens/summary.ts';
import { Pace } from './pace.ts';
import type { Terminal } from './terminal.ts';
import type { Theme } from './theme.ts';
import { update } from './update.ts';
import { view } from './view.ts';

const OUR_FAULT = 70;
/** Milliseconds. */
const PREPARE_AFTER = 300;

export interface UiOptions {
  language: Language;
  noColor: boolean;
  /** Where keys come from; standard input unless told otherwise. */
  keyboard?: ReadStream;
  theme?: Theme;
  /** Clicks and the wheel; absent: on. */
  mouse?: boolean;
  /** The keys in force; absent: those of the table. */
  keys?: readonly KeyGroup[];
  /** Something to say at first. */
  notice?: Text | undefined;
  /** Draw with ASCII only. Absent: where the locale is not UTF-8. */
  ascii?: boolean;
  /** Reads the next slice of the capture (a few milliseconds' worth); false: there is no more. */
  step?: () => Promise<boolean> | boolean;
  /** Of a live capture: holds the screen still, or lets it go on. */
  pause?: () => void;
  /** The capture shall be read anew once the screens have ended. Absent: it cannot be. */
  reopen?: () => void;
  /** Writes packets to a file; gives how many, or undefined where the file is there already. Throws. */
  write?: (path: string, packets: number[], overwrite: boolean) => number | undefined;
  /** Calls back whenever the session has changed by itself; gives what ends that. */
  onChange?: (changed: () => void) => () => void;
}

/** Shows the screens until the user leaves them; gives the exit code. */
export async function runUi(session: SessionView, options: UiOptions): Promise<number> {
  if (options.keys !== undefined) bindKeys(options.keys);
  const { complain, openTerminal } = await import('./terminal.ts');
  return new Promise((resolve) => {
    let ended = false;
    let scanning = false;
    let model: Model;
    let painted: Model | undefined;
    let version = -1;
    const pace = new Pace();
    let timer: { handle: NodeJS.Timeout | NodeJS.Immediate; due: number } | undefined;
    let terminal: Terminal | undefined;
    let unsubscribe: (() => void) | undefined;

    const end = (code: number): void => {
      if (ended) return;
      ended = true;
      unsubscribe?.();
      if (timer !== undefined) clear(timer.handle);
      terminal?.close();
      resolve(code);
    };
    const failure = (error: unknown): void => {
      end(OUR_FAULT);
      const why =
        error instanceof Error ? ((process.env.WIREBOOK_DEBUG ? error.stack : undefined) ?? error.message) : String(error);
      complain(`wirebook: ${SAY.ourFault[options.language]}: ${why.split('\n').map(safe).join('\n')}\n`);
    };
    /** Runs a part of the program; whatever it throws ends the screens, not the terminal. */
    const guarded = (work: () => void): void => {
      if (ended) return;
      try {
        work();
      } catch (error) {
        failure(error);
      }
    };
    const send = (message: Message): void =>
      guarded(() => {
        if (message.kind === 'suspend') return terminal?.suspend();
        if (message.kind === 'reopen' && options.reopen !== undefined) {
          options.reopen();
          return end(0);
        }
        // Going live ends a pause.
        const goesLive = message.kind === 'edge' && message.to === 'last' && session.live?.().paused === true;
        if (message.kind === 'pause' || goesLive) options.pause?.();
        if (message.kind === 'redraw') {
          terminal?.redraw();
          painted = undefined;
        }
        model = update(model, message, session);
        if (model.effect !== undefined) model = update(model, carryOut(model.effect), session);
        if (message.kind === 'mouse') terminal?.mouse(model.mouse === true);
        if (model.exit !== undefined) return end(model.exit);
        wake('key');
        scan();
      });
    /** What the program does outside of the screens. */
    const carryOut = (effect: Effect): Message => {
      if (effect.kind === 'copy') {
        terminal?.copy(effect.text);
        return { kind: 'done', said: effect.said };
      }
      const { path, packets, overwrite } = effect;
      const said = (text: Text, values: Record<string, string | number>): Message => ({
        kind: 'done',
        said: { en: fill(text, 'en', values), ko: fill(text, 'ko', values) },
      });
      try {
        const n = options.write?.(path, packets, overwrite);
        return n === undefined ? { kind: 'ask-overwrite', path } : said(SAY.written, { n, file: safe(path) });
      } catch (error) {
        return said(SAY.notWritten, { file: safe(path), why: safe(error instanceof Error ? error.message : String(error)) });
      }
    };
    /** Goes on through lists that are filtered, a slice at a time; keys come in between. */
    const scan = (): void => {
      if (scanning || ended || !unfinished(model, session)) return;
      scanning = true;
      setImmediate(() =>
        guarded(() => {
          scanning = false;
          model = update(model, { kind: 'scan' }, session);
          wake('progress');
          scan();
        }),
      );
    };
    /** Has the screen painted, as soon as the pace allows. What comes until then is painted with it. */
    const wake = (why: Parameters<Pace['due']>[1]): void => {
      if (ended) return;
      const now = performance.now();
      const due = pace.due(now, why);
      if (timer !== undefined) {
        if (timer.due <= due) return;
        clear(timer.handle);
      }
      const wait = due - now;
      timer = { due, handle: wait <= 0 ? setImmediate(paint) : setTimeout(paint, wait) };
    };
    const paint = (): void =>
      guarded(() => {
        timer = undefined;
        if (session.version !== version) {
          version = session.version;
          model = update(model, { kind: 'changed' }, session);
          scan();
        } else if (model === painted) return;
        painted = model;
        pace.painted(performance.now());
        const ascii = plainAscii(model);
        const withCharts = model.screen === 'summary' && model.help === undefined;
        terminal?.paint(view(model, session), withCharts ? charts(model, session) : [], ascii);
      });
    /** Once all is read and painted; charts are drawn where there is a locale for them. */
    const prepareSoon = (): void => {
      setTimeout(() => guarded(() => plainAscii(model) || terminal?.prepare()), PREPARE_AFTER).unref();
    };
    const read = async (): Promise<void> => {
      while (!ended && options.step !== undefined) {
        const more = await options.step();
        if (session.version !== version) wake(!more ? 'key' : session.live === undefined ? 'reading' : 'progress');
        if (!more) return prepareSoon();
        // Keys first.
        await new Promise(setImmediate);
      }
    };

    try {
      terminal = openTerminal(
        { noColor: options.noColor, keyboard: options.keyboard, ...(options.theme && { theme: options.theme }) },
        {
          key: (press) =>
            guarded(() => {
              const message = messageOf(press, model);
              if (message !== undefined) send(message);
            }),
          mouse: (what, x, y) =>
            send(what === 'click' ? { kind: 'click', x, y } : { kind: 'move', by: what === 'wheel-up' ? -3 : 3 }),
          resize: (width, height) => {
            painted = undefined;
            send({ kind: 'resize', width, height });
          },
          repaint: () => {
            painted = undefined;
            wake('key');
          },
          end,
          failure,
        },
      );
      const ascii = options.ascii ?? !(isUtf8(process.env) || options.language === 'ko');
      model = start({
        language: options.language,
        width: terminal.width,
        height: terminal.height,
        ascii,
        live: session.live !== undefined,
      });
      model = { ...model, mouse: options.mouse ?? true, ...(options.notice && { notice: options.notice }) };
      terminal.mouse(model.mouse === true);
      unsubscribe = options.onChange?.(() => wake('progress'));
      paint();
      read().catch(failure);
    } catch (error) {
      failure(error);
    }
  });
}

function clear(handle: NodeJS.Timeout | NodeJS.Immediate): void {
  clearTimeout(handle as NodeJS.Timeout);
  clearImmediate(handle as NodeJS.Immediate);
}
