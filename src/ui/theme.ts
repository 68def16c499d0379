import type { Style } from './span.ts';

/** How many colours there are to choose from; `0`: none (NO_COLOR). */
export type Depth = 0 | 16 | 256;

/** The ground that colours must be readable on; `auto`: as the terminal says in COLORFGBG, else colours for both. */
export const THEMES = ['auto', 'dark', 'light'] as const;
export type Theme = (typeof THEMES)[number];
export const isTheme = (word: string): word is Theme => (THEMES as readonly string[]).includes(word);

/** COLORFGBG is "text;ground" in numbers of the 16 colours, as rxvt, Konsole and others set it. */
export function themeOf(theme: Theme, environment: Record<string, string | undefined>): Theme {
  if (theme !== 'auto') return theme;
  const ground = /;(\d{1,2})$/.exec(environment.COLORFGBG ?? '')?.[1];
  return ground === undefined ? 'auto' : ground === '7' || Number(ground) > 8 ? 'light' : 'dark';
}

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
  'tab-key': { reverse: true, bold: true },
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

/** What looks better where the ground is known. */
const ON: Record<Theme, Partial<Record<Style, Look>>> = {
  auto: {},
  dark: {
    dim: { 16: { text: 7 }, 256: { text: 248 } },
    bad: { bold: true, 16: { text: 9 }, 256: { text: 203 } },
    warn: { bold: true, 16: { text: 11 }, 256: { text: 215 } },
    key: { bold: true, 256: { text: 117 } },
  },
  light: {
    dim: { 256: { text: 241 } },
    bad: { bold: true, 16: { text: 1 }, 256: { text: 124 } },
    warn: { bold: true, 16: { text: 5 }, 256: { text: 130 } },
    key: { bold: true, 256: { text: 25 } },
  },
};

const OWN = 0x1ff;
const [BOLD, UNDERLINE, REVERSE] = [1, 2, 8];

/** The styles as blessed's attribute numbers: flags, text colour and ground colour in 9 bits each. */
export function attributes(depth: Depth, theme: Theme = 'auto'): Record<Style, number> {
  const pack = (look: Look): number => {
    const colours = depth === 0 ? undefined : look[depth];
    const flags = (look.bold ? BOLD : 0) | (look.underline ? UNDERLINE : 0) | (look.reverse ? REVERSE : 0);
    return (flags << 18) | ((colours?.text ?? OWN) << 9) | (colours?.ground ?? OWN);
  };
  return Object.fromEntries(Object.entries({ ...LOOKS, ...ON[theme] }).map(([style, look]) => [style, pack(look)])) as Record<
    Style,
    number
  >;
}

/** An attribute without its colours, for what others draw (charts) under NO_COLOR: a coloured ground becomes a reversed one. */
export function withoutColours(attribute: number): number {
  const flags = (attribute >> 18) | ((attribute & OWN) === OWN ? 0 : REVERSE);
  return (flags << 18) | (OWN << 9) | OWN;
}
