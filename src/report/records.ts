import { CUT_MARK } from '../dissect/http/value.ts';
import type { Literal } from './literals.ts';
import type { Attempt } from '../correlate/attempt.ts';
import type { Configuration } from '../correlate/configuration.ts';
import type {
  Connection,
  DatagramFlow,
  Direction,
  Endpoint,
  Exchange,
  IcmpMessage,
  Journey,
  Lookup,
  QuicConnection,
  Resolution,
  Stage,
  TlsSession,
} from '../correlate/model.ts';
import { STAGE_KINDS } from '../correlate/model.ts';
import type { CertificateFacts } from '../dissect/tls/certificate.ts';
import { SEGMENT_KINDS } from '../correlate/tcp-lists.ts';
import { milliseconds } from '../correlate/timeline.ts';
import type { Http2Connection, Http2Exchange } from '../correlate/http2-model.ts';
import type { JsonBytes } from './json-bytes.ts';
import * as K from './keys.ts';
import { literal, literals } from './literals.ts';

/** Each record as the members of a JSON object, without the braces, as the report format (docs/report-format.md) has them. */
function endpoint(w: JsonBytes, piece: Literal, e: Endpoint): void {
  w.str(piece, e.address).int(K.PORT, e.port);
}

/** Leaves its last brace to what follows, as `endpoint` does. */
function direction(w: JsonBytes, piece: Literal, d: Direction): void {
  w.int(piece, d.packets).int(K.PAYLOAD_BYTES, d.payloadBytes).int(K.STREAM_BYTES, d.streamBytes);
  w.str(K.STREAM_SHA256, d.streamSha256).int(K.MISSING_BYTES, d.missingBytes);
}

function flow(w: JsonBytes, f: Connection | DatagramFlow | QuicConnection): void {
  w.int(K.FIRST_ID, f.id);
  endpoint(w, K.CLIENT_ADDRESS, f.client);
  endpoint(w, K.END_SERVER_ADDRESS, f.server);
  w.int(K.END_FIRST_PACKET, f.firstPacket).int(K.LAST_PACKET, f.lastPacket);
  w.time(K.FIRST_TIME, f.firstTime).time(K.LAST_TIME, f.lastTime);
}

export function connection(w: JsonBytes, c: Connection): void {
  flow(w, c);
  direction(w, K.FROM_CLIENT_PACKETS, c.fromClient);
  direction(w, K.END_FROM_SERVER_PACKETS, c.fromServer);
  const h = c.handshake;
  if (h !== undefined)
    w.ints(K.END_HANDSHAKE_SYN_LIST, h.syn).ints(K.SYN_ACK_LIST, h.synAck).int(K.ACK, h.ack).ms(K.RTT_MS, h.rtt);
  const listed = c.retransmissions.length + c.outOfOrder.length + c.duplicateAcks.length > 0;
  w.str(K.END_HISTORY, c.history).word(K.CLOSE_HOW, c.close.how).word(K.FIRST, c.close.first);
  w.ints(K.PACKETS_LIST, c.close.packets, listed ? K.END_LIST_END : K.END_LIST_END_NO_LISTS);
  if (listed) {
    w.ints(K.RETRANSMISSIONS_LIST, c.retransmissions).ints(K.OUT_OF_ORDER_LIST, c.outOfOrder);
    w.ints(K.DUPLICATE_ACKS_LIST, c.duplicateAcks);
  }
  if (c.segments !== undefined) segments(w, c.segments);
  if (c.counts !== undefined) w.put(K.COUNTS).raw(JSON.stringify(c.counts));
  if (c.windowScale !== undefined)
    w.int(K.WINDOW_SCALE_CLIENT, c.windowScale.client).int(K.SERVER, c.windowScale.server).put(K.END);
  if (c.traits !== undefined && c.traits.length > 0) w.strs(K.TRAITS_LIST, c.traits);
  w.word(K.APPLICATION, c.application);
  if (c.http2 !== undefined) multiplexed(w, K.HTTP2, c.http2);
  if (!c.clientKnown) w.put(K.CLIENT_KNOWN_FALSE);
  if (c.process === 'unknown') w.put(K.PROCESS_UNKNOWN);
  else if (c.process !== undefined) w.int(K.PROCESS_PID, c.process.pid).str(K.NAME, c.process.name).put(K.END);
}

