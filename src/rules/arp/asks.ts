import type { Resolution } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { notVisible, skipped } from '../findings.ts';
import { onItsLink, seenFlows } from '../seen-flows.ts';
import type { Finding } from '../rule.ts';

const REQUEST = 1;
const REPLY = 2;
const NOBODY = '0.0.0.0';
/** ARP packets that are looked at, and groups of questions that get a finding of their own. */
const MAX_PACKETS = 5000;
export const MAX_GROUPS = 30;
/** A reply that comes later answers nothing that was still waiting, in nanoseconds. */
const ANSWERS_WITHIN = 3e9;

export interface Reply {
  packet: number;
  time: number;
  mac: string;
  /** Destination of its frame; undefined where the link layer has none. */
  frameTo: string | undefined;
}

/** An ARP request. Probes have no sender address yet, announcements ask for their own (RFC 5227 §1.1). */
export interface Ask {
  kind: 'question' | 'probe' | 'announcement';
  packet: number;
  time: number;
  mac: string;
  address: string;
  target: string;
  targetMac: string;
  frameTo: string | undefined;
  /** One of each MAC that answered. */
  replies: Reply[];
}

/** The questions of one host for one address, in their order. */
export interface Group {
  mac: string;
  address: string;
  target: string;
  asks: Ask[];
}

const made = new WeakMap<CaptureFacts, Ask[]>();

export function asksOf(capture: CaptureFacts): Ask[] {
  const known = made.get(capture);
  if (known !== undefined) return known;
  const records: Resolution[] = [];
  for (const each of capture.resolutions) {
    if (each.kind !== 'arp') continue;
    if (records.length >= MAX_PACKETS) break;
    records.push(each);
  }
  records.sort((a, b) => a.packet - b.packet);
  const asks: Ask[] = [];
  const waiting = new Map<string, Ask>();
  for (const each of records) {
    const frameTo = capture.packet(each.packet)?.destinationMac;
    const { packet, time, senderMac: mac, senderAddress: address, targetAddress: target, targetMac } = each;
    if (each.operation === REQUEST) {
      const kind = address === NOBODY ? 'probe' : address === target ? 'announcement' : 'question';
      const ask: Ask = { kind, packet, time, mac, address, target, targetMac, frameTo, replies: [] };
      asks.push(ask);
      waiting.set(`${address} ${target}`, ask);
    } else if (each.operation === REPLY) {
      const ask = waiting.get(`${target} ${address}`);
      const isAnswer = ask !== undefined && time - ask.time < ANSWERS_WITHIN && ask.replies.every((reply) => reply.mac !== mac);
      if (isAnswer) ask.replies.push({ packet, time, mac, frameTo });
    }
  }
  made.set(capture, asks);
  return asks;
}

const byWhom = new WeakMap<CaptureFacts, Map<string, Ask[]>>();

/** What a MAC asks for an address, in the order of asking. */
export function asksBy(capture: CaptureFacts, mac: string, target: string): Ask[] {
  let index = byWhom.get(capture);
  if (index === undefined) {
    index = new Map();
    for (const ask of asksOf(capture)) {
      const list = index.get(`${ask.mac} ${ask.target}`);
      if (list === undefined) index.set(`${ask.mac} ${ask.target}`, [ask]);
      else list.push(ask);
    }
    byWhom.set(capture, index);
  }
  return index.get(`${mac} ${target}`) ?? [];
}

/** Questions by who asks for whom. */
export function groupsOf(capture: CaptureFacts, kind: Ask['kind'] = 'question'): Group[] {
  const groups = new Map<string, Group>();
  for (const ask of asksOf(capture)) {
    if (ask.kind !== kind) continue;
    const key = `${ask.mac} ${ask.address} ${ask.target}`;
    const group = groups.get(key);
    if (group !== undefined) group.asks.push(ask);
    else groups.set(key, { mac: ask.mac, address: ask.address, target: ask.target, asks: [ask] });
  }
  return [...groups.values()];
}

const boundTo = new WeakMap<CaptureFacts, Map<string, { address: string; packet: number }[]>>();

/** The addresses that a MAC has by ARP and NDP, its own words included. */
export function addressesOf(capture: CaptureFacts, mac: string): { address: string; packet: number }[] {
  let index = boundTo.get(capture);
  if (index === undefined) {
    index = new Map();
    const add = (owner: string, address: string, packet: number): void => {
      const list = index?.get(owner) ?? [];
      if (address === NOBODY || address === '::' || list.some((each) => each.address === address)) return;
      list.push({ address, packet });
      index?.set(owner, list);
    };
    let count = 0;
    for (const r of capture.resolutions) {
      if (count++ > MAX_PACKETS) break;
      if (r.operation !== 136) add(r.senderMac, r.senderAddress, r.packet);
      // An advertisement is of its target's address, which need not be the one it is sent from.
      else add(r.senderMac, r.targetAddress, r.packet);
      if (r.answerMac !== undefined) add(r.answerMac, r.targetAddress, r.answerPacket ?? r.packet);
    }
    boundTo.set(capture, index);
  }
  return index.get(mac) ?? [];
}

