#!/usr/bin/env node
// What a capture behind the screens costs: CPU seconds of all threads and peak memory from the start until the file is read and painted.
//   node bench/screens.mjs CAPTURE [--rounds 3] [--size 120x40] [--keys jj3] [--main OTHER/dist/main.js ...]
// Several programs run in turn. --keys are pressed one second after the start, so that another screen is painted meanwhile.
// Needs util-linux's script(1) and /proc.
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    size: { type: 'string', default: '120x40' },
    keys: { type: 'string', default: '' },
    main: { type: 'string', multiple: true },
  },
});
const [file] = positionals;
if (file === undefined) {
  console.error('usage: node bench/screens.mjs CAPTURE [--rounds N] [--size WIDTHxHEIGHT] [--keys KEYS] [--main MAIN.JS ...]');
  process.exit(2);
}
const [columns, rows] = values.size.split('x');
const capture = resolve(file);
const size = statSync(capture).size;
const mains = (values.main ?? [resolve(import.meta.dirname, '../dist/main.js')]).map((each) => resolve(each));
const env = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: '/nonexistent' };
/** Milliseconds without a byte painted, once the file was read: less than what the screens wait before they load charts. */
const QUIET = 250;
const KEYS_AFTER = 1000;

const read = (path) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
/** Seconds of CPU of every thread. */
const cpuOf = (pid) =>
  readdirSync(`/proc/${pid}/task`).reduce(
    (sum, task) => sum + Number(read(`/proc/${pid}/task/${task}/schedstat`).split(' ')[0]),
    0,
  ) / 1e9;
const bytesRead = (pid) => Number(/^rchar: (\d+)/m.exec(read(`/proc/${pid}/io`))?.[1] ?? 0);
const peakOf = (pid) => Number(/^VmHWM:\s+(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) / 1024;

function once(main) {
  return new Promise((done) => {
    const started = performance.now();
    const command = `stty rows ${rows} cols ${columns}; exec '${process.execPath}' '${main}' '${capture}'`;
    const child = spawn('script', ['-qfec', command, '/dev/null'], { env });
    let pid;
    let first;
    let journeys;
    let paints = 0;
    let painted = 0;
    /** As it stood with the last byte painted. */
    let last;
    let quiet;
    let left = false;
    const program = () => {
      const [each] = read(`/proc/${child.pid}/task/${child.pid}/children`).split(' ');
      return /^node/.test(read(`/proc/${each}/comm`)) ? each : undefined;
    };
    const over = () => {
      left = true;
      child.stdout.removeAllListeners('data').resume();
      child.stdin.write('q');
      done({ ...last, first, journeys, paints, painted });
    };
    child.on('close', () => {
      if (left) return;
      console.error(`${main} ended before the file was read`);
      process.exit(1);
    });
    child.stdout.on('data', (chunk) => {
      pid ??= program();
      if (pid === undefined) return;
      const at = performance.now();
      first ??= at - started;
      if (journeys === undefined && /https?:\/\//.test(chunk.toString('latin1'))) journeys = at - started;
      paints++;
      painted += chunk.length;
      last = { cpu: cpuOf(pid), peak: peakOf(pid), wall: (at - started) / 1000 };
      clearTimeout(quiet);
      if (bytesRead(pid) >= size) quiet = setTimeout(over, QUIET);
    });
    if (values.keys !== '') setTimeout(() => child.stdin.write(values.keys), KEYS_AFTER);
  });
}

const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
const results = mains.map(() => []);
for (let round = 0; round < Number(values.rounds); round++)
  for (const [i, main] of mains.entries()) {
    results[i].push(await once(main));
    await new Promise((next) => setTimeout(next, 300));
  }
console.log('CPU s   least  ratio  peak MiB  wall s  first byte ms  first journey ms  writes   bytes');
for (const [i, list] of results.entries()) {
  const of = (name) => list.map((each) => each[name]);
  const ratio = median(list.map(({ cpu }, round) => cpu / results[0][round].cpu));
  const cells = [
    median(of('cpu')).toFixed(2).padStart(5),
    Math.min(...of('cpu'))
      .toFixed(2)
      .padStart(7),
    ratio.toFixed(3).padStart(6),
    Math.max(...of('peak'))
      .toFixed(0)
      .padStart(9),
    median(of('wall')).toFixed(2).padStart(7),
    median(of('first')).toFixed(0).padStart(14),
    (median(of('journeys')) ?? Number.NaN).toFixed(0).padStart(17),
    String(median(of('paints'))).padStart(7),
    String(median(of('painted'))).padStart(7),
  ];
  console.log(`${cells.join(' ')}  ${mains[i]}`);
}
process.exit(0);
