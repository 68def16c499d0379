import { particles } from '../text/particles.ts';
import type { Text } from '../text/text.ts';
import { closedWindowStage } from './closed-window.ts';
import type { ConnectionFacts } from './connection-facts.ts';
import { tlsStage } from './journey-beginning.ts';
import type { Exchange } from './model.ts';
import * as R from './tcp-record.ts';
import { milliseconds, type Timeline } from './timeline.ts';
import { inPacketOrder, type Rest, type Turn } from './turns.ts';

/** In a tunnel, whose sides speak when they like, a longer silence within a turn is a pause. */
const PAUSE_NANOSECONDS = 1e9;

const ENCRYPTED: Text = { en: 'estimate: encrypted, judged by direction only', ko: '추정: 암호화되어 방향만으로 판단했습니다' };
const ENCRYPTED_QUIC: Text = {
  en: 'estimate: encrypted, judged by direction only; packets so short that they may acknowledge alone are left out',
  ko: '추정: 암호화되어 방향만으로 판단했습니다. ACK만 들었을 수 있는 짧은 패킷은 뺐습니다',
};
const UNKNOWN: Text = {
  en: 'estimate: unknown protocol, judged by direction only',
  ko: '추정: 알 수 없는 프로토콜이라 방향만으로 판단했습니다',
};
const GREETING: Text = {
  en: 'estimate: the server speaks first, judged by direction only',
  ko: '추정: 서버가 먼저 말합니다. 방향만으로 판단했습니다',
};
const DECRYPTED: Text = {
  en: 'decrypted, no HTTP: an estimate, judged by direction only',
  ko: '복호화했지만 HTTP가 아닙니다: 방향만으로 판단한 추정입니다',
};
const DECRYPTED_DNS: Text = {
  en: 'decrypted: DNS over TLS, questions and answers by their direction',
  ko: '복호화함: DNS over TLS. 질의와 응답을 방향으로 구분했습니다',
};
const DECRYPTED_HTTP: Text = {
  en: 'decrypted, but no HTTP request could be read: an estimate, judged by direction only',
  ko: '복호화했지만 읽을 수 있는 HTTP 요청이 없습니다: 방향만으로 판단한 추정입니다',
};
/** TLS from the first byte, and the server speaks first: SMTP, FTP, IMAP, POP3 (IANA). */
const GREETING_PORTS = [465, 990, 993, 995];

function noteOf({ conversation }: ConnectionFacts): Text {
  if (conversation?.quic?.sealed) return ENCRYPTED_QUIC;
  if (conversation?.tls === undefined) return UNKNOWN;
  const inside = conversation.tls.decryption?.inside;
  // One side alone was opened: whether there was a request is not known.
  if (inside === undefined || Object.values(conversation.tls.decryption?.sealedSides ?? {}).includes(true)) return ENCRYPTED;
  return inside === 'dns' ? DECRYPTED_DNS : inside === 'unknown' ? DECRYPTED : DECRYPTED_HTTP;
}

/** A connection whose bytes are not understood: what the client sends is a request, what the server sends an answer. An estimate. */
export function opaqueStages(t: Timeline, f: ConnectionFacts): void {
  const turns = f.conversation?.turns;
  if (turns === undefined) return;
  const encrypted = f.conversation?.tls !== undefined;
  const list = inPacketOrder(turns, 0);
  // With TLS the server's first records are tickets and settings as a rule, which nobody has waited for.
  const greets = !list[0].fromClient && (!encrypted || GREETING_PORTS.includes(f.server.port));
  const begun = f.word(R.SYN_PACKET) !== 0 || f.word(R.SYN_ACK_PACKET) !== 0;
  if (greets && begun) t.add('wait', t.cursor, list[0].start, [list[0].firstPacket], 1, GREETING);
  turnStages(t, list, greets || list[0].fromClient ? 0 : 1, noteOf(f), false);
  closedWindowStage(t, f);
}

/** After a 101 or an answered CONNECT, exchange `nth` of the connection, the connection carries something else. */
export function tunnelStages(t: Timeline, f: ConnectionFacts, x: Exchange, nth: number): void {
  const c = f.conversation;
  if (c?.tunnel === undefined || c.turns === undefined) return;
  // What a CONNECT led to could be read: those requests are told by themselves.
  if (c.tunnel === 'connect' && c.connects?.at(-1)?.count !== nth) return;
  const tls = c.tlsAfter(nth);
  tlsStage(t, tls, undefined);
  if (tls?.clientHelloPacket !== undefined && tls.finishedPacket === undefined) return;
  const own = x.responseEndPacket ?? x.responsePacket ?? x.requestEndPacket ?? 0;
  const what = c.tunnel === 'connect' ? { en: 'a tunnel', ko: '터널' } : { en: c.tunnel, ko: c.tunnel };
  const note: Text = {
    en: `the connection goes on as ${what.en}; estimate, judged by direction only`,
    ko: particles(`연결이 ${what.ko}(으)로 이어집니다. 방향만으로 판단한 추정입니다`),
  };
  turnStages(t, inPacketOrder(c.turns, Math.max(tls?.finishedPacket ?? 0, own)), 0, note, true);
  closedWindowStage(t, f);
}

/** The turns from number `first` on. */
function turnStages(t: Timeline, turns: Turn[], first: number, note: Text, pauses: boolean): void {
  for (let i = first; i < turns.length; i++) {
    const turn = turns[i];
    if (turn.rest !== undefined) restStage(t, turn, turn.rest);
    else {
      if (i > first && !turn.fromClient) t.add('wait', t.cursor, turn.start, [turn.firstPacket], 1, note);
      oneTurn(t, turn, note, pauses);
    }
  }
}

function oneTurn(t: Timeline, turn: Turn, note: Text, pauses: boolean): void {
  const kind = turn.fromClient ? 'send' : 'receive';
  const { packets, times } = turn;
  let from = 0;
  for (let i = 1; pauses && i < packets.length; i++) {
    if (times[i] - times[i - 1] <= PAUSE_NANOSECONDS) continue;
    t.add(kind, times[from], times[i - 1], packets.slice(from, i), i - from, note);
    from = i;
  }
  t.add(kind, from === 0 ? turn.start : times[from], turn.end, packets.slice(from), turn.packetCount - from, note);
}

/** One bar cannot show what alternates: it is of the kind that took most of the time, and says how much each took. */
function restStage(t: Timeline, turn: Turn, rest: Rest): void {
  const kinds = ['send', 'wait', 'receive', 'idle'] as const;
  const kind = kinds.reduce((most, each) => (rest[each] > rest[most] ? each : most), 'receive');
  const [send, wait, receive, idle] = kinds.map((each) => milliseconds(rest[each]).toFixed(3));
  t.add(kind, turn.start, turn.end, turn.packets, turn.packetCount, {
    en: `estimate: ${rest.turns} further turns together: send ${send} ms, wait ${wait} ms, receive ${receive} ms, idle ${idle} ms`,
    ko: `추정: 이어진 ${rest.turns}번의 차례를 합쳐 보내기 ${send} ms, 대기 ${wait} ms, 받기 ${receive} ms, 유휴 ${idle} ms`,
  });
}
