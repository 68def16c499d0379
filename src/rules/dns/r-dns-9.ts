import type { Lookup } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible } from '../findings.ts';
import { sentHere } from '../origin.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { leaseOf, tellerOf } from './configured.ts';
import { isMulticast, isUpstream } from './questions.ts';

/** Clients and their resolvers that are told of. */
const PAIRS = 1000;

export const rule: CaptureRule = {
  id: 'R-DNS-9',
  chapter: 'dns',
  scope: 'capture',
  statement: {
    en: 'The computer knows its resolver beforehand: the address is configured',
    ko: '컴퓨터는 리졸버의 주소를 미리 알고 있다: 주소가 설정되어 있다',
  },
  reality: {
    en: 'Mostly by the network itself: DHCP option 6 (RFC 2132 §3.8), RDNSS in router advertisements (RFC 8106), DHCPv6 option 23 (RFC 3646). A lease older than the capture is not in it, nor what somebody typed in.',
    ko: '대부분 네트워크가 알려 줍니다: DHCP 옵션 6(RFC 2132 §3.8), 라우터 광고의 RDNSS(RFC 8106), DHCPv6 옵션 23(RFC 3646). 캡처 전에 받은 설정과 손으로 입력한 설정은 캡처에 없습니다.',
  },
  rfc: ['RFC 2132 §3.8', 'RFC 8106 §5.1', 'RFC 3646 §3'],
  vantages: ['client', 'gateway-inside'],
  reasons: ['told', 'other-resolver', 'told-before-capture', 'client-elsewhere'],
  needs: [],
  check(capture) {
    const first = new Map<string, Lookup>();
    for (const l of capture.lookups) {
      const pair = `${l.client.address} ${l.server.address}`;
      if (!isMulticast(l) && !isUpstream(l) && !first.has(pair) && first.size < PAIRS) first.set(pair, l);
    }
    return [...first.values()].map((l) => judge(capture, l));
  },
};

function judge(capture: CaptureFacts, l: Lookup): Finding {
  const told = tellerOf(capture, l);
  const [client, resolver] = [l.client.address, l.server.address];
  if (told !== undefined)
    return confirmed('told', [told.packet, l.packet], {
      en: `${told.server} told ${client} to ask ${resolver} (${told.kind}, packet ${told.packet}), and packet ${l.packet} asks there`,
      ko: `${told.server} 쪽에서 ${client}에 리졸버로 ${resolver} 주소를 알려 주었고(${told.kind}, ${told.packet}번 패킷), ${l.packet}번 패킷이 그곳에 물었습니다`,
    });
  const other = otherTold(capture, l);
  if (other !== undefined)
    return contradicted('other-resolver', [other.packet, l.packet], {
      en: `the network told ${client} to ask ${other.resolvers.join(', ')} (${other.kind}, packet ${other.packet}), but packet ${l.packet} asks ${resolver}: configured on the host, not by this network`,
      ko: `네트워크는 ${client}에 ${other.resolvers.join(', ')} 주소를 알려 주었지만(${other.kind}, ${other.packet}번 패킷), ${l.packet}번 패킷은 ${resolver}에 물었습니다: 이 네트워크가 아니라 컴퓨터에 설정된 것입니다`,
    });
  if (sentHere(capture, l.packet) === false)
    return notVisible(
      'client-elsewhere',
      [l.packet],
      {
        en: `packet ${l.packet} asks ${resolver} and has come through a router: what told ${client} of it passes on the client's own network only`,
        ko: `${resolver}에 물은 ${l.packet}번 패킷은 라우터를 거쳐 왔습니다: ${client} 쪽에서 그 주소를 어떻게 알았는지는 클라이언트의 네트워크에서만 보입니다`,
      },
      joining,
    );
  return notVisible(
    'told-before-capture',
    [l.packet],
    {
      en: `${client} asks ${resolver} in packet ${l.packet}, and nothing in the capture told it to: it knew before, from a lease older than the capture or from its own configuration`,
      ko: `${client}에서 ${l.packet}번 패킷으로 ${resolver}에 물었지만, 이 주소를 알려 준 패킷은 캡처에 없습니다: 캡처 전에 받았거나 직접 설정한 것입니다`,
    },
    joining,
  );
}

/** By DHCP, for this client alone: what it was given instead. */
function otherTold(capture: CaptureFacts, l: Lookup) {
  if (l.server.address.includes(':')) return undefined;
  const lease = leaseOf(capture, l.client.address);
  return lease !== undefined && lease.time <= l.start ? lease : undefined;
}

const joining = {
  text: {
    en: 'look at the host ("resolvectl status", /etc/resolv.conf), or capture while it joins the network',
    ko: '컴퓨터에서 확인하거나("resolvectl status", /etc/resolv.conf) 네트워크에 연결하는 동안 캡처하세요',
  },
  command: "tcpdump -i any -w lease.pcap 'port 67 or port 547 or port 53 or icmp6'",
};
