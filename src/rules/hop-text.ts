import type { Text } from '../text/text.ts';
import type { CaptureFacts } from './facts.ts';
import type { HopJoin, Hops, PacketPair } from './hops.ts';
import type { Finding } from './rule.ts';

export type HopFinding = Finding & { capture: number };

/** A capture's name without its folders, where that says which one is meant. */
export function fileText(hops: Hops, capture: number): string {
  const short = (c: CaptureFacts): string => c.file.replace(/^.*[\\/]/, '');
  const name = short(hops.captures[capture]);
  return hops.captures.filter((c) => short(c) === name).length > 1 ? hops.captures[capture].file : name;
}

/** "packet 7 of inside.pcap is packet 5 of outside.pcap" */
export function samePacketText(hops: Hops, { from, to }: HopJoin, pair: PacketPair): Text {
  if (from === to)
    return {
      en: `packets ${pair.from} and ${pair.to} are one packet on both sides`,
      ko: `${pair.from}번과 ${pair.to}번은 양쪽에서 잡힌 같은 패킷입니다`,
    };
  const [near, far] = [fileText(hops, from), fileText(hops, to)];
  return {
    en: `packet ${pair.from} of ${near} is packet ${pair.to} of ${far}`,
    ko: `${near}의 ${pair.from}번 패킷은 ${far}의 ${pair.to}번 패킷입니다`,
  };
}

/** The finding with its packets on the far side of a join, and the capture and journey that it is about. */
export function across(finding: Finding, join: HopJoin, farPackets: (number | undefined)[], journey?: number): HopFinding {
  const far = [...new Set(farPackets.filter((each) => each !== undefined))];
  const own = join.from === join.to ? [...new Set([...finding.packets, ...far])] : finding.packets;
  return {
    ...finding,
    packets: own,
    capture: join.from,
    ...(join.from === join.to || far.length === 0 ? {} : { elsewhere: [{ capture: join.to, packets: far }] }),
    ...(journey === undefined ? {} : { journey }),
  };
}

/** The journeys of an exchange, or of a connection, in a capture: the first one. */
export function journeyOf(capture: CaptureFacts, connection: number, exchange?: number): number | undefined {
  if (connection < 0) return exchange === undefined ? undefined : overQuic(capture).get(exchange);
  const journeys = capture.journeysOn(connection);
  return (exchange === undefined ? journeys[0] : journeys.find((j) => j.exchange === exchange))?.id;
}

const quicJourneys = new WeakMap<CaptureFacts, Map<number, number>>();

/** Journeys over QUIC by their exchanges. */
function overQuic(capture: CaptureFacts): Map<number, number> {
  let byExchange = quicJourneys.get(capture);
  if (byExchange === undefined) {
    byExchange = new Map();
    for (const { id, quic, exchange } of capture.journeys)
      if (quic !== undefined && exchange !== undefined) byExchange.set(exchange, id);
    quicJourneys.set(capture, byExchange);
  }
  return byExchange;
}
