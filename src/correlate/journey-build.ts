import type { Text } from '../text/text.ts';
import type { Attempt } from './attempt.ts';
import { attemptOf, tryFrom } from './attempts.ts';
import { closedWindow, overAt } from './closed-window.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import type { JourneyLookup, NameGroup, Pending, Try } from './conversation.ts';
import { evidence } from './evidence.ts';
import { bareName, sameName } from './host-names.ts';
import { grpcNote, resetNote, windowNote } from './http2-notes.ts';
import { awaited, beginning, dnsStage, type Origin, resolutionStage, tlsStage } from './journey-beginning.ts';
import { opaqueStages, tunnelStages } from './opaque-stages.ts';
import type { CloseHow, Evidence, Exchange, Journey, Outcome, Resolution, Stage, TlsSession } from './model.ts';
import type { Place } from './pages.ts';
import { sealedOutcome } from './sealed-quic.ts';
import * as R from './tcp-record.ts';
import { sealedAnswerStages, sealedHalf, sealedRequest, sealedRequestStage } from './sealed-half.ts';
import { Timeline } from './timeline.ts';
import { mayBeWeb } from './tls-services.ts';

const NO_TRIES: Try[] = [];
const byOpening = (a: Try, b: Try): number => a.opened - b.opened || a.connection - b.connection;

const NO_VALUES = {};
const AUTHORITY = { name: ':authority' };

const REUSED: Text = { en: 'connection reused', ko: '연결 재사용' };
const CUT: Text = { en: 'the answer did not come to its end', ko: '응답이 끝까지 오지 않았습니다' };
const CAPTURE_BEGAN: Text = {
  en: 'the capture began after this connection was opened',
  ko: '이 연결이 열린 뒤에 캡처가 시작되었습니다',
};

/** One HTTP exchange: the first of its connection has an origin and carries the connecting, `last` carries the close. */
export function buildExchangeJourney(waiting: Pending, f: ConnectionFacts, origin: Origin | undefined, last: boolean): Journey {
  const { exchange: x, place, url, nth } = waiting;
  const { conversation: c } = f;
  const reasons: Evidence[] = [];
  const tls = c?.tlsAfter(nth - 1);
  x.sealed ??= sealedHalf(x, c?.tls);
  const asked = x.sealed === 'request' ? sealedRequest(x, f) : undefined;
  const requestTime = x.requestTime ?? asked?.start ?? x.responseTime ?? f.time(R.FIRST_TIME);
  const t =
    origin === undefined
      ? goingOn(f, x, nth, tls, requestTime, reasons)
      : beginning(f, requestTime, reasons, x.host, origin, x.requestTime ?? asked?.start);
  // A stream of HTTP/2 that neither ended nor was reset goes on until the connection ends, whichever began last.
  const open = last || (x.http2 !== undefined && !x.complete && x.http2.reset === undefined);
  if (asked !== undefined) sealedRequestStage(t, asked);
  exchangeStages(t, x, f, open);
  if (last) tunnelStages(t, f, x, nth);
  const outcome = x.complete ? 'complete' : brokenOutcome(x, f, open);
  if (last) closeStages(t, f);
  if (place.why !== undefined) reasons.push(placeEvidence(place, x));
  if (c?.lookup !== undefined) hostEvidence(x, c.lookup, reasons);
  const nameless = x.host === undefined && x.scheme === 'https' ? c?.tls : undefined;
  sniEvidence(tls ?? (last ? c?.tlsAfter(nth) : undefined) ?? nameless, reasons);
  // CONNECT asks for a host with a port, not for a page (RFC 9110 §9.3.6).
  const name =
    (x.method === 'CONNECT' ? x.target : bareName(x.host)) || nameless?.sni || c?.lookups?.[0].name || f.server.address;
  const journey = finish(waiting.journey, name, t, outcome, f, reasons, origin);
  journey.page = place.page;
  journey.parent = place.parent;
  journey.exchange = x.id;
  if (url !== undefined) journey.url = url;
  if (x.method !== undefined) journey.method = x.method;
  if (x.status !== undefined) journey.status = x.status;
  if (x.responsePacket !== undefined) journey.responseBytes = x.responseBodyBytes;
  if (!x.whole && (x.sealed === undefined || missesBytes(f))) journey.partial = true;
  return journey;
}

