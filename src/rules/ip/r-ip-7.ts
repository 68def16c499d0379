import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { aConnection, anAnswer, bothDirections, connectionOf, exchangeOf } from '../needs.ts';
import { Flag, type PacketFacts } from '../packet.ts';
import type { Finding, JourneyRule, JourneySubject, Need } from '../rule.ts';
import { copiesKnownTo, packetsText } from '../segments.ts';
import { isHere, limitName, NO_PACKET } from './ends.ts';

/** Packets of one response that are looked at. */
const LOOK = 512;

/** Of a connection whose server's packets go another way nothing can be said. */
const fromTheServer: Need<JourneySubject> = (subject) =>
  (connectionOf(subject)?.fromServer.packets ?? 1) > 0 ? undefined : bothDirections(subject);

export const rule: JourneyRule = {
  id: 'R-IP-7',
  chapter: 'ip',
  scope: 'journey',
  statement: {
    en: 'The packets of one response may each take another path and arrive in another order',
    ko: '한 응답의 패킷들은 각각 다른 경로로 와서 순서가 바뀌어 도착할 수 있다',
  },
  reality: {
    en: 'IP allows it, but it is rare: routers with several equal paths choose one for each flow (RFC 2992), because reordering slows TCP down. Where it does happen, sequence numbers put the bytes back in order; a hole is mostly a loss.',
    ko: 'IP에서는 가능하지만 드뭅니다. 순서가 바뀌면 TCP가 느려지므로, 같은 값의 경로가 여럿인 라우터는 흐름마다 하나를 고릅니다 (RFC 2992). 실제로 바뀌면 순서 번호로 다시 맞춥니다. 빈 곳이 생기는 것은 대개 손실 때문입니다.',
  },
  rfc: ['RFC 2992', 'RFC 9293 §3.4', 'RFC 4737'],
  vantages: ['client'],
  reasons: [
    'other-path',
    'reordered',
    'one-path-in-order',
    'one-packet',
    'no-response',
    'at-the-sender',
    'hole-left',
    'undecided',
    'super-segments',
    'one-direction',
    NO_PACKET,
  ],
  needs: [aConnection, fromTheServer, anAnswer],
  check(subject) {
    const { capture } = subject;
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const packets = responsePackets(subject, c);
    const server = hostPort(c.server);
    const numbers = packets.map((each) => each.number);
    if (packets.length === 0 && c.fromServer.payloadBytes > 0 && capture.packet(c.firstPacket) === undefined)
      return unknown(NO_PACKET, [], {
        en: `the packets of ${server} cannot be read`,
        ko: `${server}에서 보낸 패킷을 읽을 수 없습니다`,
      });
    if (packets.length === 0)
      return skipped('no-response', [c.firstPacket], {
        en: `${server} sent no response on this connection`,
        ko: `이 연결에는 ${server}에서 보낸 응답이 없습니다`,
      });
    const [first] = packets;
    const change = packets.findIndex((each) => each.hopLimit !== first.hopLimit);
    if (change > 0) {
      const [before, after] = [packets[change - 1], packets[change]];
      return confirmed('other-path', [before.number, after.number], {
        en: `within one response of ${server} the ${limitName(before)} goes from ${before.hopLimit} (packet ${before.number}) to ${after.hopLimit} (packet ${after.number}): they passed different numbers of routers`,
        ko: `${server}의 한 응답 안에서 ${limitName(before)} 값이 ${before.hopLimit}(${before.number}번 패킷)에서 ${after.hopLimit}(${after.number}번 패킷)로 달라집니다. 지나온 라우터의 수가 다릅니다`,
      });
    }
    const within = (list: number[] = []): number[] => list.filter((n) => numbers.includes(n));
    const late = within(c.outOfOrder);
    if (late.length > 0)
      return confirmed('reordered', late.slice(0, 4), {
        en: `of one response of ${server} ${packetsText(late).en} arrived behind packets that were sent later; that another path was the cause the ${limitName(first)} does not show (${first.hopLimit} in all)`,
        ko: `${server}의 한 응답 가운데 ${packetsText(late).ko}이 나중에 보낸 패킷보다 늦게 도착했습니다. 다른 경로 때문인지는 알 수 없습니다 (${limitName(first)} 값은 모두 ${first.hopLimit})`,
      });
    return judge(subject, c, packets, within(c.segments?.undecided)) ?? inOrder(c, packets);
  },
};

