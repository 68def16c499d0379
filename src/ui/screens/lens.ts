import type { Layer } from '../../dissect/protocol.ts';
import type { SessionView } from '../../session.ts';
import { count } from '../format.ts';
import { bodyHeight, type Model } from '../model.ts';
import { block, cell, fitted, type Line, select, span } from '../span.ts';
import { glyphs, missing, rowIn, type Screen, say, within } from './screen.ts';

/*
 *  Packet 10, 144 bytes: what each layer adds
 *   Layer    Header  Inside  0                                                     144
 * > eth        14 B   130 B  ██████──────────────────────────────────────────────────
 *   ip         20 B   110 B        ████████──────────────────────────────────────────
 *   tcp        32 B    78 B                █████████████──────────────────────────────
 */

const HEAD_LINES = 2;
const FOOT_LINES = 2;
const NAME = 12;
const SIZE = 9;

interface Part {
  layer: Layer;
  /** Where the layer's own bytes end and what it carries begins, and where that ends. */
  inner: number;
  end: number;
}

/** Layers that lie in the packet's own bytes; a layer's header ends where the next one begins. */
function partsOf(layers: readonly Layer[], length: number): Part[] {
  return layers.map((layer, i) => {
    const next = layers[i + 1];
    const inner = Math.min(length, next === undefined || next.at < layer.at ? layer.end : Math.min(layer.end, next.at));
    const end = Math.max(inner, ...layers.slice(i).map((each) => Math.min(length, each.end)));
    return { layer, inner, end };
  });
}

function row(model: Model, part: Part, length: number, selected: boolean): Line {
  const g = glyphs(model);
  const cells = Math.max(10, model.width - 2 - NAME - 2 * (SIZE + 1) - 2);
  const at = (byte: number): number => Math.round((byte / Math.max(1, length)) * cells);
  const { layer, inner, end } = part;
  const from = Math.min(cells - 1, at(layer.at));
  // A header is seen however small it is.
  const own = Math.max(1, at(inner) - from);
  const rest = Math.max(0, at(end) - from - own);
  const line = [
    span(selected ? `${g.cursor} ` : '  '),
    span(cell(layer.protocol, NAME, g)),
    span(`${cell(`${count(inner - layer.at)} B`, SIZE, g, 'right')} `),
    span(`${cell(end > inner ? `${count(end - inner)} B` : '', SIZE, g, 'right')} `, 'dim'),
  ];
  const bar = [span(' '.repeat(from)), span(g.bar.repeat(own), 'bold'), span(g.across.repeat(rest), 'dim')];
  return fitted([...(selected ? select(line) : line), span(' '), ...bar], model.width);
}

const layersOf = (model: Model, session: SessionView): readonly Layer[] => session.packet(model.packet)?.layers ?? [];

/** One packet's encapsulation, drawn to scale: which bytes each layer adds around what it carries. */
export const lens: Screen = {
  name: 'lens',
  rows: (model, session) => layersOf(model, session).length,
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES),
  rowAt: (model, session, y) => rowIn(model, 'lens', y, HEAD_LINES, layersOf(model, session).length, lens.page(model, session)),
  opens: (model) => (model.packet === 0 ? undefined : { kind: 'packet', packet: model.packet }),
  view(model, session) {
    const g = glyphs(model);
    const decoded = session.packet(model.packet);
    if (decoded === undefined)
      return block([[], [span(`  ${missing(model, session, model.packet)}`)]], bodyHeight(model), model.width);
    const length = decoded.bytes.length;
    const parts = partsOf(decoded.layers, length);
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.lens, parts.length, page);
    const last = parts.at(-1);
    const carried = last === undefined ? 0 : last.end - last.layer.at;
    const title = say(model, {
      en: `Packet ${decoded.number}, ${count(length)} bytes: ${count(length - carried)} of them are wrapping around ${last?.layer.protocol ?? ''}`,
      ko: `${decoded.number}번 패킷 ${count(length)}바이트 가운데 ${count(length - carried)}바이트가 ${last?.layer.protocol ?? ''} 바깥의 포장입니다`,
    });
    const heads = [
      cell(say(model, { en: 'Layer', ko: '계층' }), NAME, g),
      cell(say(model, { en: 'Header', ko: '헤더' }), SIZE, g, 'right'),
      cell(say(model, { en: 'Carries', ko: '내용' }), SIZE, g, 'right'),
    ];
    const current = parts[cursor];
    return [
      fitted([span(` ${cell(title, model.width - 2, g)}`, 'bold')], model.width),
      fitted([span(`  ${heads[0]}${heads[1]} ${heads[2]}`, 'head')], model.width, 'head'),
      ...block(
        parts.slice(top, top + page).map((part, i) => row(model, part, length, top + i === cursor)),
        page,
        model.width,
      ),
      fitted([span(g.across.repeat(model.width), 'dim')], model.width),
      fitted([span(`  ${cell(current?.layer.title ?? '', model.width - 4, g)}`)], model.width),
    ];
  },
};
