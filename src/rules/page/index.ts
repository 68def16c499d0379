import type { Rule } from '../rule.ts';
import { rule as page1 } from './r-page-1.ts';
import { rule as page2 } from './r-page-2.ts';
import { rule as page3 } from './r-page-3.ts';
import { rule as page4 } from './r-page-4.ts';
import { rule as page5 } from './r-page-5.ts';
import { rule as page6 } from './r-page-6.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_PAGE: Rule[] = [page1, page2, page3, page4, page5, page6];
