import type { Decoded, SessionView } from '../../session/session.ts';
import { LABEL, SAY } from '../../text/messages.ts';
import { explainField } from '../../text/fields/index.ts';
import { count } from '../format.ts';
import { bytesPerRow, hexRows, hexTop, hexWidth } from '../hex.ts';
import { bodyHeight, type Model } from '../model.ts';
import { block, cell, fitted, type Line, select, slice, span, wrap } from '../span.ts';
import { bytesOf, type Node, treeOf } from '../tree.ts';
import { glyphs, missing, type Screen, say, within } from './screen.ts';

/*
 *  Packet 4 · 07:07:36.862113000 · 142 bytes · HTTP · GET / HTTP/1.1
 *   ▸ Ethernet II, 02:00:00:00:00:02 > 02:00:00:00:00:50
 *   ▾ Hypertext Transfer Protocol
 * >     Host: web.lab
 * ── http.host · bytes 82–95 ─────────────────────────────────────────
 *  0050  0d 0a 48 6f 73 74 3a 20  77 65 62 2e 6c 61 62 0d  ··Host: web.lab·
 *   name of the site: one address may serve many
 *
 * From 120 columns on the bytes stand beside the tree.
 */

const HEAD_LINES = 1;
/** What the selected field means; where there is little room, the tree has it. */
const MEANING_LINES = 2;
const ROOM_FOR_MEANING = 18;

const meaningLines = (model: Model): number => (bodyHeight(model) < ROOM_FOR_MEANING ? 0 : MEANING_LINES);

interface Layout {
  beside: boolean;
  perRow: number;
  treeWidth: number;
  treeHeight: number;
  hexHeight: number;
}

export function layout(model: Model): Layout {
  const height = bodyHeight(model) - HEAD_LINES - meaningLines(model);
  if (model.width >= 120) {
    const perRow = model.width >= 240 ? 32 : model.width >= 140 ? 16 : 8;
    return { beside: true, perRow, treeWidth: model.width - hexWidth(perRow) - 3, treeHeight: height - 1, hexHeight: height - 1 };
  }
  const hexHeight = Math.max(2, Math.floor((height - 1) * 0.4));
  return {
    beside: false,
    perRow: bytesPerRow(model.width),
    treeWidth: model.width,
    treeHeight: Math.max(1, height - 1 - hexHeight),
    hexHeight,
  };
}

function titleLine(model: Model, session: SessionView, decoded: Decoded): Line {
  const g = glyphs(model);
  const captured = decoded.bytes.length;
  const size =
    decoded.wireLength > captured
      ? say(model, SAY.capturedOf, { n: count(captured), wire: count(decoded.wireLength) })
      : say(model, SAY.captured, { n: count(captured) });
  const clock = session.clockText(decoded.time);
  const facts = [model.width >= 100 ? clock : clock.slice(11), size, decoded.summary.protocol, decoded.summary.info];
  const title = `${say(model, LABEL.packet)} ${decoded.number} `;
  return fitted(
    [span(` ${title}`, 'bold'), span(cell(`${g.between} ${facts.join(` ${g.between} `)}`, model.width - title.length - 4, g))],
    model.width,
  );
}

function treeLine(model: Model, node: Node, cells: number, selected: boolean): Line {
  const g = glyphs(model);
  const mark = selected ? `${g.cursor} ` : '  ';
  const twig = `${'  '.repeat(node.depth)}${node.children ? (node.open ? g.open : g.closed) : g.leaf} `;
  const problem = node.problem === undefined ? '' : `${g.warning} ${node.problem} `;
  const text = cell(problem === '' ? node.text : `${node.text}  ${problem}`, cells - mark.length - twig.length, g);
  const style = problem !== '' ? 'bad' : node.depth === 0 ? 'bold' : 'plain';
  const line = [span(mark), span(twig, 'dim'), span(text, style)];
  return fitted(selected ? (model.pane === 'fields' ? select(line) : line.map((s) => span(s.text, 'lit'))) : line, cells);
}

