#!/usr/bin/env node
// npm run hostile [-- --only NAME,NAME] [--full] [--json] [--scale 0.1]
// Streams made to hurt, through a pipe into `wirebook report - --format jsonl`, each with n and 2n: processor seconds, peak memory.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root } from './ensure.mjs';
import { cases } from './hostile/cases.mjs';
import { piecesOf } from './hostile/stream.mjs';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    scale: { type: 'string', default: '1' },
  },
});
const MOST_MIB = 512;
const MOST_RATIO = 2.6;
/** Shorter runs are mostly start-up: their ratio says nothing, and is not judged above this. */
const TAIL = 1 << 20;
const BOMB = { name: 'decompression-bomb', counts: 'MiB that the bodies would become', n: 500, tells: [] };

// A copy, so that a build in between does not change the program under measurement.
const scratch = mkdtempSync(join(tmpdir(), 'wirebook-hostile-'));
cpSync(join(root, 'dist'), join(scratch, 'dist'), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(scratch, 'node_modules'));
await build({
  entryPoints: [join(root, 'scripts', 'hostile', 'bomb.ts')],
  outfile: join(scratch, 'bomb.mjs'),
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
});

/** Runs a program with the gauge: { seconds, mebibytes, bytes, capture }; the capture's record is the last line. */
async function measure(args, pieces) {
  const gauge = pathToFileURL(join(root, 'scripts', 'hostile', 'gauge.mjs')).href;
  const child = spawn(process.execPath, ['--import', gauge, ...args], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
  const result = { seconds: Number.NaN, mebibytes: Number.NaN, bytes: 0, problems: [] };
  let tail = [];
  let kept = 0;
  let gauged = '';
  let words = '';
  child.stdout.on('data', (bytes) => {
    result.bytes += bytes.length;
    tail.push(bytes);
    kept += bytes.length;
    while (kept - tail[0].length > TAIL) kept -= tail.shift().length;
  });
  child.stderr.on('data', (bytes) => {
    words = (words + bytes).slice(0, 2000);
  });
  child.stdio[3].on('data', (bytes) => {
    gauged += bytes;
  });
  child.stdin.on('error', () => {});
  const closed = once(child, 'close');
  for (const piece of pieces) {
    if (child.stdin.destroyed || child.exitCode !== null) break;
    if (!child.stdin.write(piece)) await Promise.race([once(child.stdin, 'drain'), closed]);
  }
  child.stdin.end();
  const [code, signal] = await closed;
  if (gauged !== '') Object.assign(result, JSON.parse(gauged));
  result.exit = signal ?? code;
  const lines = Buffer.concat(tail).toString().trimEnd().split('\n');
  tail = [];
  try {
    const capture = JSON.parse(lines.at(-1));
    if (capture.record === 'capture') Object.assign(result, { packets: capture.packets, problems: capture.problems });
  } catch {
    result.fault = 'no report';
  }
  if (result.packets === undefined) result.fault = `no report: ${words.split('\n')[0]}`;
  return result;
}

const run = (one, n) =>
  one === BOMB
    ? measure([join(scratch, 'bomb.mjs'), String(n)], [])
    : measure([join(scratch, 'dist', 'main.js'), 'report', '-', '--format', 'jsonl'], piecesOf(one, n));

const wanted = options.only?.split(',');
const chosen = [...cases, BOMB].filter(({ name }) => wanted === undefined || wanted.includes(name));
const results = [];
const say = (text) => options.json || console.log(text);
say(
  `${'case'.padEnd(20)}${'n'.padStart(9)}${'s'.padStart(8)}${'MiB'.padStart(6)}${'2n'.padStart(10)}${'s'.padStart(8)}${'MiB'.padStart(6)}${'ratio'.padStart(7)}  told by`,
);
for (const one of chosen) {
  const n = Math.max(1, Math.round((options.full ? (one.full ?? one.n) : one.n) * Number(options.scale)));
  const [once, twice] = [await run(one, n), await run(one, 2 * n)];
  const ratio = twice.seconds / once.seconds;
  const told = twice.problems.map(({ code, message }) => `${code} ${/^\d+/.exec(message)?.[0] ?? ''}`.trim());
  const faults = [];
  for (const each of [once, twice]) if (each.fault) faults.push(each.fault);
  const peak = Math.max(once.mebibytes, twice.mebibytes);
  if (!(peak <= MOST_MIB)) faults.push(`more than ${MOST_MIB} MiB`);
  if (!(ratio <= MOST_RATIO)) faults.push(`${ratio.toFixed(1)} times the time for twice as much`);
  for (const code of one.tells)
    if (Number(options.scale) >= 1 && !twice.problems.some((p) => p.code === code)) faults.push(`${code} is not told`);
  results.push({ name: one.name, counts: one.counts, n, once, twice, ratio, faults });
  const half = (m, count, width) =>
    `${String(count).padStart(width)}${m.seconds.toFixed(2).padStart(8)}${m.mebibytes.toFixed(0).padStart(6)}`;
  say(
    `${one.name.padEnd(20)}${half(once, n, 9)}${half(twice, 2 * n, 10)}${ratio.toFixed(2).padStart(7)}  ${[...new Set(told)].slice(0, 3).join(', ')}`,
  );
  for (const fault of new Set(faults)) say(`${' '.repeat(20)} FAULT: ${fault}`);
}
rmSync(scratch, { recursive: true, force: true });
if (options.json) console.log(JSON.stringify(results, undefined, 2));
process.exitCode = results.some(({ faults }) => faults.length > 0) ? 1 : 0;