const SEGMENTS = literals(SEGMENT_KINDS, (kind) => `,"${kind}":[`);
const FIRST_SEGMENTS = literals(SEGMENT_KINDS, (kind) => `,"segments":{"${kind}":[`);

function segments(w: JsonBytes, lists: NonNullable<Connection['segments']>): void {
  let literals = FIRST_SEGMENTS;
  for (const kind of SEGMENT_KINDS) {
    const list = lists[kind];
    if (list === undefined) continue;
    w.ints(literals[kind], list);
    literals = SEGMENTS;
  }
  w.put(K.END);
}

function multiplexed(w: JsonBytes, piece: Literal, h: Http2Connection): void {
  const { goAways, ...counts } = h;
  // The braces' inside, so that times can follow in the report's own form.
  w.put(piece).raw(JSON.stringify(counts).slice(0, -1)).put(K.GO_AWAYS_LIST);
  goAways.forEach((g, i) => {
    if (i > 0) w.put(K.COMMA);
    w.raw(JSON.stringify({ from: g.from, code: g.code, lastStream: g.lastStream, packet: g.packet }).slice(0, -1));
    w.time(K.TIME, g.time).put(K.END);
  });
  w.put(K.END_LIST).put(K.END);
}

export function datagram(w: JsonBytes, d: DatagramFlow | QuicConnection): void {
  flow(w, d);
  w.int(K.FROM_CLIENT_PACKETS, d.fromClient.packets).int(K.PAYLOAD_BYTES, d.fromClient.payloadBytes);
  w.int(K.END_FROM_SERVER_PACKETS, d.fromServer.packets).int(K.PAYLOAD_BYTES, d.fromServer.payloadBytes).put(K.END);
}

export function lookup(w: JsonBytes, l: Lookup): void {
  w.int(K.FIRST_PACKET_NUMBER, l.packet).int(K.ID, l.id).word(K.TRANSPORT, l.transport);
  endpoint(w, K.CLIENT_ADDRESS, l.client);
  endpoint(w, K.END_SERVER_ADDRESS, l.server);
  w.str(K.END_NAME, l.name).word(K.TYPE, l.type).int(K.ANSWER_PACKET, l.answerPacket).word(K.RCODE, l.rcode);
  w.strs(K.ADDRESSES_LIST, l.addresses).strs(K.ALIASES_LIST, l.aliases).ms(K.TIME_MS, l.took).ints(K.REPEATS_LIST, l.repeats);
  if (l.truncated) w.put(K.TRUNCATED_TRUE);
  w.int(K.RETRY_OF, l.retryOf).int(K.RETRIED_BY, l.retriedBy);
  if (l.records === undefined) return;
  w.put(K.RECORDS_LIST);
  l.records.forEach((r, i) => {
    w.str(i > 0 ? K.NEXT_NAME : K.OPEN_NAME, r.name)
      .str(K.TYPE, r.type)
      .int(K.TTL, r.ttl);
    w.str(K.DATA, r.data).str(K.SECTION, r.section).put(K.END);
  });
  w.put(K.END_LIST);
}

export function resolution(w: JsonBytes, r: Resolution): void {
  w.int(K.FIRST_PACKET_NUMBER, r.packet).int(K.OPERATION, r.operation);
  if (r.kind === 'ndp' || r.senderMac !== '') w.str(K.SENDER_MAC, r.senderMac);
  if (r.senderAddress !== '') w.str(K.SENDER_ADDRESS, r.senderAddress);
  if (r.kind === 'ndp' || r.targetMac !== '') w.str(K.TARGET_MAC, r.targetMac);
  if (r.targetAddress !== '') w.str(K.TARGET_ADDRESS, r.targetAddress);
  w.int(K.ANSWER_PACKET, r.answerPacket).ms(K.TIME_MS, r.took);
}

export function icmp(w: JsonBytes, m: IcmpMessage): void {
  w.int(K.FIRST_PACKET_NUMBER, m.packet).int(K.VERSION, m.version).int(K.TYPE, m.type).int(K.CODE, m.code);
  w.str(K.SOURCE, m.source).str(K.DESTINATION, m.destination);
  if (m.about !== undefined) w.put(K.ABOUT).raw(JSON.stringify(m.about));
}

