import { ip } from '../../dissect/bytes.ts';
import { topic, toward } from '../../text/particles.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped } from '../findings.ts';
import { across, fileText, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { isPrivate } from '../origin.ts';
import type { Finding, HopsRule } from '../rule.ts';
import { NO_TRANSLATION_REASONS, noTranslation, sourceTranslations } from './sides.ts';
import { type Crossing, crossingsOf, destinationChanged, sourceChanged } from './translations.ts';

const MAX_LOOKED_AT = 10_000;
/** A packet that comes by so often with a smaller hop limit each time goes in circles. */
const ROUNDS = 3;

export const rule: HopsRule = {
  id: 'R-NAT-5',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: 'A private address cannot be answered from the Internet',
    ko: '사설 주소로는 인터넷에서 응답이 돌아올 수 없다',
  },
  reality: {
    en: 'Routers of the Internet have no way to it (RFC 1918 §3): they tell the answering host so by ICMP, or drop it, or default routes send it in circles until its hop limit is used up. Inside one organization private addresses are routed like any other.',
    ko: '인터넷의 라우터에는 사설 주소로 가는 길이 없습니다 (RFC 1918 §3). 응답한 쪽에 ICMP로 알리거나, 버리거나, 기본 경로끼리 주고받다가 TTL이 다 됩니다. 한 조직 안에서는 사설 주소도 다른 주소처럼 라우팅됩니다.',
  },
  rfc: ['RFC 1918 §3', 'RFC 792', 'RFC 6598'],
  vantages: ['gateway-outside', 'router', 'server'],
  reasons: [
    'no-route',
    'hop-limit-used-up',
    'loops',
    'answer-lost',
    'answered',
    'translated',
    'not-seen-further',
    ...NO_TRANSLATION_REASONS,
  ],
  needs: [],
  check(hops) {
    const found = [...hops.captures.flatMap((capture) => errors(hops, capture)), ...loops(hops), ...untranslated(hops)];
    const told = found.filter((each) => each.verdict !== 'not-visible');
    if (found.length > 0) return told.length > 0 ? told : found;
    const [translated] = sourceTranslations(hops);
    const pair = translated?.outgoing ?? translated?.incoming;
    if (translated === undefined || pair === undefined) return [noTranslation(hops)];
    const finding = skipped('translated', [pair.from], {
      en: `${translated.near.client.address} never went out as such: it was translated to ${translated.far.client.address}, which can be answered`,
      ko: `${topic(translated.near.client.address)} 그대로 나가지 않고 응답을 받을 수 있는 ${toward(translated.far.client.address)} 변환되었습니다`,
    });
    return [across(finding, translated.join, [pair.to])];
  },
};

/** ICMP errors that quote a packet from a public address to a private one: the answer that found no way. One of each kind. */
function errors(hops: Hops, capture: CaptureFacts): HopFinding[] {
  const found = new Map<string, HopFinding>();
  let count = 0;
  for (const message of capture.icmp) {
    if (count++ >= MAX_LOOKED_AT) break;
    const noWay = message.type === 3 && (message.code <= 1 || (message.code >= 5 && message.code <= 7));
    if (message.version !== 4 || !(noWay || (message.type === 11 && message.code === 0))) continue;
    const packet = capture.packet(message.packet);
    const at = packet?.layers.find(({ protocol }) => protocol === 'icmp')?.at;
    if (packet === undefined || at === undefined || packet.bytes.length < at + 28 || packet.bytes[at + 8] >> 4 !== 4) continue;
    const [from, to] = [ip(packet.bytes, at + 20, 4), ip(packet.bytes, at + 24, 4)];
    if (isPrivate(from) || !isPrivate(to) || message.destination !== from) continue;
    const key = `${from} ${to} ${message.type}`;
    if (found.has(key)) continue;
    const file = fileText(hops, capture.index);
    const finding = confirmed(noWay ? 'no-route' : 'hop-limit-used-up', [message.packet], {
      en: `packet ${message.packet} of ${file}: ${message.source} tells ${from} that its answer to the private address ${to} ${noWay ? 'found no way (ICMP Destination unreachable)' : 'went around until its hop limit was used up (ICMP Time exceeded)'}`,
      ko: `${file}의 ${message.packet}번 패킷: 사설 주소 ${to} 앞으로 보낸 응답이 ${noWay ? '갈 길을 찾지 못했다고 (ICMP Destination unreachable)' : '돌고 돌다가 TTL이 다 되었다고 (ICMP Time exceeded)'} 라우터 ${message.source}에서 ${from} 쪽에 알립니다`,
    });
    found.set(key, { ...finding, capture: capture.index });
  }
  return [...found.values()];
}

