#!/usr/bin/env node
// npm run fuzz [-- --seconds 60 | --count N] [--only REGEX] [--seed N] [--jobs N] [--replay FILE,DONOR,SEED] [--keep DIR] [--steps]
// --only: captures whose paths match. --steps: also how often each mutation was made, and where the time went.
// Breaks captures in seeded ways and runs everything that reads them: nothing may throw, hang, print nonsense or take 512 MB.
import { fork } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { random } from '../bench/generate/random.mjs';
import { root } from './ensure.mjs';
import { corpus, keyLogs } from './fuzz/corpus.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    count: { type: 'string' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string' },
    replay: { type: 'string' },
    keep: { type: 'string', default: tmpdir() },
    only: { type: 'string', default: '' },
    steps: { type: 'boolean', default: false },
  },
});
const INPUT_MS = 10_000;
const HEAP_MB = 512;
const MOST_FAULTS = 20;
/** A fresh process now and then, so that a leak in the fuzzer's own process is not taken for one input's hunger. */
const INPUTS_PER_WORKER = 1500;
const firstSeed = Number(options.seed);
const mostInputs = options.replay ? 1 : Number(options.count ?? Number.POSITIVE_INFINITY);
const until = options.count || options.replay ? Number.POSITIVE_INFINITY : Date.now() + Number(options.seconds) * 1000;

const files = corpus().filter((path) => new RegExp(options.only).test(path));
if (files.length === 0) throw new Error(`no capture matches ${options.only}`);
/** In memory where there is such a place: every input is written and read. */
const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'wirebook-fuzz-'));
writeFileSync(
  join(scratch, 'keys.log'),
  keyLogs()
    .map((path) => `${readFileSync(path, 'latin1')}\n`)
    .join(''),
  { mode: 0o600 },
);
const target = join(scratch, 'target.mjs');
await build({
  absWorkingDir: root,
  entryPoints: [join(root, 'scripts', 'fuzz', 'target.ts')],
  outfile: target,
  bundle: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  external: ['blessed', 'blessed-contrib'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module';const require = __createRequire(import.meta.url);",
  },
  logLevel: 'warning',
});

function jobOf(seed) {
  if (options.replay) {
    const [file, donor, number] = options.replay.split(',');
    return { file, donor, seed: Number(number) };
  }
  const dice = random(seed, 0xc0);
  return { file: dice.pick(files), donor: dice.pick(files), seed };
}

const totals = { inputs: 0, refused: 0, packets: 0, damaged: 0, programs: 0 };
const steps = new Map();
const spent = new Map();
const faults = new Map();
let next = 0;

/** The first of its kind is told with all that is known, the others are counted. */
function fault(job, what, number) {
  const kind = what.split('\n').slice(0, 3).join('\n');
  const alike = faults.get(kind) ?? 0;
  faults.set(kind, alike + 1);
  if (alike > 0) return;
  const kept = join(options.keep, `wirebook-fuzz-${basename(job.file)}-${job.seed}`);
  const made = join(scratch, `${number}.pcap`);
  if (existsSync(made)) copyFileSync(made, kept);
  console.log(`FAULT ${what}\n  kept as ${kept}`);
  console.log(`  again: npm run fuzz -- --replay '${job.file},${job.donor},${job.seed}'`);
}

/** One child process at a time, until there is nothing left to do; a child that dies or hangs is replaced. */
function work(number) {
  return new Promise((resolve) => {
    const worker = fork(join(root, 'scripts', 'fuzz', 'worker.mjs'), [target, scratch, String(number)], {
      execArgv: [`--max-old-space-size=${HEAP_MB}`, '--enable-source-maps'],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    });
    let job;
    let timer;
    let done = 0;
    let stderr = '';
    worker.stderr.on('data', (text) => {
      stderr = (stderr + text).slice(0, 1500);
    });
    const give = () => {
      clearTimeout(timer);
      job = undefined;
      if (next >= mostInputs || Date.now() >= until || faults.size >= MOST_FAULTS || done++ >= INPUTS_PER_WORKER) {
        worker.disconnect();
        return;
      }
      job = jobOf(firstSeed + next++);
      worker.send(job);
      timer = setTimeout(() => {
        fault(job, `no end within ${INPUT_MS / 1000} s`, number);
        job = undefined;
        worker.kill('SIGKILL');
      }, INPUT_MS);
    };
    worker.on('message', (result) => {
      totals.inputs++;
      totals.refused += result.refused ? 1 : 0;
      totals.packets += result.packets ?? 0;
      totals.damaged += result.damaged ?? 0;
      totals.programs += result.programs ?? 0;
      for (const [step, times] of result.steps) steps.set(step, (steps.get(step) ?? 0) + times);
      spent.set(worker.pid, result.spent);
      if (result.fault) {
        fault(job, result.fault, number);
        done = INPUTS_PER_WORKER;
      }
      give();
    });
    worker.on('exit', async (code, signal) => {
      clearTimeout(timer);
      await pause(50); // the rest of its standard error
      if (job) fault(job, `the process died (${signal ?? `exit code ${code}`}): ${stderr.trim()}`, number);
      const more = next < mostInputs && Date.now() < until && faults.size < MOST_FAULTS;
      resolve(more ? work(number) : undefined);
    });
    give();
  });
}

const started = Date.now();
const jobs = options.replay ? 1 : Number(options.jobs ?? availableParallelism());
await Promise.all(Array.from({ length: jobs }, (_, i) => work(i)));
rmSync(scratch, { recursive: true, force: true });
const seconds = ((Date.now() - started) / 1000).toFixed(0);
const seeds = totals.inputs > 0 ? `, seeds ${firstSeed} to ${firstSeed + next - 1}` : '';
console.log(
  `fuzz: ${totals.damaged} packets mutated in ${totals.inputs} captures made of ${files.length} in ${seconds} s${seeds}: ` +
    `${totals.packets} packets in all, ${totals.refused} refused as no capture, ${totals.programs} runs of the whole program; ` +
    `${faults.size} kinds of faults`,
);
if (options.steps) {
  for (const [step, times] of [...steps].sort((a, b) => b[1] - a[1])) console.log(`  ${String(times).padStart(9)} ${step}`);
  for (const part of ['mutate', 'report', 'screens', 'trees', 'scans'])
    console.log(`  ${([...spent.values()].reduce((sum, s) => sum + s[part], 0) / 1000).toFixed(1).padStart(9)} s in ${part}`);
}
for (const [kind, times] of faults) if (times > 1) console.log(`${times} times: ${kind.split('\n')[0]}`);
process.exitCode = faults.size > 0 || totals.inputs === 0 ? 1 : 0;
