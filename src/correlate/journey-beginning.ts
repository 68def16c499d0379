import { particles } from '../text/particles.ts';
import type { Text } from '../text/text.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { Conversation, JourneyLookup, Try } from './conversation.ts';
import { ATTEMPT_SAYS, evidence } from './evidence.ts';
import { hostPort, sameName } from './host-names.ts';
import type { Evidence, Resolution, Stage, TlsSession } from './model.ts';
import { EMPTY, inOrder } from './packet-list.ts';
import { silentUntil } from './sealed-quic.ts';
import * as R from './tcp-record.ts';
import { Timeline } from './timeline.ts';

const FOREVER = Number.POSITIVE_INFINITY;
const LOOKED_UP: Text = { en: 'the name was looked up earlier', ko: '이름은 이전에 이미 조회되었습니다' };
const NO_ANSWER: Text = { en: 'no answer in this capture', ko: '이 캡처에는 응답이 없습니다' };

/** What came before a connection's first request besides the connection itself. */
export interface Origin {
  /** The lookups are this journey's own: no earlier one was the first to make use of them. */
  owns: boolean;
  /** Attempts to connect that came to nothing, in their order. */
  tries: Try[];
  /** Where it has more of its own than its connection's: calls made at the same moment that nothing else made use of. */
  lookups: JourneyLookup[] | undefined;
}

/** Resolution, lookup, handshake, TLS: everything before the first request, which was sent at `asked`. */
export function beginning(
  f: ConnectionFacts,
  firstByte: number,
  reasons: Evidence[],
  name: string | undefined,
  origin: Origin,
  asked: number | undefined,
): Timeline {
  const c = f.conversation;
  const { owns, tries } = origin;
  const opened = openedAt(f, firstByte);
  let first = opened;
  let packet = f.word(R.FIRST);
  const before = tries.length === 0 ? tries : tries.filter((t) => t.opened < opened);
  if (before.length > 0) {
    first = Math.min(opened, before[0].opened);
    packet = Math.min(packet, before[0].packets[0]);
  }
  const lookups = askedBefore(origin.lookups ?? c?.lookups ?? EMPTY, packet);
  const own = owns && lookups.length > 0;
  let lookedUp = first;
  for (let i = 0; own && i < lookups.length; i++) lookedUp = Math.min(lookedUp, lookups[i].start);
  const forLookup = own ? awaited(c?.names?.resolution, lookedUp) : undefined;
  const nextHop = awaited(c?.resolution, opened);
  const firstHop = before.length === 0 ? nextHop : awaited(before[0].resolution, first);
  const t = new Timeline(Math.min(lookedUp, forLookup?.time ?? lookedUp, firstHop?.time ?? lookedUp));
  // The next hop may have been asked for before the name was.
  const early = nextHop !== undefined && before.length === 0 && (!own || nextHop.time < lookedUp);
  if (early) resolutionStage(t, nextHop, reasons, 'next-hop-mac');
  if (forLookup !== undefined) resolutionStage(t, forLookup, reasons, 'resolver-mac');
  if (own) dnsStage(t, lookups, first, packet);
  else if (lookups.length > 0) reuseLookups(t, lookups);
  if (c?.lookup?.answerPacket !== undefined) answerEvidence(f, c.lookup, name, reasons);
  if (tries.length > 0) attemptStages(t, f, tries, before, opened, reasons);
  if (nextHop !== undefined && !early) resolutionStage(t, nextHop, reasons, 'next-hop-mac');
  handshakeStage(t, f);
  tlsStage(t, c?.tlsAfter(0), asked, silentUntil(f));
  return t;
}

function openedAt(f: ConnectionFacts, firstByte: number): number {
  if (f.synPacket !== 0 || f.synAckPacket !== 0) return f.time(f.synPacket !== 0 ? R.SYN_TIME : R.SYN_ACK_TIME);
  return Math.min(f.time(R.FIRST_TIME), firstByte);
}

/** As a rule all of them were. */
function askedBefore(lookups: JourneyLookup[], packet: number): JourneyLookup[] {
  for (let i = 0; i < lookups.length; i++)
    if (lookups[i].packet >= packet) return lookups.filter((other) => other.packet < packet);
  return lookups;
}

/** (A `flatMap` would make an array of another kind than all other lists are.) */
function reuseLookups(t: Timeline, lookups: JourneyLookup[]): void {
  const packets: number[] = [];
  for (const l of lookups) {
    packets.push(l.packet);
    if (l.answerPacket !== undefined) packets.push(l.answerPacket);
  }
  t.reuse('dns', packets, LOOKED_UP);
}

/** A packet waited for an answer only if that came before the packet did. */
export function awaited(r: Resolution | undefined, until: number): Resolution | undefined {
  return r?.answerTime !== undefined && r.answerTime <= until ? r : undefined;
}

