import type { Rule } from './rule.ts';
import { rule as tcp1 } from './tcp/r-tcp-1.ts';

/** Every rule of the book, in the book's order. A new one gets its line here. */
export const RULES: readonly Rule[] = [tcp1];
