import type { Text } from '../text/text.ts';
import { type Key, keyGroups } from './keys.ts';
import type { Model } from './model.ts';

/** How well a name fits what was typed: letters in order, those side by side and at the start of words better; -1: not at all. */
export function fits(name: string, typed: string): number {
  const [text, wanted] = [name.toLowerCase(), typed.toLowerCase().replace(/\s+/g, '')];
  let score = 0;
  let at = -1;
  for (const c of wanted) {
    const next = text.indexOf(c, at + 1);
    if (next < 0) return -1;
    score += next === at + 1 ? 3 : /[\s:,/]/.test(text[next - 1] ?? ' ') ? 2 : 0;
    at = next;
  }
  return text.includes(typed.toLowerCase()) ? score + 10 : score;
}

const best = ({ en, ko }: Text, typed: string): number => Math.max(fits(en, typed), fits(ko, typed));

/** The actions that fit, best first; with nothing typed, all. */
export function paletteRows(model: Model): Key[] {
  const typed = model.typing?.text ?? '';
  return keyGroups()
    .flatMap((group) => group.keys)
    .filter((key) => (!key.live || model.follow !== undefined) && key.message.kind !== 'palette')
    .map((key, i) => ({ key, i, score: typed === '' ? 0 : best(key.help, typed) }))
    .filter(({ score }) => score >= 0)
    .sort((a, b) => b.score - a.score || a.i - b.i)
    .map(({ key }) => key);
}