export function configuration(w: JsonBytes, c: Configuration): void {
  w.int(K.FIRST_PACKET_NUMBER, c.packet)
    .str(K.KIND, c.kind)
    .put(K.CLIENT)
    .raw(asciiJson(told(c.client)));
  w.str(K.SERVER, c.server).strs(K.ADDRESSES_LIST, c.addresses);
  w.strs(K.RESOLVERS_LIST, c.resolvers).strs(K.GATEWAYS_LIST, c.gateways);
  if (c.prefixes.length > 0) w.strs(K.PREFIXES_LIST, c.prefixes);
  if (c.delegated.length > 0) w.strs(K.DELEGATED_LIST, c.delegated);
  if (c.domains.length > 0) w.strs(K.DOMAINS_LIST, c.domains);
  w.int(K.LEASE_SECONDS, c.leaseSeconds).int(K.ROUTER_SECONDS, c.routerSeconds).ints(K.REPEATS_LIST, c.repeats);
  if (c.packetCount > c.repeats.length + 1) w.int(K.PACKET_COUNT, c.packetCount);
}

/** Hexadecimal and addresses: nothing that must be hidden. */
const told = ({ mac, address, duid }: Configuration['client']) => ({ mac, address, duid });

/** ASCII alone. */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A certificate's facts are one object each time it comes. */
const encodedCertificates = new WeakMap<CertificateFacts, Uint8Array>();

function certificate(facts: CertificateFacts): Uint8Array {
  let encoded = encodedCertificates.get(facts);
  if (encoded === undefined) encodedCertificates.set(facts, (encoded = Buffer.from(asciiJson(facts), 'latin1')));
  return encoded;
}

function chain(w: JsonBytes, piece: Literal, certificates: readonly CertificateFacts[]): void {
  w.put(piece);
  certificates.forEach((each, i) => {
    if (i > 0) w.put(K.COMMA);
    w.copy(certificate(each));
  });
  w.put(K.END_LIST);
}

export function tls(w: JsonBytes, t: TlsSession): void {
  w.int(K.FIRST_CONNECTION, t.connection).int(K.CLIENT_HELLO_PACKET, t.clientHelloPacket);
  w.int(K.SERVER_HELLO_PACKET, t.serverHelloPacket).int(K.HELLO_RETRY_PACKET, t.helloRetryPacket);
  w.int(K.FINISHED_PACKET, t.finishedPacket).str(K.SNI, t.sni).word(K.VERSION, t.version);
  w.word(K.CIPHER, t.cipher).word(K.CIPHER_ID, t.cipherId);
  if (t.clientHelloCut) w.put(K.CLIENT_HELLO_CUT_TRUE);
  w.strs(K.ALPN_OFFERED_LIST, t.alpnOffered).str(K.ALPN, t.alpn);
  if (t.alpnVisible === false) w.put(K.ALPN_VISIBLE_FALSE);
  if (t.resumed !== undefined) w.put(t.resumed ? K.RESUMED_TRUE : K.RESUMED_FALSE);
  if (t.externalPsk) w.put(K.EXTERNAL_PSK_TRUE);
  w.str(K.EARLY_DATA, t.earlyData);
  if (t.certificateNames !== undefined) w.strs(K.CERTIFICATE_NAMES_LIST, t.certificateNames);
  if (t.certificates !== undefined && t.certificates.length > 0) chain(w, K.CERTIFICATES_LIST, t.certificates);
  if (t.clientCertificates !== undefined) chain(w, K.CLIENT_CERTIFICATES_LIST, t.clientCertificates);
  w.int(K.RENEGOTIATIONS, t.renegotiations).str(K.ENCRYPTED_DNS, t.encryptedDns).str(K.JA4, t.ja4).put(K.ALERTS_LIST);
  t.alerts.forEach((a, i) => {
    w.int(i > 0 ? K.NEXT_PACKET : K.OPEN_PACKET, a.packet)
      .str(K.FROM, a.from)
      .str(K.LEVEL, a.level);
    w.str(K.DESCRIPTION, a.description).put(K.END);
  });
  w.put(K.END_LIST);
  if (t.decryption !== undefined) w.put(K.DECRYPTION).raw(JSON.stringify(t.decryption));
}

