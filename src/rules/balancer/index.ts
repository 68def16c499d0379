import type { Rule } from '../rule.ts';
import { rule as lb1 } from './r-lb-1.ts';
import { rule as lb2 } from './r-lb-2.ts';
import { rule as lb3 } from './r-lb-3.ts';
import { rule as lb4 } from './r-lb-4.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_BALANCER: Rule[] = [lb1, lb2, lb3, lb4];
