import type { Rule } from '../rule.ts';
import { rule as res1 } from './r-res-1.ts';
import { rule as res2 } from './r-res-2.ts';
import { rule as res3 } from './r-res-3.ts';
import { rule as res4 } from './r-res-4.ts';
import { rule as res5 } from './r-res-5.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_RESOLVER: Rule[] = [res1, res2, res3, res4, res5];
