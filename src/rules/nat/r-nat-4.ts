import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import { object } from '../../text/particles.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { across, fileText, type HopFinding, journeyOf, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { isPrivate } from '../origin.ts';
import type { Finding, HopsRule } from '../rule.ts';
import { gatewaysIn, isOwn } from './own-packets.ts';
import { crossingsOf, destinationChanged, sourceChanged } from './translations.ts';
import { noTranslation } from './sides.ts';

/** A SYN without an answer says nothing before a second one was due (RFC 6298 §2: 1 s at first). */
const PATIENCE = 1e9;

export const rule: HopsRule = {
  id: 'R-NAT-4',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: 'A packet from outside that nobody asked for has no entry in the table, and is dropped',
    ko: '안에서 먼저 요청하지 않은 바깥의 패킷은 변환 표에 없으므로 버려진다',
  },
  reality: {
    en: "Without an entry the packet is for the gateway itself, whose own TCP answers RST where nobody listens (RFC 9293 §3.10.7.1). Dropping it is a firewall's doing (RFC 4787 §5 calls it filtering); port forwarding and UPnP let it in, and IPv6 needs no entry.",
    ko: '표에 없는 패킷은 게이트웨이 자신에게 온 것이 되고, 듣는 프로그램이 없으면 게이트웨이의 TCP가 RST로 답합니다 (RFC 9293 §3.10.7.1). 버리는 것은 방화벽이 하는 일이고(RFC 4787 §5의 필터링), 포트 포워딩이나 UPnP가 있으면 들어오며, IPv6에는 표가 필요 없습니다.',
  },
  rfc: ['RFC 4787 §5', 'RFC 5382 §7.1', 'RFC 9293 §3.10.7.1'],
  vantages: ['gateway-outside'],
  reasons: [
    'dropped',
    'gateway-reset',
    'gateway-rejected',
    'gateway-serves',
    'forwarded',
    'inside-not-captured',
    'too-soon',
    'none-unsolicited',
    'outside-not-captured',
  ],
  needs: [],
  check(hops) {
    const found = hops.captures.flatMap((capture) =>
      [...outerAddresses(hops, capture)].flatMap(([address, how]) =>
        capture
          .connectionsTo(address)
          .filter((c) => isFromAfar(capture, c) && (how === 'known' || isAnsweredHere(capture, c)))
          .map((c) => judge(hops, capture, c)),
      ),
    );
    if (found.length > 0) return found;
    for (const capture of hops.captures)
      for (const [address, how] of outerAddresses(hops, capture)) if (how === 'known') return [noneAsked(hops, capture, address)];
    const { advice, packets, capture } = noTranslation(hops);
    return [
      {
        capture,
        ...notVisible(
          'outside-not-captured',
          packets,
          {
            en: "what arrives at a gateway's outer side is not in this capture, or the packets do not tell which address is a gateway's",
            ko: '게이트웨이 바깥쪽에 도착하는 패킷이 이 캡처에 없거나, 어느 주소가 게이트웨이인지 패킷으로는 알 수 없습니다',
          },
          advice ?? {
            text: {
              en: "capture at the gateway's outer interface, or say with --vantage gateway-outside that this is it",
              ko: '게이트웨이의 바깥쪽 인터페이스에서 캡처하거나, 그런 캡처라면 --vantage gateway-outside로 알려 주세요',
            },
            command: 'tcpdump -i <outside> -w outside.pcap "tcp[tcpflags] & (tcp-syn|tcp-rst) != 0 or icmp"',
          },
        ),
      },
    ];
  },
};

function noneAsked(hops: Hops, capture: CaptureFacts, address: string): HopFinding {
  const file = fileText(hops, capture.index);
  const finding = skipped('none-unsolicited', [], {
    en: `nobody outside opened a connection to ${address} while ${file} was taken`,
    ko: `${object(file)} 캡처하는 동안 바깥에서 ${address} 쪽으로 연결을 연 곳이 없습니다`,
  });
  return { ...finding, capture: capture.index };
}

const made = new WeakMap<CaptureFacts, Map<string, 'known' | 'by-hop-limit'>>();

/**
 * Addresses under which a gateway sends what others gave it: by translations seen, by what the user says, or by hop limits. These
 * last ones may be any host one router away, unless it sends packets of its own here as well.
 */
