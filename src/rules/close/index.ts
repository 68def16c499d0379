import type { Rule } from '../rule.ts';
import { rule as fin1 } from './r-fin-1.ts';
import { rule as fin2 } from './r-fin-2.ts';
import { rule as fin3 } from './r-fin-3.ts';
import { rule as fin4 } from './r-fin-4.ts';
import { rule as fin5 } from './r-fin-5.ts';
import { rule as fin6 } from './r-fin-6.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_CLOSE: Rule[] = [fin1, fin2, fin3, fin4, fin5, fin6];
