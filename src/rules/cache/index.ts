import type { Rule } from '../rule.ts';
import { rule as cache1 } from './r-cache-1.ts';
import { rule as cache2 } from './r-cache-2.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_CACHE: Rule[] = [cache1, cache2];