export function quic(w: JsonBytes, q: QuicConnection): void {
  datagram(w, q);
  w.str(K.VERSION, q.version).str(K.SNI, q.sni).str(K.JA4, q.ja4);
  w.strs(K.ALPN_OFFERED_LIST, q.alpnOffered).str(K.ALPN, q.alpn);
  w.str(K.TLS_VERSION, q.tlsVersion).str(K.CIPHER, q.cipher).str(K.CIPHER_ID, q.cipherId);
  if (q.resumed !== undefined) w.put(q.resumed ? K.RESUMED_TRUE : K.RESUMED_FALSE);
  w.int(K.NEGOTIATION_PACKET, q.negotiationPacket).int(K.RETRY_PACKET, q.retryPacket);
  w.int(K.CLIENT_HELLO_PACKET, q.clientHelloPacket).int(K.HELLO_RETRY_PACKET, q.helloRetryPacket);
  w.int(K.SERVER_HELLO_PACKET, q.serverHelloPacket).int(K.EARLY_DATA_PACKET, q.earlyDataPacket);
  w.int(K.FINISHED_PACKET, q.finishedPacket);
  if (q.certificateNames !== undefined) w.strs(K.CERTIFICATE_NAMES_LIST, q.certificateNames);
  if (q.certificates !== undefined) chain(w, K.CERTIFICATES_LIST, q.certificates);
  w.int(K.KEY_UPDATES, q.keyUpdates);
  if (q.close !== undefined) {
    const { time, ...close } = q.close;
    w.put(K.CLOSE).raw(asciiJson(close).slice(0, -1)).time(K.TIME, time).put(K.END);
  }
  if (q.http3 !== undefined) multiplexed(w, K.HTTP3, q.http3);
  if (q.decryption !== undefined) w.put(K.DECRYPTION).raw(JSON.stringify(q.decryption));
  if (!q.clientKnown) w.put(K.CLIENT_KNOWN_FALSE);
}

/** For people a mark stands where it was cut; for machines it would be a part of it. */
function target(w: JsonBytes, text: string): void {
  if (text.endsWith(CUT_MARK)) w.str(K.TARGET, text.slice(0, -CUT_MARK.length)).put(K.TARGET_CUT_TRUE);
  else w.str(K.TARGET, text);
}

export function exchange(w: JsonBytes, x: Exchange): void {
  w.int(K.FIRST_ID, x.id);
  if (x.quic === undefined) w.int(K.CONNECTION, x.connection);
  else w.int(K.QUIC, x.quic);
  w.int(K.STREAM, x.stream).word(K.VERSION, x.version).word(K.METHOD, x.method).word(K.SCHEME, x.scheme).str(K.HOST, x.host);
  if (x.target !== undefined) target(w, x.target);
  w.int(K.REQUEST_PACKET, x.requestPacket);
  if (x.requestHeadPacket !== x.requestPacket) w.int(K.REQUEST_HEAD_PACKET, x.requestHeadPacket);
  w.int(K.REQUEST_END_PACKET, x.requestEndPacket).int(K.STATUS, x.status).word(K.REASON, x.reason);
  w.word(K.CONTENT_TYPE, x.contentType).str(K.LOCATION, x.location).int(K.RESPONSE_PACKET, x.responsePacket);
  if (x.responseHeadPacket !== x.responsePacket) w.int(K.RESPONSE_HEAD_PACKET, x.responseHeadPacket);
  w.int(K.RESPONSE_END_PACKET, x.responseEndPacket).int(K.REQUEST_HEADER_BYTES, x.requestHeaderBytes);
  w.int(K.RESPONSE_HEADER_BYTES, x.responseHeaderBytes).int(K.REQUEST_BODY_BYTES, x.requestBodyBytes);
  w.int(K.RESPONSE_BODY_BYTES, x.responseBodyBytes).int(K.REQUEST_TRANSFER_BYTES, x.requestTransferBytes);
  w.int(K.RESPONSE_TRANSFER_BYTES, x.responseTransferBytes).word(K.RESPONSE_FRAMING, x.responseFraming);
  if (x.complete === false) w.put(K.COMPLETE_FALSE);
  w.str(K.SEALED, x.sealed);
  if (!x.whole) w.put(K.WHOLE_FALSE);
  w.str(K.UPGRADED, x.upgraded);
  if (x.http2 !== undefined) http2Exchange(w, x.http2);
}

