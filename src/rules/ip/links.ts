import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { Flag, type PacketFacts } from '../packet.ts';

/** Records of each kind whose frames are looked at. */
const LOOK = 500;
const RESOLUTIONS = 5000;
/** First packets of a connection among which one of each direction is looked for. */
const BEGINNING = 16;
const ETHERNET = 1;
/** Addresses that several routers share: VRRP and CARP, HSRP, GLBP (RFC 9568 §7.3). */
const SHARED = /^(00:00:5e:00:0[12]|00:00:0c:07:ac|00:00:0c:9f:f|00:05:73:a0|00:07:b4)/i;

interface Links {
  /** "sender>receiver" of frames in the capture; "sender>*" of broadcasts. */
  frames: Set<string>;
  /** By MAC address, an IP address that ARP or NDP gave it. */
  owners: Map<string, string>;
}

const made = new WeakMap<CaptureFacts, Links>();

function linksOf(capture: CaptureFacts): Links {
  const known = made.get(capture);
  if (known !== undefined) return known;
  const frames = new Set<string>();
  const owners = new Map<string, string>();
  let count = 0;
  for (const each of capture.resolutions) {
    if (count++ >= RESOLUTIONS) break;
    frames.add(`${each.senderMac}>*`);
    if (isAddress(each.senderAddress)) owners.set(each.senderMac, each.senderAddress);
    if (each.answerMac === undefined) continue;
    frames.add(`${each.answerMac}>${each.senderMac}`);
    if (isAddress(each.targetAddress)) owners.set(each.answerMac, each.targetAddress);
  }
  const note = (number: number | undefined): void => {
    const packet = number === undefined ? undefined : capture.packet(number);
    if (packet?.sourceMac !== undefined && packet.destinationMac !== undefined)
      frames.add(`${packet.sourceMac}>${packet.destinationMac}`);
  };
  count = 0;
  for (const { handshake } of capture.connections) {
    if (count++ >= LOOK) break;
    note(handshake?.syn[0]);
    note(handshake?.synAck[0]);
  }
  count = 0;
  for (const { packet, answerPacket } of capture.lookups) {
    if (count++ >= LOOK) break;
    note(packet);
    note(answerPacket);
  }
  const links = { frames, owners };
  made.set(capture, links);
  return links;
}

const isAddress = (address: string): boolean => address !== '0.0.0.0' && address !== '::' && address !== '';

/** Does the capture have a frame against the direction of this packet: from whom it goes to, to whom it comes from or to all? */
export function takesBothWays(capture: CaptureFacts, packet: PacketFacts): boolean {
  if (capture.dropped !== undefined && capture.dropped > 0) return false;
  const { frames } = linksOf(capture);
  const { sourceMac, destinationMac } = packet;
  return frames.has(`${destinationMac}>${sourceMac}`) || frames.has(`${destinationMac}>*`);
}

/** Requests come from one router of the link and answers go to another one, both known by ARP or NDP: packets of each. */
export function twoRouters(capture: CaptureFacts, c: Connection): TwoRouters | undefined {
  if (c.segments?.duplicates !== undefined) return undefined;
  const { syn, synAck } = c.handshake ?? { syn: [], synAck: [] };
  const [from, to] = [capture.packet(syn[0] ?? -1), capture.packet(synAck[0] ?? -1)];
  if (from === undefined || to === undefined || from.linkType !== ETHERNET || to.linkType !== ETHERNET) return undefined;
  const { owners } = linksOf(capture);
  for (const [one, other] of [
    [from.sourceMac, to.destinationMac],
    [from.destinationMac, to.sourceMac],
  ] as const) {
    if (one === undefined || other === undefined || one === other || SHARED.test(one) || SHARED.test(other)) continue;
    const [a, b] = [owners.get(one), owners.get(other)];
    if (a === undefined || b === undefined || a === b) continue;
    return { request: from.number, answer: to.number, macs: [one, other], owners: [a, b] };
  }
  return undefined;
}

export interface TwoRouters {
  request: number;
  answer: number;
  macs: [string, string];
  owners: [string, string];
}

/** An answer came, and goes back to the MAC address that its request came from, as far as the link has such. */
export function answersBySameRouter(capture: CaptureFacts, { handshake }: Connection): boolean {
  const [from, to] = [capture.packet(handshake?.syn[0] ?? -1), capture.packet(handshake?.synAck[0] ?? -1)];
  if (from === undefined || to === undefined) return false;
  const isSame = (a: string | undefined, b: string | undefined): boolean => a === undefined || b === undefined || a === b;
  return isSame(from.sourceMac, to.destinationMac) && isSame(from.destinationMac, to.sourceMac);
}

/** So many packets of one direction are no chance, if the connection began in the capture, and so many where it did not. */
const ENOUGH = { begun: 3, older: 10 };

/**
 * A packet of the only direction that a capture has of a connection, where its acknowledgment shows that there is another one;
 * undefined for few.
 */
export function onlyDirection(capture: CaptureFacts, c: Connection): PacketFacts | undefined {
  if (c.fromClient.packets > 0 && c.fromServer.packets > 0) return undefined;
  // What was under way when the capture began, and ended at once, may have been answered by nobody.
  const begun = (c.handshake?.syn.length ?? 0) + (c.handshake?.synAck.length ?? 0) > 0;
  if (c.fromClient.packets + c.fromServer.packets < (begun ? ENOUGH.begun : ENOUGH.older)) return undefined;
  for (const number of capture.packetsFrom(c.id, c.firstPacket, BEGINNING)) {
    const packet = capture.packet(number);
    if (packet?.tcp !== undefined && (packet.tcp.flags & (Flag.ack | Flag.rst)) === Flag.ack) return packet;
  }
  return undefined;
}
