import type { Meanings } from './meanings.ts';

export const DNS_FIELDS: Meanings = {
  'dns.id': ['ties the answer to its question', '응답을 질문과 짝짓는 번호'],
  'dns.flags.response': ['set: an answer; not set: a question', '설정이면 응답, 아니면 질문입니다'],
  'dns.flags.opcode': ['0 is an ordinary question', '0은 보통 질문'],
  'dns.flags.authoritative': [
    'set: the server is responsible for this name and does not speak from a cache',
    '설정: 캐시가 아니라 이 이름을 맡은 서버의 대답입니다',
  ],
  'dns.flags.truncated': [
    'set: the answer did not fit; the client asks again over TCP',
    '설정: 응답이 다 들어가지 않아 클라이언트가 TCP로 다시 묻습니다',
  ],
  'dns.flags.recdesired': [
    'set: the server shall find the answer itself, asking others',
    '설정: 서버가 다른 서버에 물어서라도 답을 찾아 달라는 뜻입니다',
  ],
  'dns.flags.recavail': [
    'set: the server asks others on behalf of clients',
    '설정: 이 서버는 클라이언트 대신 다른 서버에 물어 줍니다',
  ],
  'dns.flags.authenticated': [
    'set: the resolver has checked the signatures (DNSSEC)',
    '설정: 리졸버가 서명을 확인했습니다 (DNSSEC)',
  ],
  'dns.flags.rcode': [
    '0 found; 3 NXDOMAIN: no such name; 2 SERVFAIL: the server could not find out',
    '0은 성공, 3 NXDOMAIN은 없는 이름, 2 SERVFAIL은 서버가 알아내지 못함',
  ],
  'dns.count.answers': [
    'records that answer the question; 0 with rcode 0: the name is there, but has none of this type',
    '질문에 답하는 레코드 수. rcode 0인데 0개면 이름은 있지만 이 종류의 레코드가 없습니다',
  ],
  'dns.count.auth_rr': [
    'records about who is responsible: a referral to other servers, or why there is nothing',
    '누가 맡고 있는지에 대한 레코드: 다른 서버를 가리키거나 왜 없는지를 알립니다',
  ],
  'dns.count.add_rr': [
    'records that may help, such as the addresses of the servers named',
    '도움이 되는 레코드. 예를 들어 가리킨 서버들의 주소',
  ],
  'dns.qry.name': ['name that is asked for', '묻는 이름'],
  'dns.qry.type': [
    'A wants IPv4 addresses, AAAA IPv6, HTTPS how to connect',
    'A는 IPv4 주소, AAAA는 IPv6 주소, HTTPS는 접속 방법을 묻습니다',
  ],
  'dns.resp.ttl': ['seconds that this may be kept in a cache', '캐시에 담아 두어도 되는 초'],
  'dns.a': ['IPv4 address of the name', '이름의 IPv4 주소'],
  'dns.aaaa': ['IPv6 address of the name', '이름의 IPv6 주소'],
  'dns.cname': [
    'the name is an alias of this one, which must be looked up as well',
    '이 이름의 별명입니다. 그 이름도 찾아야 합니다',
  ],
  'dns.ns': ['server that is responsible for the zone', '이 영역을 맡은 서버'],
  'dns.soa.minimum_ttl': [
    'seconds that "there is no such name" may be kept (RFC 2308)',
    '"그런 이름은 없음"을 담아 두어도 되는 초 (RFC 2308)',
  ],
  'dns.rr.udp_payload_size': [
    'largest answer that the asker takes over UDP (EDNS, RFC 6891)',
    '질문한 쪽이 UDP로 받을 수 있는 가장 큰 응답 (EDNS, RFC 6891)',
  ],
  'dns.resp.z.do': ['set: signatures are wanted as well (DNSSEC)', '설정: 서명도 함께 달라는 뜻입니다 (DNSSEC)'],
  'dns.opt.cookie.client': [
    'a number that an answer must repeat: makes forging harder (RFC 7873)',
    '응답이 되돌려야 하는 번호. 위조를 어렵게 합니다 (RFC 7873)',
  ],
};
