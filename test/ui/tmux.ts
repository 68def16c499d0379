import { execFileSync, spawnSync } from 'node:child_process';

export const hasTmux = spawnSync('tmux', ['-V']).status === 0;

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A shell in a terminal of its own, that can be typed into and looked at. */
export class Tmux {
  private static count = 0;
  private readonly name = `wbui${process.pid}-${Tmux.count++}`;

  constructor(options: { width?: number; height?: number; term?: string; home?: string } = {}) {
    const { width = 100, height = 24, term = 'screen', home = '/nonexistent' } = options;
    const shell = `env -i PATH=${process.env.PATH} HOME=${home} TERM=${term} LANG=C.UTF-8 HISTFILE=/dev/null PS1='$ ' bash --norc`;
    this.run('-f', '/dev/null', 'new-session', '-d', '-x', String(width), '-y', String(height), shell);
    // What OSC 52 copies is in tmux's own buffer.
    this.run('set', '-g', 'set-clipboard', 'on');
  }

  run(...words: string[]): string {
    return execFileSync('tmux', ['-L', this.name, ...words], { encoding: 'utf8' });
  }
  type(line: string): void {
    this.run('send-keys', '-l', line);
    this.run('send-keys', 'Enter');
  }
  press(...keys: string[]): void {
    this.run('send-keys', ...keys);
  }
  screen(...options: string[]): string {
    return this.run('capture-pane', '-p', ...options);
  }
  /** Alternate screen, cursor, mouse, as numbers. */
  modes(): string {
    return this.run('display', '-p', '#{alternate_on} #{cursor_flag} #{mouse_any_flag}').trim();
  }
  async shows(words: string | RegExp): Promise<string> {
    for (const end = Date.now() + 8_000; ; await sleep(30)) {
      const text = this.screen();
      if (typeof words === 'string' ? text.includes(words) : words.test(text)) return text;
      if (Date.now() > end) throw new Error(`the screen never shows ${words}:\n${text}`);
    }
  }
  close(): void {
    spawnSync('tmux', ['-L', this.name, 'kill-server']);
  }
}