function judge({ capture }: JourneySubject, c: Connection, packets: PacketFacts[], undecided: number[]): Finding | undefined {
  const [first] = packets;
  const server = hostPort(c.server);
  if (undecided.length > 0)
    return unknown('undecided', undecided.slice(0, 4), {
      en: `${packetsText(undecided).en} of the response of ${server} came late; whether reordered on the way or sent again the packets do not say`,
      ko: `${server}의 응답 가운데 ${packetsText(undecided).ko}이 늦게 왔습니다. 오는 길에 순서가 바뀐 것인지 다시 보낸 것인지 알 수 없습니다`,
    });
  const isCut = c.traits?.includes('cut-payload') ?? false;
  if (c.fromServer.missingBytes > 0 && !isCut)
    return unknown('hole-left', [first.number], {
      en: `${c.fromServer.missingBytes} bytes from ${server} are not in this capture: in which order they came it cannot tell`,
      ko: `${server}에서 보낸 ${c.fromServer.missingBytes}바이트가 이 캡처에 없어 어떤 순서로 왔는지 알 수 없습니다`,
    });
  const own = capture.packet(c.handshake?.syn[0] ?? c.firstPacket);
  const ownIsClients = own?.source === c.client.address && own.sourcePort === c.client.port;
  if (isHere(first) && !(ownIsClients && isHere(own)))
    return notVisible(
      'at-the-sender',
      [first.number],
      {
        en: `the response of ${server} is captured where it begins (${limitName(first)} ${first.hopLimit}): its way lies behind this place`,
        ko: `${server}의 응답을 출발하는 곳에서 잡았습니다 (${limitName(first)} ${first.hopLimit}). 지나갈 길은 여기서 보이지 않습니다`,
      },
      {
        text: { en: 'capture at the client, where the response arrives', ko: '응답이 도착하는 클라이언트에서 캡처하세요' },
        command: `tcpdump -i any -w client.pcap host ${c.server.address}`,
      },
    );
  if (packets.length > 1) return undefined;
  if (c.traits?.includes('super-segments') && first.payloadLength > 1460)
    return unknown('super-segments', [first.number], {
      en: `packet ${first.number} holds ${first.payloadLength} bytes that the network card put together from several segments: their order is lost`,
      ko: `${first.number}번 패킷은 네트워크 카드에서 여러 세그먼트를 합친 것(${first.payloadLength}바이트)이라 원래 순서를 알 수 없습니다`,
    });
  return skipped('one-packet', [first.number], {
    en: `the response of ${server} is one packet (${first.number}): there is no order to change`,
    ko: `${server}의 응답은 ${first.number}번 패킷 하나입니다. 바뀔 순서가 없습니다`,
  });
}

function inOrder(c: Connection, packets: PacketFacts[]): Finding {
  const [first] = packets;
  const last = packets[packets.length - 1];
  return contradicted('one-path-in-order', [first.number, last.number], {
    en: `the ${packets.length} packets of the response of ${hostPort(c.server)} looked at (${first.number} to ${last.number}) all came with ${limitName(first)} ${first.hopLimit} and none out of order: nothing shows more than one path`,
    ko: `${hostPort(c.server)}의 응답 패킷 ${packets.length}개(${first.number}번~${last.number}번)가 모두 ${limitName(first)} ${first.hopLimit}, 순서대로 왔습니다. 경로가 둘 이상이라는 흔적이 없습니다`,
  });
}

/** Those with payload from the server while the response came; without a readable one, of the whole connection. */
function responsePackets(subject: JourneySubject, c: Connection): PacketFacts[] {
  const { capture } = subject;
  const exchange = exchangeOf(subject);
  if (exchange !== undefined && exchange.responseTime === undefined) return [];
  const numbers = capture.packetsOf(c.id, exchange?.responseTime, exchange?.responseEndTime, LOOK);
  const found: PacketFacts[] = [];
  const copies = c.segments?.duplicates;
  // Further on, what is a copy (both sides of a router in one capture) is not known.
  const end = copiesKnownTo(c) ?? Number.POSITIVE_INFINITY;
  for (const number of numbers) {
    if (number > end) break;
    if (copies?.includes(number)) continue;
    const packet = capture.packet(number);
    if (packet?.tcp === undefined || packet.payloadLength === 0 || (packet.tcp.flags & Flag.rst) !== 0) continue;
    if (packet.source === c.server.address && packet.sourcePort === c.server.port) found.push(packet);
  }
  return found;
}
