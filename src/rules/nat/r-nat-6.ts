import { confirmed, skipped } from '../findings.ts';
import { across, fileText, type HopFinding, samePacketText } from '../hop-text.ts';
import type { HopJoin, Hops, PacketPair } from '../hops.ts';
import { requestText } from '../proxied.ts';
import type { HopsRule } from '../rule.ts';
import { NO_TRANSLATION_REASONS, noTranslation, sourceTranslations } from './sides.ts';
import type { Crossing } from './translations.ts';

export const rule: HopsRule = {
  id: 'R-NAT-6',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: 'The gateway translates the packets of the HTTP request',
    ko: '게이트웨이는 HTTP 요청의 패킷을 변환한다',
  },
  reality: {
    en: 'Not only those: NAT is no step of the story but happens to every packet that leaves, the DNS query first, then the SYN, every ACK and the FIN (RFC 3022 §2).',
    ko: '그것만이 아닙니다. NAT는 이야기의 한 단계가 아니라 나가는 모든 패킷에 일어나는 일입니다: 먼저 DNS 질의, 그다음 SYN, 모든 ACK와 FIN까지 (RFC 3022 §2).',
  },
  rfc: ['RFC 3022 §2'],
  vantages: ['gateway-inside', 'gateway-outside'],
  reasons: ['every-packet', 'no-request', ...NO_TRANSLATION_REASONS],
  needs: [],
  check(hops) {
    const all = sourceTranslations(hops);
    if (all.length === 0) return [noTranslation(hops)];
    const first = new Map<string, Crossing>();
    for (const each of all) {
      const key = `${each.join.from} ${each.join.to}`;
      const known = first.get(key);
      if (known === undefined || (each.outgoing?.from ?? 0) < (known.outgoing?.from ?? 0)) first.set(key, each);
    }
    const found = all
      .filter((c) => c.protocol === 'TCP')
      .map((c) => judge(hops, c, first.get(`${c.join.from} ${c.join.to}`) ?? c));
    const told = found.filter((each) => each !== undefined);
    return told.length > 0 ? told : [withoutRequest(hops, all[0])];
  },
};

function judge(hops: Hops, c: Crossing, first: Crossing): HopFinding | undefined {
  const capture = hops.captures[c.join.from];
  const request = requestOf(hops, c.join);
  if (request === undefined) return undefined;
  const pair = pairOf(hops, c.join, request.packet);
  if (pair === undefined) return undefined;
  const same = samePacketText(hops, c.join, pair);
  const earlier = first.outgoing !== undefined && first.outgoing.from < pair.from ? first.outgoing : undefined;
  const what = first.protocol === 'UDP' ? { en: 'the DNS query', ko: 'DNS 질의' } : { en: 'the SYN', ko: 'SYN' };
  const before =
    earlier === undefined
      ? { en: '', ko: '' }
      : {
          en: `; the first packet translated was not it but ${what.en}, packet ${earlier.from}`,
          ko: `. 가장 먼저 변환된 것은 이 요청이 아니라 ${earlier.from}번 패킷(${what.ko})입니다`,
        };
  const finding = confirmed('every-packet', [earlier?.from, pair.from], {
    en: `${same.en}: it carries the request ${request.text}, translated like every other packet of the connection${before.en}`,
    ko: `${same.ko}. 요청 ${request.text}의 패킷도 이 연결의 다른 패킷과 똑같이 변환되었습니다${before.ko}`,
  });
  return across(finding, c.join, [earlier?.to, pair.to], capture.journeysOn(c.join.fromId)[0]?.id);
}

/** The same packet in the other capture: by its place in the connection where that fits, else by comparing all of them. */
function pairOf(hops: Hops, join: HopJoin, packet: number): PacketPair | undefined {
  const [near, far] = [hops.captures[join.from], hops.captures[join.to]];
  const place = near.packetsOf(join.fromId).indexOf(packet);
  const other = place < 0 || join.by !== 'sequence-numbers' ? undefined : far.packetsOf(join.toId)[place];
  const [a, b] = [near.packet(packet), other === undefined ? undefined : far.packet(other)];
  const isSame = a?.tcp !== undefined && a.tcp.sequence === b?.tcp?.sequence && a.payloadLength === b.payloadLength;
  if (isSame && other !== undefined) return { from: packet, to: other, fromClient: true };
  return join.pairs.find((each) => each.from === packet);
}

/** The packet of the first request on the connection, or of the first bytes that TLS hides it in. */
function requestOf(hops: Hops, join: HopJoin): { packet: number; text: string } | undefined {
  const capture = hops.captures[join.from];
  const exchange = capture.exchangesOn(join.fromId).find((each) => each.requestPacket !== undefined);
  if (exchange?.requestPacket !== undefined) return { packet: exchange.requestPacket, text: requestText(exchange) };
  const tls = capture.tlsSessions.get(join.fromId)?.clientHelloPacket;
  return tls === undefined ? undefined : { packet: tls, text: 'TLS' };
}

function withoutRequest(hops: Hops, c: Crossing): HopFinding {
  const finding = skipped('no-request', [c.outgoing?.from], {
    en: `no HTTP request crossed the gateway between ${fileText(hops, c.join.from)} and ${fileText(hops, c.join.to)}; what did cross was translated`,
    ko: `게이트웨이를 지나간 HTTP 요청이 없습니다. 지나간 다른 패킷은 변환되었습니다 (${fileText(hops, c.join.from)}, ${fileText(hops, c.join.to)})`,
  });
  return across(finding, c.join, [c.outgoing?.to]);
}
