// How a journey ended, and how far its ends are: two lines below the timeline.
import type { Connection, Journey } from '../../correlate/model.ts';
import { hopsTaken } from '../../rules/addresses.ts';
import type { SessionView } from '../../session/session.ts';
import { closeText } from '../../text/closes.ts';
import { fill } from '../../text/messages.ts';
import type { Text } from '../../text/text.ts';
import { sealedTexts } from '../../text/tls.ts';
import { ranges } from '../format.ts';
import type { Model } from '../model.ts';
import { glyphs, say } from './screen.ts';

const SAYS = {
  lookup: {
    en: 'the lookup was answered with {rcode}, nothing was connected to',
    ko: '이름 조회의 응답이 {rcode}, 연결은 없었음',
  },
  silent: { en: 'the lookup was never answered', ko: '이름 조회에 응답이 없었음' },
  way: { en: 'routers passed, TTLs suggest: {list}', ko: 'TTL로 미루어 지나온 라우터: {list}' },
  client: { en: "client's packets {n} ({ttl})", ko: '클라이언트 패킷 {n} ({ttl})' },
  server: { en: "server's {n} ({ttl})", ko: '서버 패킷 {n} ({ttl})' },
  odd: { en: '; TTL {ttl}, not {side} {other}: somebody between?', ko: ', TTL {ttl} ({side} {other}): 중간에서 보냈나?' },
  clientSide: { en: "the client's", ko: '클라이언트는' },
  serverSide: { en: "the server's", ko: '서버는' },
} satisfies Record<string, Text>;

/** "FIN by both, client first (16–18)". */
export function closeWithPackets(model: Model, close: Connection['close']): string {
  const packets = ranges(close.packets, close.packets.length, 24, glyphs(model).range);
  return `${say(model, closeText(close))}${packets === '' ? '' : ` (${packets})`}`;
}

/** A RST with another TTL than its side's handshake had may be somebody else's. */
function oddReset(model: Model, session: SessionView, { close, handshake, client }: Connection): string {
  const [number] = close.packets;
  const rst = close.how === 'reset' && number !== undefined ? session.facts?.packet(number) : undefined;
  const isClient = rst?.source === client.address && rst?.sourcePort === client.port;
  const [first] = (isClient ? handshake?.syn : handshake?.synAck) ?? [];
  const own = first === undefined ? undefined : session.facts?.packet(first);
  if (rst?.hopLimit === undefined || own?.hopLimit === undefined || rst.hopLimit === own.hopLimit) return '';
  const side = say(model, isClient ? SAYS.clientSide : SAYS.serverSide);
  return say(model, SAYS.odd, { ttl: rst.hopLimit, side, other: own.hopLimit });
}

/** Empty where the capture says nothing about it. */
export function endOf(model: Model, session: SessionView, journey: Journey): string {
  const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
  if (connection !== undefined) return closeWithPackets(model, connection.close) + oddReset(model, session, connection);
  const lookup = journey.lookup === undefined || journey.connection !== undefined ? undefined : session.lookup(journey.lookup);
  if (lookup === undefined) return '';
  return lookup.answerPacket === undefined ? say(model, SAYS.silent) : say(model, SAYS.lookup, { rcode: lookup.rcode ?? '?' });
}

/** How many routers the packets of either side have passed when they are seen, by their TTL or hop limit. */
export function wayOf(model: Model, session: SessionView, journey: Journey): string {
  const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
  const { handshake } = connection ?? {};
  const parts = (
    [
      ['client', handshake?.syn[0]],
      ['server', handshake?.synAck[0]],
    ] as const
  ).flatMap(([side, packet]) => {
    const ttl = packet === undefined ? undefined : session.facts?.packet(packet)?.hopLimit;
    return ttl === undefined ? [] : [fill(SAYS[side], model.language, { n: hopsTaken(ttl), ttl })];
  });
  return parts.length === 0 ? '' : say(model, SAYS.way, { list: parts.join(', ') });
}

/** What of the journey's TLS or QUIC the keys at hand did not open, and why; empty where they opened all, or there are none. */
export function sealedOf(model: Model, session: SessionView, { connection, quic }: Journey): string {
  const tls = connection === undefined ? undefined : session.tls(connection);
  const { decryption } = tls ?? (quic === undefined ? undefined : session.quicConnection?.(quic)) ?? {};
  return sealedTexts(decryption?.reasons)
    .map((text) => say(model, text))
    .join(`${glyphs(model).between} `);
}
