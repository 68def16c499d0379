import type { Rule } from '../rule.ts';
import { rule as nat1 } from './r-nat-1.ts';
import { rule as nat2 } from './r-nat-2.ts';
import { rule as nat3 } from './r-nat-3.ts';
import { rule as nat4 } from './r-nat-4.ts';
import { rule as nat5 } from './r-nat-5.ts';
import { rule as nat6 } from './r-nat-6.ts';
import { rule as nat7 } from './r-nat-7.ts';
import { rule as nat8 } from './r-nat-8.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_NAT: Rule[] = [nat1, nat2, nat3, nat4, nat5, nat6, nat7, nat8];
