import type { Rule } from '../rule.ts';
import { rule as url1 } from './r-url-1.ts';
import { rule as url2 } from './r-url-2.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_NAMES: Rule[] = [url1, url2];