/** On a connection that an earlier exchange has opened. */
function goingOn(
  f: ConnectionFacts,
  x: Exchange,
  nth: number,
  tls: TlsSession | undefined,
  requestTime: number,
  reasons: Evidence[],
): Timeline {
  const t = new Timeline(Math.min(tls?.clientHelloTime ?? tls?.serverHelloTime ?? requestTime, requestTime));
  reuseConnection(t, f);
  // The first request behind a CONNECT has TLS of its own.
  tlsStage(t, tls, x.requestTime);
  const packets = x.requestPacket === undefined ? [] : [x.requestPacket];
  reasons.push(evidence('same-connection', packets, { stream: nth, client: f.client }));
  return t;
}

/** Bytes of the connection were not captured, whatever stays sealed. */
const missesBytes = ({ conversation: c }: ConnectionFacts): boolean =>
  c !== undefined && c.half(0).missingBytes + c.half(1).missingBytes > 0;

/** A connection on which no request can be read: TLS without keys, another protocol, none at all. */
export function buildConnectionJourney(id: number, f: ConnectionFacts, origin: Origin): Journey {
  const reasons: Evidence[] = [];
  const c = f.conversation;
  const tls = c?.tls;
  const t = beginning(f, f.time(R.FIRST_TIME), reasons, tls?.sni, origin, askedAt(f));
  sniEvidence(tls, reasons);
  opaqueStages(t, f);
  const outcome = connectionOutcome(f);
  if (outcome === 'no-request') unusedStage(t, f);
  closeStages(t, f);
  const name = tls?.sni ?? c?.lookups?.[0].name ?? f.server.address;
  const journey = finish(id, name, t, outcome, f, reasons, origin);
  if (tls?.sni !== undefined && mayBeWeb(tls, f.server.port))
    journey.url = `https://${tls.sni}${f.server.port === 443 ? '' : `:${f.server.port}`}/`;
  return journey;
}

/** When the client first spoke behind its handshake. */
function askedAt(f: ConnectionFacts): number | undefined {
  const turn = f.conversation?.turns?.[0];
  return turn?.fromClient ? turn.start : undefined;
}

/** Names that were asked for and led to no connection. */
export function buildLookupJourney(id: number, group: NameGroup, resolution: Resolution | undefined): Journey {
  const { lookups } = group;
  let { start } = lookups[0];
  let answered = false;
  let multicast = false;
  let patient = lookups.length > 2;
  let failed = false;
  for (const l of lookups) {
    start = Math.min(start, l.start);
    if (l.answerPacket !== undefined) answered = true;
    if (l.transport === 'mdns' || l.transport === 'llmnr') multicast = true;
    if (l.repeats.length > 0) patient = true;
    if (l.rcode !== undefined && l.rcode !== 'NOERROR') failed = true;
  }
  const reasons: Evidence[] = [];
  const waited = awaited(resolution, start);
  const t = new Timeline(waited === undefined ? start : Math.min(start, waited.time));
  if (waited !== undefined) resolutionStage(t, waited, reasons, 'resolver-mac');
  dnsStage(t, lookups);
  const silent: Outcome = multicast || !patient ? 'unanswered' : 'timed-out';
  const outcome: Outcome = failed ? 'dns-failed' : answered ? 'no-connection' : silent;
  return {
    id,
    name: group.name,
    url: undefined,
    page: id,
    parent: null,
    client: group.client,
    connection: undefined,
    quic: undefined,
    exchange: undefined,
    lookup: lookups[0].index,
    attempts: undefined,
    start: t.start,
    end: t.cursor,
    outcome,
    stages: t.stages,
    har: t.har(),
    evidence: reasons,
    method: undefined,
    status: undefined,
    responseBytes: undefined,
    partial: undefined,
    packetCount: t.packetCount,
  };
}