/** What is lit in the bytes: the selected field, kept within them. */
function litRange(node: Node | undefined, bytes: Uint8Array): { from: number; to: number } {
  if (node === undefined) return { from: 0, to: 0 };
  const to = Math.min(node.end, bytes.length);
  return { from: Math.min(node.at, to), to };
}

function rangeText(model: Model, node: Node | undefined): string {
  if (node === undefined) return '';
  const g = glyphs(model);
  const name = node.bytes === undefined ? node.name : `${node.name} ${g.between} ${say(model, SAY.plaintext)}`;
  if (node.end <= node.at) return name;
  const where = node.end - node.at === 1 ? SAY.oneByte : SAY.byteRange;
  return `${name} ${g.between} ${say(model, where, { from: node.at, to: node.end - 1, dash: g.range })}`;
}

function bytesRule(model: Model, text: string, cells: number): Line {
  const g = glyphs(model);
  const shown = cell(text, cells - 6, g).trimEnd();
  return slice(
    [span(`${g.across}${g.across} `, 'dim'), span(shown, 'bold'), span(` ${g.across.repeat(cells)}`, 'dim')],
    0,
    cells,
  );
}

/** What the selected field means, in the language chosen. */
function meaning(model: Model, node: Node | undefined): Line[] {
  const meant = node === undefined ? undefined : explainField(node.name);
  const said = meant === undefined ? [] : wrap(say(model, meant), model.width - 4, MEANING_LINES);
  return block(
    said.map((text) => [span(`  ${text}`)]),
    meaningLines(model),
    model.width,
  );
}

export const packet: Screen = {
  name: 'packet',
  rows(model, session) {
    const decoded = session.packet(model.packet);
    return decoded === undefined ? 0 : treeOf(decoded, model.opened).length;
  },
  page: (model) => layout(model).treeHeight,
  view(model, session) {
    const decoded = session.packet(model.packet);
    if (decoded === undefined) {
      const why = wrap(missing(model, session, model.packet), model.width - 4);
      return block([[], ...why.map((text) => [span(`  ${text}`)])], bodyHeight(model), model.width);
    }
    const { beside, perRow, treeWidth, treeHeight, hexHeight } = layout(model);
    const nodes = treeOf(decoded, model.opened);
    const { cursor, top } = within(model.places.packet, nodes.length, treeHeight);
    const node = nodes[cursor];
    const bytes = bytesOf(decoded, node);
    const lit = litRange(node, bytes);
    const byte = model.pane === 'bytes' ? Math.min(model.byte, bytes.length - 1) : undefined;
    const rows = Math.ceil(bytes.length / perRow);
    const first = hexTop(Math.floor((byte ?? lit.from) / perRow), rows, hexHeight);
    const dump = hexRows(bytes, first, hexHeight, perRow, { ...lit, cursor: byte }, glyphs(model));
    const tree = nodes.slice(top, top + treeHeight).map((n, i) => treeLine(model, n, treeWidth, top + i === cursor));
    const title = titleLine(model, session, decoded);
    if (!beside) {
      const rule = bytesRule(model, rangeText(model, node), model.width);
      return [
        title,
        ...block(tree, treeHeight, model.width),
        rule,
        ...block(dump, hexHeight, model.width),
        ...meaning(model, node),
      ];
    }
    const right = hexWidth(perRow) + 2;
    const rule = [
      span(glyphs(model).across.repeat(treeWidth), 'dim'),
      span(glyphs(model).across, 'dim'),
      ...bytesRule(model, rangeText(model, node), right),
    ];
    const left = block(tree, treeHeight, treeWidth);
    const panes = block(dump, hexHeight, right).map((line, i) => [...left[i], span(glyphs(model).down, 'dim'), ...line]);
    return [title, fitted(rule, model.width), ...panes, ...meaning(model, node)];
  },
};
