import type { DatagramFlow, Endpoint } from '../../correlate/model.ts';
import { object } from '../../text/particles.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';

/** Flows of each kind that are looked at, and packets of ESP and AH. */
const LOOK = 20_000;
/** First packets of UDP flows that are read. */
const READ = 2000;
/** A tunnel in use has more packets than its handshake. */
const IN_USE = 12;
const NEARLY_ALL = 0.9;

export const rule: CaptureRule = {
  id: 'R-VPN-1',
  chapter: 'ip',
  scope: 'capture',
  statement: {
    en: 'A VPN takes all packets to its server first, and so changes their path and the country they leave from',
    ko: 'VPN을 쓰면 모든 패킷이 먼저 VPN 서버로 가므로 경로와 나가는 나라가 바뀐다',
  },
  reality: {
    en: 'On the physical interface all packets then go to one outer address: WireGuard (UDP 51820), OpenVPN (UDP 1194), IPsec (ESP, or UDP 4500 behind NAT, RFC 3948). What is inside is seen on the tunnel interface alone. Split tunnels and DNS often go past it.',
    ko: '물리 인터페이스에서는 모든 패킷이 바깥쪽 주소 하나로 갑니다: WireGuard(UDP 51820), OpenVPN(UDP 1194), IPsec(ESP, NAT 뒤에서는 UDP 4500, RFC 3948). 안쪽은 터널 인터페이스에서만 보입니다. 일부만 터널로 보내거나 DNS가 터널 밖으로 나가기도 합니다.',
  },
  rfc: ['RFC 4303', 'RFC 3948', 'RFC 7296'],
  vantages: ['client'],
  reasons: ['tunnelled', 'only-a-part'],
  needs: [],
  check(capture) {
    const tunnels = [...udpTunnels(capture), ...ipsec(capture)].filter((each) => each.packets >= IN_USE);
    return tunnels.map((tunnel) => judge(capture, tunnel));
  },
};

interface Tunnel {
  name: string;
  client: string;
  server: string;
  first: number;
  last: number;
  packets: number;
}

function judge(capture: CaptureFacts, t: Tunnel): Finding {
  const other = packetsBeside(capture, t);
  const share = t.packets / (t.packets + other);
  const text = {
    en: `${t.packets} packets between ${t.client} and ${t.server} are ${t.name} (packets ${t.first} to ${t.last})`,
    ko: `${t.client}, ${t.server} 사이의 패킷 ${t.packets}개가 ${t.name}입니다 (${t.first}번~${t.last}번 패킷)`,
  };
  if (share < NEARLY_ALL)
    return unknown('only-a-part', [t.first, t.last], {
      en: `${text.en}, but ${other} other packets of ${t.client} go past it: a split tunnel, or not this host's own VPN`,
      ko: `${text.ko}. 그러나 ${t.client}의 다른 패킷 ${other}개는 그리로 가지 않습니다. 일부만 보내는 터널이거나 이 호스트의 VPN이 아닙니다`,
    });
  return confirmed('tunnelled', [t.first, t.last], {
    en: `${text.en}, ${Math.floor(share * 100)} % of all that ${t.client} exchanges: its packets take the way over ${t.server}; where they go on from there is not in this capture`,
    ko: `${text.ko}. ${t.client} 통신의 ${Math.floor(share * 100)}%입니다. 패킷은 ${object(t.server)} 거쳐 갑니다. 거기서 어디로 가는지는 이 캡처에 없습니다`,
  });
}

/** Packets of the tunnel's client that are not the tunnel's. */
function packetsBeside(capture: CaptureFacts, t: Tunnel): number {
  let sum = 0;
  for (const table of [capture.connections, capture.datagrams]) {
    let count = 0;
    for (const { client, server, fromClient, fromServer } of table) {
      if (count++ >= LOOK) break;
      if (client.address !== t.client && server.address !== t.client) continue;
      if (client.address === t.server || server.address === t.server) continue;
      sum += fromClient.packets + fromServer.packets;
    }
  }
  return sum;
}

function udpTunnels(capture: CaptureFacts): Tunnel[] {
  const found: Tunnel[] = [];
  let count = 0;
  let read = 0;
  for (const flow of capture.datagrams) {
    if (count++ >= LOOK || read >= READ) break;
    const packets = flow.fromClient.packets + flow.fromServer.packets;
    if (packets < IN_USE) continue;
    read++;
    const name = tunnelName(flow, capture.packet(flow.firstPacket)?.payload);
    if (name === undefined) continue;
    const [client, server] = [flow.client.address, flow.server.address];
    found.push({ name, client, server, first: flow.firstPacket, last: flow.lastPacket, packets });
  }
  return found;
}

const usesPort = ({ client, server }: { client: Endpoint; server: Endpoint }, port: number): boolean =>
  server.port === port || client.port === port;

/** By the port and the look of the first packet's beginning; WireGuard's handshake is plain enough at any port. */
function tunnelName(flow: DatagramFlow, payload: Uint8Array | undefined): string | undefined {
  if (payload === undefined || payload.length === 0) return undefined;
  const wireguard = payload[0] >= 1 && payload[0] <= 4 && payload[1] === 0 && payload[2] === 0 && payload[3] === 0;
  if (wireguard && (usesPort(flow, 51820) || (payload[0] === 1 && payload.length === 148))) return 'WireGuard';
  // Its opcode is in the upper five bits; 7 and 10 begin a session, 6 and 9 are data.
  const opcode = payload[0] >> 3;
  if (usesPort(flow, 1194) && opcode >= 3 && opcode <= 10) return 'OpenVPN';
  if (usesPort(flow, 4500)) return 'IPsec (UDP 4500)';
  return undefined;
}

function ipsec(capture: CaptureFacts): Tunnel[] {
  const found: Tunnel[] = [];
  for (const [layer, name] of [
    ['esp', 'ESP'],
    ['ah', 'AH'],
  ] as const) {
    const packets = capture.packetsWith(layer, LOOK).filter((n) => !capture.stackOf(n).split(':').includes('udp'));
    if (packets.length === 0) continue;
    const first = capture.packet(packets[0]);
    if (first?.source === undefined || first.destination === undefined) continue;
    const last = packets[packets.length - 1];
    found.push({ name, client: first.source, server: first.destination, first: packets[0], last, packets: packets.length });
  }
  return found;
}
