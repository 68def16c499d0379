import type { Style } from './span.ts';

/** How many colours there are to choose from; `0`: none (NO_COLOR). */
export type Depth = 0 | 16 | 256;

interface Look {
  bold?: boolean;
  underline?: boolean;
  reverse?: boolean;
  /** Numbers of the 16 or of the 256 colours; absent: the terminal's own. */
  16?: { text?: number; ground?: number };
  256?: { text?: number; ground?: number };
}

const bar = (text: number, ground: number, text256: number, ground256: number): Look => ({
  16: { text, ground },
  256: { text: text256, ground: ground256 },
});

/**
 * Text keeps the terminal's own colours, so that it is readable on dark and on light grounds; only where both text and ground
 * are given are there others. A bar's letter tells its stage where colours do not.
 */
const LOOKS: Record<Style, Look> = {
  plain: {},
  dim: { 256: { text: 244 } },
  bold: { bold: true },
  head: { bold: true, underline: true },
  title: { reverse: true },
  tab: { bold: true, underline: true },
  selected: { bold: true, reverse: true },
  bad: { bold: true, 16: { text: 1 }, 256: { text: 160 } },
  warn: { bold: true, 16: { text: 5 }, 256: { text: 166 } },
  lit: { reverse: true },
  key: { bold: true },
  'bar-arp': bar(0, 7, 16, 250),
  'bar-ndp': bar(0, 7, 16, 250),
  'bar-dns': bar(0, 6, 16, 37),
  'bar-tcp': bar(0, 3, 16, 214),
  'bar-tls': bar(0, 5, 16, 177),
  'bar-send': bar(0, 7, 16, 252),
  'bar-wait': bar(0, 2, 16, 71),
  'bar-receive': bar(7, 4, 231, 26),
  'bar-idle': {},
  'bar-close': bar(7, 1, 231, 124),
};

const OWN = 0x1ff;
const [BOLD, UNDERLINE, REVERSE] = [1, 2, 8];

/** The styles as blessed's attribute numbers: flags, text colour and ground colour in 9 bits each. */
export function attributes(depth: Depth): Record<Style, number> {
  const pack = (look: Look): number => {
    const colours = depth === 0 ? undefined : look[depth];
    const flags = (look.bold ? BOLD : 0) | (look.underline ? UNDERLINE : 0) | (look.reverse ? REVERSE : 0);
    return (flags << 18) | ((colours?.text ?? OWN) << 9) | (colours?.ground ?? OWN);
  };
  return Object.fromEntries(Object.entries(LOOKS).map(([style, look]) => [style, pack(look)])) as Record<Style, number>;
}

/** An attribute without its colours, for what others draw (charts) under NO_COLOR: a coloured ground becomes a reversed one. */
export function withoutColours(attribute: number): number {
  const flags = (attribute >> 18) | ((attribute & OWN) === OWN ? 0 : REVERSE);
  return (flags << 18) | (OWN << 9) | OWN;
}
