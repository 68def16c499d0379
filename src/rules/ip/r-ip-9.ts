import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, notVisible } from '../findings.ts';
import type { PacketFacts } from '../packet.ts';
import type { CaptureRule, Finding } from '../rule.ts';

const BGP_PORT = 179;
/** Marker, length, type (RFC 4271 §4.1). */
const BGP_HEADER = 19;
const BGP_MESSAGES = ['OPEN', 'UPDATE', 'NOTIFICATION', 'KEEPALIVE', 'ROUTE-REFRESH'];
/** Connections that are looked at, and packets of one on BGP's port. */
const LOOK = 100_000;
const PACKETS = 32;

export const rule: CaptureRule = {
  id: 'R-IP-9',
  chapter: 'ip',
  scope: 'capture',
  statement: {
    en: 'Routers find the best way with BGP and OSPF',
    ko: '라우터는 BGP와 OSPF로 최적의 경로를 찾는다',
  },
  reality: {
    en: 'They speak these with each other, not with the client: OSPF inside one network (RFC 2328), BGP between networks (RFC 4271). BGP chooses by policy and by the length of the AS path; congestion is no input of it. A packet itself is only looked up in the table, longest prefix first.',
    ko: '라우터끼리 쓰는 프로토콜이고 클라이언트와는 주고받지 않습니다. OSPF는 한 네트워크 안에서 (RFC 2328), BGP는 네트워크 사이에서 씁니다 (RFC 4271). BGP는 정책과 AS 경로의 길이로 고르며 혼잡도는 반영하지 않습니다. 패킷이 오면 표에서 가장 길게 일치하는 경로를 찾을 뿐입니다.',
  },
  rfc: ['RFC 4271 §9.1', 'RFC 2328', 'RFC 5340', 'RFC 1812 §5.2.4.3'],
  vantages: ['router'],
  reasons: ['bgp', 'ospf', 'between-routers'],
  needs: [],
  check(capture) {
    const found = [ospf(capture), bgp(capture)].filter((each) => each !== undefined);
    if (found.length > 0) return found;
    return [
      notVisible(
        'between-routers',
        [],
        {
          en: 'no BGP and no OSPF is in this capture: routers speak these on the links between each other, and what their tables hold is in no packet',
          ko: '이 캡처에는 BGP도 OSPF도 없습니다. 라우터끼리 잇는 링크에서만 오가고, 라우팅 표의 내용은 패킷에 나타나지 않습니다',
        },
        {
          text: { en: 'capture on a link between routers', ko: '라우터와 라우터 사이의 링크에서 캡처하세요' },
          command: "tcpdump -i <router> -w routing.pcap 'tcp port 179 or ip proto 89 or ip6 proto 89'",
        },
      ),
    ];
  },
};

function ospf(capture: CaptureFacts): Finding | undefined {
  const packets = capture.packetsWith('ospf', 4);
  if (packets.length === 0) return undefined;
  const first = capture.packet(packets[0]);
  return confirmed('ospf', packets, {
    en: `packet ${packets[0]}: ${first?.source ?? 'a router'} speaks OSPF (IP protocol 89) to ${first?.destination ?? 'its neighbours'}`,
    ko: `${packets[0]}번 패킷: ${first?.source ?? '라우터'}에서 ${first?.destination ?? '이웃 라우터'} 쪽으로 OSPF(IP 프로토콜 89)를 보냅니다`,
  });
}

function bgp(capture: CaptureFacts): Finding | undefined {
  let count = 0;
  for (const connection of capture.connections) {
    if (count++ >= LOOK) break;
    if (connection.server.port !== BGP_PORT && connection.client.port !== BGP_PORT) continue;
    const found = messageOn(capture, connection);
    if (found === undefined) continue;
    const { packet, name } = found;
    return confirmed('bgp', [packet.number], {
      en: `packet ${packet.number}: ${packet.source} sends ${packet.destination} a BGP message (${name}) over TCP port ${BGP_PORT}`,
      ko: `${packet.number}번 패킷: ${packet.source}에서 ${packet.destination}에 BGP 메시지(${name})를 TCP 포트 ${BGP_PORT}번으로 보냅니다`,
    });
  }
  return undefined;
}

function messageOn(capture: CaptureFacts, c: Connection): { packet: PacketFacts; name: string } | undefined {
  for (const number of capture.packetsFrom(c.id, c.firstPacket, PACKETS)) {
    const packet = capture.packet(number);
    if (packet === undefined || packet.payload.length < BGP_HEADER) continue;
    const name = BGP_MESSAGES[packet.payload[18] - 1];
    if (name !== undefined && packet.payload.subarray(0, 16).every((byte) => byte === 0xff)) return { packet, name };
  }
  return undefined;
}