function finish(
  id: number,
  name: string,
  t: Timeline,
  outcome: Outcome,
  f: ConnectionFacts,
  reasons: Evidence[],
  origin: Origin | undefined,
): Journey {
  const { conversation: c } = f;
  const tries = origin?.tries ?? NO_TRIES;
  const connection = c?.quic === undefined ? f.id : undefined;
  const attempts = tries.length === 0 ? undefined : attemptsOf(f, tries);
  const har = t.har();
  return {
    id,
    name,
    url: undefined,
    page: id,
    parent: null,
    client: f.client.address,
    connection,
    quic: c?.quic?.id,
    exchange: undefined,
    lookup: c?.lookup?.index,
    attempts,
    start: t.start,
    end: t.cursor,
    outcome,
    stages: t.stages,
    har,
    evidence: reasons,
    method: undefined,
    status: undefined,
    responseBytes: undefined,
    partial: undefined,
    packetCount: t.packetCount,
  };
}

const attemptsOf = (f: ConnectionFacts, tries: Try[]): Attempt[] => [tryFrom(f), ...tries].sort(byOpening).map(attemptOf);

function reuseConnection(t: Timeline, f: ConnectionFacts): void {
  const { conversation: c } = f;
  if (c?.quic !== undefined && c.tls !== undefined) {
    t.reuse('tls', c.tls.packets, c.tls.clientHelloPacket !== undefined ? REUSED : CAPTURE_BEGAN);
    return;
  }
  const packets = f.handshakePackets;
  t.reuse('tcp', packets, packets.length === 0 ? CAPTURE_BEGAN : REUSED);
}

function exchangeStages(t: Timeline, x: Exchange, f: ConnectionFacts, open: boolean): void {
  const { http2, requestTime, responseTime } = x;
  if (requestTime !== undefined) {
    const sent = t.add('send', requestTime, x.requestEndTime ?? requestTime, x.requestPackets, x.requestPacketCount);
    if (http2 !== undefined) sent.note = windowNote(http2.requestWait);
  }
  if (x.sealed === 'response') {
    sealedAnswerStages(t, x, f);
    return;
  }
  // An answer that never came, or never whole, was waited for until the connection broke or the capture ended.
  const given = http2?.reset?.time ?? (open && !x.complete ? overAt(f) : undefined);
  if (responseTime === undefined) {
    if (given !== undefined && requestTime !== undefined && given > t.cursor) unansweredStage(t, x, f, given);
    return;
  }
  if (requestTime !== undefined || t.stages[t.stages.length - 1]?.kind === 'send')
    t.add('wait', t.cursor, responseTime, x.responsePacket === undefined ? [] : [x.responsePacket]);
  const end = Math.max(x.responseEndTime ?? responseTime, given ?? responseTime);
  const stage = t.add('receive', responseTime, end, x.responsePackets, x.responsePacketCount);
  if (given !== undefined) noteCut(stage, x, f);
  if (http2 === undefined) return;
  for (const note of [windowNote(http2.responseWait), grpcNote(http2)])
    if (note !== undefined) stage.note = both(stage.note, note);
}

/** A request waited for its answer until `given`. */
function unansweredStage(t: Timeline, x: Exchange, f: ConnectionFacts, given: number): void {
  const reset = x.http2?.reset;
  const closed = reset === undefined ? closedWindow(f) : undefined;
  // Probes tell that the client had more to send.
  if (closed?.side === 'server' && closed.packets.length > 1) {
    t.add('send', t.cursor, given, closed.packets, closed.packets.length, closed.note);
    return;
  }
  const packets = reset === undefined ? [] : [reset.packet];
  const note = (x.http2 === undefined ? undefined : resetNote(x.http2)) ?? noAnswer(f);
  t.add('wait', t.cursor, given, packets, packets.length, closed?.side === 'server' ? both(note, closed.note) : note);
}

