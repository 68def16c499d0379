import type { Rule } from '../rule.ts';
import { rule as l21 } from './r-l2-1.ts';
import { rule as l22 } from './r-l2-2.ts';
import { rule as l23 } from './r-l2-3.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_LINK: Rule[] = [l21, l22, l23];
