import { width } from '../text/width.ts';
import type { Charts } from './charts.ts';
import type { Chart } from './screens/summary.ts';
import type { Line } from './span.ts';
import type { BlessedScreen, Row } from './terminal-cells.ts';
import { attributes, type Depth, type Theme, withoutColours } from './theme.ts';

/** Puts lines into blessed's cells; blessed writes what changed. */
export class Painter {
  private last: Line[] = [];
  private lastAscii = false;
  private readonly attributes: ReturnType<typeof attributes>;
  private readonly screen: BlessedScreen;
  private readonly depth: Depth;
  private readonly blessedWidth: (character: string) => number;
  private readonly events: { repaint(): void };
  private charts: 'none' | 'loading' | Charts = 'none';

  constructor(
    screen: BlessedScreen,
    depth: Depth,
    blessedWidth: Painter['blessedWidth'],
    events: Painter['events'],
    theme: Theme = 'auto',
  ) {
    this.screen = screen;
    this.depth = depth;
    this.blessedWidth = blessedWidth;
    this.events = events;
    this.attributes = attributes(depth, theme);
  }

  forget(): void {
    this.last = [];
  }

  paint(lines: Line[], charts: Chart[], ascii: boolean): void {
    const { screen } = this;
    if (ascii !== this.lastAscii) this.forget();
    this.lastAscii = ascii;
    if (typeof this.charts === 'object' && this.charts.clear(charts)) this.forget();
    for (let y = 0; y < screen.lines.length; y++) {
      const line = lines[y] ?? [];
      if (sameLine(line, this.last[y])) continue;
      this.write(screen.lines[y], line, ascii);
    }
    this.last = lines;
    this.drawCharts(charts);
    screen.draw(0, screen.lines.length - 1);
    keepWide(screen);
  }

  private write(row: Row, line: Line, ascii: boolean): void {
    let x = 0;
    const put = (attribute: number, character: string): void => {
      if (x >= row.length) return;
      row[x][0] = attribute;
      row[x++][1] = character;
    };
    for (const { text, style } of line) {
      const attribute = this.attributes[style];
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
        else if (this.blessedWidth(character) !== cells) for (let n = 0; n < cells; n++) put(attribute, n === 0 ? '▯' : ' ');
        else if (cells === 1) put(attribute, character);
        else if (cells === 2 && x + 1 < row.length) {
          put(attribute, character);
          put(attribute, '\0');
        } else if (cells === 2) put(attribute, ' ');
      }
    }
    while (x < row.length) put(this.screen.dattr, ' ');
    row.dirty = true;
  }

  private drawCharts(charts: Chart[]): void {
    if (charts.length === 0) return;
    if (typeof this.charts === 'object') {
      this.charts.draw(charts);
      // What a chart covers is not ours: it is written again once the chart is gone.
      for (const { top, height } of charts) for (let y = top + 1; y <= top + height; y++) delete this.last[y];
      if (this.depth === 0) this.bleach(charts);
    } else this.prepare();
  }

  /** Loads what draws charts, so that who opens the summary does not wait for it. */
  prepare(): void {
    if (this.charts !== 'none') return;
    this.charts = 'loading';
    import('./charts.ts')
      .then(({ Charts }) => {
        this.charts = new Charts(this.screen, this.depth);
        this.events.repaint();
      })
      // Without them the summary still has its figures.
      .catch(() => {});
  }

  private bleach(charts: Chart[]): void {
    for (const { top, height } of charts) {
      for (let y = top + 1; y <= top + height; y++)
        for (const cell of this.screen.lines[y] ?? []) cell[0] = withoutColours(cell[0]);
    }
  }
}

function sameLine(a: Line, b: Line | undefined): boolean {
  if (a === b) return true;
  if (b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i].text !== b[i].text || a[i].style !== b[i].style) return false;
  return true;
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
