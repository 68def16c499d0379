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
  StageKind,
  TlsSession,
} from '../correlate/model.ts';
import { STAGE_KINDS } from '../correlate/model.ts';
import { SEGMENT_KINDS } from '../correlate/tcp-lists.ts';
import type { JsonBytes } from './json-bytes.ts';

/** Each record as the members of a JSON object, without the braces, as the report format (docs/report-format.md) has them. */
function direction(w: JsonBytes, d: Direction): void {
  w.raw('{"packets":').int(d.packets).raw(',"payloadBytes":').int(d.payloadBytes).raw(',"streamBytes":').int(d.streamBytes);
  if (d.streamSha256 !== undefined) w.raw(',"streamSha256":"').raw(d.streamSha256).raw('"');
  w.raw(',"missingBytes":').int(d.missingBytes).raw('}');
}

function flow(w: JsonBytes, f: Connection | DatagramFlow | QuicConnection): void {
  w.raw('"id":').int(f.id).raw(',"client":').endpoint(f.client).raw(',"server":').endpoint(f.server);
  w.raw(',"firstPacket":').int(f.firstPacket).raw(',"lastPacket":').int(f.lastPacket);
  w.raw(',"firstTime":').time(f.firstTime).raw(',"lastTime":').time(f.lastTime);
}

export function connection(w: JsonBytes, c: Connection): void {
  flow(w, c);
  w.raw(',"fromClient":');
  direction(w, c.fromClient);
  w.raw(',"fromServer":');
  direction(w, c.fromServer);
  const h = c.handshake;
  if (h !== undefined) {
    w.raw(',"handshake":{"syn":').ints(h.syn).raw(',"synAck":').ints(h.synAck);
    if (h.ack !== undefined) w.raw(',"ack":').int(h.ack);
    if (h.rtt !== undefined) w.raw(',"rttMs":').ms(h.rtt);
    w.raw('}');
  }
  w.raw(',"history":"').raw(c.history).raw('","close":{"how":"').raw(c.close.how).raw('"');
  if (c.close.first !== undefined) w.raw(',"first":"').raw(c.close.first).raw('"');
  w.raw(',"packets":').ints(c.close.packets);
  if (c.retransmissions.length + c.outOfOrder.length + c.duplicateAcks.length === 0)
    w.raw('},"retransmissions":[],"outOfOrder":[],"duplicateAcks":[]');
  else {
    w.raw('},"retransmissions":').ints(c.retransmissions).raw(',"outOfOrder":').ints(c.outOfOrder);
    w.raw(',"duplicateAcks":').ints(c.duplicateAcks);
  }
  if (c.segments !== undefined) {
    let lead = ',"segments":{"';
    for (const kind of SEGMENT_KINDS) {
      const list = c.segments[kind];
      if (list === undefined) continue;
      w.raw(lead).raw(kind).raw('":').ints(list);
      lead = ',"';
    }
    w.raw('}');
  }
  if (c.counts !== undefined) w.raw(',"counts":').raw(JSON.stringify(c.counts));
  if (c.windowScale !== undefined)
    w.raw(',"windowScale":{"client":').int(c.windowScale.client).raw(',"server":').int(c.windowScale.server).raw('}');
  if (c.traits !== undefined && c.traits.length > 0) w.raw(',"traits":["').raw(c.traits.join('","')).raw('"]');
  if (c.application !== undefined) w.raw(',"application":"').raw(c.application).raw('"');
  if (!c.clientKnown) w.raw(',"clientKnown":false');
}

export function datagram(w: JsonBytes, d: DatagramFlow | QuicConnection): void {
  flow(w, d);
  w.raw(',"fromClient":{"packets":').int(d.fromClient.packets).raw(',"payloadBytes":').int(d.fromClient.payloadBytes);
  w.raw('},"fromServer":{"packets":').int(d.fromServer.packets).raw(',"payloadBytes":').int(d.fromServer.payloadBytes).raw('}');
}

export function lookup(w: JsonBytes, l: Lookup): void {
  w.raw('"packet":').int(l.packet).raw(',"id":').int(l.id).raw(',"transport":"').raw(l.transport);
  w.raw('","client":')
    .endpoint(l.client)
    .raw(',"server":')
    .endpoint(l.server)
    .raw(',"name":')
    .str(l.name)
    .raw(',"type":')
    .str(l.type);
  if (l.answerPacket !== undefined) w.raw(',"answerPacket":').int(l.answerPacket);
  if (l.rcode !== undefined) w.raw(',"rcode":').str(l.rcode);
  w.raw(',"addresses":').strs(l.addresses).raw(',"aliases":').strs(l.aliases);
  if (l.end !== undefined) w.raw(',"timeMs":').ms(l.end - l.start);
  w.raw(',"repeats":').ints(l.repeats);
  if (l.truncated) w.raw(',"truncated":true');
  if (l.retryOf !== undefined) w.raw(',"retryOf":').int(l.retryOf);
  if (l.retriedBy !== undefined) w.raw(',"retriedBy":').int(l.retriedBy);
  if (l.records === undefined) return;
  w.raw(',"records":[');
  l.records.forEach((r, i) => {
    w.raw(i > 0 ? ',{"name":' : '{"name":')
      .str(r.name)
      .raw(',"type":')
      .str(r.type)
      .raw(',"ttl":')
      .int(r.ttl);
    w.raw(',"data":').str(r.data).raw(',"section":"').raw(r.section).raw('"}');
  });
  w.raw(']');
}

