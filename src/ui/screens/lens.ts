import type { Layer } from '../../dissect/protocol.ts';
import type { SessionView } from '../../session/session.ts';
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
/** Sightings that are listed. */
const MOST_SEEN = 8;
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

const layersOf = (model: Model, session: SessionView): readonly Layer[] => ownLayers(session.packet(model.packet)?.layers ?? []);

/** What was decrypted lies in no packet: it has no place in the drawing. */
const ownLayers = (layers: readonly Layer[]): readonly Layer[] => layers.filter((layer) => layer.bytes === undefined);

/**
 * The packet at each vantage where several captures are open:
 *   inside.pcap    #7   +0.000 ms  192.168.0.10:38958 → 192.0.2.80:80     TTL 64  02:…:0a → 02:…:01
 *   outside.pcap   #5   +0.041 ms  203.0.113.2:25770 → 192.0.2.80:80  !   TTL 63  02:…:02 → 02:…:01
 * What is not as at the vantage before is marked.
 */
function seenLines(model: Model, session: SessionView): Line[] {
  const g = glyphs(model);
  const seen = session.sightings?.(model.packet) ?? [];
  if (seen.length < 2) return [];
  const head = say(model, { en: 'At each vantage, in the order of the way', ko: '지나온 곳마다 (지나온 차례대로)' });
  const name = Math.max(12, Math.min(28, Math.floor(model.width / 5)));
  const lines: Line[] = [[span(` ${cell(head, model.width - 2, g)}`, 'head')]];
  seen.slice(0, MOST_SEEN).forEach(({ file, packet, after, facts }, i) => {
    const before = seen[i - 1]?.facts;
    const changed = (now: unknown, then: unknown): string => (before !== undefined && now !== then ? g.warning : ' ');
    const from = `${facts.source ?? '?'}${facts.sourcePort === undefined ? '' : `:${facts.sourcePort}`}`;
    const to = `${facts.destination ?? '?'}${facts.destinationPort === undefined ? '' : `:${facts.destinationPort}`}`;
    const was =
      before === undefined ? '' : `${before.source}:${before.sourcePort}${before.destination}:${before.destinationPort}`;
    const ends = `${from} ${g.to} ${to} ${changed(`${facts.source}:${facts.sourcePort}${facts.destination}:${facts.destinationPort}`, was)}`;
    const macs =
      facts.sourceMac === undefined
        ? ''
        : `  ${facts.sourceMac} ${g.to} ${facts.destinationMac ?? '?'} ${changed(`${facts.sourceMac}${facts.destinationMac}`, `${before?.sourceMac}${before?.destinationMac}`)}`;
    const clock = after === undefined ? '' : `${after >= 0 ? '+' : ''}${(after / 1e6).toFixed(3)} ms`;
    const short = file.replace(/^.*[\\/]/, '');
    const text = `${cell(short, name, g)} #${cell(String(packet), 6, g)} ${cell(clock, 14, g, 'right')}  TTL ${facts.hopLimit ?? '?'}${changed(facts.hopLimit, before?.hopLimit)} ${ends}${macs}`;
    lines.push([span(` ${cell(text, model.width - 2, g)}`)]);
  });
  return lines;
}

/** One packet's encapsulation, drawn to scale: which bytes each layer adds around what it carries. */
export const lens: Screen = {
  name: 'lens',
  rows: (model, session) => layersOf(model, session).length,
  page: (model, session) => Math.max(1, bodyHeight(model) - HEAD_LINES - FOOT_LINES - seenLines(model, session).length),
  rowAt: (model, session, y) => rowIn(model, 'lens', y, HEAD_LINES, layersOf(model, session).length, lens.page(model, session)),
  opens: (model) => (model.packet === 0 ? undefined : { kind: 'packet', packet: model.packet }),
  view(model, session) {
    const g = glyphs(model);
    const decoded = session.packet(model.packet);
    if (decoded === undefined)
      return block([[], [span(`  ${missing(model, session, model.packet)}`)]], bodyHeight(model), model.width);
    const length = decoded.bytes.length;
    const parts = partsOf(ownLayers(decoded.layers), length);
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
      ...seenLines(model, session).map((line) => fitted(line, model.width)),
    ];
  },
};
