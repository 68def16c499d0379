import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES } from '../fixtures/truth.ts';
import { hasTmux, Tmux } from './tmux.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const SAMPLE = join(FIXTURES, 'cold-http', 'client.pcap');
const WHOLE = '0 1 0';

describe.skipIf(!hasTmux)('in a real terminal (tmux)', () => {
  let directory: string;
  let screen: Tmux;
  const start = async (options: ConstructorParameters<typeof Tmux>[0] = {}, words = ''): Promise<void> => {
    screen = new Tmux({ home: directory, ...options });
    screen.type(
      `cd ${directory}; stty -a > before; ${process.execPath} ${MAIN} ${words} ${SAMPLE}; echo ended $?; stty -a > after; echo told`,
    );
    await screen.shows(/\? help/);
  };
  /** As it was found: the screen, the cursor, the mouse, and the line's modes. */
  const whole = async (code: number): Promise<void> => {
    await screen.shows(`ended ${code}`);
    await screen.shows(/told$/m);
    expect(screen.modes()).toBe(WHOLE);
    expect(readFileSync(join(directory, 'after'), 'utf8')).toBe(readFileSync(join(directory, 'before'), 'utf8'));
  };
  /** The program's process, by the number that the screen's shell has for it. */
  const pid = (): number => Number(execFileSync('pgrep', ['-f', `${MAIN}.*${SAMPLE}`, '-n'], { encoding: 'utf8' }).trim());

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'wirebook-tmux-'));
  });
  afterEach(() => screen?.close());
  afterAll(async () => {
    // A shell that is hung up on may still be writing.
    for (let n = 0; n < 20; n++) {
      try {
        return rmSync(directory, { recursive: true, force: true });
      } catch {
        await new Promise((done) => setTimeout(done, 100));
      }
    }
  });

  test('q and Ctrl-C leave it whole, and the mouse is given back', async () => {
    await start();
    expect(screen.modes()).toMatch(/^1 \d 1$/);
    screen.press('q');
    await whole(0);
    screen.close();
    await start();
    screen.press('C-c');
    await whole(130);
  });
  test.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('%s leaves it whole', async (signal, code) => {
    await start();
    process.kill(pid(), signal);
    await whole(code);
  });
  test('a crash leaves it whole and says why', async () => {
    await build({
      entryPoints: [join(ROOT, 'test/ui/demo.ts')],
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      splitting: true,
      outdir: join(ROOT, 'dist', 'demo'),
      outExtension: { '.js': '.mjs' },
      logLevel: 'silent',
    });
    try {
      screen = new Tmux({ home: directory });
      screen.type(`${process.execPath} ${join(ROOT, 'dist/demo/demo.mjs')} --fail; echo ended $?`);
      const text = await screen.shows('ended 70');
      expect(text).toContain('made up: \\x1b[31mreading failed');
      expect(screen.modes()).toBe(WHOLE);
    } finally {
      rmSync(join(ROOT, 'dist', 'demo'), { recursive: true, force: true });
    }
  });
  test('Ctrl-Z gives the shell its terminal, fg takes it again, at another size too', async () => {
    await start();
    screen.press('C-z');
    await screen.shows(/Stopped/);
    expect(screen.modes()).toBe(WHOLE);
    screen.run('resize-window', '-x', '130', '-y', '30');
    screen.type('fg');
    await screen.shows(/\? help/);
    expect(screen.modes()).toMatch(/^1 \d 1$/);
    await screen.shows(/Start UTC/);
    screen.press('q');
    await screen.shows(/Stopped[\s\S]*fg[\s\S]*\$\s*$/);
    expect(screen.modes()).toBe(WHOLE);
  });
  test('every size is drawn, from too small to large', async () => {
    await start({ width: 80 });
    for (const [width, height] of [
      [40, 8],
      [80, 24],
      [61, 13],
      [300, 80],
      [120, 40],
    ]) {
      screen.run('resize-window', '-x', String(width), '-y', String(height));
      await screen.shows(width < 60 ? 'too small' : width >= 120 ? /Start UTC[\s\S]*q quit/ : /Stages\n/);
      expect(screen.screen().trimEnd().split('\n').length).toBeLessThanOrEqual(height);
    }
  });
  test.each(['xterm-256color', 'tmux-256color', 'screen', 'linux', 'xterm', 'vt100'])('TERM=%s: the same words', async (term) => {
    await start({ term });
    const text = await screen.shows(/> +0\.\d+ GET www\.my-app\.com/);
    expect(text).not.toMatch(/\u001b|\[\d+m/);
    screen.press('q');
    await whole(0);
  });
  test('TERM=dumb gets text, --ascii draws with ASCII', async () => {
    screen = new Tmux({ term: 'dumb', home: directory });
    screen.type(
      `cd ${directory}; ${process.execPath} ${MAIN} ${SAMPLE} | tail -3; ${process.execPath} ${MAIN} ${SAMPLE} > text; echo ended $?`,
    );
    await screen.shows('ended 0');
    expect(readFileSync(join(directory, 'text'), 'utf8')).not.toContain('\u001b');
    screen.close();
    await start({}, '--ascii');
    screen.press('Enter');
    await screen.shows('Send request');
    expect(screen.screen()).toMatch(/^[\n\x20-\x7e]*$/);
  });
  test('colour is never the only mark: without it the same words are there', async () => {
    await start({}, '--no-color');
    screen.press('Enter');
    const text = await screen.shows('the book here');
    expect(screen.screen('-e')).not.toMatch(/\u001b\[[\d;]*(3[0-7]|4[0-7]|[34]8;5)[\d;]*m/);
    screen.close();
    await start();
    screen.press('Enter');
    expect(await screen.shows('the book here')).toBe(text);
  });
  test('what is copied is in the clipboard, what is written is for its owner', async () => {
    await start();
    screen.press('y');
    await screen.shows('Copied URL');
    expect(screen.run('show-buffer')).toBe('http://www.my-app.com/');
    screen.press('w');
    await screen.shows('Write packets to:');
    screen.press('C-u');
    screen.type('slice.pcapng');
    await screen.shows('18 packets written');
    expect(statSync(join(directory, 'slice.pcapng')).mode & 0o777).toBe(0o600);
    screen.press('w', 'C-u');
    screen.type('slice.pcapng');
    await screen.shows('Overwrite?');
    screen.type('n');
    await screen.shows(/18 packets/);
    expect(existsSync(join(directory, 'slice.pcapng'))).toBe(true);
  });
  test('a click selects and opens', async () => {
    await start();
    screen.run('send-keys', '-l', '\u001b[<0;10;3M\u001b[<0;10;3m');
    await screen.shows('Send request');
  });
  test('a configuration file counts, and a mistake in it is told', async () => {
    mkdirSync(join(directory, '.config/wirebook'), { recursive: true });
    writeFileSync(join(directory, '.config/wirebook/config.json'), '{"keys": {"quit": "x"}, "colour": 1}');
    try {
      await start();
      await screen.shows('line 1, column 25');
      screen.press('q', 'x');
      await whole(0);
    } finally {
      rmSync(join(directory, '.config'), { recursive: true });
    }
  });
  test('lines of text, for who cannot see a screen', async () => {
    screen = new Tmux({ home: directory });
    screen.type(`${process.execPath} ${MAIN} --plain ${SAMPLE}; echo ended $?`);
    await screen.shows('help lists them');
    screen.type('open 1');
    await screen.shows(/DNS lookup: [\d.]+ ms/);
    screen.type('quit');
    await screen.shows('ended 0');
    expect(screen.modes()).toBe(WHOLE);
  });
});
