import type { Rule } from '../rule.ts';
import { rule as http1 } from './r-http-1.ts';
import { rule as http2 } from './r-http-2.ts';
import { rule as http3 } from './r-http-3.ts';
import { rule as http4 } from './r-http-4.ts';
import { rule as http5 } from './r-http-5.ts';
import { rule as http6 } from './r-http-6.ts';
import { rule as http7 } from './r-http-7.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_HTTP: Rule[] = [http1, http2, http3, http4, http5, http6, http7];
