import type { Meanings } from './meanings.ts';

export const LINK_FIELDS: Meanings = {
  'eth.dst': [
    'network card that shall take this frame on this link: the next hop, not the final receiver; ff:ff:ff:ff:ff:ff is everybody',
    '이 링크에서 프레임을 받을 랜 카드입니다. 최종 목적지가 아니라 다음 홉이고, ff:ff:ff:ff:ff:ff는 모두에게 보낸다는 뜻입니다',
  ],
  'eth.src': [
    'network card that put the frame on this link; each router replaces it with its own',
    '이 링크에 프레임을 내보낸 랜 카드입니다. 라우터를 지날 때마다 그 라우터의 것으로 바뀝니다',
  ],
  'eth.dst.lg': [
    'set: the address was made up locally (virtual machine, random Wi-Fi address), not given by a maker',
    '설정: 제조사가 아니라 현장에서 정한 주소입니다 (가상 머신, 무작위 Wi-Fi 주소)',
  ],
  'eth.src.lg': [
    'set: the address was made up locally (virtual machine, random Wi-Fi address), not given by a maker',
    '설정: 제조사가 아니라 현장에서 정한 주소입니다 (가상 머신, 무작위 Wi-Fi 주소)',
  ],
  'eth.dst.ig': [
    'set: for a group of receivers, multicast or broadcast',
    '설정: 여럿이 받는 주소입니다 (멀티캐스트나 브로드캐스트)',
  ],
  'eth.type': [
    'what the frame carries: 0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP',
    '프레임이 나르는 것: 0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP',
  ],
  'vlan.id': [
    'virtual LAN that the frame belongs to: switches keep LANs of different numbers apart (IEEE 802.1Q)',
    '프레임이 속한 가상 LAN 번호입니다. 스위치는 번호가 다른 LAN을 서로 나눕니다 (IEEE 802.1Q)',
  ],
  'vlan.priority': ['0 to 7: which frames a switch sends first', '0에서 7까지, 스위치가 먼저 보낼 순서입니다'],
  'vlan.etype': ['what follows the VLAN tag', 'VLAN 태그 뒤에 오는 것'],
  'sll.pkttype': [
    'whether this host received or sent it: the capture was taken on "any", which has no Ethernet header',
    '이 호스트가 받은 것인지 보낸 것인지를 나타냅니다. "any"에서 잡아 이더넷 헤더가 없습니다',
  ],
  'sll.hatype': ['kind of the network card', '랜 카드의 종류'],
  'sll.src.eth': ['address of the network card that sent it', '보낸 랜 카드의 주소'],
  'sll.etype': ['what follows: 0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP', '뒤에 오는 것: 0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP'],
  'arp.hw.type': ['kind of link addresses that are asked about: 1 is Ethernet', '묻는 링크 주소의 종류: 1은 이더넷'],
  'arp.proto.type': ['kind of addresses that are resolved: 0x0800 is IPv4', '찾으려는 주소의 종류: 0x0800은 IPv4'],
  'arp.hw.size': ['bytes of a link address: 6 for Ethernet', '링크 주소의 바이트 수: 이더넷은 6'],
  'arp.proto.size': ['bytes of a protocol address: 4 for IPv4', '프로토콜 주소의 바이트 수: IPv4는 4'],
  'arp.opcode': [
    '1 asks "who has this address?", 2 answers "I have"',
    '1은 "이 주소는 누구인가?"라는 질문, 2는 "나"라는 대답입니다',
  ],
  'arp.src.hw_mac': [
    'network card of the one who speaks; receivers may learn it',
    '말하는 쪽의 랜 카드. 받은 쪽이 기억해 둘 수 있습니다',
  ],
  'arp.src.proto_ipv4': ['IPv4 address of the one who speaks', '말하는 쪽의 IPv4 주소'],
  'arp.dst.hw_mac': ['in a question not known yet: all zero by custom', '질문에서는 아직 모르므로 관례대로 모두 0입니다'],
  'arp.dst.proto_ipv4': [
    "address whose network card is looked for; for another network it is the router's",
    '랜 카드를 찾는 주소. 다른 네트워크로 갈 때는 라우터의 주소입니다',
  ],
};