export function resolution(w: JsonBytes, r: Resolution): void {
  w.raw('"packet":').int(r.packet).raw(',"operation":').int(r.operation);
  w.raw(',"senderMac":"').raw(r.senderMac).raw('","senderAddress":"').raw(r.senderAddress);
  w.raw('","targetMac":"').raw(r.targetMac).raw('","targetAddress":"').raw(r.targetAddress).raw('"');
  if (r.answerPacket !== undefined) w.raw(',"answerPacket":').int(r.answerPacket);
  if (r.answerTime !== undefined) w.raw(',"timeMs":').ms(r.answerTime - r.time);
}

export function icmp(w: JsonBytes, m: IcmpMessage): void {
  w.raw('"packet":').int(m.packet).raw(',"version":').int(m.version).raw(',"type":').int(m.type).raw(',"code":').int(m.code);
  w.raw(',"source":"').raw(m.source).raw('","destination":"').raw(m.destination).raw('"');
  if (m.about !== undefined) w.raw(',"about":').raw(JSON.stringify(m.about));
}

export function tls(w: JsonBytes, t: TlsSession): void {
  w.raw('"connection":').int(t.connection);
  if (t.clientHelloPacket !== undefined) w.raw(',"clientHelloPacket":').int(t.clientHelloPacket);
  if (t.serverHelloPacket !== undefined) w.raw(',"serverHelloPacket":').int(t.serverHelloPacket);
  if (t.helloRetryPacket !== undefined) w.raw(',"helloRetryPacket":').int(t.helloRetryPacket);
  if (t.finishedPacket !== undefined) w.raw(',"finishedPacket":').int(t.finishedPacket);
  if (t.sni !== undefined) w.raw(',"sni":').str(t.sni);
  if (t.version !== undefined) w.raw(',"version":').str(t.version);
  if (t.cipher !== undefined) w.raw(',"cipher":').str(t.cipher);
  if (t.cipherId !== undefined) w.raw(',"cipherId":').str(t.cipherId);
  w.raw(',"alpnOffered":').strs(t.alpnOffered);
  if (t.alpn !== undefined) w.raw(',"alpn":').str(t.alpn);
  if (t.resumed !== undefined) w.raw(t.resumed ? ',"resumed":true' : ',"resumed":false');
  if (t.certificateNames !== undefined) w.raw(',"certificateNames":').strs(t.certificateNames);
  w.raw(',"alerts":[');
  t.alerts.forEach((a, i) => {
    w.raw(i > 0 ? ',{"packet":' : '{"packet":')
      .int(a.packet)
      .raw(',"from":"')
      .raw(a.from)
      .raw('","level":')
      .str(a.level);
    w.raw(',"description":').str(a.description).raw('}');
  });
  w.raw(']');
}

export function quic(w: JsonBytes, q: QuicConnection): void {
  datagram(w, q);
  w.raw(',"version":').str(q.version);
  if (q.sni !== undefined) w.raw(',"sni":').str(q.sni);
  w.raw(',"alpnOffered":').strs(q.alpnOffered);
  if (q.alpn !== undefined) w.raw(',"alpn":').str(q.alpn);
  if (q.tlsVersion !== undefined) w.raw(',"tlsVersion":').str(q.tlsVersion);
  if (q.cipher !== undefined) w.raw(',"cipher":').str(q.cipher);
  if (q.cipherId !== undefined) w.raw(',"cipherId":').str(q.cipherId);
  if (q.resumed !== undefined) w.raw(q.resumed ? ',"resumed":true' : ',"resumed":false');
  if (q.negotiationPacket !== undefined) w.raw(',"negotiationPacket":').int(q.negotiationPacket);
  if (q.retryPacket !== undefined) w.raw(',"retryPacket":').int(q.retryPacket);
  if (q.clientHelloPacket !== undefined) w.raw(',"clientHelloPacket":').int(q.clientHelloPacket);
  if (q.helloRetryPacket !== undefined) w.raw(',"helloRetryPacket":').int(q.helloRetryPacket);
  if (q.serverHelloPacket !== undefined) w.raw(',"serverHelloPacket":').int(q.serverHelloPacket);
  if (q.earlyDataPacket !== undefined) w.raw(',"earlyDataPacket":').int(q.earlyDataPacket);
  if (!q.clientKnown) w.raw(',"clientKnown":false');
}

