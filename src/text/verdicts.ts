import type { Language, Text } from './text.ts';

/** How verdicts read; the mark says it without colour. */
export const VERDICT_SAYS: Record<
  'confirmed' | 'contradicted' | 'skipped' | 'not-visible' | 'unknown',
  Text & { mark: string; ascii: string }
> = {
  confirmed: { mark: '✓', ascii: 'v', en: 'confirmed', ko: '맞음' },
  contradicted: { mark: '✗', ascii: 'x', en: 'contradicted', ko: '다름' },
  skipped: { mark: '-', ascii: '-', en: 'skipped', ko: '건너뜀' },
  'not-visible': { mark: '○', ascii: 'o', en: 'not visible here', ko: '여기서는 안 보임' },
  unknown: { mark: '?', ascii: '?', en: 'unknown', ko: '알 수 없음' },
};

export const VANTAGE_SAYS: Record<string, Text> = {
  client: { en: 'the client', ko: '클라이언트' },
  'gateway-inside': { en: "the gateway's inside", ko: '게이트웨이 안쪽' },
  'gateway-outside': { en: "the gateway's outside", ko: '게이트웨이 바깥쪽' },
  router: { en: 'a router on the way', ko: '중간 라우터' },
  'last-router': { en: "the last router, on the server's network", ko: '서버 쪽 마지막 라우터' },
  resolver: { en: 'the resolver', ko: '리졸버(로컬 DNS 서버)' },
  'name-server': { en: 'a name server', ko: '네임 서버' },
  'cache-front': { en: "the cache's front", ko: '캐시 서버 앞쪽' },
  'cache-back': { en: "the cache's back", ko: '캐시 서버 뒤쪽' },
  'balancer-front': { en: "the load balancer's front", ko: '로드 밸런서 앞쪽' },
  'balancer-back': { en: "the load balancer's back", ko: '로드 밸런서 뒤쪽' },
  server: { en: 'the server', ko: '서버' },
};

/** "the client or the gateway's inside": places that see the same packets. */
export const placesText = (kinds: readonly string[], language: Language): string =>
  kinds.map((kind) => VANTAGE_SAYS[kind][language]).join({ en: ' or ', ko: ' 또는 ' }[language]);

export const CHAPTER_SAYS: Record<string, Text> = {
  names: { en: 'Names and ports', ko: '이름과 포트' },
  dns: { en: 'DNS: the client asks', ko: 'DNS: 클라이언트가 묻다' },
  resolver: { en: 'DNS: the resolver asks on', ko: 'DNS: 리졸버가 이어서 묻다' },
  arp: { en: 'ARP', ko: 'ARP' },
  link: { en: 'The link layer', ko: '링크 계층' },
  encapsulation: { en: 'Encapsulation', ko: '캡슐화' },
  ip: { en: 'IP and routing', ko: 'IP와 라우팅' },
  nat: { en: 'NAT', ko: 'NAT' },
  tcp: { en: 'TCP', ko: 'TCP' },
  tls: { en: 'TLS', ko: 'TLS' },
  http: { en: 'HTTP', ko: 'HTTP' },
  cache: { en: 'Caches', ko: '캐시' },
  balancer: { en: 'Load balancers', ko: '로드 밸런서' },
  page: { en: 'The page', ko: '웹 페이지' },
  close: { en: 'Closing the connection', ko: '연결 종료' },
  own: { en: 'Your own rules', ko: '직접 쓴 규칙' },
  order: { en: 'The order of the steps', ko: '단계의 순서' },
};
