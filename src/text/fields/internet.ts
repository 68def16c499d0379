import type { Meanings } from './meanings.ts';

export const INTERNET_FIELDS: Meanings = {
  'ip.version': ['4: this is IPv4', '4: IPv4입니다'],
  'ip.hdr_len': ['20 bytes without options', '옵션이 없으면 20바이트'],
  'ip.dsfield': [
    'how routers shall treat the packet: priority and congestion marks',
    '라우터가 패킷을 다루는 방법: 우선순위와 혼잡 표시',
  ],
  'ip.dsfield.dscp': ['class of service; 0 is ordinary traffic (RFC 2474)', '서비스 등급. 0은 보통 트래픽 (RFC 2474)'],
  'ip.dsfield.ecn': [
    'a router may mark here that it is congested, instead of dropping (RFC 3168)',
    '라우터가 버리는 대신 혼잡하다고 표시할 수 있습니다 (RFC 3168)',
  ],
  'ip.len': [
    'bytes of the IP packet with its header; what follows in the frame is padding',
    '헤더를 포함한 IP 패킷의 바이트 수. 프레임에서 그 뒤는 채움입니다',
  ],
  'ip.id': [
    'ties fragments of one packet together; says nothing else (RFC 6864)',
    '한 패킷의 조각들을 묶는 번호입니다. 그 밖의 뜻은 없습니다 (RFC 6864)',
  ],
  'ip.flags.df': [
    'set: routers must not cut this packet; too large, it comes back as an ICMP error',
    '설정: 라우터가 나누면 안 됩니다. 너무 크면 ICMP 오류가 돌아옵니다',
  ],
  'ip.flags.mf': ['set: more fragments of this packet follow', '설정: 이 패킷의 조각이 더 있습니다'],
  'ip.frag_offset': ['where this fragment belongs in the whole packet', '전체 패킷에서 이 조각의 자리'],
  'ip.ttl': [
    'routers this packet may still pass: each takes one off, at 0 it is dropped. Senders begin with 64, 128 or 255, so the difference is the number of routers passed',
    '앞으로 지날 수 있는 라우터 수입니다. 라우터마다 1씩 줄고 0이 되면 버려집니다. 64, 128, 255에서 시작하므로 그 차이가 지나온 라우터 수입니다',
  ],
  'ip.proto': ['what the packet carries: 6 TCP, 17 UDP, 1 ICMP', '패킷이 나르는 것: 6 TCP, 17 UDP, 1 ICMP'],
  'ip.checksum': [
    'guards the IP header only; every router computes it anew',
    'IP 헤더만 지키는 검사합이며 라우터마다 다시 계산합니다',
  ],
  'ip.src': ['who sent it; NAT replaces a private address by a public one', '보낸 주소. NAT가 사설 주소를 공인 주소로 바꿉니다'],
  'ip.dst': ['final receiver; it stays the same all the way, but for NAT', '최종 목적지. NAT가 아니면 끝까지 바뀌지 않습니다'],
  'ipv6.flow': [
    'packets of one flow carry the same number, so that they take the same path (RFC 6437)',
    '같은 흐름의 패킷은 같은 번호를 달아 같은 길로 갑니다 (RFC 6437)',
  ],
  'ipv6.tclass': ['priority and congestion marks, as in IPv4', 'IPv4와 같은 우선순위와 혼잡 표시'],
  'ipv6.plen': ['bytes behind the 40-byte header', '40바이트 헤더 뒤의 바이트 수'],
  'ipv6.nxt': [
    'what follows: 6 TCP, 17 UDP, 58 ICMPv6, or an extension header',
    '뒤에 오는 것: 6 TCP, 17 UDP, 58 ICMPv6 또는 확장 헤더',
  ],
  'ipv6.hlim': ['as the TTL of IPv4: routers this packet may still pass', 'IPv4의 TTL과 같이, 앞으로 지날 수 있는 라우터 수'],
  'ipv6.src': [
    'who sent it; IPv6 needs no NAT, so this is mostly the host itself',
    '보낸 주소. IPv6에는 대개 NAT가 없어 호스트 자신의 주소입니다',
  ],
  'ipv6.dst': ['final receiver', '최종 목적지'],
  'icmp.type': [
    'what is told: 0 and 8 are ping, 3 unreachable, 11 time exceeded',
    '알리는 내용: 0과 8은 ping, 3은 도달 불가, 11은 시간 초과',
  ],
  'icmp.code': ['the reason in more detail', '더 자세한 까닭'],
  'icmp.quoted': [
    'beginning of the packet that caused the error: tells which connection it is about',
    '오류를 일으킨 패킷의 앞부분. 어느 연결에 대한 것인지 알 수 있습니다',
  ],
  'icmp.ident': [
    'tells one ping program from another; NAT may change it',
    'ping 프로그램끼리 구분하는 번호. NAT가 바꿀 수 있습니다',
  ],
  'icmp.seq': ['counts the pings', 'ping의 순번'],
  'icmpv6.type': [
    'what is told: 133 to 137 are neighbour discovery, 128 and 129 ping',
    '알리는 내용: 133~137은 이웃 탐색, 128과 129는 ping',
  ],
  'icmpv6.nd.ns.target_address': [
    '"who has this IPv6 address?": the question of ARP, in IPv6 (RFC 4861)',
    '"이 IPv6 주소는 누구인가?" IPv6에서 ARP 질문에 해당합니다 (RFC 4861)',
  ],
  'icmpv6.nd.na.target_address': ['the address whose owner answers', '대답하는 쪽이 가진 주소'],
  'icmpv6.opt.src_linkaddr': ['network card of the one who asks', '묻는 쪽의 랜 카드'],
  'icmpv6.opt.target_linkaddr': ['network card that was looked for', '찾던 랜 카드'],
};
