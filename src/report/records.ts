import type {
  Connection,
  DatagramFlow,
  Direction,
  Exchange,
  IcmpMessage,
  Journey,
  Lookup,
  Resolution,
  Stage,
  TlsSession,
} from '../correlate/model.ts';
import { type Clock, endpoint, ms, numbers, str, strings } from './json-text.ts';

/**
 * Each record as the members of a JSON object, without the braces, as the report format has them. Written by hand: a report
 * of a large capture is mostly this.
 */
function direction(d: Direction): string {
  const hash = d.streamSha256 === undefined ? '' : `,"streamSha256":"${d.streamSha256}"`;
  return `{"packets":${d.packets},"payloadBytes":${d.payloadBytes},"streamBytes":${d.streamBytes}${hash},"missingBytes":${d.missingBytes}}`;
}

export function connection(c: Connection, clock: Clock): string {
  let text =
    `"id":${c.id},"client":${endpoint(c.client)},"server":${endpoint(c.server)},"firstPacket":${c.firstPacket},"lastPacket":${c.lastPacket}` +
    `,"firstTime":${clock.time(c.firstTime)},"lastTime":${clock.time(c.lastTime)},"fromClient":${direction(c.fromClient)},"fromServer":${direction(c.fromServer)}`;
  const h = c.handshake;
  if (h !== undefined) {
    text += `,"handshake":{"syn":${numbers(h.syn)},"synAck":${numbers(h.synAck)}`;
    if (h.ack !== undefined) text += `,"ack":${h.ack}`;
    if (h.rtt !== undefined) text += `,"rttMs":${ms(h.rtt)}`;
    text += '}';
  }
  text += `,"history":"${c.history}","close":{"how":"${c.close.how}"`;
  if (c.close.first !== undefined) text += `,"first":"${c.close.first}"`;
  text += `,"packets":${numbers(c.close.packets)}},"retransmissions":${numbers(c.retransmissions)},"outOfOrder":${numbers(c.outOfOrder)}`;
  text += `,"duplicateAcks":${numbers(c.duplicateAcks)}`;
  if (c.application !== undefined) text += `,"application":"${c.application}"`;
  if (!c.clientKnown) text += ',"clientKnown":false';
  return text;
}

export function datagram(d: DatagramFlow, clock: Clock): string {
  const side = (s: DatagramFlow['fromClient']) => `{"packets":${s.packets},"payloadBytes":${s.payloadBytes}}`;
  return (
    `"id":${d.id},"client":${endpoint(d.client)},"server":${endpoint(d.server)},"firstPacket":${d.firstPacket},"lastPacket":${d.lastPacket}` +
    `,"firstTime":${clock.time(d.firstTime)},"lastTime":${clock.time(d.lastTime)},"fromClient":${side(d.fromClient)},"fromServer":${side(d.fromServer)}`
  );
}

export function lookup(l: Lookup): string {
  let text =
    `"packet":${l.packet},"id":${l.id},"transport":"${l.transport}","client":${endpoint(l.client)},"server":${endpoint(l.server)}` +
    `,"name":${str(l.name)},"type":${str(l.type)}`;
  if (l.answerPacket !== undefined) text += `,"answerPacket":${l.answerPacket}`;
  if (l.rcode !== undefined) text += `,"rcode":${str(l.rcode)}`;
  text += `,"addresses":${strings(l.addresses)},"aliases":${strings(l.aliases)}`;
  if (l.end !== undefined) text += `,"timeMs":${ms(l.end - l.start)}`;
  text += `,"repeats":${numbers(l.repeats)}`;
  if (l.truncated) text += ',"truncated":true';
  if (l.retryOf !== undefined) text += `,"retryOf":${l.retryOf}`;
  if (l.records !== undefined) text += `,"records":${JSON.stringify(l.records.map((r) => ({ ...r })))}`;
  return text;
}

export function resolution(r: Resolution): string {
  let text =
    `"packet":${r.packet},"operation":${r.operation},"senderMac":"${r.senderMac}","senderAddress":"${r.senderAddress}"` +
    `,"targetMac":"${r.targetMac}","targetAddress":"${r.targetAddress}"`;
  if (r.answerPacket !== undefined) text += `,"answerPacket":${r.answerPacket}`;
  if (r.answerTime !== undefined) text += `,"timeMs":${ms(r.answerTime - r.time)}`;
  return text;
}

export function icmp(m: IcmpMessage): string {
  const about = m.about === undefined ? '' : `,"about":${JSON.stringify(m.about)}`;
  return `"packet":${m.packet},"version":${m.version},"type":${m.type},"code":${m.code},"source":"${m.source}","destination":"${m.destination}"${about}`;
}

