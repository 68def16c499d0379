import { describe, expect, test } from 'vitest';
import { STAGE_MARK } from '../../src/text/messages.ts';
import { hints, KEYS, messageOf, TYPING } from '../../src/ui/keys.ts';
import { canRunUi, isUtf8 } from '../../src/ui/manners.ts';
import { start } from '../../src/ui/model.ts';
import { Pace } from '../../src/ui/pace.ts';
import { SCREENS } from '../../src/ui/screens/index.ts';
import { keyOf } from '../../src/ui/tabs.ts';
import { pressOf } from '../../src/ui/terminal.ts';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

const all = KEYS.flatMap((group) => group.keys);

describe('the key table', () => {
  test('gives every key one meaning', () => {
    const names = all.flatMap((key) => key.keys);
    expect(names).toEqual([...new Set(names)]);
  });
  test('has a key for every screen: the one in the title bar', () => {
    SCREENS.forEach(({ name }, i) => {
      expect(messageOf({ name: keyOf(i) }, start({ language: 'en', width: 80, height: 24 }))).toEqual({
        kind: 'show',
        screen: name,
      });
    });
  });
  test('is what the help says, in both languages', () => {
    for (const language of ['en', 'ko'] as const) {
      const help = new Drive(new FakeSession(), { width: 200, height: 120, language, live: true }).press('?').text();
      for (const key of [...all, ...TYPING.keys]) {
        expect(help).toContain(key.keys.join('  '));
        expect(help).toContain(key.help[language]);
      }
      for (const mark of Object.values(STAGE_MARK)) expect(help).toContain(`   ${mark} `);
    }
  });
  test('all of the help is read on a small screen too', () => {
    const drive = new Drive(new FakeSession(), { live: true }).press('?');
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) for (const line of drive.press('j').lines()) seen.add(line);
    const text = [...seen].join('\n');
    for (const key of [...all, ...TYPING.keys]) expect(text).toContain(key.help.en);
  });
  test('tells of live keys only where something is captured', () => {
    expect(new Drive().press('?').text()).not.toContain('the capture goes on');
    expect(hints(start({ language: 'en', width: 80, height: 24 })).map((key) => key.keys[0])).not.toContain('p');
    expect(hints(start({ language: 'en', width: 80, height: 24, live: true })).map((key) => key.keys[0])).toContain('p');
  });
  test('hints fit the screens they are for', () => {
    const model = start({ language: 'en', width: 80, height: 24 });
    const words = (screen: 'journeys' | 'packets') => hints({ ...model, screen }).map((key) => key.keys[0]);
    expect(words('journeys')).toEqual(['Enter', 'Esc', '/', 's', ':', 'L', '?', 'q']);
    expect(words('packets')).toContain('Tab');
  });
  test('works on a Korean keyboard in Hangul mode', () => {
    const model = start({ language: 'ko', width: 80, height: 24 });
    expect(messageOf({ name: 'ㅂ', character: 'ㅂ' }, model)).toEqual({ kind: 'quit', code: 0 });
    expect(messageOf({ name: 'ㅓ', character: 'ㅓ' }, model)).toEqual({ kind: 'move', by: 1 });
    expect(messageOf({ name: 'ㅂ', character: 'ㅂ' }, { ...model, typing: { what: 'journeys', text: '', before: '' } })).toEqual({
      kind: 'type',
      text: 'ㅂ',
    });
  });
  test('closes the help with the keys that people try', () => {
    for (const key of ['Esc', 'q', '?', 'Enter', 'Backspace', 'h']) {
      const drive = new Drive().press(`? ${key}`);
      expect(drive.model.help).toBeUndefined();
      expect(drive.model.exit).toBeUndefined();
    }
    expect(new Drive().press('? Ctrl-C').model.exit).toBe(130);
  });
});

describe('keys from the terminal', () => {
  test('get the names of the table', () => {
    expect(pressOf('j', { name: 'j' })).toEqual({ name: 'j', character: 'j' });
    expect(pressOf('G', { name: 'g', shift: true })).toEqual({ name: 'G', character: 'G' });
    expect(pressOf('?', {})).toEqual({ name: '?', character: '?' });
    expect(pressOf('한', {})).toEqual({ name: '한', character: '한' });
    expect(pressOf(' ', { name: 'space' })).toEqual({ name: 'Space', character: ' ' });
    expect(pressOf('\u0003', { name: 'c', ctrl: true })).toEqual({ name: 'Ctrl-C' });
    expect(pressOf('\u001b', { name: 'escape' })?.name).toBe('Esc');
    expect(pressOf('\u007f', { name: 'backspace' })?.name).toBe('Backspace');
    expect(pressOf(undefined, { name: 'pagedown' })?.name).toBe('PgDn');
  });
  test('come once, and never as control characters', () => {
    expect(pressOf('\r', { name: 'enter' })?.name).toBe('Enter');
    expect(pressOf('\r', { name: 'return' })).toBeUndefined();
    expect(pressOf('\u0000', {})).toBeUndefined();
    expect(pressOf('\ud83d', {})).toBeUndefined();
    expect(pressOf('x', { name: 'x', meta: true })).toBeUndefined();
  });
});

describe('a screen is shown', () => {
  const tty = { isTTY: true };
  test('only on a terminal that can show one', () => {
    expect(canRunUi(tty, tty, { TERM: 'xterm-256color' })).toBe(true);
    expect(canRunUi(tty, tty, { TERM: 'dumb' })).toBe(false);
    expect(canRunUi(tty, tty, { TERM: '' })).toBe(false);
    expect(canRunUi(tty, tty, {})).toBe(false);
    expect(canRunUi({}, tty, { TERM: 'xterm' })).toBe(false);
    expect(canRunUi(tty, { isTTY: false }, { TERM: 'xterm' })).toBe(false);
  });
  test('with box drawing where the locale says UTF-8', () => {
    expect(isUtf8({ LANG: 'ko_KR.UTF-8' })).toBe(true);
    expect(isUtf8({ LANG: 'C.utf8' })).toBe(true);
    expect(isUtf8({ LC_ALL: 'C', LANG: 'ko_KR.UTF-8' })).toBe(false);
    expect(isUtf8({ LC_ALL: '', LC_CTYPE: 'en_US.UTF-8', LANG: 'C' })).toBe(true);
    expect(isUtf8({})).toBe(false);
  });
});

describe('the pace of painting', () => {
  test('answers single keys at once and never paints more than 30 times a second for long', () => {
    const pace = new Pace();
    let now = 1000;
    expect(pace.due(now, 'progress')).toBe(now);
    pace.painted(now);
    now += 5;
    expect(pace.due(now, 'key')).toBe(now);
    expect(pace.due(now, 'progress')).toBe(1100);
    let paints = 0;
    const end = now + 10_000;
    while (now < end) {
      now = Math.max(now + 1, pace.due(now, 'key'));
      pace.painted(now);
      paints++;
    }
    expect(paints).toBeLessThanOrEqual(304);
    expect(paints).toBeGreaterThan(280);
  });
  test('while a file is read the first rows come soon, four paints a second later on, and a key at any time', () => {
    const pace = new Pace();
    let now = 0;
    const paints: number[] = [];
    for (; paints.length < 40; now = pace.due(now, 'reading')) {
      pace.painted(now);
      paints.push(now);
    }
    expect(paints[1]).toBeLessThan(40);
    expect(paints.filter((at) => at > 2000 && at <= 4000)).toHaveLength(8);
    expect(pace.due(now - 200, 'key')).toBe(now - 200);
  });
});
