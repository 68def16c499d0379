import type { Rule } from '../rule.ts';
import { rule as enc1 } from './r-enc-1.ts';
import { rule as enc2 } from './r-enc-2.ts';
import { rule as enc3 } from './r-enc-3.ts';
import { rule as enc4 } from './r-enc-4.ts';
import { rule as enc5 } from './r-enc-5.ts';
import { rule as enc6 } from './r-enc-6.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_ENCAPSULATION: Rule[] = [enc1, enc2, enc3, enc4, enc5, enc6];
