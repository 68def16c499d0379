#!/usr/bin/env node
// Counts the instructions that a report executes, by JavaScript function: the same to about 1 % whatever else the machine does.
// valgrind's callgrind counts by address, and V8 tells (--perf-prof) which function's code lies there.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';

const CODE_LOAD = 0;
const [HEADER_SIZE, RECORD_HEADER, CODE_NAME] = [8, 16, 56];

const { values, positionals } = parseArgs({
  options: { main: { type: 'string', default: 'dist/main.js' }, rows: { type: 'string', default: '60' } },
  allowPositionals: true,
});
const [capture] = positionals;
if (positionals.length !== 1 || !(Number(values.rows) >= 0)) {
  console.error('usage: instructions.mjs CAPTURE [--main dist/main.js] [--rows N]   (some 50 s for 60 MB of web)');
  process.exit(2);
}

/** Instructions by address, without those of the functions called from there. */
function byAddress(text) {
  const counts = new Map();
  let address = 0;
  let ofCall = false;
  for (const line of text.split('\n')) {
    if (line.startsWith('calls=')) {
      ofCall = true;
      continue;
    }
    const fields = /^(0x[\da-f]+|[+-]\d+|\*) \S+ (\d+)$/.exec(line);
    if (fields === null) continue;
    const [, place, count] = fields;
    if (place.startsWith('0x')) address = Number(place);
    else if (place !== '*') address += Number(place);
    if (ofCall) ofCall = false;
    else counts.set(address, (counts.get(address) ?? 0) + Number(count));
  }
  return counts;
}

/** Code that V8 made, by address: [from, to, name]. What came later at one place is what is taken. */
function codeOf(dump) {
  const code = new Map();
  for (let at = dump.readUInt32LE(HEADER_SIZE); at + RECORD_HEADER <= dump.length; ) {
    const size = dump.readUInt32LE(at + 4);
    if (size === 0) break;
    if (dump.readUInt32LE(at) === CODE_LOAD) {
      const from = Number(dump.readBigUInt64LE(at + 32));
      const name = dump.toString('utf8', at + CODE_NAME, dump.indexOf(0, at + CODE_NAME));
      code.set(from, [from, from + Number(dump.readBigUInt64LE(at + 40)), name]);
    }
    at += size;
  }
  return [...code.values()].sort((a, b) => a[0] - b[0]);
}

/** Which of the sorted pieces an address lies in. */
function piece(code, address) {
  let [low, high] = [0, code.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (code[middle][0] <= address) low = middle + 1;
    else high = middle;
  }
  const found = code[low - 1];
  return found !== undefined && address < found[1] ? found[2] : undefined;
}

const KINDS = { 'JS:*': 'optimized', 'JS:^': 'baseline' };
const folder = mkdtempSync(join(tmpdir(), 'wirebook-instructions-'));
try {
  const tool = ['--tool=callgrind', '--dump-instr=yes', '--smc-check=all-non-file', `--callgrind-out-file=${folder}/counts`];
  const program = [process.execPath, '--single-threaded', '--perf-prof', resolve(values.main), 'report', resolve(capture)];
  const run = spawnSync('valgrind', [...tool, ...program, '--format', 'jsonl'], { cwd: folder, stdio: 'ignore' });
  if (run.error !== undefined) throw new Error(`valgrind cannot be run: ${run.error.message}`);
  const dump = readdirSync(folder).find((name) => /^jit-.*\.dump$/.test(name));
  if (dump === undefined) throw new Error('the program ended before V8 had made any code');
  const code = codeOf(readFileSync(join(folder, dump)));
  const [kinds, functions] = [new Map(), new Map()];
  const add = (map, key, n) => map.set(key, (map.get(key) ?? 0) + n);
  for (const [address, n] of byAddress(readFileSync(join(folder, 'counts'), 'latin1'))) {
    const name = piece(code, address);
    add(kinds, name === undefined ? 'compiler, garbage, start' : (KINDS[name.slice(0, 4)] ?? 'interpreter, built-ins'), n);
    if (name !== undefined) add(functions, name.replace(/ \S*\//, ' '), n);
  }
  const sorted = (map) => [...map].sort((a, b) => b[1] - a[1]);
  const million = (n) => (n / 1e6).toFixed(1).padStart(9);
  for (const [kind, n] of sorted(kinds)) console.log(`${million(n)} ${kind}`);
  console.log('');
  for (const [name, n] of sorted(functions).slice(0, Number(values.rows))) console.log(`${million(n)} ${name}`);
} catch (error) {
  console.error(`instructions: ${error.message}`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