const waited = (wait: Http2Exchange['requestWait']) => wait && { count: wait.count, ms: milliseconds(wait.time) };

/** Numbers and names of ours alone, so that JSON's own writing does; times go out as durations do. */
function http2Exchange(w: JsonBytes, h: Http2Exchange): void {
  const { reset, requestWait, responseWait, ...plain } = h;
  w.put(K.HTTP2).raw(
    JSON.stringify({
      ...plain,
      reset: reset && { from: reset.from, frame: reset.frame, code: reset.code, packet: reset.packet },
      requestWait: waited(requestWait),
      responseWait: waited(responseWait),
    }),
  );
}

const FIRST_STAGE = literals(STAGE_KINDS, (kind) => `,"stages":[{"kind":"${kind}","start":`);
const NEXT_STAGE = literals(STAGE_KINDS, (kind) => `,{"kind":"${kind}","start":`);
const END_LIST_REUSED = [false, true].map((reused) => literal(`],"reused":${reused}`));
const END_LIST_REUSED_END = [false, true].map((reused) => literal(`],"reused":${reused}}`));

function stage(w: JsonBytes, piece: Literal, s: Stage): void {
  const plain = s.packetCount <= s.packets.length && s.note === undefined;
  w.span(piece, s.start, s.end).ints(
    K.PACKETS_LIST,
    s.packets,
    (plain ? END_LIST_REUSED_END : END_LIST_REUSED)[s.reused ? 1 : 0],
  );
  if (plain) return;
  w.int(K.PACKET_COUNT, s.packetCount > s.packets.length ? s.packetCount : undefined);
  if (s.note !== undefined) w.sentence(K.NOTE, s.note.en);
  w.put(K.END);
}

function attempts(w: JsonBytes, list: Attempt[]): void {
  w.put(K.ATTEMPTS_LIST);
  for (let i = 0; i < list.length; i++) {
    w.int(i > 0 ? K.NEXT_CONNECTION : K.OPEN_CONNECTION, list[i].connection);
    w.str(K.OUTCOME, list[i].outcome).ints(K.PACKETS_LIST, list[i].packets, K.END_LIST_END);
  }
  w.put(K.END_LIST);
}

export function journey(w: JsonBytes, j: Journey): void {
  w.int(K.FIRST_ID, j.id).str(K.NAME, j.name).str(K.URL, j.url).int(K.PAGE, j.page);
  if (j.parent === null) w.put(K.PARENT_NULL);
  else w.int(K.PARENT, j.parent);
  w.str(K.CLIENT, j.client)
    .int(K.CONNECTION, j.connection)
    .int(K.QUIC, j.quic)
    .int(K.EXCHANGE, j.exchange)
    .int(K.LOOKUP, j.lookup);
  if (j.attempts !== undefined) attempts(w, j.attempts);
  if (j.partial) w.put(K.PARTIAL_TRUE);
  w.time(K.START, j.start).time(K.END_TIME, j.end).word(K.OUTCOME, j.outcome);
  if (j.stages.length === 0) w.put(K.STAGES_LIST);
  for (let i = 0; i < j.stages.length; i++) stage(w, (i > 0 ? NEXT_STAGE : FIRST_STAGE)[j.stages[i].kind], j.stages[i]);
  const h = j.har;
  w.milliseconds(K.END_LIST_HAR_BLOCKED, h.blocked).milliseconds(K.DNS, h.dns).milliseconds(K.CONNECT, h.connect);
  w.milliseconds(K.SSL, h.ssl).milliseconds(K.SEND, h.send).milliseconds(K.WAIT, h.wait);
  w.milliseconds(K.RECEIVE, h.receive).milliseconds(K.TOTAL, h.total);
  const last = j.evidence.length - 1;
  if (last < 0) w.put(K.END_NO_EVIDENCE);
  for (let i = 0; i <= last; i++) {
    const e = j.evidence[i];
    w.word(i > 0 ? K.NEXT_JOIN : K.END_EVIDENCE_JOIN, e.join);
    w.ints(K.PACKETS_LIST, e.packets, i < last ? K.END_LIST_END : K.END_LIST_END_END_LIST);
  }
}