export function resolutionStage(t: Timeline, r: Resolution, reasons: Evidence[], join: 'next-hop-mac' | 'resolver-mac'): void {
  const packets = r.answerPacket === undefined ? [r.packet] : [r.packet, r.answerPacket];
  t.add(r.kind, r.time, r.answerTime ?? r.time, packets);
  reasons.push(evidence(join, packets, { mac: r.answerMac ?? '?', address: r.targetAddress }));
}

/** `until`, `before`: when and in which packet the connection was opened; what came later, nobody waited for. */
export function dnsStage(t: Timeline, lookups: JourneyLookup[], until = FOREVER, before = FOREVER): void {
  let start = FOREVER;
  let end = -FOREVER;
  let asked = -FOREVER;
  for (let i = 0; i < lookups.length; i++) {
    const l = lookups[i];
    start = Math.min(start, l.start);
    if (l.end !== undefined && l.end <= until) end = Math.max(end, l.end);
    if (l.lastAsked <= until) asked = Math.max(asked, l.lastAsked);
  }
  asked = Math.max(asked, start);
  // Without an answer the client waited at least until it asked for the last time.
  const stage = t.add('dns', start, end === -FOREVER ? asked : Math.max(start, end), packetsOf(lookups, before));
  if (end === -FOREVER) stage.note = NO_ANSWER;
}

function packetsOf(lookups: JourneyLookup[], before: number): number[] {
  const { packet, repeats, answerPacket } = lookups[0];
  // Most journeys have one lookup: a list as long as it has to be.
  if (lookups.length === 1 && repeats.length === 0 && packet < before)
    return answerPacket === undefined || answerPacket >= before ? [packet] : [packet, answerPacket];
  const packets: number[] = [];
  for (const l of lookups) {
    if (l.packet < before) packets.push(l.packet);
    for (const repeat of l.repeats) if (repeat < before) packets.push(repeat);
    if (l.answerPacket !== undefined && l.answerPacket < before) packets.push(l.answerPacket);
  }
  return inOrder(packets);
}

function answerEvidence(f: ConnectionFacts, l: JourneyLookup, name: string | undefined, reasons: Evidence[]): void {
  const otherName = name === undefined || sameName(name, l.name) ? undefined : name;
  const { address } = f.server;
  reasons.push(evidence('answer-address', [l.packet, l.answerPacket as number], { name: l.name, address, otherName }));
  sameClient(l, f.client.address, f.conversation?.card, f.word(R.FIRST), reasons);
}

/** The question came from another address than the connection. */
function sameClient(l: JourneyLookup, address: string, card: string | undefined, packet: number, reasons: Evidence[]): void {
  if (card === undefined || l.client.address === address) return;
  reasons.push(evidence('same-client', [l.packet, packet], { mac: card, address, otherName: l.client.address }));
}

/** `before`: those of them that were begun before the connection itself. */
function attemptStages(t: Timeline, f: ConnectionFacts, tries: Try[], before: Try[], opened: number, reasons: Evidence[]): void {
  for (let i = 0; i < before.length; i++) attemptStage(t, before[i], i + 1 < before.length ? before[i + 1] : f, opened, reasons);
  for (const attempt of tries) attemptEvidence(attempt, f.conversation, reasons);
}

/** An attempt counts until it is over, or until the client tries the next address. */
function attemptStage(t: Timeline, attempt: Try, next: Try | ConnectionFacts, opened: number, reasons: Evidence[]): void {
  const until = 'opened' in next ? next.opened : opened;
  const packet = 'opened' in next ? next.packets[0] : next.word(R.FIRST);
  const resolution = awaited(attempt.resolution, attempt.opened);
  if (resolution !== undefined) resolutionStage(t, resolution, reasons, 'next-hop-mac');
  const packets = attempt.packets.filter((p) => p < packet);
  const where = hostPort(attempt.server);
  const says = ATTEMPT_SAYS[attempt.outcome];
  t.add('tcp', attempt.opened, Math.min(attempt.over, until), packets, packets.length, {
    en: `attempt to ${where}: ${says.en}`,
    ko: particles(`${where}(으)로 시도: ${says.ko}`),
  });
}

function attemptEvidence(attempt: Try, c: Conversation | undefined, reasons: Evidence[]): void {
  const { server, outcome, packets } = attempt;
  const lookup = c?.lookups?.find((l) => l.addresses.includes(server.address));
  const answer = lookup?.answerPacket ?? 0;
  reasons.push(
    evidence('attempt', answer === 0 ? [packets[0]] : [answer, packets[0]], {
      name: lookup?.name ?? '?',
      address: hostPort(server),
      outcome,
    }),
  );
  if (lookup !== undefined) sameClient(lookup, attempt.client.address, attempt.card, packets[0], reasons);
}

