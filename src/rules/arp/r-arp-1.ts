import { object, subject as named, topic } from '../../text/particles.ts';
import { addressClass } from '../addresses.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { endsOf, talks } from '../ip/ends.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { addressesOf } from './asks.ts';
import { gatewaysTold, isOwn, wayOut } from './way-out.ts';

export const rule: JourneyRule = {
  id: 'R-ARP-1',
  chapter: 'arp',
  scope: 'journey',
  statement: {
    en: 'A packet for another network goes to the MAC address of the gateway, not to that of the server',
    ko: '다른 네트워크에 가는 패킷은 서버의 MAC이 아니라 게이트웨이의 MAC 주소로 보낸다',
  },
  reality: {
    en: 'So it is (RFC 1122 §3.3.1.1). A server on the same network gets its frames itself; virtual routers have MAC addresses of their own (00:00:5e:00:01:xx, RFC 9568 §7.3); loopback, tunnels and PPP have none.',
    ko: '그렇습니다 (RFC 1122 §3.3.1.1). 같은 네트워크의 서버에는 프레임을 직접 보냅니다. 가상 라우터는 자기 MAC을 쓰고(00:00:5e:00:01:xx, RFC 9568 §7.3), 루프백과 터널, PPP에는 MAC이 없습니다.',
  },
  rfc: ['RFC 1122 §3.3.1.1', 'RFC 9568 §7.3'],
  vantages: ['client', 'gateway-inside'],
  reasons: [
    'gateway',
    'router',
    'proxy-arp',
    'other-gateway',
    'same-network',
    'loopback',
    'behind-a-router',
    'no-link-layer',
    'no-client-packet',
    'nothing-tells',
  ],
  needs: [talks],
  check(subject) {
    const { capture } = subject;
    const ends = endsOf(subject);
    if (ends === undefined) throw new Error('nobody talks');
    const { client, server, fromClient, fromServer } = ends;
    if (client.address === server.address || addressClass(server.address) === 'loopback')
      return skipped('loopback', [fromClient?.number], {
        en: `${client.address} talks with ${server.address} inside one host: no frame is sent to anybody`,
        ko: `${client.address}에서 ${server.address}에 보낸 것은 한 호스트 안의 통신이므로 프레임을 받을 다른 장비가 없습니다`,
      });
    if (fromClient === undefined)
      return unknown('no-client-packet', [fromServer?.number], {
        en: `no packet from ${client.address} is here: which MAC address it sends to does not show`,
        ko: `${client.address}에서 보낸 패킷이 여기에 없어 어느 MAC 주소로 보내는지 알 수 없습니다`,
      });
    if (!isOwn(fromClient))
      return notVisible(
        'behind-a-router',
        [fromClient.number],
        {
          en: `packet ${fromClient.number} from ${client.address} has passed a router already (TTL ${fromClient.hopLimit}): the frame in which it left its sender was another one`,
          ko: `${client.address}에서 온 ${topic(`${fromClient.number}번 패킷`)} 이미 라우터를 지났습니다(TTL ${fromClient.hopLimit}). 처음 보낸 쪽을 떠날 때의 프레임이 아닙니다`,
        },
        {
          text: {
            en: 'capture at the client, or on the inside of its gateway',
            ko: '클라이언트나 그 게이트웨이 안쪽에서 캡처하세요',
          },
          command: `tcpdump -i <eth0> -w client.pcap "arp or host ${server.address}"`,
        },
      );
    const out = wayOut(capture, fromClient, fromServer);
    if (out.mac === undefined)
      return notVisible(
        'no-link-layer',
        [fromClient.number],
        {
          en: `packet ${fromClient.number} was captured without a destination MAC address (${capture.linkTypes.join(', ')})`,
          ko: `${fromClient.number}번 패킷은 목적지 MAC 주소 없이 캡처되었습니다(${capture.linkTypes.join(', ')})`,
        },
        {
          text: {
            en: 'capture on the one interface and not on "any"; tunnels and PPP have no MAC addresses',
            ko: 'any 대신 실제 인터페이스 하나에서 캡처하세요. 터널과 PPP에는 MAC 주소가 없습니다',
          },
          command: `tcpdump -i <eth0> -w client.pcap "arp or host ${server.address}"`,
        },
      );
    const packets = [fromClient.number, fromServer?.number];
    if (out.to === 'near')
      return skipped('same-network', packets, {
        en: `${server.address} is on the same network: packet ${fromClient.number} goes straight to its MAC address, ${out.mac}`,
        ko: `${topic(server.address)} 같은 네트워크에 있습니다. ${fromClient.number}번 패킷은 그 MAC 주소 ${out.mac}에 바로 갑니다`,
      });
    if (out.to === 'unknown')
      return unknown('nothing-tells', packets, {
        en: `packet ${fromClient.number} for ${server.address} goes to ${out.mac}; whether that is a gateway or the server itself nothing in the capture tells`,
        ko: `${server.address}에 가는 ${fromClient.number}번 패킷을 ${out.mac}에 보냅니다. 그것이 게이트웨이인지 서버 자신인지는 이 캡처로 알 수 없습니다`,
      });
    return far(out, subject.capture, fromClient, fromServer, server.address);
  },
};

