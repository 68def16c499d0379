import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { screenSettings } from '../../src/commands/screen-settings.ts';
import { actionName, bound, configPath, parseConfig } from '../../src/ui/config.ts';
import { KEYS } from '../../src/ui/keys.ts';
import { COMMANDS, Plain } from '../../src/ui/plain.ts';
import { tabAt } from '../../src/ui/tabs.ts';
import { driver } from '../../src/ui/terminal.ts';
import { attributes, themeOf } from '../../src/ui/theme.ts';
import { update } from '../../src/ui/update.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

const keysOf = (groups: readonly (typeof KEYS)[number][]) => groups.flatMap((group) => group.keys);

describe('the configuration file', () => {
  test('is where XDG says', () => {
    expect(configPath({ XDG_CONFIG_HOME: '/c', HOME: '/h' })).toBe('/c/wirebook/config.json');
    expect(configPath({ XDG_CONFIG_HOME: 'relative', HOME: '/h' })).toBe('/h/.config/wirebook/config.json');
    expect(configPath({})).toBeUndefined();
  });
  test('gives other keys, theme, language', () => {
    const { config, problems } = parseConfig(
      '{"language": "ko", "theme": "light", "ascii": true, "keys": {"copy": "c", "down": ["j", "J"]}}',
    );
    expect(problems).toEqual([]);
    const keys = new Map(keysOf(bound(config.keys!)).map((key) => [actionName(key.message), key.keys]));
    expect([keys.get('copy'), keys.get('down'), keys.get('next')]).toEqual([['c'], ['j', 'J'], undefined]);
    expect(config).toMatchObject({ language: 'ko', theme: 'light', ascii: true });
  });
  test('gives every action a name of its own', () => {
    const names = keysOf(KEYS).map((key) => actionName(key.message));
    expect(names).toEqual([...new Set(names)]);
  });
  test('never takes Ctrl-C away', () => {
    const keys = keysOf(bound({ down: ['Ctrl-C'], 'quit-at-once': ['Q'] }));
    expect(keys.filter((key) => key.keys.includes('Ctrl-C')).map((key) => actionName(key.message))).toEqual(['quit-at-once']);
  });
  test.each([
    ['{"theme": "pink"}', 1, 2],
    ['{\n  "keys": {\n    "fly": "x"\n  }\n}', 3, 5],
    ['{"keys": {"copy": "Ctrl-"}}', 1, 11],
    ['{\n "colour": 3}', 2, 2],
    ['{\n "ascii": tru }', 2, 11],
    ['{"ascii": true,}', 1, 16],
    ['{"theme": "a\tb" x}', 1, 11],
    ['[]', 1, 1],
    ['{"ascii": true', 1, 15],
  ])('%j: the mistake has its place', (text, line, column) => {
    const [problem] = parseConfig(text).problems;
    expect([problem.line, problem.column]).toEqual([line, column]);
    expect(problem.text.ko).not.toBe('');
  });
  test('what is right counts beside what is wrong', () => {
    expect(parseConfig('{"theme": "pink", "mouse": false}').config).toEqual({ mouse: false });
  });

  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'wirebook-config-'));
    mkdirSync(join(directory, 'wirebook'));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  test('yields to options, and its mistakes are told', () => {
    const settings = (text: string, values: Parameters<typeof screenSettings>[0] = {}) => {
      writeFileSync(join(directory, 'wirebook', 'config.json'), text);
      return screenSettings(values, 'en', { XDG_CONFIG_HOME: directory });
    };
    expect(settings('{"theme": "light", "language": "ko", "mouse": false}')).toMatchObject({
      theme: 'light',
      language: 'ko',
      mouse: false,
    });
    expect(settings('{"theme": "light", "language": "ko"}', { theme: 'dark', lang: 'en' })).toMatchObject({
      theme: 'dark',
      language: 'en',
      mouse: true,
    });
    expect(settings('{"theme": 3}').notice?.en).toMatch(/config\.json, line 1, column 2: theme is/);
    expect(screenSettings({}, 'en', { XDG_CONFIG_HOME: join(directory, 'none') }).notice).toBeUndefined();
  });
});