/** An answer that did not come to its end. */
function noteCut(stage: Stage, x: Exchange, f: ConnectionFacts): void {
  const { http2 } = x;
  stage.note = (http2 === undefined ? undefined : resetNote(http2)) ?? CUT;
  const closed = http2?.reset === undefined ? closedWindow(f) : undefined;
  if (closed?.side === 'client') stage.note = both(stage.note, closed.note);
}

function noAnswer(f: ConnectionFacts): Text {
  if (f.unseenSide === 'server') return ONE_SIDED.server;
  if (f.missesAnswer)
    return {
      en: 'the answer was not captured: the client acknowledged bytes that are not here',
      ko: '응답이 캡처되지 않았습니다: 여기에 없는 바이트에 클라이언트가 ACK를 보냈습니다',
    };
  return { en: 'no answer in this capture', ko: '이 캡처에는 응답이 없습니다' };
}

/** By the side that nothing was captured of. */
const ONE_SIDED: Record<'client' | 'server', Text> = {
  client: { en: 'nothing of the client was captured', ko: '클라이언트가 보낸 것은 캡처되지 않았습니다' },
  server: { en: 'nothing of the server was captured', ko: '서버가 보낸 것은 캡처되지 않았습니다' },
};

/** A connection opened in advance, or in vain. */
function unusedStage(t: Timeline, f: ConnectionFacts): void {
  const end = overAt(f);
  if (end <= t.cursor) return;
  t.add('idle', t.cursor, end, [], 0, { en: 'no request was sent on this connection', ko: '이 연결로는 요청이 없었습니다' });
}

function closeStages(t: Timeline, f: ConnectionFacts): void {
  const { closePackets: packets, closeHow: how } = f;
  if (packets.length > 0 && how !== 'refused' && how !== 'unreachable')
    t.add('close', f.time(R.CLOSE_TIME), f.time(R.CLOSE_END), packets, packets.length, closeNote(f));
  const ineffective = f.conversation?.lists?.get('ineffectiveResets');
  if (ineffective === undefined || t.stages.length === 0) return;
  const stage = t.stages[t.stages.length - 1];
  stage.note = both(stage.note, {
    en: `RST in packet ${ineffective[0]}${ineffective.length > 1 ? ' and others' : ''} did not end the connection`,
    ko: `${ineffective[0]}번 패킷${ineffective.length > 1 ? ' 등' : ''}의 RST는 연결을 끝내지 못했습니다`,
  });
}

function closeNote(f: ConnectionFacts): Text | undefined {
  const quic = f.conversation?.quic;
  if (quic !== undefined) return quic.closed;
  const { closeHow } = f;
  if (closeHow === 'fin-both') return undefined;
  const { unseenSide } = f;
  // Whether the side that was not captured has closed as well, nobody knows.
  return unseenSide !== undefined && closeHow !== 'reset' ? ONE_SIDED[unseenSide] : CLOSE_NOTES[closeHow];
}

const both = (first: Text | undefined, second: Text): Text =>
  first === undefined ? second : { en: `${first.en}; ${second.en}`, ko: `${first.ko}; ${second.ko}` };

const CLOSE_NOTES: Partial<Record<CloseHow, Text>> = {
  reset: { en: 'by reset (RST)', ko: '리셋(RST)으로 끝남' },
  'fin-client-only': { en: 'only the client closed', ko: '클라이언트만 닫았습니다' },
  'fin-server-only': { en: 'only the server closed', ko: '서버만 닫았습니다' },
};