export function exchange(w: JsonBytes, x: Exchange): void {
  w.raw('"id":').int(x.id).raw(',"connection":').int(x.connection).raw(',"stream":').int(x.stream);
  w.raw(',"version":"').raw(x.version).raw('"');
  if (x.method !== undefined) w.raw(',"method":').str(x.method);
  w.raw(',"scheme":"').raw(x.scheme).raw('"');
  if (x.host !== undefined) w.raw(',"host":').str(x.host);
  if (x.target !== undefined) w.raw(',"target":').str(x.target);
  if (x.requestPacket !== undefined) w.raw(',"requestPacket":').int(x.requestPacket);
  if (x.requestHeadPacket !== undefined && x.requestHeadPacket !== x.requestPacket)
    w.raw(',"requestHeadPacket":').int(x.requestHeadPacket);
  if (x.requestEndPacket !== undefined) w.raw(',"requestEndPacket":').int(x.requestEndPacket);
  if (x.status !== undefined) w.raw(',"status":').int(x.status);
  if (x.reason !== undefined) w.raw(',"reason":').str(x.reason);
  if (x.contentType !== undefined) w.raw(',"contentType":').str(x.contentType);
  if (x.location !== undefined) w.raw(',"location":').str(x.location);
  if (x.responsePacket !== undefined) w.raw(',"responsePacket":').int(x.responsePacket);
  if (x.responseHeadPacket !== undefined && x.responseHeadPacket !== x.responsePacket)
    w.raw(',"responseHeadPacket":').int(x.responseHeadPacket);
  if (x.responseEndPacket !== undefined) w.raw(',"responseEndPacket":').int(x.responseEndPacket);
  w.raw(',"requestBodyBytes":').int(x.requestBodyBytes).raw(',"responseBodyBytes":').int(x.responseBodyBytes);
  if (x.responseFraming !== undefined) w.raw(',"responseFraming":"').raw(x.responseFraming).raw('"');
  if (x.complete === false) w.raw(',"complete":false');
  if (!x.whole) w.raw(',"whole":false');
  if (x.upgraded !== undefined) w.raw(',"upgraded":').str(x.upgraded);
}

const STAGE_HEADS = Object.fromEntries(STAGE_KINDS.map((kind) => [kind, `{"kind":"${kind}","start":`])) as Record<
  StageKind,
  string
>;

function stage(w: JsonBytes, s: Stage): void {
  w.raw(STAGE_HEADS[s.kind]).time(s.start).raw(',"end":').time(s.end).raw(',"ms":');
  w.ms(s.end - s.start);
  w.raw(',"packets":').ints(s.packets);
  const plain = s.packetCount <= s.packets.length && s.note === undefined;
  w.raw(s.reused ? (plain ? ',"reused":true}' : ',"reused":true') : plain ? ',"reused":false}' : ',"reused":false');
  if (plain) return;
  if (s.packetCount > s.packets.length) w.raw(',"packetCount":').int(s.packetCount);
  if (s.note !== undefined) w.raw(',"note":').sentence(s.note.en);
  w.raw('}');
}

export function journey(w: JsonBytes, j: Journey): void {
  w.raw('"id":').int(j.id).raw(',"name":').str(j.name);
  if (j.url !== undefined) w.raw(',"url":').str(j.url);
  w.raw(',"page":').int(j.page).raw(',"parent":');
  if (j.parent === null) w.raw('null');
  else w.int(j.parent);
  w.raw(',"client":"').raw(j.client).raw('"');
  if (j.connection !== undefined) w.raw(',"connection":').int(j.connection);
  if (j.exchange !== undefined) w.raw(',"exchange":').int(j.exchange);
  if (j.lookup !== undefined) w.raw(',"lookup":').int(j.lookup);
  if (j.partial) w.raw(',"partial":true');
  w.raw(',"start":').time(j.start).raw(',"end":').time(j.end).raw(',"outcome":"').raw(j.outcome).raw('","stages":[');
  for (let i = 0; i < j.stages.length; i++) {
    if (i > 0) w.raw(',');
    stage(w, j.stages[i]);
  }
  const h = j.har;
  w.raw('],"har":{"blocked":')
    .milliseconds(h.blocked)
    .raw(',"dns":')
    .milliseconds(h.dns)
    .raw(',"connect":')
    .milliseconds(h.connect);
  w.raw(',"ssl":').milliseconds(h.ssl).raw(',"send":').milliseconds(h.send).raw(',"wait":').milliseconds(h.wait);
  w.raw(',"receive":').milliseconds(h.receive).raw(',"total":').milliseconds(h.total).raw('},"evidence":[');
  for (let i = 0; i < j.evidence.length; i++) {
    const e = j.evidence[i];
    w.raw(i > 0 ? ',{"join":"' : '{"join":"')
      .raw(e.join)
      .raw('","packets":')
      .ints(e.packets)
      .raw('}');
  }
  w.raw(']');
}
