import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canTry, ENGINES, hasNamespaces, MAIN, scratch, sleep, Wire } from './stage.ts';

const hasTmux = spawnSync('tmux', ['-V']).status === 0;
let dir: ReturnType<typeof scratch>;
beforeAll(() => {
  dir = scratch();
});
afterAll(() => dir.remove());

/** A shell in a terminal of its own. */
class Screen {
  private static count = 0;
  private readonly name = `wb${process.pid}-${Screen.count++}`;

  constructor() {
    const shell = `env -i PATH=${process.env.PATH} HOME=${dir.path} TERM=screen LANG=C.UTF-8 bash --norc`;
    this.tmux('-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '24', shell);
  }

  tmux(...words: string[]): string {
    return execFileSync('tmux', ['-L', this.name, ...words], { encoding: 'utf8' });
  }

  type(line: string): void {
    this.tmux('send-keys', line, 'Enter');
  }

  async shows(words: string | RegExp): Promise<string> {
    for (const end = Date.now() + 12_000; ; await sleep(100)) {
      const text = this.tmux('capture-pane', '-p');
      if (typeof words === 'string' ? text.includes(words) : words.test(text)) return text;
      if (Date.now() > end) throw new Error(`the screen never shows ${words}:\n${text}`);
    }
  }

  close(): void {
    spawnSync('tmux', ['-L', this.name, 'kill-server']);
  }
}

describe.skipIf(!canTry('libpcap') || !hasNamespaces || !hasTmux)('on screen (root, tmux)', () => {
  const start = (screen: Screen, wire: Wire, words: string): void =>
    screen.type(`ip netns exec ${wire.here} ${process.execPath} ${MAIN} -i v0 ${words} udp port 9999; echo ended $?`);

  test.each(ENGINES.filter(canTry))('%s: an interface that goes, and a terminal that is a shell’s again', async (engine) => {
    const [screen, wire] = [new Screen(), new Wire()];
    try {
      start(screen, wire, `--engine ${engine}`);
      await screen.shows('LIVE');
      await sleep(1000);
      wire.ip('link', 'del', 'v0');
      await screen.shows(/capture ended/);
      screen.type('q');
      await screen.shows(/ended \d/);
      expect(screen.tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim()).toBe('0 1 0');
    } finally {
      screen.close();
      wire.close();
    }
  });

  test.each(ENGINES.filter(canTry))('%s: after kill -9 of wirebook the terminal is usable', async (engine) => {
    const [screen, wire] = [new Screen(), new Wire()];
    try {
      start(screen, wire, `--engine ${engine}`);
      await screen.shows('LIVE');
      const found = spawnSync('pgrep', ['-f', `${MAIN} -i v0 --engine ${engine} udp`], { encoding: 'utf8' });
      const inside = execFileSync('ip', ['netns', 'pids', wire.here], { encoding: 'utf8' }).split('\n');
      const pid = found.stdout.split('\n').find((each) => each !== '' && inside.includes(each));
      process.kill(Number(pid), 'SIGKILL');
      // What the shell says at once may still go to the screen that is cleared away.
      await sleep(500);
      screen.type('echo "[$(echo usable)]"');
      await screen.shows('[usable]');
      for (let i = 0; i < 30 && screen.tmux('display', '-p', '#{alternate_on}').trim() !== '0'; i++) await sleep(100);
      expect(screen.tmux('display', '-p', '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim()).toBe('0 1 0');
    } finally {
      screen.close();
      wire.close();
    }
  });

  test('a file that cannot be written any further', async () => {
    const [screen, wire] = [new Screen(), new Wire()];
    const full = join(dir.path, 'full');
    execFileSync('mkdir', [full]);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8k', 'tmpfs', full]);
    try {
      start(screen, wire, `-w ${join(full, 'a')}`);
      await screen.shows('LIVE');
      wire.send(300);
      await screen.shows('is not written any further');
    } finally {
      screen.close();
      wire.close();
      await sleep(500);
      spawnSync('umount', ['-l', full]);
    }
  });
});
