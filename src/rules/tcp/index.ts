import type { Rule } from '../rule.ts';
import { rule as tcp1 } from './r-tcp-1.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_TCP: Rule[] = [tcp1];
