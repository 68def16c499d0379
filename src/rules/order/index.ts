import type { Rule } from '../rule.ts';
import { rule as ord1 } from './r-ord-1.ts';
import { rule as ord2 } from './r-ord-2.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_ORDER: Rule[] = [ord1, ord2];
