// A child of scripts/fuzz.mjs: makes one broken capture after the other, and says what became of each.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../ensure.mjs';
import { corpus } from './corpus.mjs';
import { isSoup, mutate } from './mutate.mjs';
import { Kitchen, soup } from './soup.mjs';

const [, , target, scratch, number] = process.argv;
const MOST_MIB = 512;
/** The whole program takes a hundred times as long as its parts in here, so it gets every so many-th input. */
const PROGRAM_EVERY = 75;
const PROGRAM_MS = 8000;
const KNOWN_EXIT_CODES = [0, 1, 2];
const main = join(root, 'dist', 'main.js');

const { fieldsOf, inspect, spent } = await import(pathToFileURL(target).href);
const path = join(scratch, `${number}.pcap`);
const captures = new Map();

function capture(file) {
  if (!captures.has(file)) captures.set(file, readFileSync(join(root, file)));
  return captures.get(file);
}

const files = corpus();
const kitchen = new Kitchen(capture, fieldsOf);

const CONTROL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/;

/** The report as a user gets it: a known exit code, no stack trace, JSON that parses, nothing that steers a terminal. */
function program(format, args, input) {
  const run = spawnSync(process.execPath, [main, 'report', ...args, '--format', format], {
    input,
    timeout: PROGRAM_MS,
    maxBuffer: 1 << 28,
  });
  const [out, err] = [run.stdout.toString(), run.stderr.toString()];
  const what = `report --format ${format}:`;
  if (run.error) return `${what} ${run.error.message}`;
  if (!KNOWN_EXIT_CODES.includes(run.status)) return `${what} exit code ${run.status ?? run.signal}: ${err.slice(-600)}`;
  if (/^\s+at .*:\d+:\d+\)?$/m.test(err)) return `${what} a stack trace: ${err.slice(-600)}`;
  if (CONTROL.test(err)) return `${what} control characters on standard error`;
  if (format === 'text') return CONTROL.test(out) ? `${what} control characters` : undefined;
  try {
    for (const text of format === 'json' ? [out] : out.split('\n')) if (text !== '') JSON.parse(text);
  } catch (error) {
    return `${what} ${error.message}`;
  }
  return undefined;
}

/** The broken capture, and what was done to how many packets. */
function broken({ file, donor, seed }) {
  if (isSoup(seed)) return soup(kitchen, files, file, donor, seed);
  const { bytes, steps } = mutate(capture(file), capture(donor), seed);
  return { bytes, steps: new Map(steps.map((step) => [step, 1])) };
}

async function handle(job) {
  const { seed } = job;
  const from = performance.now();
  const { bytes, packets, damaged, steps } = broken(job);
  writeFileSync(path, bytes);
  spent.mutate = (spent.mutate ?? 0) + performance.now() - from;
  const result = { steps: [...steps] };
  try {
    Object.assign(result, await inspect(path, seed, packets));
    // Of a capture that was broken as a file, every packet is an input: most steps change many.
    result.damaged = damaged ?? result.packets;
    if (seed % PROGRAM_EVERY === 0 && existsSync(main)) {
      result.programs = 3;
      result.fault = program('jsonl', ['-'], bytes) ?? program('json', [path]) ?? program('text', [path]);
    }
  } catch (error) {
    result.fault = error.stack ?? String(error);
  }
  const peak = process.resourceUsage().maxRSS / 1024;
  if (peak > MOST_MIB) result.fault ??= `took ${peak.toFixed(0)} MiB`;
  result.spent = spent;
  process.send(result);
}

process.on('message', handle);
