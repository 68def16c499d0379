import type { Journey } from '../../correlate/model.ts';
import type { PacketSummary, SessionView } from '../../session/session.ts';
import { SAY, STAGE_MARK } from '../../text/messages.ts';
import { width } from '../../text/width.ts';
import { milliseconds } from '../format.ts';
import { bodyHeight, type Model } from '../model.ts';
import { block, cell, fitted, type Line, select, span } from '../span.ts';
import { glyphs, missing, rowIn, type Screen, say, within } from './screen.ts';
import { chosen } from './timeline.ts';

/*
 *     No.    Gap ms   192.168.0.10        198.51.100.2        192.0.2.80
 * >     3     0.000 d │──A? www.my-app.com──>│                    │
 *       5   227.381 d │<─A 192.0.2.80────────│                    │
 *       7     0.252 t │──SYN──────────────────────────────────────>│
 */

const HEAD_LINES = 1;
const NUMBER = 7;
const GAP = 10;
const LEFT = 2 + NUMBER + 1 + GAP + 1 + 2;
/** Cells between two hosts; with less, those of the far end fall together. */
const LEAST_LANE = 11;
/** The first lane stands so far behind the left columns. */
const MARGIN = 6;

const LINK = 'LAN';

/** Who takes part, from the client on: known from the records, so that no packet has to be read. */
function hostsOf(journey: Journey, session: SessionView): string[] {
  const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
  const lookup = journey.lookup === undefined ? undefined : session.lookup(journey.lookup);
  const client = connection?.client.address ?? lookup?.client.address ?? journey.client;
  const resolved = journey.stages.some((stage) => stage.kind === 'arp' || stage.kind === 'ndp');
  const tried = (journey.attempts ?? []).map((attempt) => session.connection(attempt.connection)?.server.address);
  const others = [resolved ? LINK : undefined, lookup?.server.address, ...tried, connection?.server.address];
  return [...new Set([client, ...others.filter((host) => host !== undefined)])];
}

/** Whoever tries IPv6 and IPv4 has two addresses. */
const ownAddresses = (journey: Journey, session: SessionView): Set<string> =>
  new Set((journey.attempts ?? []).flatMap((attempt) => session.connection(attempt.connection)?.client.address ?? []));

interface Lanes {
  hosts: string[];
  at: number[];
  /** Addresses of the client beside the one in front. */
  own: Set<string>;
}

function lanesOf(model: Model, hosts: string[], own: Set<string>): Lanes {
  const room = model.width - LEFT - 2 * MARGIN;
  const shown = hosts.slice(0, Math.max(2, Math.floor(room / LEAST_LANE) + 1));
  const step = shown.length > 1 ? Math.floor(room / (shown.length - 1)) : 0;
  return { hosts: shown, at: shown.map((_, i) => MARGIN + i * step), own };
}

function head(model: Model, lanes: Lanes): Line {
  const g = glyphs(model);
  let text = '';
  lanes.hosts.forEach((host, i) => {
    const end = i + 1 < lanes.at.length ? lanes.at[i + 1] - 4 : model.width - LEFT;
    // Above its lane, as far as the neighbours and the edge leave room.
    const wanted = lanes.at[i] - (host.length >> 1);
    const from = Math.max(text.length, Math.min(wanted, end - host.length));
    text = `${text.padEnd(from)}${cell(host, Math.min(host.length, Math.max(4, end - from)), g)} `;
  });
  const left = `${cell(say(model, { en: 'No.', ko: '번호' }), NUMBER, g, 'right')} ${cell(say(model, { en: 'Gap ms', ko: '간격 ms' }), GAP, g, 'right')}`;
  return fitted([span(`  ${left}   ${text}`, 'head')], model.width, 'head');
}

/** Lane of an end of a packet; ARP and NDP speak to the link. */
function laneOf(address: string, packet: PacketSummary, lanes: Lanes, other: number): number {
  const known = lanes.hosts.indexOf(address);
  if (known >= 0) return known;
  if (lanes.own.has(address)) return 0;
  const link = lanes.hosts.indexOf(LINK);
  return link >= 0 && (packet.protocol === 'ARP' || packet.protocol.startsWith('ICMPv6')) ? link : other;
}

const labelOf = (packet: PacketSummary): string =>
  packet.info.replace(/^(\[TCP [^\]]*\] )?\d+ (?:>|→) \d+[, ]*/, '$1').replace(/^.*?\bwho has\b/i, 'who has') || packet.protocol;

