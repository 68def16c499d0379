import type { Endpoint } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { notVisible, skipped } from '../findings.ts';
import { subject, together, topic } from '../../text/particles.ts';
import { across, fileText, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { isPrivate, sentHere } from '../origin.ts';
import { type Crossing, crossingsOf, destinationChanged, sourceChanged } from './translations.ts';

/** Records of each kind looked at for one that leaves a private network. */
const MAX_LOOKED_AT = 10_000;

/** Who speaks with whom in a capture, as far as translation is concerned. */
export interface Reach {
  /** From a private IPv4 address to one that is not. */
  leaving?: { client: Endpoint; server: Endpoint; packet: number };
  /** From an IPv4 address that is not private. */
  public?: { client: Endpoint; server: Endpoint; packet: number };
  /** All private, or all IPv6, or nothing. */
  version4: boolean;
  version6: boolean;
}

export function reachOf(capture: CaptureFacts): Reach {
  const reach: Reach = { version4: false, version6: false };
  for (const table of [capture.connections, capture.lookups, capture.datagrams]) {
    let count = 0;
    for (const each of table) {
      if (count++ >= MAX_LOOKED_AT || (reach.leaving && reach.public)) break;
      const { client, server } = each;
      const packet = 'packet' in each ? each.packet : each.firstPacket;
      note(reach, client, server, packet);
    }
  }
  for (const each of capture.icmp) {
    if (reach.leaving !== undefined) break;
    note(reach, { address: each.source, port: 0 }, { address: each.destination, port: 0 }, each.packet);
  }
  return reach;
}

function note(reach: Reach, client: Endpoint, server: Endpoint, packet: number): void {
  if (client.address.includes(':')) {
    reach.version6 = true;
    return;
  }
  if (!isUnicast(server.address) || !isUnicast(client.address)) return;
  reach.version4 = true;
  if (isPrivate(server.address)) return;
  const found = { client, server, packet };
  if (isPrivate(client.address)) reach.leaving ??= found;
  else reach.public ??= found;
}

const isUnicast = (address: string): boolean => !/^(0|127|22[4-9]|23\d|255)\./.test(address);

/** Crossings that were translated at the source: those of the NAT that the book speaks of. */
export const sourceTranslations = (hops: Hops): Crossing[] =>
  crossingsOf(hops).filter((c) => sourceChanged(c) && !destinationChanged(c));

/** A private source that is still there where the server itself answers, or where the user says that it is outside. */
export function arrivesUntranslated(hops: Hops, c: Crossing): boolean {
  if (sourceChanged(c) || destinationChanged(c) || c.routers === 0 || !c.near.client.address.includes('.')) return false;
  if (!isPrivate(c.near.client.address) || isPrivate(c.near.server.address)) return false;
  const capture = hops.captures[c.join.to];
  const { kind, given } = capture.vantage;
  if (kind === 'gateway-outside' || kind === 'last-router' || kind === 'server') return true;
  // Between private networks there are routers too.
  if (kind === 'router' && given) return true;
  const answer = answerAt(capture, c);
  return answer !== undefined && sentHere(capture, answer) === true;
}

function answerAt(capture: CaptureFacts, { join, far }: Crossing): number | undefined {
  if (join.kind === 'connection') return capture.connections.get(join.toId)?.handshake?.synAck[0];
  if (join.kind === 'lookup') return capture.lookups.get(join.toId)?.answerPacket;
  let count = 0;
  for (const message of capture.icmp) {
    if (count++ >= MAX_LOOKED_AT) return undefined;
    const isReply = message.version === 4 && message.type === 0 && message.packet > join.toId;
    if (isReply && message.source === far.server.address && message.destination === far.client.address) return message.packet;
  }
  return undefined;
}

/** Of each two captures TCP connections where there are any, else lookups, else echoes: the others say the same once more. */
export function principal(list: Crossing[]): Crossing[] {
  const best = new Map<string, number>();
  const rank = (c: Crossing): number => ['TCP', 'UDP', 'ICMP'].indexOf(c.protocol);
  const key = ({ join }: Crossing): string => `${join.from} ${join.to}`;
  for (const each of list) best.set(key(each), Math.min(best.get(key(each)) ?? 3, rank(each)));
  return list.filter((each) => rank(each) === best.get(key(each)));
}

export const NO_TRANSLATION_REASONS = ['ipv6', 'private-only', 'one-side', 'no-traffic', 'nothing-translated'];

/** What a rule about translation says where no capture, or pair of captures, shows both sides of one. */
export function noTranslation(hops: Hops): HopFinding {
  const whole = crossingsOf(hops).find((c) => arrivesUntranslated(hops, c));
  const pair = whole?.outgoing ?? whole?.incoming;
  if (whole !== undefined && pair !== undefined) {
    const same = samePacketText(hops, whole.join, pair);
    const finding = skipped('nothing-translated', [pair.from], {
      en: `${same.en}: ${whole.near.client.address} arrives at ${whole.far.server.address} as it is; no gateway on the way translates`,
      ko: `${same.ko}. ${subject(whole.near.client.address)} 바뀌지 않은 채 ${whole.far.server.address}에 도착했습니다. 이 길에는 변환하는 게이트웨이가 없습니다`,
    });
    return across(finding, whole.join, [pair.to]);
  }
  const reaches = hops.captures.map(reachOf);
  const at = Math.max(
    0,
    reaches.findIndex((reach) => reach.leaving !== undefined),
  );
  const reach = reaches[at];
  const file = fileText(hops, at);
  const { leaving } = reach;
  const found = leaving ?? reaches.find((each) => each.public !== undefined)?.public;
  const capture = leaving
    ? at
    : Math.max(
        0,
        reaches.findIndex((each) => each.public !== undefined),
      );
  if (found !== undefined)
    return {
      capture,
      ...notVisible(
        'one-side',
        [found.packet],
        leaving ? insideText(file, leaving) : outsideText(fileText(hops, capture), found),
        {
          text: {
            en: `capture on both sides of the gateway at the same time, and give both files: wirebook check inside.pcap outside.pcap`,
            ko: '게이트웨이의 안쪽과 바깥쪽에서 동시에 캡처해 두 파일을 함께 주세요: wirebook check inside.pcap outside.pcap',
          },
          command: `tcpdump -i <${leaving ? 'outside' : 'inside'}> -w ${leaving ? 'outside' : 'inside'}.pcap host ${found.server.address}`,
        },
      ),
    };
  if (reaches.some((each) => each.version6) && !reaches.some((each) => each.version4))
    return {
      capture: 0,
      ...skipped('ipv6', [], {
        en: 'all that speaks here has IPv6 addresses of its own: nothing has to be translated',
        ko: '여기서 통신하는 모든 기기가 자기 IPv6 주소를 가지고 있어 변환할 것이 없습니다',
      }),
    };
  if (reaches.some((each) => each.version4))
    return {
      capture: 0,
      ...skipped('private-only', [], {
        en: 'nothing leaves the private network in this capture: nothing has to be translated',
        ko: '이 캡처에서는 사설 네트워크 밖으로 나가는 것이 없어 변환할 것이 없습니다',
      }),
    };
  return {
    capture: 0,
    ...skipped('no-traffic', [], { en: 'no IP traffic between hosts is here', ko: '호스트 사이의 IP 통신이 없습니다' }),
  };
}

const insideText = (file: string, { client, server, packet }: NonNullable<Reach['leaving']>): { en: string; ko: string } => ({
  en: `${client.address} is private and speaks with ${server.address} (packet ${packet} of ${file}); what becomes of its address behind the gateway is not in this capture`,
  ko: `${topic(client.address)} 사설 주소이고 ${together(server.address)} 통신합니다 (${file}의 ${packet}번 패킷). 게이트웨이 뒤에서 주소가 어떻게 바뀌는지는 이 캡처에 없습니다`,
});

const outsideText = (file: string, { client, packet }: NonNullable<Reach['leaving']>): { en: string; ko: string } => ({
  en: `packet ${packet} of ${file} comes from ${client.address}, which is not private; whether a gateway put that address in is seen only on its inner side`,
  ko: `${file}의 ${packet}번 패킷은 사설이 아닌 ${client.address}에서 왔습니다. 게이트웨이가 바꿔 넣은 주소인지는 그 안쪽에서만 보입니다`,
});
