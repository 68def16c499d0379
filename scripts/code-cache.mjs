// Keeps what V8 makes of the bundle in dist/code-…/, so that a start neither parses nor compiles (src/loader.ts).
// Run by the build, and by itself as a child that runs the program once and writes what was compiled. Without it all works, slower.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PassThrough, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { isMain } from './is-main.mjs';

/** Runs of dist/main.js whose functions are kept, each with those before it; the others are compiled when they are called. */
const RUNS = [
  ['report', 'CAPTURE', '--format', 'jsonl'],
  ['report', 'CAPTURE', '--format', 'json', '--verdicts'],
  ['report', 'TLS', '--format', 'json', '--verdicts'],
  ['report', 'CAPTURE'],
  ['--help'],
  ['CAPTURE'],
];
/** For a run that does not end by itself. */
const MOST_MS = 20_000;
/** Pressed on the screens, one a frame. */
const KEYS = ['j', '\r', 'j', '3', '\r', '\x7f', '\x7f', '1', 'q'];

export function forgetCode(dist) {
  for (const name of readdirSync(dist)) if (name.startsWith('code-')) rmSync(join(dist, name), { force: true, recursive: true });
}

export function keepCode(root) {
  const captures = {
    CAPTURE: join(root, 'fixtures', 'cold-http', 'client.pcap'),
    TLS: join(root, 'fixtures', 'https-h2', 'client.pcapng'),
  };
  if (!Object.values(captures).every(existsSync)) return;
  for (const words of RUNS) {
    const args = words.map((word) => captures[word] ?? word);
    spawnSync(process.execPath, [fileURLToPath(import.meta.url), join(root, 'dist', 'main.js'), ...args], {
      stdio: 'ignore',
      env: { ...process.env, TERM: 'xterm-256color' },
      timeout: MOST_MS,
    });
  }
}

function writeCode(folder, scripts) {
  mkdirSync(folder, { recursive: true });
  for (const [name, script] of scripts) {
    const unfinished = join(folder, `${name}.${process.pid}`);
    writeFileSync(unfinished, script.createCachedData());
    renameSync(unfinished, join(folder, name));
  }
}

/** A terminal that nobody looks at. */
function pretendTerminal() {
  const keyboard = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => keyboard });
  const keys = KEYS.values();
  const write = (_bytes, _encoding, done) => {
    setImmediate(() => keyboard.write(keys.next().value ?? 'q'));
    done();
  };
  const screen = Object.assign(new Writable({ write }), { isTTY: true, columns: 120, rows: 40, getColorDepth: () => 8 });
  for (const [name, value] of Object.entries({ stdin: keyboard, stdout: screen }))
    Object.defineProperty(process, name, { value });
}

if (isMain(import.meta.url)) {
  const [, , program, ...args] = process.argv;
  if (args.length === 1 && existsSync(args[0])) pretendTerminal();
  process.argv = [process.execPath, program, ...args];
  const { CODE, scripts, tune } = createRequire(import.meta.url)(program);
  process.on('exit', () => {
    // Code is kept with V8's flags, which the program may have changed since.
    tune();
    writeCode(CODE, scripts);
  });
}
