import { together, topic } from '../../text/particles.ts';
import type { Text } from '../../text/text.ts';
import { hasLinkLayer } from '../arp/asks.ts';
import type { CaptureFacts } from '../facts.ts';
import { notVisible, skipped } from '../findings.ts';
import { fileText, type HopFinding, journeyOf } from '../hop-text.ts';
import type { HopJoin, Hops, PacketPair } from '../hops.ts';
import type { PacketFacts } from '../packet.ts';
import type { Advice, Finding } from '../rule.ts';
import { onItsLink, seenFlows } from '../seen-flows.ts';

/** Joins of two captures that are looked at for a packet which both have. */
const TRIED = 5;

/** One packet at two places. */
export interface Passage {
  join: HopJoin;
  pair: PacketPair;
  /** As the place nearer to the client has it, and the other one. */
  near: PacketFacts;
  far: PacketFacts;
  /** By the hop limit. */
  routers: number;
  journey: number | undefined;
}

const made = new WeakMap<Hops, Passage[]>();

/** One packet for every two places that follow each other along the path: of any two places where nothing tells their order. */
export function passagesOf(hops: Hops): Passage[] {
  const known = made.get(hops);
  if (known !== undefined) return known;
  const tried = new Map<string, number>();
  const found = new Map<string, Passage>();
  for (const join of hops.joins) {
    if (join.kind === 'exchange') continue;
    const key = `${join.from} ${join.to}`;
    const count = tried.get(key) ?? 0;
    if (found.has(key) || count >= TRIED) continue;
    tried.set(key, count + 1);
    const passage = passageOf(hops, join);
    if (passage !== undefined) found.set(key, passage);
  }
  const all = [...found.values()];
  const next = all.filter(({ join }) => join.from === join.to || isNext(hops, join, found));
  const list = next.length > 0 ? next : all;
  made.set(hops, list);
  return list;
}

/** No other capture lies between that shows the same. */
function isNext(hops: Hops, { from, to }: HopJoin, found: Map<string, Passage>): boolean {
  const [a, b] = [hops.path.indexOf(from), hops.path.indexOf(to)];
  if (a < 0 || b < 0) return true;
  const between = hops.path.slice(Math.min(a, b) + 1, Math.max(a, b));
  return !between.some(
    (each) =>
      (found.has(`${from} ${each}`) || found.has(`${each} ${from}`)) &&
      (found.has(`${each} ${to}`) || found.has(`${to} ${each}`)),
  );
}

function passageOf(hops: Hops, join: HopJoin): Passage | undefined {
  const { pairs } = join;
  const pair = pairs.find((each) => each.fromClient) ?? pairs[0];
  if (pair === undefined) return undefined;
  const near = hops.captures[join.from].packet(pair.from);
  const far = hops.captures[join.to].packet(pair.to);
  if (near?.hopLimit === undefined || far?.hopLimit === undefined) return undefined;
  // One capture that has a packet twice just so has no second place.
  if (join.from === join.to && near.hopLimit === far.hopLimit) return undefined;
  const journey = join.kind === 'connection' ? journeyOf(hops.captures[join.from], join.fromId) : undefined;
  return { join, pair, near, far, routers: Math.abs(near.hopLimit - far.hopLimit), journey };
}

/** One of the two places has no MAC addresses. `same`: which packets are one. */
export function withoutMacs({ pair, near, far }: Passage, same: Text, advice: Advice): Finding {
  const macs = [near, far].map(macsText).filter((each) => each !== '');
  const shown = macs.length === 0 ? '' : ` (${macs.join(', ')})`;
  return notVisible(
    'no-link-layer',
    [pair.from],
    {
      en: `${same.en}, but not both have MAC addresses${shown}`,
      ko: `${same.ko}. 그러나 양쪽 모두에 MAC 주소가 있지는 않습니다${shown}`,
    },
    advice,
  );
}

/** "02:… → 02:…", as far as the capture has it: "any" has the sender alone. */
export const macsText = ({ sourceMac, destinationMac }: PacketFacts): string =>
  [sourceMac, destinationMac].filter((each) => each !== undefined).join(' → ');

/** "any" has the sender's MAC address alone: what was not captured does not differ. */
export const sameMacs = (a: PacketFacts, b: PacketFacts): boolean =>
  a.sourceMac === b.sourceMac &&
  (a.destinationMac === b.destinationMac || a.destinationMac === undefined || b.destinationMac === undefined);

export const NOTHING_REASONS = ['no-traffic', 'no-link-layer', 'no-router', 'one-place'];

/** What a rule between two places says where one alone was captured, or nothing that has such places. */
export function onePlace(
  hops: Hops,
  says: Text,
  advice: { text: Text; place: string; file: string },
  routers = true,
): HopFinding[] {
  const found = shown(hops);
  if (found === undefined)
    return [
      {
        ...skipped('no-traffic', [], { en: 'no IP traffic between hosts is here', ko: '호스트 사이의 IP 통신이 없습니다' }),
        capture: 0,
      },
    ];
  const { capture, server, packet } = found;
  const { number } = packet;
  if (!hops.captures.some(hasLinkLayer)) {
    const types = [...new Set(hops.captures.flatMap((each) => each.linkTypes))].join(', ');
    const none = {
      en: `the packets here, as packet ${number}, have no MAC addresses (${types})`,
      ko: `${number}번을 비롯해 여기의 패킷에는 MAC 주소가 없습니다(${types})`,
    };
    return [{ ...skipped('no-link-layer', [number], none), capture: capture.index }];
  }
  if (routers && hops.captures.every(allNeighbours)) {
    const none = {
      en: `${packet.source} and ${packet.destination} are neighbours (packet ${number}, TTL ${packet.hopLimit}): no router is between them`,
      ko: `${together(packet.source)} ${topic(packet.destination)} 같은 링크의 이웃입니다(${number}번 패킷, TTL ${packet.hopLimit}). 그 사이에 라우터가 없습니다`,
    };
    return [{ ...skipped('no-router', [number], none), capture: capture.index }];
  }
  const here = {
    en: `${says.en} (packet ${number} of ${fileText(hops, capture.index)}: ${macsText(packet)})`,
    ko: `${says.ko} (${fileText(hops, capture.index)}의 ${number}번 패킷: ${macsText(packet)})`,
  };
  const command = `tcpdump -i <${advice.place}> -w ${advice.file} host ${server}`;
  return [{ ...notVisible('one-place', [number], here, { text: advice.text, command }), capture: capture.index }];
}

/** Somebody who speaks, to name. */
function shown(hops: Hops): { capture: CaptureFacts; server: string; packet: PacketFacts } | undefined {
  for (const capture of hops.captures)
    for (const { server, request, response } of seenFlows(capture)) {
      const packet = request ?? response;
      if (packet !== undefined) return { capture, server, packet };
    }
  return undefined;
}

const allNeighbours = (capture: CaptureFacts): boolean => {
  const flows = seenFlows(capture);
  return flows.length > 0 && flows.every((each) => onItsLink(each.request) === true && onItsLink(each.response) === true);
};