export function tls(t: TlsSession): string {
  let text = `"connection":${t.connection}`;
  if (t.clientHelloPacket !== undefined) text += `,"clientHelloPacket":${t.clientHelloPacket}`;
  if (t.serverHelloPacket !== undefined) text += `,"serverHelloPacket":${t.serverHelloPacket}`;
  if (t.helloRetryPacket !== undefined) text += `,"helloRetryPacket":${t.helloRetryPacket}`;
  if (t.finishedPacket !== undefined) text += `,"finishedPacket":${t.finishedPacket}`;
  if (t.sni !== undefined) text += `,"sni":${str(t.sni)}`;
  if (t.version !== undefined) text += `,"version":"${t.version}"`;
  if (t.cipher !== undefined) text += `,"cipher":${str(t.cipher)}`;
  if (t.cipherId !== undefined) text += `,"cipherId":"${t.cipherId}"`;
  text += `,"alpnOffered":${strings(t.alpnOffered)}`;
  if (t.alpn !== undefined) text += `,"alpn":${str(t.alpn)}`;
  if (t.resumed !== undefined) text += `,"resumed":${t.resumed}`;
  if (t.certificateNames !== undefined) text += `,"certificateNames":${strings(t.certificateNames)}`;
  text += `,"alerts":[${t.alerts
    .map((a) => `{"packet":${a.packet},"from":"${a.from}","level":${str(a.level)},"description":${str(a.description)}}`)
    .join(',')}]`;
  return text;
}

export function exchange(x: Exchange): string {
  let text = `"id":${x.id},"connection":${x.connection},"stream":${x.stream},"version":"${x.version}"`;
  if (x.method !== undefined) text += `,"method":${str(x.method)}`;
  text += `,"scheme":"${x.scheme}"`;
  if (x.host !== undefined) text += `,"host":${str(x.host)}`;
  if (x.target !== undefined) text += `,"target":${str(x.target)}`;
  if (x.requestPacket !== undefined) text += `,"requestPacket":${x.requestPacket}`;
  if (x.requestHeadPacket !== undefined) text += `,"requestHeadPacket":${x.requestHeadPacket}`;
  if (x.requestEndPacket !== undefined) text += `,"requestEndPacket":${x.requestEndPacket}`;
  if (x.status !== undefined) text += `,"status":${x.status}`;
  if (x.reason !== undefined) text += `,"reason":${str(x.reason)}`;
  if (x.contentType !== undefined) text += `,"contentType":${str(x.contentType)}`;
  if (x.location !== undefined) text += `,"location":${str(x.location)}`;
  if (x.responsePacket !== undefined) text += `,"responsePacket":${x.responsePacket}`;
  if (x.responseHeadPacket !== undefined) text += `,"responseHeadPacket":${x.responseHeadPacket}`;
  if (x.responseEndPacket !== undefined) text += `,"responseEndPacket":${x.responseEndPacket}`;
  text += `,"requestBodyBytes":${x.requestBodyBytes},"responseBodyBytes":${x.responseBodyBytes}`;
  if (x.responseFraming !== undefined) text += `,"responseFraming":"${x.responseFraming}"`;
  if (!x.whole) text += ',"whole":false';
  if (x.upgraded !== undefined) text += `,"upgraded":${str(x.upgraded)}`;
  return text;
}

function stage(s: Stage, clock: Clock): string {
  let text =
    `{"kind":"${s.kind}","start":${clock.time(s.start)},"end":${clock.time(s.end)},"ms":${ms(s.end - s.start)}` +
    `,"packets":${numbers(s.packets)},"reused":${s.reused}`;
  if (s.packetCount > s.packets.length) text += `,"packetCount":${s.packetCount}`;
  if (s.note !== undefined) text += `,"note":${str(s.note.en)}`;
  return `${text}}`;
}

export function journey(j: Journey, clock: Clock): string {
  let text = `"id":${j.id},"name":${str(j.name)}`;
  if (j.url !== undefined) text += `,"url":${str(j.url)}`;
  text += `,"page":${j.page},"parent":${j.parent}`;
  text += `,"client":"${j.client}"`;
  if (j.connection !== undefined) text += `,"connection":${j.connection}`;
  if (j.exchange !== undefined) text += `,"exchange":${j.exchange}`;
  if (j.lookup !== undefined) text += `,"lookup":${j.lookup}`;
  text += `,"start":${clock.time(j.start)},"end":${clock.time(j.end)},"outcome":"${j.outcome}","stages":[`;
  for (let i = 0; i < j.stages.length; i++) text += (i > 0 ? ',' : '') + stage(j.stages[i], clock);
  const h = j.har;
  text +=
    `],"har":{"blocked":${h.blocked},"dns":${h.dns},"connect":${h.connect},"ssl":${h.ssl},"send":${h.send},"wait":${h.wait}` +
    `,"receive":${h.receive},"total":${h.total}},"evidence":[`;
  for (let i = 0; i < j.evidence.length; i++) {
    const e = j.evidence[i];
    text += `${i > 0 ? ',' : ''}{"join":"${e.join}","packets":${numbers(e.packets)}}`;
  }
  return `${text}]`;
}