function outerAddresses(hops: Hops, capture: CaptureFacts): Map<string, 'known' | 'by-hop-limit'> {
  const known = made.get(capture);
  if (known !== undefined) return known;
  const found = new Map<string, 'known' | 'by-hop-limit'>();
  for (const address of gatewaysIn(capture).keys()) if (!isPrivate(address)) found.set(address, 'by-hop-limit');
  for (const c of crossingsOf(hops))
    if (c.join.to === capture.index && sourceChanged(c) && !destinationChanged(c)) found.set(c.far.client.address, 'known');
  // Worked out from hop limits it says no more than those do.
  if (capture.vantage.kind === 'gateway-outside' && capture.vantage.given)
    for (const c of capture.connections)
      if (isFromAfar(capture, c) && !isPrivate(c.server.address)) found.set(c.server.address, 'known');
  made.set(capture, found);
  return found;
}

function isAnsweredHere(capture: CaptureFacts, c: Connection): boolean {
  const answer = c.handshake?.synAck[0] ?? (c.close.how === 'refused' ? c.close.packets[0] : undefined);
  return answer !== undefined && isOwn(capture, answer);
}

/** Its SYN came through routers to where it was captured. */
function isFromAfar(capture: CaptureFacts, { handshake }: Connection): boolean {
  const syn = handshake?.syn[0];
  return syn !== undefined && !isOwn(capture, syn);
}

