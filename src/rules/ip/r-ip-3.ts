import type { IcmpMessage } from '../../correlate/model.ts';
import { isUnicast } from '../addresses.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, unknown } from '../findings.ts';
import type { PacketFacts } from '../packet.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { limitName } from './ends.ts';
import { quoteOf } from './quotes.ts';

/** Messages and flows that are looked at. */
const LOOK = 10_000;
/** Ways (sender, destination, protocol) that are told, and routers on each that are named. */
const WAYS = 100;
const NAMED = 8;
/** traceroute's first port, and behind its last one. */
const PROBES = { from: 33434, to: 33634 };
/** A probe's hop limit that a real destination can hardly be reached with. */
const SMALL = 3;

export const rule: CaptureRule = {
  id: 'R-IP-3',
  chapter: 'ip',
  scope: 'capture',
  statement: {
    en: 'A packet whose TTL reaches 0 is thrown away by the router, so that no packet goes around for ever',
    ko: 'TTL이 0이 된 패킷은 라우터에서 버려지므로 영원히 도는 패킷은 없다',
  },
  reality: {
    en: 'So it is (RFC 791 §3.1), and the router tells the sender with ICMP Time Exceeded, which quotes the beginning of the packet (RFC 792, RFC 4443 §3.3); traceroute is made of that. Routers limit how many of these they send, and firewalls drop them.',
    ko: '맞습니다 (RFC 791 §3.1). 라우터는 버린 패킷의 앞부분을 담은 ICMP Time Exceeded로 보낸 쪽에 알립니다 (RFC 792, RFC 4443 §3.3). traceroute가 이것을 이용합니다. 라우터는 이 메시지의 수를 제한하고, 방화벽에서 막기도 합니다.',
  },
  rfc: ['RFC 791 §3.1', 'RFC 792', 'RFC 4443 §3.3', 'RFC 1812 §5.3.1'],
  vantages: ['client', 'router', 'server'],
  reasons: ['time-exceeded', 'nobody-told', 'quote-cut'],
  needs: [],
  check(capture) {
    const ways = new Map<string, Way>();
    const answered = new Set<number>();
    let unread: IcmpMessage | undefined;
    let count = 0;
    for (const message of capture.icmp) {
      if (count++ >= LOOK) break;
      if (message.about?.datagram !== undefined) answered.add(message.about.datagram);
      if (!isTimeExceeded(message)) continue;
      const quote = quoteOf(capture, message);
      if (quote === undefined) {
        unread ??= message;
        continue;
      }
      const key = `${quote.source}>${quote.destination} ${quote.protocol}`;
      let way = ways.get(key);
      if (way === undefined) {
        if (ways.size >= WAYS) continue;
        way = { from: quote.source, to: quote.destination, dropped: [], count: 0, connection: message.about?.connection };
        ways.set(key, way);
      }
      way.count++;
      if (way.dropped.length < NAMED) way.dropped.push({ message, packet: quote.packet });
    }
    if (ways.size === 0 && unread !== undefined)
      return [
        unknown('quote-cut', [unread.packet], {
          en: `packet ${unread.packet}: ${unread.source} sends ICMP Time Exceeded to ${unread.destination}, but too little of it was captured to tell which packet it is about`,
          ko: `${unread.packet}번 패킷: ${unread.source}에서 ${unread.destination}에 ICMP Time Exceeded를 보냈지만, 잡힌 부분이 짧아 어느 패킷에 대한 것인지 알 수 없습니다`,
        }),
      ];
    if (ways.size === 0) return silent(capture, answered);
    return [...ways.values()].map((way) => told(capture, way));
  },
};

interface Way {
  from: string;
  to: string;
  dropped: { message: IcmpMessage; packet: PacketFacts | undefined }[];
  count: number;
  connection: number | undefined;
}

/** In transit, not while putting fragments together (code 1). */
const isTimeExceeded = ({ version, type, code }: IcmpMessage): boolean => type === (version === 4 ? 11 : 3) && code === 0;

function told(capture: CaptureFacts, { from, to, dropped, count, connection }: Way): Finding {
  const packets = dropped.flatMap(({ message, packet }) => [packet?.number, message.packet]);
  const more = count - dropped.length;
  const each = dropped.map(({ message, packet }) => ({
    en:
      packet === undefined
        ? `${message.source} says so in packet ${message.packet}`
        : `packet ${packet.number} (${limitName(packet)} ${packet.hopLimit}) by ${message.source}, packet ${message.packet}`,
    ko:
      packet === undefined
        ? `${message.source}에서 ${message.packet}번 패킷으로 알림`
        : `${packet.number}번 패킷(${limitName(packet)} ${packet.hopLimit})은 ${message.source}에서 버리고 ${message.packet}번 패킷으로 알림`,
  }));
  const finding = confirmed('time-exceeded', packets, {
    en: `packets from ${from} to ${to} were thrown away on the way, as ICMP Time Exceeded with their header says: ${each.map(({ en }) => en).join('; ')}${more > 0 ? `; and ${more} more` : ''}`,
    ko: `${from}에서 ${to}에 보낸 패킷이 도중에 버려졌습니다. 그 헤더를 담은 ICMP Time Exceeded가 있습니다: ${each.map(({ ko }) => ko).join('; ')}${more > 0 ? `; 그 밖에 ${more}개` : ''}`,
  });
  const journey = connection === undefined ? undefined : capture.journeysOn(connection)[0]?.id;
  return journey === undefined ? finding : { ...finding, journey };
}

/** Probes that were to be thrown away, and nobody says whether they were. */
function silent(capture: CaptureFacts, answered: Set<number>): Finding[] {
  let count = 0;
  for (const { id, firstPacket, server, fromServer } of capture.datagrams) {
    if (count++ >= LOOK) break;
    if (
      answered.has(id) ||
      fromServer.packets > 0 ||
      server.port < PROBES.from ||
      server.port > PROBES.to ||
      !isUnicast(server.address)
    )
      continue;
    const packet = capture.packet(firstPacket);
    if (packet?.hopLimit === undefined || packet.hopLimit > SMALL) continue;
    return [
      unknown('nobody-told', [packet.number], {
        en: `packet ${packet.number} to ${server.address} was sent with ${limitName(packet)} ${packet.hopLimit}, and no ICMP Time Exceeded is in this capture: dropped without a word, or the word was filtered`,
        ko: `${server.address}에 보낸 ${packet.number}번 패킷의 ${limitName(packet)} 값은 ${packet.hopLimit}인데 이 캡처에 ICMP Time Exceeded가 없습니다. 알리지 않고 버렸거나 알림이 막혔을 것입니다`,
      }),
    ];
  }
  return [];
}
