import type { Rule } from '../rule.ts';
import { rule as arp1 } from './r-arp-1.ts';
import { rule as arp2 } from './r-arp-2.ts';
import { rule as arp3 } from './r-arp-3.ts';
import { rule as arp4 } from './r-arp-4.ts';
import { rule as arp5 } from './r-arp-5.ts';
import { rule as arp6 } from './r-arp-6.ts';
import { rule as arp7 } from './r-arp-7.ts';
import { rule as arp8 } from './r-arp-8.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_ARP: Rule[] = [arp1, arp2, arp3, arp4, arp5, arp6, arp7, arp8];
