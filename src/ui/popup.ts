import { width } from '../text/width.ts';
import { bodyHeight, type Model } from './model.ts';
import { glyphs } from './screens/screen.ts';
import { fitted, type Line, lineWidth, slice, span } from './span.ts';

/** A box of lines over the middle of a screen's body, from line `first` on; `close` stands in its lower border. */
export function overlay(model: Model, body: Line[], lines: Line[], title: string, close: string, first = 0): Line[] {
  const g = glyphs(model);
  const [topLeft, topRight, bottomLeft, bottomRight] = g.corners;
  const inner = Math.min(model.width - 6, Math.max(width(title) + 4, width(close) + 14, ...lines.map(lineWidth)) + 2);
  const height = Math.min(bodyHeight(model) - 2, lines.length);
  const from = Math.max(0, Math.min(first, lines.length - height));
  const more = lines.length > height ? ` ${from + height}/${lines.length}` : '';
  const [head, foot] = [` ${title} `, ` ${close}${more} `];
  const box: Line[] = [
    [
      span(topLeft + g.across, 'dim'),
      span(head, 'bold'),
      span(g.across.repeat(Math.max(0, inner - 1 - width(head))) + topRight, 'dim'),
    ],
    ...lines.slice(from, from + height).map((line) => [span(g.down, 'dim'), ...fitted(line, inner), span(g.down, 'dim')]),
    [
      span(bottomLeft + g.across.repeat(Math.max(0, inner - 1 - width(foot))), 'dim'),
      span(foot),
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