function judge(hops: Hops, capture: CaptureFacts, c: Connection): HopFinding {
  const syn = c.handshake?.syn[0] ?? c.firstPacket;
  const synAck = c.handshake?.synAck[0];
  const [client, server] = [hostPort(c.client), hostPort(c.server)];
  const file = fileText(hops, capture.index);
  const journey = journeyOf(capture, c.id);
  const here = (finding: Finding): HopFinding => ({
    ...finding,
    capture: capture.index,
    ...(journey === undefined ? {} : { journey }),
  });
  const inward = crossingsOf(hops).find(
    (x) => x.join.from === capture.index && x.join.fromId === c.id && destinationChanged(x) && x.outgoing,
  );
  if (inward?.outgoing !== undefined) {
    const same = samePacketText(hops, inward.join, inward.outgoing);
    return across(
      contradicted('forwarded', [syn], {
        en: `${same.en}: ${client} asked first, and the gateway passed its SYN on to ${hostPort(inward.far.server)}: a port forwarding`,
        ko: `${same.ko}. ${client}에서 먼저 연 연결인데 게이트웨이가 SYN을 ${hostPort(inward.far.server)} 쪽으로 넘겼습니다: 포트 포워딩입니다`,
      }),
      inward.join,
      [inward.outgoing.to],
      journey,
    );
  }
  const [reset] = c.close.how === 'refused' ? c.close.packets : [];
  if (reset !== undefined && synAck === undefined) {
    const hopLimit = capture.packet(reset)?.hopLimit;
    if (isOwn(capture, reset))
      return here(
        contradicted('gateway-reset', [syn, reset], {
          en: `${client} sent a SYN to ${server} (packet ${syn} of ${file}) that nobody inside had asked for; it was not dropped: the gateway itself answered RST in packet ${reset}, with its own hop limit ${hopLimit}`,
          ko: `${client}에서 ${server} 쪽으로 아무도 요청하지 않은 SYN을 보냈습니다 (${file}의 ${syn}번 패킷). 버려지지 않고 게이트웨이가 직접 ${reset}번 패킷의 RST로 답했습니다 (TTL이 처음 값인 ${hopLimit})`,
        }),
      );
    return here(
      contradicted('forwarded', [syn, reset], {
        en: `the SYN of ${client} to ${server} in packet ${syn} was answered RST in packet ${reset} with hop limit ${hopLimit}: not by the gateway but by a machine behind it`,
        ko: `${client}에서 ${server} 쪽으로 보낸 ${syn}번 패킷의 SYN에 ${reset}번 패킷의 RST가 왔습니다. TTL이 ${hopLimit}이므로 게이트웨이가 아니라 그 뒤의 기기가 답한 것입니다`,
      }),
    );
  }
  if (synAck !== undefined) {
    const own = isOwn(capture, synAck);
    const hopLimit = capture.packet(synAck)?.hopLimit;
    return here(
      contradicted(own ? 'gateway-serves' : 'forwarded', [syn, synAck], {
        en: `${client} opened a connection to ${server} from outside: packet ${synAck} is its SYN+ACK with hop limit ${hopLimit}, ${own ? 'a service of the gateway itself' : 'so it comes from a machine behind the gateway'}`,
        ko: `바깥의 ${client}에서 ${server} 쪽으로 연결을 열었습니다. ${synAck}번 패킷이 그 SYN+ACK이고 TTL이 ${hopLimit}이므로 ${own ? '게이트웨이 자신의 서비스입니다' : '게이트웨이 뒤의 기기가 답한 것입니다'}`,
      }),
    );
  }
  const [icmp] = capture.icmpAbout(c.id);
  if (icmp !== undefined)
    return here(
      contradicted('gateway-rejected', [syn, icmp.packet], {
        en: `the SYN of ${client} to ${server} in packet ${syn} was refused by ${icmp.source} with ICMP in packet ${icmp.packet}, not dropped in silence`,
        ko: `${client}에서 ${server} 쪽으로 보낸 ${syn}번 패킷의 SYN은 조용히 버려지지 않고 ${icmp.packet}번 패킷의 ICMP로 거절되었습니다 (보낸 곳 ${icmp.source})`,
      }),
    );
  const inside = hops.captures.find((other) => other !== capture && sawMeanwhile(hops, capture, other, c));
  if (capture.lastTime - c.firstTime < PATIENCE)
    return here(
      unknown('too-soon', [syn], {
        en: `the capture ends ${((capture.lastTime - c.firstTime) / 1e6).toFixed(0)} ms after the SYN of ${client} in packet ${syn}: an answer may have come later`,
        ko: `${client}의 SYN(${syn}번 패킷) 뒤 ${((capture.lastTime - c.firstTime) / 1e6).toFixed(0)} ms 만에 캡처가 끝나서, 응답이 나중에 왔을 수도 있습니다`,
      }),
    );
  const silence = {
    en: `${client} sent ${c.handshake?.syn.length ?? 1} SYN to ${server} (packet ${c.handshake?.syn.slice(0, 4).join(', ')} of ${file}), and nothing answered`,
    ko: `${client}에서 ${server} 쪽으로 SYN을 ${c.handshake?.syn.length ?? 1}번 보냈지만 (${file}의 ${c.handshake?.syn.slice(0, 4).join(', ')}번 패킷) 아무 응답이 없습니다`,
  };
  const syns = c.handshake?.syn.slice(0, 4) ?? [syn];
  if (inside === undefined)
    return here(
      notVisible(
        'inside-not-captured',
        syns,
        {
          en: `${silence.en}; whether it was dropped or passed on to a machine that is silent is seen inside`,
          ko: `${silence.ko}. 버려졌는지, 응답하지 않는 기기에 전달되었는지는 안쪽에서만 보입니다`,
        },
        {
          text: { en: 'capture inside the gateway as well', ko: '게이트웨이 안쪽에서도 함께 캡처하세요' },
          command: `tcpdump -i <inside> -w inside.pcap host ${c.client.address}`,
        },
      ),
    );
  return here(
    confirmed('dropped', syns, {
      en: `${silence.en}; ${fileText(hops, inside.index)} shows nothing of it inside: it was dropped, as a firewall does`,
      ko: `${silence.ko}. ${fileText(hops, inside.index)}에도 나타나지 않으므로 게이트웨이에서 버려졌습니다. 이것은 방화벽이 하는 일입니다`,
    }),
  );
}

/** A capture nearer to the clients inside that ran when the SYN came. */
function sawMeanwhile(hops: Hops, outer: CaptureFacts, other: CaptureFacts, c: Connection): boolean {
  if (hops.path.indexOf(other.index) > hops.path.indexOf(outer.index)) return false;
  const clock = hops.clockOffset(outer.index, other.index);
  if (clock === undefined) return false;
  const time = c.firstTime + clock.offset;
  return time > other.firstTime - PATIENCE && time < other.lastTime + PATIENCE;
}