function handshakeStage(t: Timeline, f: ConnectionFacts): void {
  const { synPacket, synAckPacket, ackPacket, closeHow: how } = f;
  if (synPacket === 0 && synAckPacket === 0) return;
  const refused = how === 'refused' || how === 'unreachable';
  const start = synPacket !== 0 ? R.SYN_TIME : R.SYN_ACK_TIME;
  let end = ackPacket !== 0 ? R.ACK_TIME : R.SYN_ACK_TIME;
  if (ackPacket === 0 && synAckPacket === 0) end = refused ? R.CLOSE_TIME : how === 'unanswered' ? R.LAST_TIME : start;
  let packets = f.handshakePackets;
  if (refused) packets = inOrder([...packets, ...f.closePackets]);
  const stage = t.add('tcp', f.time(start), f.time(end), packets);
  if (refused || synPacket === 0 || synAckPacket === 0 || f.synsAgain !== undefined) noteHandshake(stage, f);
}

/** What was unusual about it. */
function noteHandshake(stage: Stage, f: ConnectionFacts): void {
  const { synPacket, synAckPacket, closeHow: how } = f;
  if (f.synCount > 1) stage.note = { en: `SYN sent ${f.synCount} times`, ko: `SYN을 ${f.synCount}번 보냈습니다` };
  if (how === 'unreachable')
    stage.note = { en: 'an ICMP error answered: unreachable', ko: 'ICMP 오류가 답했습니다: 도달할 수 없음' };
  else if (how === 'refused') stage.note = { en: 'refused: the SYN was answered by RST', ko: '거부됨: SYN에 RST로 답했습니다' };
  else if (synPacket === 0) stage.note = { en: 'the SYN was not captured', ko: 'SYN이 캡처되지 않았습니다' };
  else if (synAckPacket === 0 && how !== 'unanswered')
    stage.note = { en: 'the answer to the SYN was not captured', ko: 'SYN에 대한 응답이 캡처되지 않았습니다' };
}

/** `silent`: until when the client waited for an answer that never came, where it did. */
export function tlsStage(t: Timeline, s: TlsSession | undefined, asked: number | undefined, silent?: number): void {
  const start = s?.clientHelloTime ?? s?.serverHelloTime;
  if (s === undefined || start === undefined) return;
  const { finishedTime } = s;
  if (finishedTime === undefined) brokenTlsStage(t, s, start, silent);
  else if (asked === undefined || asked >= finishedTime) {
    const stage = t.add('tls', start, finishedTime, s.packets);
    if (s.note !== undefined) stage.note = s.note;
  } else t.add('tls', start, Math.min(asked, s.clientFinishedTime ?? asked), s.packets, s.packets.length, earlyNote(s, asked));
}

/** Of a handshake whose end was not seen. */
function brokenTlsStage(t: Timeline, s: TlsSession, start: number, silent: number | undefined): void {
  const fatal = s.alerts.find((alert) => alert.level === 'fatal');
  const end = fatal?.time ?? s.firstApplicationDataTime ?? s.serverHelloTime ?? silent ?? start;
  const packets = fatal === undefined ? s.packets : inOrder([...s.packets, fatal.packet]);
  const stage = t.add('tls', start, end, packets);
  stage.note =
    silent !== undefined
      ? NO_ANSWER
      : fatal === undefined
        ? { en: 'the handshake’s end is not visible', ko: '핸드셰이크의 끝이 보이지 않습니다' }
        : {
            en: `ended by the ${fatal.from}’s fatal alert in packet ${fatal.packet}: ${fatal.description}`,
            ko: `${fatal.packet}번 패킷에서 ${fatal.from === 'client' ? '클라이언트' : '서버'}가 보낸 치명적 경고로 끝남: ${fatal.description}`,
          };
}

/** The client asked before the handshake was over: it waited only until then. */
function earlyNote({ serverHelloTime, finishedPacket }: TlsSession, asked: number): Text {
  return serverHelloTime === undefined || asked < serverHelloTime
    ? {
        en: `0-RTT: the client sent its request before the handshake was over in packet ${finishedPacket} (RFC 8446 §2.3)`,
        ko: `0-RTT: 핸드셰이크가 ${finishedPacket}번 패킷에서 끝나기 전에 클라이언트가 요청을 보냈습니다 (RFC 8446 §2.3)`,
      }
    : {
        en: `False Start: the client did not wait for the server’s Finished in packet ${finishedPacket} (RFC 7918)`,
        ko: `False Start: 클라이언트가 ${finishedPacket}번 패킷의 서버 Finished를 기다리지 않았습니다 (RFC 7918)`,
      };
}
