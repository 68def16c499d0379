import { RULES_OF_ARP } from './arp/index.ts';
import { RULES_OF_BALANCER } from './balancer/index.ts';
import { RULES_OF_CACHE } from './cache/index.ts';
import { RULES_OF_CLOSE } from './close/index.ts';
import { RULES_OF_DNS } from './dns/index.ts';
import { RULES_OF_ENCAPSULATION } from './encapsulation/index.ts';
import { RULES_OF_HTTP } from './http/index.ts';
import { RULES_OF_IP } from './ip/index.ts';
import { RULES_OF_LINK } from './link/index.ts';
import { RULES_OF_NAMES } from './names/index.ts';
import { RULES_OF_NAT } from './nat/index.ts';
import { RULES_OF_ORDER } from './order/index.ts';
import { RULES_OF_PAGE } from './page/index.ts';
import { RULES_OF_RESOLVER } from './resolver/index.ts';
import { RULES_OF_TCP } from './tcp/index.ts';
import { RULES_OF_TLS } from './tls/index.ts';
import type { Judgement, Rule } from './rule.ts';

/** Every rule of the book, chapter by chapter in the book's order. */
export const RULES: readonly Rule[] = [
  ...RULES_OF_NAMES,
  ...RULES_OF_DNS,
  ...RULES_OF_RESOLVER,
  ...RULES_OF_ARP,
  ...RULES_OF_LINK,
  ...RULES_OF_ENCAPSULATION,
  ...RULES_OF_IP,
  ...RULES_OF_NAT,
  ...RULES_OF_TCP,
  ...RULES_OF_TLS,
  ...RULES_OF_HTTP,
  ...RULES_OF_CACHE,
  ...RULES_OF_BALANCER,
  ...RULES_OF_PAGE,
  ...RULES_OF_CLOSE,
  ...RULES_OF_ORDER,
];

const byId = new Map(RULES.map((rule) => [rule.id, rule]));

export const ruleById = (id: string): Rule | undefined => byId.get(id);

const places = new Map(RULES.map((rule, i) => [rule.id, i]));

/** Judgements in the book's order, those of one rule as they came. */
export const inBookOrder = (list: Judgement[]): Judgement[] =>
  list.sort((a, b) => (places.get(a.rule) ?? RULES.length) - (places.get(b.rule) ?? RULES.length));