/** One capture that shows the same packet to a private address again and again, its hop limit falling. */
function loops(hops: Hops): HopFinding[] {
  const rounds = new Map<string, { capture: number; packets: Set<number>; limits: Set<number>; to: string; from: string }>();
  for (const join of hops.joins) {
    if (join.from !== join.to || (join.kind !== 'icmp' && join.fromId !== join.toId)) continue;
    const capture = hops.captures[join.from];
    for (const pair of join.pairs) {
      const packet = capture.packet(pair.from);
      if (packet?.source === undefined || packet.destination === undefined) continue;
      if (!isPrivate(packet.destination) || isPrivate(packet.source) || packet.ipVersion !== 4) continue;
      const again = capture.packet(pair.to);
      if (again?.source !== packet.source || again.destination !== packet.destination) continue;
      const key = `${join.from} ${packet.source} ${packet.destination}`;
      const known = rounds.get(key) ?? {
        capture: join.from,
        packets: new Set<number>(),
        limits: new Set<number>(),
        to: packet.destination,
        from: packet.source,
      };
      known.packets.add(pair.from).add(pair.to);
      known.limits.add(packet.hopLimit ?? 0).add(again.hopLimit ?? 0);
      rounds.set(key, known);
    }
  }
  return (
    [...rounds.values()]
      // Several packets that a router passed on once each have no more than two.
      .filter((each) => each.limits.size > ROUNDS)
      .map(({ capture, packets, from, to }) => {
        const numbers = [...packets].sort((a, b) => a - b);
        const limits = numbers.slice(0, 4).map((n) => hops.captures[capture].packet(n)?.hopLimit);
        const file = fileText(hops, capture);
        const finding = confirmed('loops', [...numbers.slice(0, 4), numbers.at(-1)], {
          en: `the answer of ${from} to the private address ${to} goes in circles: ${file} shows it ${numbers.length} times, its hop limit ${limits.join(', ')}, … down to ${hops.captures[capture].packet(numbers.at(-1) ?? 0)?.hopLimit}`,
          ko: `${from}에서 사설 주소 ${to} 앞으로 보낸 응답이 계속 돕니다. ${file}에 ${numbers.length}번 나타나고 TTL은 ${limits.join(', ')}, … ${hops.captures[capture].packet(numbers.at(-1) ?? 0)?.hopLimit}까지 줄어듭니다`,
        });
        return { ...finding, capture };
      })
  );
}

/** Packets that crossed a router with their private source, towards a public address. */
function untranslated(hops: Hops): HopFinding[] {
  return crossingsOf(hops)
    .filter((c) => !sourceChanged(c) && !destinationChanged(c) && c.routers > 0 && c.outgoing !== undefined)
    .filter((c) => c.near.client.address.includes('.') && isPrivate(c.near.client.address) && !isPrivate(c.near.server.address))
    .map((c) => outcome(hops, c));
}

function outcome(hops: Hops, c: Crossing): HopFinding {
  const { join, outgoing, incoming } = c;
  const same = outgoing === undefined ? { en: '', ko: '' } : samePacketText(hops, join, outgoing);
  const [client, server] = [c.near.client.address, c.near.server.address];
  const add = (finding: Finding, far: (number | undefined)[] = []): HopFinding =>
    across(finding, join, [outgoing?.to, ...far], c.journey);
  const crossed = {
    en: `${same.en}: it crossed ${c.routers} router${c.routers === 1 ? '' : 's'} with its private source ${client}`,
    ko: `${same.ko}. 사설 출발지 ${client}인 채로 라우터 ${c.routers}개를 지났습니다`,
  };
  const [near, far] = [hops.captures[join.from], hops.captures[join.to]];
  const answer = (capture: CaptureFacts, id: number): number | undefined =>
    join.kind === 'lookup' ? capture.lookups.get(id)?.answerPacket : capture.connections.get(id)?.handshake?.synAck[0];
  const arrived = join.kind === 'icmp' ? incoming?.from : answer(near, join.fromId);
  const sent = join.kind === 'icmp' ? incoming?.to : answer(far, join.toId);
  if (arrived !== undefined)
    return add(
      contradicted('answered', [outgoing?.from, arrived], {
        en: `${crossed.en}, and the answer of ${server} came back in packet ${arrived}: on this way private addresses are routed, or translated further on`,
        ko: `${crossed.ko}. 그런데 ${server}의 응답이 ${arrived}번 패킷으로 돌아왔습니다. 이 길에서는 사설 주소도 라우팅되거나, 더 뒤에서 변환됩니다`,
      }),
      [sent],
    );
  if (sent !== undefined)
    return add(
      confirmed('answer-lost', [outgoing?.from], {
        en: `${crossed.en}; ${server} answered it in packet ${sent} of ${fileText(hops, join.to)}, and the answer never came back to ${fileText(hops, join.from)}`,
        ko: `${crossed.ko}. ${server}에서 ${fileText(hops, join.to)}의 ${sent}번 패킷으로 응답했지만 ${fileText(hops, join.from)}에는 돌아오지 않았습니다`,
      }),
      [sent],
    );
  return add(
    notVisible(
      'not-seen-further',
      [outgoing?.from],
      {
        en: `${crossed.en}, and no answer is in either capture; whether ${server} answered is seen there`,
        ko: `${crossed.ko}. 두 캡처 모두에 응답이 없습니다. ${server}에서 응답했는지는 그쪽에서 보입니다`,
      },
      {
        text: { en: 'capture at the server, or at a router near to it', ko: '서버나 그 가까운 라우터에서 캡처하세요' },
        command: `tcpdump -i any -w server.pcap 'host ${client} or icmp'`,
      },
    ),
  );
}
