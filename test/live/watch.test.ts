import { describe, expect, test } from 'vitest';
import { clockNote, clockStep, type Link, linkNews } from '../../src/live/watch.ts';

const links = (...list: [number, string, boolean][]): Map<number, Link> =>
  new Map(list.map(([index, name, up]) => [index, { name, up }]));
const news = (before: Map<number, Link>, now: Map<number, Link>): string[] =>
  linkNews(new Set([2]), before, now).map((each) => each.en);

describe('what happens to interfaces', () => {
  const eth = links([1, 'lo', true], [2, 'eth0', true]);

  test('nothing, and what happens to others', () => {
    expect(news(eth, eth)).toEqual([]);
    expect(news(eth, links([1, 'lo', false], [2, 'eth0', true], [3, 'new', true]))).toEqual([]);
  });

  test('down, up, another name, gone; a name that somebody else took over is not the same interface', () => {
    const down = links([2, 'eth0', false]);
    expect(news(eth, down)).toEqual(['eth0 is down: nothing arrives until it is up again']);
    expect(news(down, eth)).toEqual(['eth0 is up again']);
    expect(news(eth, links([2, 'wan', true]))).toEqual(['eth0 is called wan now; the capture goes on']);
    expect(news(eth, links([9, 'eth0', true]))).toEqual(['eth0 is gone']);
  });
});

describe('the clock', () => {
  const at = (wall: number, steady: number) => ({ wall, steady });

  test('a late look is no step, a clock that was set is', () => {
    expect(clockStep(at(1_000_000, 10), at(1_030_000, 30_010))).toBe(0);
    expect(clockStep(at(1_000_000, 10), at(1_000_600, 510))).toBe(0);
    expect(clockStep(at(1_000_000, 10), at(4_600_500, 510))).toBe(3_600_000);
    expect(clockStep(at(1_000_000, 10), at(999_000, 510))).toBe(-1500);
  });

  test('is told in seconds, with its direction', () => {
    expect(clockNote(-1500).en).toContain('-1.500 s');
    expect(clockNote(3_600_000).ko).toContain('+3600.000초');
  });
});
