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
