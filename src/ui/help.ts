import { LABEL, SAY, STAGE_MEANING, STAGE_SHORT } from '../text/messages.ts';
import { width } from '../text/width.ts';
import { STAGE_MARK } from './glyphs.ts';
import { KEYS, type KeyGroup, TYPING } from './keys.ts';
import { bodyHeight, type Model } from './model.ts';
import { glyphs, say } from './screens/screen.ts';
import { cell, fitted, type Line, lineWidth, slice, span } from './span.ts';

/*
 *   ┌ Keys ───────────────────────────────────────────────┐
 *   │ Look closer and go back                             │
 *   │   Enter                open what is selected: …     │
 *   │   Esc Backspace h      go back; in the list: …      │
 *   │ …                                                   │
 *   │ Letters of the bars                                 │
 *   │   d DNS      which address has this name?           │
 *   └──────────────────────── Esc closes, j and k scroll ─┘
 */

const KEY_CELLS = 20;

function groupLines(model: Model, group: KeyGroup): Line[] {
  const g = glyphs(model);
  const rows = group.keys
    .filter((key) => !key.live || model.follow !== undefined)
    .map((key): Line => [span(`   ${cell(key.keys.join('  '), KEY_CELLS, g)} `, 'key'), span(say(model, key.help))]);
  return [[span(` ${say(model, group.title)}`, 'bold')], ...rows, []];
}

/** All lines of the help, drawn from the key table and the stages. */
export function helpLines(model: Model): Line[] {
  const g = glyphs(model);
  const kinds = Object.keys(STAGE_MARK) as (keyof typeof STAGE_MARK)[];
  return [
    ...KEYS.flatMap((group) => groupLines(model, group)),
    ...groupLines(model, TYPING),
    [span(` ${say(model, LABEL.legend)}`, 'bold')],
    ...kinds.map(
      (kind): Line => [
        span('   '),
        span(STAGE_MARK[kind], `bar-${kind}`),
        span(` ${cell(say(model, STAGE_SHORT[kind]), KEY_CELLS - 2, g)} `),
        span(say(model, STAGE_MEANING[kind])),
      ],
    ),
  ];
}

export const helpRows = (model: Model): number => helpLines(model).length;

/** Lays the help over the lines of a screen. */
export function overlayHelp(model: Model, body: Line[]): Line[] {
  const g = glyphs(model);
  const [topLeft, topRight, bottomLeft, bottomRight] = g.corners;
  const lines = helpLines(model);
  const inner = Math.min(model.width - 6, Math.max(...lines.map(lineWidth)) + 2);
  const height = Math.min(bodyHeight(model) - 2, lines.length);
  const first = Math.max(0, Math.min(model.help ?? 0, lines.length - height));
  const more = lines.length > height ? ` ${first + height}/${lines.length}` : '';
  const title = ` ${say(model, SAY.helpTitle)} `;
  const close = ` ${say(model, SAY.helpClose)}${more} `;
  const box: Line[] = [
    [
      span(topLeft + g.across, 'dim'),
      span(title, 'bold'),
      span(g.across.repeat(Math.max(0, inner - 1 - width(title))) + topRight, 'dim'),
    ],
    ...lines.slice(first, first + height).map((line) => [span(g.down, 'dim'), ...fitted(line, inner), span(g.down, 'dim')]),
    [
      span(bottomLeft + g.across.repeat(Math.max(0, inner - 1 - width(close))), 'dim'),
      span(close),
      span(g.across + bottomRight, 'dim'),
    ],
  ];
  const left = Math.max(0, Math.floor((model.width - inner - 2) / 2));
  const top = Math.max(0, Math.floor((body.length - box.length) / 2));
  return body.map((line, y) => {
    const over = box[y - top];
    return over === undefined ? line : [...slice(line, 0, left), ...over, ...slice(line, left + inner + 2, model.width)];
  });
}