describe('themes', () => {
  test('follow COLORFGBG', () => {
    expect(themeOf('auto', { COLORFGBG: '15;0' })).toBe('dark');
    expect(themeOf('auto', { COLORFGBG: '0;default;15' })).toBe('light');
    expect(themeOf('auto', {})).toBe('auto');
    expect(themeOf('dark', { COLORFGBG: '0;15' })).toBe('dark');
  });
  test('have no colours where there are none', () => {
    for (const theme of ['auto', 'dark', 'light'] as const)
      for (const attribute of Object.values(attributes(0, theme))) expect(attribute & 0x3ffff).toBe(0x3ffff);
  });
});

test('many colours where the terminal has them, whatever blessed can read of it', () => {
  expect(driver({ TERM: 'tmux-256color' })).toBe('xterm-256color');
  expect(driver({ TERM: 'alacritty', COLORTERM: 'truecolor' })).toBe('xterm-256color');
  expect(driver({ TERM: 'linux' })).toBeUndefined();
});

describe('the mouse', () => {
  const click = (drive: Drive, x: number, y: number) => {
    drive.model = update(drive.model, { kind: 'click', x, y }, drive.session);
    return drive;
  };
  test('selects, opens what is selected, and shows screens by their names', () => {
    const drive = click(new Drive(), 20, 5);
    expect(drive.model.places.journeys.cursor).toBe(3);
    expect(click(drive, 20, 5).model.screen).toBe('timeline');
    expect(click(new Drive(), 20, 21).model.places.journeys.cursor).toBe(0);
    const names = drive.lines()[0];
    expect(tabAt(drive.model, names.indexOf('3'))).toBe('packets');
    expect(click(drive, names.indexOf('3'), 0).model.screen).toBe('packets');
    expect(click(drive, 20, 6).model.places.packets.cursor).toBe(3);
  });
});

describe('as lines of text', () => {
  let session: FileSession;
  beforeAll(async () => {
    session = new FileSession(await openCapture(join(FIXTURES, 'cold-http', 'client.pcap'), { keep: true }));
    while (await session.step());
  });
  afterAll(() => session.close());

  test('the same is told', () => {
    const plain = new Plain(session, 'en');
    expect(plain.welcome().join('\n')).toContain('1. GET http://www.my-app.com/ 200 complete');
    expect(plain.answer('open 1').join('\n')).toMatch(
      /from 192\.168\.0\.10 \d+ to 192\.0\.2\.80 80\n.*DNS lookup: .* ms, \d packets/s,
    );
    expect(plain.answer('w')[0]).toContain('frame.number in {');
    expect(plain.answer('packets').at(-1)).toMatch(/^1 to \d+ of \d+\.$/);
    expect(plain.answer('filter http.request')).toHaveLength(2);
    expect(plain.answer('packet 10').join('\n')).toContain('(http.host)');
    expect(plain.answer('/ tcp.port ==').join()).toContain('column 12');
    expect(plain.answer('list').at(-1)).toBe('1 to 1 of 1.');
    expect(plain.answer('filter outcome == reset')).toEqual(['Nothing here.']);
    expect(plain.answer('filter')).toHaveLength(2);
    expect(plain.answer('2').join()).toContain('There is no number "2"');
    expect(plain.answer('fly')[0]).toContain('help');
    expect(plain.answer('why')).toEqual(['Open a journey first: open 1.']);
    expect(plain.answer('next').length).toBeGreaterThan(3);
    expect(plain.answer('why').length).toBeGreaterThan(1);
    expect(plain.answer('verdicts').join('\n')).toMatch(/R-[A-Z]+-\d+|No rule/);
    expect(plain.answer('언어')[0]).toContain('명령');
    plain.answer('q');
    expect(plain.done).toBe(true);
  });
  test('every command has a help and bears any words', () => {
    const plain = new Plain(new FakeSession(), 'ko');
    expect(plain.answer('help')).toHaveLength(COMMANDS.length);
    for (const { names } of COMMANDS)
      for (const rest of ['', '0', '-1', '99999999', 'x\u001b[2J', '한글'])
        for (const line of plain.answer(`${names[0]} ${rest}`)) expect(line).not.toMatch(/[\p{Cc}]/u);
  });
});