function arrow(model: Model, packet: PacketSummary, lanes: Lanes, first: string | undefined): string {
  const g = glyphs(model);
  const last = lanes.hosts.length - 1;
  const isLink = packet.protocol === 'ARP' && lanes.hosts.includes(LINK);
  const client = isLink && packet.source === first;
  let from = laneOf(packet.source, packet, lanes, last);
  let to = laneOf(packet.destination, packet, lanes, last);
  // ARP names network cards: who spoke first is the client.
  if (isLink) [from, to] = client ? [0, lanes.hosts.indexOf(LINK)] : [lanes.hosts.indexOf(LINK), 0];
  if (from === to) to = from === last ? Math.max(0, last - 1) : last;
  const [low, high] = from < to ? [from, to] : [to, from];
  let text = '';
  for (let lane = 0; lane < lanes.at.length; lane++) {
    if (lane > low && lane <= high) {
      if (lane < high) continue;
      const room = lanes.at[high] - lanes.at[low] - 1;
      const label = cell(labelOf(packet), Math.max(0, room - 4), g).trimEnd();
      const fill = g.across.repeat(Math.max(0, room - width(label) - 3));
      text += from < to ? `${g.across}${g.across}${label}${fill}>` : `<${g.across}${label}${fill}${g.across}`;
    } else text += ' '.repeat(Math.max(0, lanes.at[lane] - (lane === 0 ? 0 : lanes.at[lane - 1] + 1)));
    text += g.down;
  }
  return text;
}

function row(
  model: Model,
  session: SessionView,
  lanes: Lanes,
  number: number,
  before: number | undefined,
  first: string | undefined,
  selected: boolean,
): Line {
  const g = glyphs(model);
  const packet = session.packetSummary(number);
  const mark = selected ? `${g.cursor} ` : '  ';
  if (packet === undefined)
    return fitted([span(`${mark}${cell(String(number), NUMBER, g, 'right')} ${missing(model, session, number)}`)], model.width);
  const earlier = before === undefined ? undefined : session.packetSummary(before);
  const gap = earlier === undefined ? '' : milliseconds(packet.time - earlier.time);
  const kind = model.journey === undefined ? undefined : session.stageOf(model.journey.index, number);
  const words: Line = [
    span(mark),
    span(`${cell(String(number), NUMBER, g, 'right')} `),
    span(`${cell(gap, GAP, g, 'right')} `, 'dim'),
  ];
  const stage = kind === undefined ? span('  ') : span(`${STAGE_MARK[kind]} `, 'bold');
  const drawn = span(arrow(model, packet, lanes, first), packet.noted ? 'warn' : 'plain');
  return fitted([...(selected ? select(words) : words), stage, drawn], model.width);
}

const numbersOf = (model: Model, session: SessionView): readonly number[] =>
  chosen(model, session) === undefined || model.journey === undefined ? [] : session.journeyPackets(model.journey.index);

/** A journey's packets as arrows between those who take part, with the time between them. */
export const ladder: Screen = {
  name: 'ladder',
  rows: (model, session) => numbersOf(model, session).length,
  page: (model) => Math.max(1, bodyHeight(model) - HEAD_LINES),
  rowAt: (model, session, y) =>
    rowIn(model, 'ladder', y, HEAD_LINES, numbersOf(model, session).length, ladder.page(model, session)),
  opens(model, session) {
    const packet = numbersOf(model, session)[model.places.ladder.cursor];
    return packet === undefined ? undefined : { kind: 'packet', packet };
  },
  view(model, session) {
    const journey = chosen(model, session);
    if (journey === undefined) return block([[], [span(`  ${say(model, SAY.noJourney)}`)]], bodyHeight(model), model.width);
    const numbers = numbersOf(model, session);
    const lanes = lanesOf(model, hostsOf(journey, session), ownAddresses(journey, session));
    const page = this.page(model, session);
    const { cursor, top } = within(model.places.ladder, numbers.length, page);
    const resolution = journey.stages.find((stage) => stage.kind === 'arp')?.packets[0];
    const first = resolution === undefined ? undefined : session.packetSummary(resolution)?.source;
    const list: Line[] = [];
    for (let i = top; i < Math.min(numbers.length, top + page); i++)
      list.push(row(model, session, lanes, numbers[i], numbers[i - 1], first, i === cursor));
    return [head(model, lanes), ...block(list, page, model.width)];
  },
};
