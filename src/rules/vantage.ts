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

/** Where a capture seems to have been taken, and why one may think so. */
export interface Vantage {
  /** Undefined: the packets do not tell. */
  kind: VantageKind | undefined;
  /** True where the user said so. */
  given: boolean;
  evidence: { text: Text; packets: number[] }[];
}
