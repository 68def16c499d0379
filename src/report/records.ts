import { CUT_MARK } from '../dissect/http/value.ts';
import type { Literal } from './literals.ts';
import type { Attempt } from '../correlate/attempt.ts';
import type { Configuration } from '../correlate/configuration.ts';
import type {
  Connection,
  DatagramFlow,
  Direction,
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
function direction(w: JsonBytes, d: Direction): void {
  w.put(K.OPEN_PACKETS).int(d.packets).put(K.PAYLOAD_BYTES).int(d.payloadBytes).put(K.STREAM_BYTES).int(d.streamBytes);
  if (d.streamSha256 !== undefined) w.put(K.STREAM_SHA256_TEXT).raw(d.streamSha256).put(K.QUOTE);
  w.put(K.MISSING_BYTES).int(d.missingBytes).put(K.END);
}

function flow(w: JsonBytes, f: Connection | DatagramFlow | QuicConnection): void {
  w.put(K.FIRST_ID).int(f.id).put(K.CLIENT).endpoint(f.client).put(K.SERVER).endpoint(f.server);
  w.put(K.FIRST_PACKET).int(f.firstPacket).put(K.LAST_PACKET).int(f.lastPacket);
  w.put(K.FIRST_TIME).time(f.firstTime).put(K.LAST_TIME).time(f.lastTime);
}

export function connection(w: JsonBytes, c: Connection): void {
  flow(w, c);
  w.put(K.FROM_CLIENT);
  direction(w, c.fromClient);
  w.put(K.FROM_SERVER);
  direction(w, c.fromServer);
  const h = c.handshake;
  if (h !== undefined) {
    w.put(K.HANDSHAKE_SYN).ints(h.syn).put(K.SYN_ACK).ints(h.synAck);
    if (h.ack !== undefined) w.put(K.ACK).int(h.ack);
    if (h.rtt !== undefined) w.put(K.RTT_MS).ms(h.rtt);
    w.put(K.END);
  }
  w.put(K.HISTORY_TEXT).raw(c.history).put(K.QUOTE_CLOSE_HOW_TEXT).raw(c.close.how).put(K.QUOTE);
  if (c.close.first !== undefined) w.put(K.FIRST_TEXT).raw(c.close.first).put(K.QUOTE);
  w.put(K.PACKETS).ints(c.close.packets);
  if (c.retransmissions.length + c.outOfOrder.length + c.duplicateAcks.length === 0) w.put(K.END_NO_LISTS);
  else {
    w.put(K.END_RETRANSMISSIONS).ints(c.retransmissions).put(K.OUT_OF_ORDER).ints(c.outOfOrder);
    w.put(K.DUPLICATE_ACKS).ints(c.duplicateAcks);
  }
  if (c.segments !== undefined) {
    let lead = ',"segments":{"';
    for (const kind of SEGMENT_KINDS) {
      const list = c.segments[kind];
      if (list === undefined) continue;
      w.raw(lead).raw(kind).put(K.QUOTE_COLON).ints(list);
      lead = ',"';
    }
    w.put(K.END);
  }
  if (c.counts !== undefined) w.put(K.COUNTS).raw(JSON.stringify(c.counts));
  if (c.windowScale !== undefined)
    w.put(K.WINDOW_SCALE_CLIENT).int(c.windowScale.client).put(K.SERVER).int(c.windowScale.server).put(K.END);
  if (c.traits !== undefined && c.traits.length > 0) w.put(K.TRAITS_TEXT).raw(c.traits.join('","')).put(K.QUOTE_END_LIST);
  if (c.application !== undefined) w.put(K.APPLICATION_TEXT).raw(c.application).put(K.QUOTE);
  if (c.http2 !== undefined) multiplexed(w, ',"http2":', c.http2);
  if (!c.clientKnown) w.put(K.CLIENT_KNOWN_FALSE);
  if (c.process === 'unknown') w.put(K.PROCESS_UNKNOWN);
  else if (c.process !== undefined) w.put(K.PROCESS_PID).int(c.process.pid).put(K.NAME).str(c.process.name).put(K.END);
}

function multiplexed(w: JsonBytes, member: string, h: Http2Connection): void {
  const { goAways, ...counts } = h;
  // The braces' inside, so that times can follow in the report's own form.
  w.raw(member).raw(JSON.stringify(counts).slice(0, -1)).raw(',"goAways":[');
  goAways.forEach((g, i) => {
    w.raw(i > 0 ? ',' : '').raw(
      JSON.stringify({ from: g.from, code: g.code, lastStream: g.lastStream, packet: g.packet }).slice(0, -1),
    );
    w.raw(',"time":').time(g.time).put(K.END);
  });
  w.raw(']}');
}

export function datagram(w: JsonBytes, d: DatagramFlow | QuicConnection): void {
  flow(w, d);
  w.put(K.FROM_CLIENT_PACKETS).int(d.fromClient.packets).put(K.PAYLOAD_BYTES).int(d.fromClient.payloadBytes);
  w.put(K.END_FROM_SERVER_PACKETS).int(d.fromServer.packets).put(K.PAYLOAD_BYTES).int(d.fromServer.payloadBytes).put(K.END);
}

export function lookup(w: JsonBytes, l: Lookup): void {
  w.put(K.FIRST_PACKET_NUMBER).int(l.packet).put(K.ID).int(l.id).put(K.TRANSPORT_TEXT).raw(l.transport);
  w.put(K.QUOTE_CLIENT).endpoint(l.client).put(K.SERVER).endpoint(l.server).put(K.NAME).str(l.name).put(K.TYPE).str(l.type);
  if (l.answerPacket !== undefined) w.put(K.ANSWER_PACKET).int(l.answerPacket);
  if (l.rcode !== undefined) w.put(K.RCODE).str(l.rcode);
  w.put(K.ADDRESSES).strs(l.addresses).put(K.ALIASES).strs(l.aliases);
  if (l.took !== undefined) w.put(K.TIME_MS).ms(l.took);
  w.put(K.REPEATS).ints(l.repeats);
  if (l.truncated) w.put(K.TRUNCATED_TRUE);
  if (l.retryOf !== undefined) w.put(K.RETRY_OF).int(l.retryOf);
  if (l.retriedBy !== undefined) w.put(K.RETRIED_BY).int(l.retriedBy);
  if (l.records === undefined) return;
  w.put(K.RECORDS_LIST);
  l.records.forEach((r, i) => {
    w.put(i > 0 ? K.NEXT_NAME : K.OPEN_NAME)
      .str(r.name)
      .put(K.TYPE)
      .str(r.type)
      .put(K.TTL)
      .int(r.ttl);
    w.put(K.DATA).str(r.data).put(K.SECTION_TEXT).raw(r.section).put(K.QUOTE_END);
  });
  w.put(K.END_LIST);
}

export function resolution(w: JsonBytes, r: Resolution): void {
  w.put(K.FIRST_PACKET_NUMBER).int(r.packet).put(K.OPERATION).int(r.operation);
  if (r.kind === 'ndp' || r.senderMac !== '') w.put(K.SENDER_MAC_TEXT).raw(r.senderMac).put(K.QUOTE);
  if (r.senderAddress !== '') w.put(K.SENDER_ADDRESS_TEXT).raw(r.senderAddress).put(K.QUOTE);
  if (r.kind === 'ndp' || r.targetMac !== '') w.put(K.TARGET_MAC_TEXT).raw(r.targetMac).put(K.QUOTE);
  if (r.targetAddress !== '') w.put(K.TARGET_ADDRESS_TEXT).raw(r.targetAddress).put(K.QUOTE);
  if (r.answerPacket !== undefined) w.put(K.ANSWER_PACKET).int(r.answerPacket);
  if (r.took !== undefined) w.put(K.TIME_MS).ms(r.took);
}

export function icmp(w: JsonBytes, m: IcmpMessage): void {
  w.put(K.FIRST_PACKET_NUMBER).int(m.packet).put(K.VERSION).int(m.version).put(K.TYPE).int(m.type).put(K.CODE).int(m.code);
  w.put(K.SOURCE_TEXT).raw(m.source).put(K.DESTINATION_TEXT).raw(m.destination).put(K.QUOTE);
  if (m.about !== undefined) w.put(K.ABOUT).raw(JSON.stringify(m.about));
}

export function configuration(w: JsonBytes, c: Configuration): void {
  w.put(K.FIRST_PACKET_NUMBER).int(c.packet).put(K.KIND_TEXT).raw(c.kind).put(K.QUOTE_CLIENT_OPEN);
  const { mac, address, duid } = c.client;
  if (mac !== undefined) w.put(K.FIRST_MAC).str(mac);
  if (address !== undefined)
    w.raw(mac === undefined ? '' : ',')
      .put(K.FIRST_ADDRESS)
      .str(address);
  if (duid !== undefined)
    w.raw(mac === undefined && address === undefined ? '' : ',')
      .put(K.FIRST_DUID)
      .str(duid);
  w.put(K.END_SERVER_TEXT).raw(c.server).put(K.QUOTE_ADDRESSES).strs(c.addresses);
  w.put(K.RESOLVERS).strs(c.resolvers).put(K.GATEWAYS).strs(c.gateways);
  if (c.prefixes.length > 0) w.put(K.PREFIXES).strs(c.prefixes);
  if (c.delegated.length > 0) w.put(K.DELEGATED).strs(c.delegated);
  if (c.domains.length > 0) w.put(K.DOMAINS).strs(c.domains);
  if (c.leaseSeconds !== undefined) w.put(K.LEASE_SECONDS).int(c.leaseSeconds);
  if (c.routerSeconds !== undefined) w.put(K.ROUTER_SECONDS).int(c.routerSeconds);
  w.put(K.REPEATS).ints(c.repeats);
  if (c.packetCount > c.repeats.length + 1) w.put(K.PACKET_COUNT).int(c.packetCount);
}

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

function chain(w: JsonBytes, begin: Literal, certificates: readonly CertificateFacts[]): void {
  w.put(begin);
  certificates.forEach((each, i) => {
    if (i > 0) w.put(K.COMMA);
    w.copy(certificate(each));
  });
  w.put(K.END_LIST);
}

export function tls(w: JsonBytes, t: TlsSession): void {
  w.put(K.FIRST_CONNECTION).int(t.connection);
  if (t.clientHelloPacket !== undefined) w.put(K.CLIENT_HELLO_PACKET).int(t.clientHelloPacket);
  if (t.serverHelloPacket !== undefined) w.put(K.SERVER_HELLO_PACKET).int(t.serverHelloPacket);
  if (t.helloRetryPacket !== undefined) w.put(K.HELLO_RETRY_PACKET).int(t.helloRetryPacket);
  if (t.finishedPacket !== undefined) w.put(K.FINISHED_PACKET).int(t.finishedPacket);
  if (t.sni !== undefined) w.put(K.SNI).str(t.sni);
  if (t.version !== undefined) w.put(K.VERSION).str(t.version);
  if (t.cipher !== undefined) w.put(K.CIPHER).str(t.cipher);
  if (t.cipherId !== undefined) w.put(K.CIPHER_ID).str(t.cipherId);
  if (t.clientHelloCut) w.put(K.CLIENT_HELLO_CUT_TRUE);
  w.put(K.ALPN_OFFERED).strs(t.alpnOffered);
  if (t.alpn !== undefined) w.put(K.ALPN).str(t.alpn);
  if (t.alpnVisible === false) w.put(K.ALPN_VISIBLE_FALSE);
  if (t.resumed !== undefined) w.put(t.resumed ? K.RESUMED_TRUE : K.RESUMED_FALSE);
  if (t.externalPsk) w.put(K.EXTERNAL_PSK_TRUE);
  if (t.earlyData !== undefined) w.put(K.EARLY_DATA).str(t.earlyData);
  if (t.certificateNames !== undefined) w.put(K.CERTIFICATE_NAMES).strs(t.certificateNames);
  if (t.certificates !== undefined && t.certificates.length > 0) chain(w, K.CERTIFICATES_LIST, t.certificates);
  if (t.clientCertificates !== undefined) chain(w, K.CLIENT_CERTIFICATES_LIST, t.clientCertificates);
  if (t.renegotiations !== undefined) w.put(K.RENEGOTIATIONS).int(t.renegotiations);
  if (t.encryptedDns !== undefined) w.put(K.ENCRYPTED_DNS).str(t.encryptedDns);
  if (t.ja4 !== undefined) w.put(K.JA4).str(t.ja4);
  w.put(K.ALERTS_LIST);
  t.alerts.forEach((a, i) => {
    w.put(i > 0 ? K.NEXT_PACKET : K.OPEN_PACKET)
      .int(a.packet)
      .put(K.FROM_TEXT)
      .raw(a.from)
      .put(K.QUOTE_LEVEL)
      .str(a.level);
    w.put(K.DESCRIPTION).str(a.description).put(K.END);
  });
  w.put(K.END_LIST);
  if (t.decryption !== undefined) w.put(K.DECRYPTION).raw(JSON.stringify(t.decryption));
}

export function quic(w: JsonBytes, q: QuicConnection): void {
  datagram(w, q);
  w.put(K.VERSION).str(q.version);
  if (q.sni !== undefined) w.put(K.SNI).str(q.sni);
  if (q.ja4 !== undefined) w.put(K.JA4).str(q.ja4);
  w.put(K.ALPN_OFFERED).strs(q.alpnOffered);
  if (q.alpn !== undefined) w.put(K.ALPN).str(q.alpn);
  if (q.tlsVersion !== undefined) w.put(K.TLS_VERSION).str(q.tlsVersion);
  if (q.cipher !== undefined) w.put(K.CIPHER).str(q.cipher);
  if (q.cipherId !== undefined) w.put(K.CIPHER_ID).str(q.cipherId);
  if (q.resumed !== undefined) w.put(q.resumed ? K.RESUMED_TRUE : K.RESUMED_FALSE);
  if (q.negotiationPacket !== undefined) w.put(K.NEGOTIATION_PACKET).int(q.negotiationPacket);
  if (q.retryPacket !== undefined) w.put(K.RETRY_PACKET).int(q.retryPacket);
  if (q.clientHelloPacket !== undefined) w.put(K.CLIENT_HELLO_PACKET).int(q.clientHelloPacket);
  if (q.helloRetryPacket !== undefined) w.put(K.HELLO_RETRY_PACKET).int(q.helloRetryPacket);
  if (q.serverHelloPacket !== undefined) w.put(K.SERVER_HELLO_PACKET).int(q.serverHelloPacket);
  if (q.earlyDataPacket !== undefined) w.put(K.EARLY_DATA_PACKET).int(q.earlyDataPacket);
  if (q.finishedPacket !== undefined) w.put(K.FINISHED_PACKET).int(q.finishedPacket);
  if (q.certificateNames !== undefined) w.put(K.CERTIFICATE_NAMES).strs(q.certificateNames);
  if (q.certificates !== undefined) chain(w, K.CERTIFICATES_LIST, q.certificates);
  if (q.keyUpdates !== undefined) w.raw(',"keyUpdates":').int(q.keyUpdates);
  if (q.close !== undefined) {
    const { time, ...close } = q.close;
    w.raw(`,"close":${asciiJson(close).slice(0, -1)}`)
      .raw(',"time":')
      .time(time)
      .put(K.END);
  }
  if (q.http3 !== undefined) multiplexed(w, ',"http3":', q.http3);
  if (q.decryption !== undefined) w.put(K.DECRYPTION).raw(JSON.stringify(q.decryption));
  if (!q.clientKnown) w.put(K.CLIENT_KNOWN_FALSE);
}

/** For people a mark stands where it was cut; for machines it would be a part of it. */
function target(w: JsonBytes, text: string): void {
  if (text.endsWith(CUT_MARK)) w.put(K.TARGET).str(text.slice(0, -CUT_MARK.length)).put(K.TARGET_CUT_TRUE);
  else w.put(K.TARGET).str(text);
}

export function exchange(w: JsonBytes, x: Exchange): void {
  w.put(K.FIRST_ID).int(x.id);
  if (x.quic === undefined) w.put(K.CONNECTION).int(x.connection);
  else w.put(K.QUIC).int(x.quic);
  w.put(K.STREAM).int(x.stream);
  w.put(K.VERSION_TEXT).raw(x.version).put(K.QUOTE);
  if (x.method !== undefined) w.put(K.METHOD).str(x.method);
  w.put(K.SCHEME_TEXT).raw(x.scheme).put(K.QUOTE);
  if (x.host !== undefined) w.put(K.HOST).str(x.host);
  if (x.target !== undefined) target(w, x.target);
  if (x.requestPacket !== undefined) w.put(K.REQUEST_PACKET).int(x.requestPacket);
  if (x.requestHeadPacket !== undefined && x.requestHeadPacket !== x.requestPacket)
    w.put(K.REQUEST_HEAD_PACKET).int(x.requestHeadPacket);
  if (x.requestEndPacket !== undefined) w.put(K.REQUEST_END_PACKET).int(x.requestEndPacket);
  if (x.status !== undefined) w.put(K.STATUS).int(x.status);
  if (x.reason !== undefined) w.put(K.REASON).str(x.reason);
  if (x.contentType !== undefined) w.put(K.CONTENT_TYPE).str(x.contentType);
  if (x.location !== undefined) w.put(K.LOCATION).str(x.location);
  if (x.responsePacket !== undefined) w.put(K.RESPONSE_PACKET).int(x.responsePacket);
  if (x.responseHeadPacket !== undefined && x.responseHeadPacket !== x.responsePacket)
    w.put(K.RESPONSE_HEAD_PACKET).int(x.responseHeadPacket);
  if (x.responseEndPacket !== undefined) w.put(K.RESPONSE_END_PACKET).int(x.responseEndPacket);
  if (x.requestHeaderBytes !== undefined) w.put(K.REQUEST_HEADER_BYTES).int(x.requestHeaderBytes);
  if (x.responseHeaderBytes !== undefined) w.put(K.RESPONSE_HEADER_BYTES).int(x.responseHeaderBytes);
  w.put(K.REQUEST_BODY_BYTES).int(x.requestBodyBytes).put(K.RESPONSE_BODY_BYTES).int(x.responseBodyBytes);
  if (x.requestTransferBytes !== undefined) w.put(K.REQUEST_TRANSFER_BYTES).int(x.requestTransferBytes);
  if (x.responseTransferBytes !== undefined) w.put(K.RESPONSE_TRANSFER_BYTES).int(x.responseTransferBytes);
  if (x.responseFraming !== undefined) w.put(K.RESPONSE_FRAMING_TEXT).raw(x.responseFraming).put(K.QUOTE);
  if (x.complete === false) w.put(K.COMPLETE_FALSE);
  if (x.sealed !== undefined) w.put(x.sealed === 'request' ? K.SEALED_REQUEST : K.SEALED_RESPONSE);
  if (!x.whole) w.put(K.WHOLE_FALSE);
  if (x.upgraded !== undefined) w.put(K.UPGRADED).str(x.upgraded);
  if (x.http2 !== undefined) http2Exchange(w, x.http2);
}

const waited = (wait: Http2Exchange['requestWait']) => wait && { count: wait.count, ms: milliseconds(wait.time) };

/** Numbers and names of ours alone, so that JSON's own writing does; times go out as durations do. */
function http2Exchange(w: JsonBytes, h: Http2Exchange): void {
  const { reset, requestWait, responseWait, ...plain } = h;
  w.raw(',"http2":').raw(
    JSON.stringify({
      ...plain,
      reset: reset && { from: reset.from, frame: reset.frame, code: reset.code, packet: reset.packet },
      requestWait: waited(requestWait),
      responseWait: waited(responseWait),
    }),
  );
}

const STAGE_HEADS = literals(STAGE_KINDS, (kind) => `{"kind":"${kind}","start":`);
const REUSED = [false, true].map((reused) => literal(`,"reused":${reused}`));
const REUSED_END = [false, true].map((reused) => literal(`,"reused":${reused}}`));

function stage(w: JsonBytes, s: Stage): void {
  w.put(STAGE_HEADS[s.kind]).time(s.start).put(K.END_TIME).time(s.end).put(K.MS);
  w.ms(s.end - s.start);
  w.put(K.PACKETS).ints(s.packets);
  const plain = s.packetCount <= s.packets.length && s.note === undefined;
  w.put((plain ? REUSED_END : REUSED)[s.reused ? 1 : 0]);
  if (plain) return;
  if (s.packetCount > s.packets.length) w.put(K.PACKET_COUNT).int(s.packetCount);
  if (s.note !== undefined) w.put(K.NOTE).sentence(s.note.en);
  w.put(K.END);
}

function attempts(w: JsonBytes, list: Attempt[]): void {
  w.put(K.ATTEMPTS_LIST);
  for (let i = 0; i < list.length; i++) {
    w.put(i > 0 ? K.NEXT_CONNECTION : K.OPEN_CONNECTION).int(list[i].connection);
    w.put(K.OUTCOME_TEXT).raw(list[i].outcome).put(K.QUOTE_PACKETS).ints(list[i].packets).put(K.END);
  }
  w.put(K.END_LIST);
}

export function journey(w: JsonBytes, j: Journey): void {
  w.put(K.FIRST_ID).int(j.id).put(K.NAME).str(j.name);
  if (j.url !== undefined) w.put(K.URL).str(j.url);
  w.put(K.PAGE).int(j.page).put(K.PARENT);
  if (j.parent === null) w.put(K.NULL);
  else w.int(j.parent);
  w.put(K.CLIENT_TEXT).raw(j.client).put(K.QUOTE);
  if (j.connection !== undefined) w.put(K.CONNECTION).int(j.connection);
  if (j.quic !== undefined) w.put(K.QUIC).int(j.quic);
  if (j.exchange !== undefined) w.put(K.EXCHANGE).int(j.exchange);
  if (j.lookup !== undefined) w.put(K.LOOKUP).int(j.lookup);
  if (j.attempts !== undefined) attempts(w, j.attempts);
  if (j.partial) w.put(K.PARTIAL_TRUE);
  w.put(K.START).time(j.start).put(K.END_TIME).time(j.end).put(K.OUTCOME_TEXT).raw(j.outcome).put(K.QUOTE_STAGES_LIST);
  for (let i = 0; i < j.stages.length; i++) {
    if (i > 0) w.put(K.COMMA);
    stage(w, j.stages[i]);
  }
  const h = j.har;
  w.put(K.END_LIST_HAR_BLOCKED).milliseconds(h.blocked).put(K.DNS).milliseconds(h.dns).put(K.CONNECT).milliseconds(h.connect);
  w.put(K.SSL).milliseconds(h.ssl).put(K.SEND).milliseconds(h.send).put(K.WAIT).milliseconds(h.wait);
  w.put(K.RECEIVE).milliseconds(h.receive).put(K.TOTAL).milliseconds(h.total).put(K.END_EVIDENCE_LIST);
  for (let i = 0; i < j.evidence.length; i++) {
    const e = j.evidence[i];
    w.put(i > 0 ? K.NEXT_JOIN_TEXT : K.OPEN_JOIN_TEXT)
      .raw(e.join)
      .put(K.QUOTE_PACKETS)
      .ints(e.packets)
      .put(K.END);
  }
  w.put(K.END_LIST);
}
