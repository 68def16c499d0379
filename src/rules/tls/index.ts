import type { Rule } from '../rule.ts';
import { rule as tls1 } from './r-tls-1.ts';
import { rule as tls2 } from './r-tls-2.ts';
import { rule as tls3 } from './r-tls-3.ts';
import { rule as tls4 } from './r-tls-4.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_TLS: Rule[] = [tls1, tls2, tls3, tls4];
