import type { Rule } from '../rule.ts';
import { rule as rFw1 } from './r-fw-1.ts';
import { rule as rIp1 } from './r-ip-1.ts';
import { rule as rIp2 } from './r-ip-2.ts';
import { rule as rIp3 } from './r-ip-3.ts';
import { rule as rIp4 } from './r-ip-4.ts';
import { rule as rIp5 } from './r-ip-5.ts';
import { rule as rIp6 } from './r-ip-6.ts';
import { rule as rIp7 } from './r-ip-7.ts';
import { rule as rIp8 } from './r-ip-8.ts';
import { rule as rIp9 } from './r-ip-9.ts';
import { rule as rVpn1 } from './r-vpn-1.ts';

/** In the book's order. A new rule gets its line here. */
export const RULES_OF_IP: Rule[] = [rIp1, rIp2, rIp3, rIp4, rIp5, rIp6, rIp7, rIp8, rIp9, rFw1, rVpn1];
