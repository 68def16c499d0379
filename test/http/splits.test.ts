import { describe, expect, test } from 'vitest';
import { brief, byteByByte, play, type Result, splitAt } from './dialogue.ts';
import { DIALOGUES } from './dialogues.ts';

const withoutIds = (result: Result) => ({ ...result, problems: [], started: result.started.length });

describe.each(Object.entries(DIALOGUES))('%s', (_name, { steps, exchanges }) => {
  const whole = play(steps);

  test('in one piece', () => {
    expect(brief(whole)).toEqual(exchanges);
    expect(whole.problems).toEqual([]);
    expect(whole.carried).toBe(0);
    expect([...whole.started].sort()).toEqual(whole.exchanges.map((e) => e.id).sort());
  });

  test('byte by byte', () => expect(withoutIds(play(steps, byteByByte))).toEqual(withoutIds(whole)));

  test('split at every byte', () => {
    const longest = Math.max(...steps.map((step) => ('bytes' in step ? step.bytes.length : 0)));
    for (let at = 1; at < longest; at++)
      expect(withoutIds(play(steps, splitAt(at))), `split at ${at}`).toEqual(withoutIds(whole));
  });
});
