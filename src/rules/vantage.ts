import type { Text } from '../text/text.ts';

/** Where a capture was taken; the codes of the book (C, GI, GO, R, LR, RS, AU, CSf, CSb, LBf, LBb, S) in words. */
export const VANTAGES = [
  'client',
  'gateway-inside',
  'gateway-outside',
  'router',
  'last-router',
  'resolver',
  'name-server',
  'cache-front',
  'cache-back',
  'balancer-front',
  'balancer-back',
  'server',
] as const;
export type VantageKind = (typeof VANTAGES)[number];

export interface VantageEvidence {
  text: Text;
  packets: number[];
}

/** Where a capture seems to have been taken, and why one may think so. */
export interface Vantage {
  /** The likeliest of `kinds`. Undefined: the packets do not tell. */
  kind: VantageKind | undefined;
  /**
   * All that it is: both ends of one link see the same packets, a loopback or "any" interface is several places at once.
   * Empty where the packets do not tell.
   */
  kinds: VantageKind[];
  /** True where the user said so. */
  given: boolean;
  evidence: VantageEvidence[];
}

/** What a look at the flows finds. */
export interface Place {
  kinds: VantageKind[];
  evidence: VantageEvidence[];
}

/** Each place in the reader's language. */
export const VANTAGE_NAMES: Record<VantageKind, Text> = {
  client: { en: 'the client', ko: '클라이언트' },
  'gateway-inside': { en: 'the gateway, inside', ko: '게이트웨이 안쪽' },
  'gateway-outside': { en: 'the gateway, outside', ko: '게이트웨이 바깥쪽' },
  router: { en: 'a router on the way', ko: '중간 라우터' },
  'last-router': { en: 'the last router, on the server’s network', ko: '서버 쪽 마지막 라우터' },
  resolver: { en: 'the resolver', ko: '리졸버' },
  'name-server': { en: 'a name server', ko: '네임 서버' },
  'cache-front': { en: 'the cache, towards the clients', ko: '캐시의 클라이언트 쪽' },
  'cache-back': { en: 'the cache, towards the origin', ko: '캐시의 원본 서버 쪽' },
  'balancer-front': { en: 'the load balancer, towards the clients', ko: '로드 밸런서의 클라이언트 쪽' },
  'balancer-back': { en: 'the load balancer, towards its servers', ko: '로드 밸런서의 서버 쪽' },
  server: { en: 'the server', ko: '서버' },
};
