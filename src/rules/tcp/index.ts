import type { Rule } from '../rule.ts';
import { rule as tcp1 } from './r-tcp-1.ts';
import { rule as tcp2 } from './r-tcp-2.ts';
import { rule as tcp3 } from './r-tcp-3.ts';
import { rule as tcp4 } from './r-tcp-4.ts';
import { rule as tcp5 } from './r-tcp-5.ts';
import { rule as tcp6 } from './r-tcp-6.ts';
import { rule as tcp7 } from './r-tcp-7.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_TCP: Rule[] = [tcp1, tcp2, tcp3, tcp4, tcp5, tcp6, tcp7];