const unicast = new WeakMap<CaptureFacts, Set<string>>();

/**
 * Does every answer to this MAC pass here? Surely so where it is one end of each frame to one host, and no other MAC is: where
 * two are, the other one may be who captured, and answers of third ones go past it.
 */
export function isWithin(capture: CaptureFacts, mac: string): boolean {
  let common = unicast.get(capture);
  if (common === undefined) {
    const ends: (string | undefined)[][] = [];
    for (const ask of asksOf(capture)) for (const reply of ask.replies) ends.push([ask.mac, reply.mac]);
    for (const { request, response } of seenFlows(capture))
      for (const packet of [request, response])
        if (packet?.destinationMac !== undefined) ends.push([packet.sourceMac, packet.destinationMac]);
    common = new Set(
      (ends[0] ?? []).filter((each) => each !== undefined && ends.every((pair) => pair.includes(each))) as string[],
    );
    unicast.set(capture, common);
  }
  return common.size === 1 && common.has(mac);
}

export const NO_QUESTION_REASONS = ['ndp', 'no-link-layer', 'no-question'];

/** What a rule about ARP says where nobody asks by it. */
export function noQuestion(capture: CaptureFacts): Finding {
  for (const each of capture.resolutions) {
    if (each.kind !== 'ndp') continue;
    return skipped('ndp', [each.packet, each.answerPacket], {
      en: `no ARP is here: IPv6 finds its neighbours by Neighbor Discovery (RFC 4861), as in packet ${each.packet}`,
      ko: `ARP가 없습니다. IPv6에서는 ${each.packet}번 패킷처럼 NDP(RFC 4861)로 이웃의 MAC 주소를 알아냅니다`,
    });
  }
  if (!hasLinkLayer(capture))
    return skipped('no-link-layer', [], {
      en: `the packets of this capture have no MAC addresses (${capture.linkTypes.join(', ')}): nothing is to be resolved`,
      ko: `이 캡처의 패킷에는 MAC 주소가 없으므로(${capture.linkTypes.join(', ')}) 알아낼 주소도 없습니다`,
    });
  return skipped('no-question', [], {
    en: 'nobody asks by ARP in this capture: those who send know the MAC addresses already',
    ko: '이 캡처에는 ARP로 묻는 패킷이 없습니다. 보내는 쪽이 MAC 주소를 이미 알고 있습니다',
  });
}

/** Ethernet and its like; "any" has the sender's MAC alone. */
export function hasLinkLayer(capture: CaptureFacts): boolean {
  for (let number = 1; number <= Math.min(capture.packetCount, 50); number++)
    if (capture.packet(number)?.sourceMac !== undefined) return true;
  return false;
}

/** What to capture where somebody asks for the way to this host; undefined: for any. */
export const arpAnd = (host: string | undefined): string => (host === undefined ? 'arp' : `arp or host ${host}`);

/** Frames whose destination the capture does not have: "any", cooked. */
export const noDestination = (capture: CaptureFacts, packets: number[], filter: string): Finding =>
  notVisible(
    'no-destination-mac',
    packets,
    {
      en: `packet ${packets[0]} was captured without its destination MAC address (${capture.linkTypes.join(', ')})`,
      ko: `${packets[0]}번 패킷은 목적지 MAC 주소 없이 캡처되었습니다(${capture.linkTypes.join(', ')})`,
    },
    {
      text: { en: 'capture on the one interface and not on "any"', ko: 'any 대신 실제 인터페이스 하나에서 캡처하세요' },
      command: `tcpdump -i <eth0> -w arp.pcap '${filter}'`,
    },
  );

export const BROADCAST = 'ff:ff:ff:ff:ff:ff';

/** "3 questions (packets 1, 5, 9)" without more numbers than a reader follows. */
export const numbersOf = (packets: number[]): string =>
  packets.length > 4 ? `${packets.slice(0, 3).join(', ')} … ${packets.at(-1)}` : packets.join(', ');

/** Who asks again within this has got no answer, in nanoseconds. Linux asks three times, about 1 s apart. */
export const AGAIN = 5e9;

/** Asked again at once: what was asked before had no answer, wherever that would have gone. */
export const isRepeated = (asks: Ask[]): boolean =>
  asks.some((ask, i) => i > 0 && ask.time - asks[i - 1].time <= AGAIN && asks[i - 1].replies.length === 0);

/** A MAC through which this host reaches other networks: answers from there come by it, and nobody asked it for them. */
export function isGateway(capture: CaptureFacts, mac: string, host: string): boolean {
  return seenFlows(capture).some(({ server, request, response }) => {
    if (request?.sourceMac !== host || request.destinationMac !== mac || response?.sourceMac !== mac) return false;
    const asked = asksBy(capture, host, server).length > 0;
    return !asked && onItsLink(request) === true && onItsLink(response) === false;
  });
}
