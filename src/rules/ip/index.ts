import type { Rule } from '../rule.ts';
import { rule as rIp1 } from './r-ip-1.ts';
import { rule as rIp4 } from './r-ip-4.ts';
import { rule as rIp5 } from './r-ip-5.ts';
import { rule as rIp7 } from './r-ip-7.ts';
import { rule as rIp8 } from './r-ip-8.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_IP: Rule[] = [rIp1, rIp4, rIp5, rIp7, rIp8];