/** Of an exchange that is not complete. */
function brokenOutcome(x: Exchange, f: ConnectionFacts, open: boolean): Outcome {
  // What the client does afterwards does not tell what the server had said.
  if (x.sealed === 'response') return 'unknown';
  if (!x.whole && x.status === undefined && x.responseTime === undefined && x.http2?.reset?.from === 'client') return 'unknown';
  if (x.http2?.reset !== undefined) return x.http2.reset.frame === 'GOAWAY' ? 'unanswered' : 'reset';
  if (open && f.closeHow === 'reset') return 'reset';
  // Of one direction nobody can say whether the other one spoke; nor of what the capture has lost.
  if (x.responseTime === undefined && (f.unseenSide === 'server' || f.missesAnswer)) return 'unknown';
  if (x.responseTime === undefined) return open && f.closeHow === 'open' ? 'in-progress' : 'unanswered';
  return open && f.closeHow === 'open' ? 'in-progress' : 'incomplete';
}

function connectionOutcome(f: ConnectionFacts): Outcome {
  const sealed = sealedOutcome(f);
  if (sealed !== undefined) return sealed;
  if (f.closeHow === 'refused' || f.closeHow === 'unreachable') return 'refused';
  // One SYN without an answer may just be the end of the capture; a repeated one was waited for.
  if (f.closeHow === 'unanswered') return f.synCount > 1 ? 'timed-out' : 'unanswered';
  const c = f.conversation;
  const tls = c?.tls;
  const alert = tls?.finishedTime === undefined && tls?.alerts.some(({ level }) => level === 'fatal');
  if (f.unseenSide !== undefined && f.closeHow !== 'reset' && !alert) {
    const asked = c !== undefined && c.half(f.clientSide).payloadBytes > 0;
    return asked || f.unseenSide === 'client' || f.closeHow === 'open' ? 'unknown' : 'no-request';
  }
  if (tls !== undefined && tls.finishedTime === undefined && tls.firstApplicationDataTime === undefined) {
    if (alert) return 'tls-failed';
    const server = c?.half(f.clientSide === 0 ? 1 : 0);
    if (
      tls.clientHelloPacket !== undefined &&
      tls.serverHelloPacket === undefined &&
      server !== undefined &&
      server.streamBytes > 0 &&
      !f.missesAnswer
    )
      return 'tls-failed';
  }
  const talked = c !== undefined && (c.half(0).payloadBytes > 0 || c.half(1).payloadBytes > 0);
  if (!talked) return f.closeHow === 'reset' ? 'reset' : 'no-request';
  const asked = tls?.finishedTime === undefined ? 0 : (c.turns?.findIndex((turn) => turn.fromClient) ?? -1);
  const unasked = asked < 0 && (c.turns !== undefined || f.firstCloser === 'client');
  if (f.closeHow === 'reset' && !unasked && c.turns?.[c.turns.length - 1].fromClient !== false) return 'reset';
  if (asked < 0) return 'no-request';
  if (f.closeHow === 'open') return 'in-progress';
  if (tls?.finishedTime !== undefined && !c.turns?.some((turn, i) => i > asked && !turn.fromClient)) return 'unanswered';
  // What was said before the capture began, or in which protocol, nobody can tell: it may have gone well or not.
  return f.word(R.SYN_PACKET) === 0 && f.word(R.SYN_ACK_PACKET) === 0 ? 'unknown' : 'complete';
}

function placeEvidence(place: Place, x: Exchange): Evidence {
  const packets = [place.packet ?? 0];
  if (x.requestPacket !== undefined) packets.push(x.requestPacket);
  return evidence(place.why ?? 'referer', packets, NO_VALUES);
}

function hostEvidence(x: Exchange, lookup: JourneyLookup, reasons: Evidence[]): void {
  if (x.host === undefined || x.requestPacket === undefined || !sameName(x.host, lookup.name)) return;
  // RFC 9113 §8.3.1 and RFC 9114 §4.3.1.
  const field = x.version === '2' || x.version === '3' ? AUTHORITY : NO_VALUES;
  reasons.push(evidence('host', [lookup.packet, x.requestPacket], field));
}

function sniEvidence(tls: TlsSession | undefined, reasons: Evidence[]): void {
  if (tls?.sni !== undefined && tls.clientHelloPacket !== undefined)
    reasons.push(evidence('sni', [tls.clientHelloPacket], { name: tls.sni }));
}