function far(
  out: ReturnType<typeof wayOut>,
  capture: Parameters<typeof wayOut>[0],
  sent: Parameters<typeof wayOut>[1],
  answer: Parameters<typeof wayOut>[2],
  server: string,
): Finding {
  const { number } = sent;
  const { mac, gateway, proxy } = out;
  if (proxy !== undefined)
    return confirmed('proxy-arp', [proxy.packet, number, answer?.number], {
      en: `packet ${number} for ${server} goes to ${mac}, a router: it answered in packet ${proxy.packet} to the question for ${server} itself (proxy ARP), and the answers from there have passed a router (TTL ${answer?.hopLimit})`,
      ko: `${server}에 가는 ${number}번 패킷은 라우터인 ${mac}에 갑니다. ${proxy.packet}번 패킷에서 그 라우터가 ${server} 대신 답했고(proxy ARP), 거기서 오는 응답은 라우터를 지났습니다(TTL ${answer?.hopLimit})`,
    });
  const toldOf = gatewaysTold(capture, sent);
  if (
    toldOf.length > 0 &&
    gateway !== undefined &&
    !toldOf.includes(gateway.address) &&
    !addressesOf(capture, mac ?? '').some((each) => toldOf.includes(each.address))
  )
    return contradicted('other-gateway', [gateway.packet, number], {
      en: `packet ${number} for ${server} goes to ${mac}, which is ${gateway.address} by packet ${gateway.packet} and not the gateway ${toldOf[0]} that the client was told of`,
      ko: `${server}에 가는 ${number}번 패킷은 ${mac}에 가는데, ${gateway.packet}번 패킷에 따르면 그것은 ${gateway.address}이고 클라이언트가 안내받은 게이트웨이 ${named(toldOf[0])} 아닙니다`,
    });
  if (gateway !== undefined)
    return confirmed('gateway', [gateway.packet, number], {
      en: `packet ${number} for ${server} goes to ${mac}, the MAC address of ${gateway.address} by packet ${gateway.packet}, the way out of this network`,
      ko: `${server}에 가는 ${number}번 패킷은 ${mac}에 갑니다. ${gateway.packet}번 패킷에 따르면 이 네트워크의 출구인 ${gateway.address}의 MAC 주소입니다`,
    });
  const seen =
    answer === undefined
      ? { en: `${server} is not an address of this network`, ko: `${topic(server)} 이 네트워크의 주소가 아닙니다` }
      : {
          en: `what comes back from there has passed routers (packet ${answer.number}, TTL ${answer.hopLimit}), so that is a router’s MAC address and not the server’s`,
          ko: `돌아온 ${topic(`${answer.number}번 패킷`)} 라우터를 지났으므로(TTL ${answer.hopLimit}) 서버가 아니라 라우터의 MAC 주소입니다`,
        };
  return confirmed('router', [number, answer?.number], {
    en: `packet ${number} for ${server} goes to ${mac}; ${seen.en}; its IP address is not in this capture`,
    ko: `${object(`${number}번 패킷`)} ${server} 쪽에 보낼 때 목적지 MAC은 ${mac}입니다. ${seen.ko}. 그 라우터의 IP 주소는 이 캡처에 없습니다`,
  });
}
