// The only file that touches blessed and the terminal.
import blessed from 'blessed';
import { width } from '../text/width.ts';
import type { Press } from './keys.ts';
import type { Chart } from './screens/summary.ts';
import type { Line } from './span.ts';
import { attributes, type Depth, withoutColours } from './theme.ts';

/** A cell of blessed's screen: attribute and character. The cell after a wide character holds NUL. */
type Cell = [attribute: number, character: string];
type Row = Cell[] & { dirty: boolean };

/** What we use of blessed's screen. Its published types lack the cells. */
export interface BlessedScreen {
  lines: Row[];
  olines: Row[];
  dattr: number;
  tput: { colors: number };
  program: {
    cols: number;
    rows: number;
    isAlt: boolean;
    flush(): void;
    on(event: 'keypress', listener: (ch: string | undefined, key: BlessedKey) => void): void;
  };
  on(event: 'resize', listener: () => void): void;
  append(element: unknown): void;
  remove(element: unknown): void;
  draw(from: number, to: number): void;
  alloc(): void;
  enter(): void;
  leave(): void;
  destroy(): void;
}

interface BlessedKey {
  name?: string;
  ctrl?: boolean;
  meta?: boolean;
  shift?: boolean;
}

export interface Events {
  key(press: Press): void;
  resize(width: number, height: number): void;
  /** The screen must be painted again: after a pause, or because charts are ready. */
  repaint(): void;
  /** The program is asked to end, with this exit code. */
  end(code: number): void;
  failure(error: unknown): void;
}

