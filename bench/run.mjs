#!/usr/bin/env node
// npm run bench [-- --workload web|bulk|tiny --size 100 --rounds 5 | --file FILE | --quick] [--json]
// Whole processes, in turn: A B C A B C …; medians, and ratios pair by pair. What the figures mean: bench/README.md
import { spawn } from 'node:child_process';
import { statSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { contestants } from './contestants.mjs';
import { capture } from './generate.mjs';
import { measure, peakBy } from './measure.mjs';
import { count } from './read-loop.mjs';

const { values: options } = parseArgs({
  options: {
    workload: { type: 'string', default: 'web' },
    size: { type: 'string' },
    rounds: { type: 'string' },
    file: { type: 'string' },
    quick: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});
const FULL_SIZE = 1000;
const size = Number(options.size ?? (options.quick ? 20 : 100));
const rounds = Number(options.rounds ?? (options.quick ? 3 : size >= FULL_SIZE ? 3 : 5));
const workload = options.file === undefined ? options.workload : 'file';

/** What must hold at the full size, as CPU of wirebook over CPU of the other. */
const GOALS = {
  web: { 'read loop, C': 6, 'tshark table': 1 / 20, 'tcptrace -n': 1 },
  bulk: { 'read loop, C': 3 },
  tiny: { 'read loop, C': 13 },
};
/** --quick only guards against gross failures: a multiple of Node's own start, and MiB. */
const QUICK_MOST_STARTS = 25;
const QUICK_MOST_MIB = 256;

/** Characters of output kept; the capture's record is the last line, and far shorter. */
const LAST_LINE = 1 << 20;

const median = (list) => {
  const sorted = [...list].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

function recordsIn(file) {
  try {
    return count(file).packets;
  } catch {
    return undefined;
  }
}

/** Before anything is timed: the report must say how many packets there are. Also brings the file into the page cache. */
async function checkAnswer([program, ...args], packets) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let tail = '';
  for await (const text of child.stdout.setEncoding('utf8')) tail = (tail + text).slice(-LAST_LINE);
  try {
    const { record, packets: said } = JSON.parse(tail.trimEnd().split('\n').at(-1));
    if (record !== 'capture') return `its last line is a record of "${record}", not of the capture`;
    if (packets !== undefined && said !== packets) return `it counts ${said} packets of ${packets}`;
  } catch {
    return 'its last line is not JSON';
  }
  return undefined;
}

async function runAll(file, packets) {
  const results = contestants(file, workload, options.quick).map((entry) => ({ ...entry, runs: [] }));
  if (packets === undefined) for (const r of results) if (r.name === 'read loop, JS') r.skipped = 'reads classic pcap only';
  const wrong = await checkAnswer(results[0].command, packets);
  if (wrong) results[0].skipped = wrong;
  for (let round = 0; round < rounds; round++) {
    for (const result of results) {
      if (result.skipped) continue;
      const run = await measure(result.command);
      if (run.code !== 0) result.skipped = `exit code ${run.code}: ${run.stderr.split('\n').at(-1)}`;
      else result.runs.push(run);
    }
  }
  return results;
}

function summarize(results, bytes, packets) {
  const ours = results[0].runs;
  return results.map(({ name, runs, skipped }) => {
    if (skipped) return { name, skipped };
    const cpu = median(runs.map((r) => r.cpu));
    const row = { name, cpu, wall: median(runs.map((r) => r.wall)), peakMiB: Math.max(...runs.map((r) => r.peak)) };
    if (name !== 'node -e 0')
      Object.assign(row, { packetsPerSecond: packets && packets / cpu, megabytesPerSecond: bytes / 1e6 / cpu });
    if (runs !== ours && ours.length === runs.length) row.ratio = median(runs.map((r, i) => ours[i].cpu / r.cpu));
    const goal = size >= FULL_SIZE ? GOALS[workload]?.[name] : undefined;
    return goal === undefined ? row : { ...row, goal };
  });
}

const asRatio = (n) => (n >= 1 ? `${n.toFixed(1)}x` : `1/${(1 / n).toFixed(1)}`);
const cell = (text, width) => String(text ?? '').padStart(width);

function print(rows, title) {
  console.log(title);
  console.log(`${''.padEnd(16)}   CPU s   wall s  peak MiB   packets/s    MB/s   wirebook CPU / its`);
  for (const row of rows) {
    if (row.skipped) {
      console.log(`${row.name.padEnd(16)} skipped: ${row.skipped}`);
      continue;
    }
    const speed = [row.packetsPerSecond && Math.round(row.packetsPerSecond), row.megabytesPerSecond?.toFixed(0)];
    const goal = row.goal && row.ratio ? ` (goal ${asRatio(row.goal)}${row.ratio <= row.goal ? '' : ': missed'})` : '';
    const figures = [
      cell(row.cpu.toFixed(3), 8),
      cell(row.wall.toFixed(2), 9),
      cell(row.peakMiB.toFixed(0), 10),
      cell(speed[0], 12),
    ];
    console.log(`${row.name.padEnd(16)}${figures.join('')}${cell(speed[1], 8)}   ${row.ratio ? asRatio(row.ratio) : ''}${goal}`);
  }
  console.log('per CPU second; medians, ratios pair by pair; peak: the highest run, by', peakBy);
}

/** Exit code 1 where wirebook itself fails or is far off. */
function verdict([ours, start]) {
  if (ours.skipped) return `wirebook failed: ${ours.skipped}`;
  if (options.quick && ours.cpu > QUICK_MOST_STARTS * start.cpu)
    return `wirebook took more than ${QUICK_MOST_STARTS} times Node's start`;
  if (options.quick && ours.peakMiB > QUICK_MOST_MIB) return `wirebook took more than ${QUICK_MOST_MIB} MiB`;
  return undefined;
}

const file = options.file ?? capture(options.workload, size);
const bytes = statSync(file).size;
const packets = recordsIn(file);
const rows = summarize(await runAll(file, packets), bytes, packets);
const machine = `Node ${process.versions.node}, ${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown CPU'}`;
if (options.json) console.log(JSON.stringify({ file, bytes, packets, rounds, machine, peakBy, rows }, null, 2));
else print(rows, `${file}: ${packets ?? '?'} packets, ${(bytes / 1e6).toFixed(0)} MB; ${rounds} rounds; ${machine}`);
const fault = verdict(rows);
if (fault) console.error(`bench: ${fault}`);
process.exitCode = fault ? 1 : 0;
