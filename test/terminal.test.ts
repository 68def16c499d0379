import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FIXTURES } from './fixtures/truth.ts';

const MAIN = resolve(import.meta.dirname, '../dist/main.js');
const SAMPLE = join(FIXTURES, 'cold-http', 'client.pcap');
/** util-linux's, which gives a program a terminal. */
const script = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux') === true;

/** Runs a shell command in a terminal, presses `key` when `sign` is on screen; gives its exit code and what it painted. */
function inTerminal(command: string, sign: RegExp, key: string): Promise<{ code: number | null; screen: string }> {
  const env = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8' };
  const child = spawn('script', ['-qec', `stty rows 24 cols 100; ${command}`, '/dev/null'], { env });
  const limit = setTimeout(() => child.kill('SIGKILL'), 15_000);
  let screen = '';
  let pressed = false;
  child.stdout.on('data', (bytes) => {
    screen += bytes.toString('utf8');
    if (pressed || !sign.test(screen)) return;
    pressed = true;
    child.stdin.write(key);
  });
  return new Promise((resolved) =>
    child.on('close', (code) => {
      clearTimeout(limit);
      resolved({ code, screen });
    }),
  );
}

describe.skipIf(!script)('in a terminal', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'wirebook-terminal-'));
    writeFileSync(join(directory, 'cut.pcap'), readFileSync(SAMPLE).subarray(0, 2000));
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));
  const program = `'${process.execPath}' '${MAIN}'`;
  const done = /\d+ packets · /;

  test('a capture that could be read ends with 0, a broken one with 1', async () => {
    expect((await inTerminal(`${program} '${SAMPLE}'`, done, 'q')).code).toBe(0);
    const cut = await inTerminal(`${program} '${join(directory, 'cut.pcap')}'`, /problems: 1/, 'q');
    expect(cut.code).toBe(1);
  });

  test.each([`cat '${SAMPLE}' | ${program} -`, `${program} - < '${SAMPLE}'`])(
    '%s: screens, with the keys of the terminal',
    async (c) => {
      const { code, screen } = await inTerminal(c, /18 packets/, 'q');
      expect(code).toBe(0);
      expect(screen).toContain('Request');
      expect(screen).toContain('\u001b[?1049l');
    },
  );

  test('leaving does not wait for the end of a pipe', async () => {
    const { code } = await inTerminal(`(cat '${SAMPLE}'; exec sleep 60) | { ${program} -; kill 0; }`, /18 packets/, 'q');
    expect(code).not.toBeNull();
  });
});