export interface Terminal {
  readonly width: number;
  readonly height: number;
  paint(lines: Line[], charts: Chart[], ascii: boolean): void;
  /** Forgets what is on the screen: the next paint writes all of it. */
  redraw(): void;
  suspend(): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

const SIGNALS = { SIGINT: 130, SIGQUIT: 131, SIGTERM: 143, SIGHUP: 129 } as const;

export function openTerminal(options: { noColor: boolean }, events: Events): Terminal {
  const input = process.stdin;
  const output = process.stdout;
  // Line drawing as UTF-8 instead of the alternate character set.
  process.env.NCURSES_NO_UTF8_ACS = '1';
  const screen = blessed.screen({
    input,
    output,
    fullUnicode: true,
    forceUnicode: true,
    useBCE: true,
  } as blessed.Widgets.IScreenOptions) as unknown as BlessedScreen;
  const depth: Depth = options.noColor || screen.tput.colors < 8 ? 0 : screen.tput.colors >= 256 ? 256 : 16;
  const painter = new Painter(screen, depth, events);
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
    painter.forget();
    events.repaint();
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
    redraw() {
      screen.alloc();
      painter.forget();
    },
    suspend: () => pause(0),
    close() {
      if (state === 'closed') return;
      state = 'closed';
      for (const f of undo) f();
      try {
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
  if (NAMES[name] !== undefined) return { name: NAMES[name], character: name === 'space' ? ' ' : undefined };
  if (name === 'return' || (key.meta ?? false)) return undefined;
  if (key.ctrl) return { name: `Ctrl-${name.toUpperCase()}` };
  if (ch === undefined || /[\u0000-\u001f\u007f-\u009f\ud800-\udfff]/.test(ch)) return undefined;
  return { name: ch, character: ch };
}

/** Puts lines into blessed's cells; blessed writes what changed. */
class Painter {
  private last: Line[] = [];
  private lastAscii = false;
  private readonly attributes: ReturnType<typeof attributes>;
  private readonly screen: BlessedScreen;
  private readonly depth: Depth;
  private readonly events: Events;
  private charts: 'none' | 'loading' | import('./charts.ts').Charts = 'none';

  constructor(screen: BlessedScreen, depth: Depth, events: Events) {
    this.screen = screen;
    this.depth = depth;
    this.events = events;
    this.attributes = attributes(depth);
  }

  forget(): void {
    this.last = [];
  }

  paint(lines: Line[], charts: Chart[], ascii: boolean): void {
    const { screen } = this;
    if (ascii !== this.lastAscii) this.forget();
    this.lastAscii = ascii;
    const drawn: Row[] = [];
    for (let y = 0; y < screen.lines.length; y++) {
      const line = lines[y] ?? [];
      if (sameLine(line, this.last[y])) continue;
      writeLine(screen.lines[y], line, this.attributes, screen.dattr, ascii);
      drawn.push(screen.lines[y]);
    }
    this.last = lines;
    this.drawCharts(charts);
    screen.draw(0, screen.lines.length - 1);
    keepWide(screen);
  }

  private drawCharts(charts: Chart[]): void {
    if (charts.length === 0) {
      if (typeof this.charts === 'object') this.charts.clear();
    } else if (typeof this.charts === 'object') {
      this.charts.draw(charts);
      // What a chart covers is not ours: it is written again once the chart is gone.
      for (const { top, height } of charts) for (let y = top + 1; y <= top + height; y++) delete this.last[y];
      if (this.depth === 0) this.bleach(charts);
    } else if (this.charts === 'none') {
      this.charts = 'loading';
      import('./charts.ts')
        .then(({ Charts }) => {
          this.charts = new Charts(this.screen, this.depth);
          this.events.repaint();
        })
        .catch((error) => this.events.failure(error));
    }
  }

  private bleach(charts: Chart[]): void {
    for (const { top, height } of charts) {
      for (let y = top + 1; y <= top + height; y++)
        for (const cell of this.screen.lines[y] ?? []) cell[0] = withoutColours(cell[0]);
    }
  }
}

/** Missing in blessed's published types. */
const blessedWidth = (blessed as unknown as { unicode: { charWidth(text: string): number } }).unicode.charWidth;

function sameLine(a: Line, b: Line | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i].text !== b[i].text || a[i].style !== b[i].style) return false;
  return true;
}

function writeLine(row: Row, line: Line, look: Record<string, number>, blank: number, ascii: boolean): void {
  let x = 0;
  const put = (attribute: number, character: string): void => {
    if (x >= row.length) return;
    row[x][0] = attribute;
    row[x++][1] = character;
  };
  for (const { text, style } of line) {
    const attribute = look[style];
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x20 && code < 0x7f) {
        put(attribute, text[i]);
        continue;
      }
      const character = String.fromCodePoint(text.codePointAt(i)!);
      i += character.length - 1;
      // The views have made captured text harmless; whatever got here in spite of that goes no further.
      if (code < 0xa0) {
        put(attribute, '?');
        continue;
      }
      const cells = width(character);
      if (ascii) for (let n = 0; n < cells; n++) put(attribute, '?');
      // Where blessed counts otherwise (a few rare letters), the row would be out of line.
      else if (blessedWidth(character) !== cells) for (let n = 0; n < cells; n++) put(attribute, n === 0 ? '▯' : ' ');
      else if (cells === 1) put(attribute, character);
      else if (cells === 2 && x + 1 < row.length) {
        put(attribute, character);
        put(attribute, '\0');
      } else if (cells === 2) put(attribute, ' ');
    }
  }
  while (x < row.length) put(blank, ' ');
  row.dirty = true;
}

/**
 * After drawing, blessed forgets every wide character of the lines it drew, so that each is written again with the next
 * change of its line. Its cells are complete here (NUL after each), so what was drawn may be remembered.
 */
function keepWide(screen: BlessedScreen): void {
  screen.lines.forEach((row, y) => {
    const old = screen.olines[y];
    for (let x = 0; x + 1 < row.length; x++) {
      if (row[x + 1][1] === '\0' && old[x][1] === '\0') {
        old[x][0] = row[x][0];
        old[x][1] = row[x][1];
        old[x + 1][0] = row[x + 1][0];
      }
    }
  });
}
