// The only file that loads blessed-contrib: when the summary is opened, and only the two charts it shows.
import { createRequire } from 'node:module';
import type { Chart } from './screens/summary.ts';
import type { BlessedScreen } from './terminal-cells.ts';
import type { Depth } from './theme.ts';

interface Widget {
  setData(data: unknown): void;
  render(): void;
}
type Make = new (options: Record<string, unknown>) => Widget;
interface Canvas {
  width: number;
  height: number;
  canvasSize: { width: number; height: number };
}

const load = createRequire(import.meta.url);

/** Charts laid over the lines of the screen. */
export class Charts {
  private shown: { key: string; widget: Widget }[] = [];
  private readonly screen: BlessedScreen;
  private readonly depth: Depth;
  private readonly make: Record<Chart['kind'], Make>;

  constructor(screen: BlessedScreen, depth: Depth) {
    this.screen = screen;
    this.depth = depth;
    this.make = {
      line: wholeSize(load('blessed-contrib/lib/widget/charts/line.js')),
      bar: load('blessed-contrib/lib/widget/charts/bar.js'),
    };
  }

  /** Takes charts away that are not wanted any more, which blanks their cells: before anything else is drawn. True: some were. */
  clear(wanted: Chart[]): boolean {
    const keys = wanted.map(keyOf);
    if (this.shown.length === 0 || this.shown.every(({ key }, i) => key === keys[i])) return false;
    for (const { widget } of this.shown) this.screen.remove(widget);
    this.shown = [];
    return true;
  }

  /** Draws into the screen's cells, over what is there. The body begins below the title bar. */
  draw(charts: Chart[]): void {
    for (const chart of charts.slice(this.shown.length)) {
      const widget = new this.make[chart.kind](this.options(chart));
      this.screen.append(widget);
      widget.setData(
        chart.kind === 'line' ? [{ x: chart.labels, y: chart.values }] : { titles: chart.labels, data: chart.values },
      );
      this.shown.push({ key: keyOf(chart), widget });
    }
    for (const { widget } of this.shown) widget.render();
  }

  private options(chart: Chart): Record<string, unknown> {
    const place = { left: chart.left, top: chart.top + 1, width: chart.width, height: chart.height };
    const colour = this.depth === 256 ? 33 : 'blue';
    if (chart.kind === 'line') {
      return {
        ...place,
        style: { line: colour, text: 'normal', baseline: 'normal' },
        xLabelPadding: 3,
        xPadding: 5,
        wholeNumbersOnly: true,
        numYLabels: 4,
      };
    }
    const spacing = Math.max(9, Math.floor((chart.width - 4) / Math.max(1, chart.values.length)));
    const barWidth = spacing - 4;
    return {
      ...place,
      barWidth,
      barSpacing: spacing,
      xOffset: 2,
      maxHeight: 1,
      barBgColor: colour,
      barFgColor: 'normal',
      labelColor: 'normal',
    };
  }
}

const keyOf = (chart: Chart): string => JSON.stringify(chart);

/** The line chart leaves six columns and two rows empty, for a frame that ours does not have. */
function wholeSize(make: Make): Make {
  return class extends make {
    calcSize(this: Canvas): void {
      this.canvasSize = { width: this.width * 2 - 4, height: this.height * 4 };
    }
  } as Make;
}
