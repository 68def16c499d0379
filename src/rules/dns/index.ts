import type { Rule } from '../rule.ts';
import { rule as dns1 } from './r-dns-1.ts';
import { rule as dns2 } from './r-dns-2.ts';
import { rule as dns3 } from './r-dns-3.ts';
import { rule as dns4 } from './r-dns-4.ts';
import { rule as dns5 } from './r-dns-5.ts';
import { rule as dns6 } from './r-dns-6.ts';
import { rule as dns7 } from './r-dns-7.ts';
import { rule as dns8 } from './r-dns-8.ts';
import { rule as dns9 } from './r-dns-9.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_DNS: Rule[] = [dns1, dns2, dns3, dns4, dns5, dns6, dns7, dns8, dns9];
