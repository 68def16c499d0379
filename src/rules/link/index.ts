import type { Rule } from '../rule.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_LINK: Rule[] = [];
