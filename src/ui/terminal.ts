// The only file that touches blessed and the terminal.
import type { ReadStream } from 'node:tty';
import blessed from 'blessed';
import type { Press } from './keys.ts';
import type { Chart } from './screens/summary.ts';
import type { Line } from './span.ts';
import type { BlessedKey, BlessedScreen } from './terminal-cells.ts';
import { Painter } from './terminal-painter.ts';
import { type Depth, type Theme, themeOf } from './theme.ts';

export interface Events {
  key(press: Press): void;
  /** A click, or the wheel: cells from 0. */
  mouse(what: 'click' | 'wheel-up' | 'wheel-down', x: number, y: number): void;
  /** Another size, or the same after a pause: everything must be painted. */
  resize(width: number, height: number): void;
  /** The screen must be painted again: charts are ready. */
  repaint(): void;
  /** The program is asked to end, with this exit code. */
  end(code: number): void;
  failure(error: unknown): void;
}

export interface Terminal {
  readonly width: number;
  readonly height: number;
  paint(lines: Line[], charts: Chart[], ascii: boolean): void;
  /** Loads what is not needed at once. */
  prepare(): void;
  /** Forgets what is on the screen: the next paint writes all of it. */
  redraw(): void;
  suspend(): void;
  /** Hands text to the terminal's clipboard (OSC 52); many terminals take it only where they are told to. */
  copy(text: string): void;
  /** Whether clicks are told: while they are, the terminal's own selecting needs Shift. */
  mouse(on: boolean): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

/** Missing in blessed's published types. */
const blessedWidth = (blessed as unknown as { unicode: { charWidth(text: string): number } }).unicode.charWidth;

const SIGNALS = { SIGINT: 130, SIGQUIT: 131, SIGTERM: 143, SIGHUP: 129 } as const;

export interface TerminalOptions {
  noColor: boolean;
  keyboard?: ReadStream | undefined;
  theme?: Theme;
}

export function openTerminal(options: TerminalOptions, events: Events): Terminal {
  const input = options.keyboard ?? process.stdin;
  const output = process.stdout;
  // Line drawing as UTF-8 instead of the alternate character set.
  process.env.NCURSES_NO_UTF8_ACS = '1';
  const screen = blessed.screen({
    input,
    output,
    terminal: driver(process.env),
    fullUnicode: true,
    forceUnicode: true,
  } as blessed.Widgets.IScreenOptions) as unknown as BlessedScreen;
  const depth: Depth = options.noColor || screen.tput.colors < 8 ? 0 : screen.tput.colors >= 256 ? 256 : 16;
  const painter = new Painter(screen, depth, blessedWidth, events, themeOf(options.theme ?? 'auto', process.env));
  let state: 'open' | 'paused' | 'closed' = 'open';

  const undo: (() => void)[] = [];
  const listen = <A extends unknown[]>(
    target: { on(name: never, fn: never): unknown; removeListener(name: never, fn: never): unknown },
    name: string,
    fn: (...args: A) => void,
  ) => {
    target.on(name as never, fn as never);
    undo.push(() => target.removeListener(name as never, fn as never));
  };

  const pause = (whom: number): void => {
    if (state !== 'open') return;
    state = 'paused';
    setMouse(false);
    screen.leave();
    screen.program.flush();
    raw(false);
    input.pause();
    // Without a listener the signal does what it does by default: it stops the process, here or in the whole job.
    process.removeListener('SIGTSTP', stopped);
    process.kill(whom, 'SIGTSTP');
    // Where it did not (nobody to continue it), go on.
    setTimeout(resume, 50);
  };
  const stopped = (): void => pause(process.pid);
  const resume = (): void => {
    if (state === 'closed') return;
    const known = state === 'paused';
    state = 'open';
    if (known) process.on('SIGTSTP', stopped);
    // The shell may have changed the terminal's mode behind libuv's back: it must be set anew, not only wished for.
    raw(false);
    raw(true);
    input.resume();
    screen.program.isAlt = false;
    screen.enter();
    setMouse(wantsMouse);
    painter.forget();
    events.resize(screen.program.cols, screen.program.rows);
    // A change of size meanwhile was told to whoever had the terminal: have Node look.
    process.emit('SIGWINCH', 'SIGWINCH');
  };
  const raw = (on: boolean): void => {
    try {
      input.setRawMode(on);
    } catch {
      // The terminal is gone.
    }
  };

  screen.program.on('keypress', (ch, key) => {
    const press = pressOf(ch, key);
    if (press !== undefined) events.key(press);
  });
  let wantsMouse = false;
  let mouseOn = false;
  // Buttons and wheel by SGR, which knows columns beyond 223; no motion, which would flood a slow line.
  function setMouse(on: boolean): void {
    if (on === mouseOn) return;
    mouseOn = on;
    if (on) screen.program.bindMouse();
    screen.program.setMouse({ vt200Mouse: on, sgrMouse: on }, on);
  }
  screen.program.on('mouse', ({ action, button, x, y }) => {
    if (!mouseOn) return;
    if (action === 'wheelup' || action === 'wheeldown') events.mouse(action === 'wheelup' ? 'wheel-up' : 'wheel-down', x, y);
    else if (action === 'mousedown' && button === 'left') events.mouse('click', x, y);
  });
  screen.on('resize', () => {
    painter.forget();
    events.resize(screen.program.cols, screen.program.rows);
  });
  for (const [signal, code] of Object.entries(SIGNALS)) listen(process, signal, () => events.end(code));
  process.on('SIGTSTP', stopped);
  undo.push(() => process.removeListener('SIGTSTP', stopped));
  // By `resume` or by nobody knows whom: after a stop the screen is somebody else's.
  listen(process, 'SIGCONT', () => setImmediate(resume));
  listen(process, 'uncaughtException', (error) => events.failure(error));
  listen(process, 'unhandledRejection', (error) => events.failure(error));
  // A terminal that was closed: reading ends, writing fails. The listener stays, for what is written last.
  listen(input, 'end', () => events.end(SIGNALS.SIGHUP));
  input.on('error', () => events.end(SIGNALS.SIGHUP));
  output.on('error', () => events.end(SIGNALS.SIGHUP));

  return {
    get width() {
      return screen.program.cols;
    },
    get height() {
      return screen.program.rows;
    },
    paint(lines, charts, ascii) {
      if (state === 'open') painter.paint(lines, charts, ascii);
    },
    prepare() {
      if (state === 'open') painter.prepare();
    },
    redraw() {
      screen.alloc();
      painter.forget();
    },
    suspend: () => pause(0),
    mouse(on) {
      wantsMouse = on;
      if (state === 'open') setMouse(on);
    },
    copy(text) {
      if (state === 'open') output.write(clipboard(text, process.env));
    },
    close() {
      if (state === 'closed') return;
      state = 'closed';
      for (const f of undo) f();
      try {
        setMouse(false);
        screen.destroy();
      } catch {
        // The terminal is gone.
      }
    },
  };
}

/** What went wrong, once the terminal is whole again. */
export const complain = (text: string): void => {
  process.stderr.write(text);
};

/**
 * What blessed is to take the terminal for. It cannot read the descriptions of tmux-256color and some others and would fall back to
 * eight colours; all terminals of 256 or more colours understand xterm's sequences. Undefined: what TERM says.
 */
export function driver(environment: Record<string, string | undefined>): string | undefined {
  const many = /-(256color|direct)$/.test(environment.TERM ?? '') || /^(truecolor|24bit)$/.test(environment.COLORTERM ?? '');
  return many ? 'xterm-256color' : undefined;
}

/** OSC 52 with the text in base64, so that nothing of it is read as a control; tmux and screen pass it on when it is wrapped. */
export function clipboard(text: string, environment: Record<string, string | undefined>): string {
  const order = `\u001b]52;c;${Buffer.from(text, 'utf8').toString('base64')}\u0007`;
  // tmux takes it itself (set-clipboard); screen hands on what stands in a DCS, 768 bytes at once.
  if (environment.TMUX || !/^screen/.test(environment.TERM ?? '')) return order;
  return (order.match(/[\s\S]{1,700}/g) ?? []).map((part) => `\u001bP${part}\u001b\\`).join('');
}

const NAMES: Record<string, string> = {
  enter: 'Enter',
  linefeed: 'Enter',
  escape: 'Esc',
  backspace: 'Backspace',
  tab: 'Tab',
  space: 'Space',
  up: 'Up',
  down: 'Down',
  left: 'Left',
  right: 'Right',
  home: 'Home',
  end: 'End',
  pageup: 'PgUp',
  pagedown: 'PgDn',
};

/** blessed's key under the name that the key table has. Enter comes twice, as "enter" and "return": one is left out. */
export function pressOf(ch: string | undefined, key: BlessedKey): Press | undefined {
  const name = key.name ?? '';
  if (name === 'tab' && key.shift) return { name: 'S-Tab' };
  if (NAMES[name] !== undefined) return { name: NAMES[name], character: name === 'space' ? ' ' : undefined };
  if (name === 'return' || (key.meta ?? false)) return undefined;
  if (key.ctrl) return { name: `Ctrl-${name.toUpperCase()}` };
  if (ch === undefined || /[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/.test(ch)) return undefined;
  return { name: ch, character: ch };
}
