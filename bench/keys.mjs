#!/usr/bin/env node
// How long keys take, in a real terminal of the kernel: from the byte written to the program to the last byte of what it paints.
//   node bench/keys.mjs CAPTURE [--rounds 5] [--size 120x40]
// Needs util-linux's script(1). A large capture: node bench/generate.mjs, or any other of a million packets.
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, size: { type: 'string', default: '120x40' } },
});
const [file] = positionals;
if (file === undefined) {
  console.error('usage: node bench/keys.mjs CAPTURE [--rounds N] [--size WIDTHxHEIGHT]');
  process.exit(2);
}
const [columns, rows] = values.size.split('x');
const main = resolve(import.meta.dirname, '../dist/main.js');

/** What is pressed, by the kind of thing it asks of the program; each key changes the screen. */
const GROUPS = {
  'move in journeys': ['j', 'j', 'k', ' ', 'b', 'G', 'g', 'j'],
  'open and back': ['\r', '\x7f', '\r', '\x7f'],
  timeline: ['\r', 'j', 'j', 'J', 'J', 'K', '\x7f'],
  'packets of a journey': ['\r', '3', 'j', 'G', 'g', '\r', 'j', '\t', 'j', '\t', 'J', '\x7f', '\x7f', '\x7f'],
  'all packets': ['3', '\t', '\t', 'j', 'G', 'b', 'k', 'g', ' ', '1'],
  sort: ['s', 's', 's', 's', 's', 's'],
  'filter typed': ['/', 'h', 'o', 's', 't', '-', '1', '\x15', '\x1b'],
  'filter by records': ['/', ...'stage.dns > 20ms', '\r', 'j', 'G', 'g', '\x1b'],
  'filter of packets': ['3', '\t', '\t', '/', ...'tcp.flags.syn == 1', '\r', 'j', ' ', '\x7f', '1'],
  palette: [':', 'v', 'e', '\x1b'],
  'Wireshark filter': ['F', '\x1b'],
  'summary and problems': ['6', '5', '1'],
  book: ['\r', '7', 'j', 'j', ' ', '\t', '\t', 'J', '\x7f', '1', 'G', '7', 'j', '1', 'g'],
  waterfall: ['8', 'j', 'k', '1', 'G', '8', 'j', '1', 'g'],
  ladder: ['9', 'j', 'G', 'g', '1', 'G', '9', 'j', '1', 'g'],
  connections: ['0', 'j', 'j', 'G', 'k', 'b', 'g', '1'],
  DNS: ['D', 'j', 'G', 'k', 'b', 'g', '1'],
  stream: ['f', 'j', ' ', 'G', 'g', '1', 'G', 'f', 'j', '1', 'g'],
  compare: ['m', 'j', 'd', 'j', 'k', '\x7f', 'k', 'm'],
  lens: ['e', 'j', '1'],
  'help and language': ['?', 'j', '\x1b', 'L', 'L'],
};

const env = { ...process.env, TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', XDG_CONFIG_HOME: '/nonexistent' };
const child = spawn(
  'script',
  ['-qfec', `stty rows ${rows} cols ${columns}; exec '${process.execPath}' '${main}' '${resolve(file)}'`, '/dev/null'],
  { env },
);
let bytes = 0;
let last = 0;
child.stdout.on('data', (chunk) => {
  bytes += chunk.length;
  last = performance.now();
});
child.on('close', () => process.exit(process.exitCode ?? 0));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const quiet = async (ms) => {
  for (;;) {
    await pause(ms / 4);
    if (performance.now() - last > ms) return;
  }
};

/** Milliseconds to the first byte that is painted, and how many bytes; undefined: nothing was. */
async function press(key) {
  const before = bytes;
  const started = performance.now();
  child.stdin.write(key);
  let first;
  const seen = () => {
    first ??= performance.now() - started;
  };
  child.stdout.once('data', seen);
  // Escape waits for what may follow it.
  while (first === undefined && performance.now() - started < 2000) await pause(1);
  child.stdout.off('data', seen);
  await pause(90);
  return first === undefined ? undefined : { time: first, bytes: bytes - before };
}

const at = (list, share) => list[Math.min(list.length - 1, Math.floor(list.length * share))] ?? Number.NaN;
const line = (name, list) => {
  const times = list.map((each) => each.time).sort((a, b) => a - b);
  const sizes = list.map((each) => each.bytes).sort((a, b) => a - b);
  const ms = (n) => n.toFixed(1).padStart(7);
  console.log(
    `${name.padEnd(24)} ${String(list.length).padStart(5)} ${ms(at(times, 0.5))} ${ms(at(times, 0.9))} ${ms(at(times, 0.99))} ${ms(times.at(-1))} ${String(at(sizes, 0.5)).padStart(8)}`,
  );
};

const opened = performance.now();
while (bytes === 0) await pause(20);
await quiet(2500);
console.log(`read in ${((last - opened) / 1000).toFixed(1)} s, ${columns}x${rows}`);
console.log(`${''.padEnd(24)}  keys  median     90%     99%     max  bytes (median)`);
const all = [];
for (const [name, keys] of Object.entries(GROUPS)) {
  const list = [];
  let silent = 0;
  for (let round = 0; round < Number(values.rounds); round++)
    for (const key of keys) {
      const result = await press(key);
      if (result === undefined) silent++;
      // blessed waits half a second whether more follows an Escape: that is the terminal's manner, not the program's.
      else if (key !== '\x1b') list.push({ ...result, key });
    }
  all.push(...list);
  line(name, list);
  for (const each of list) if (each.time > 50) console.log(`  slow: ${JSON.stringify(each.key)} ${each.time.toFixed(1)} ms`);
  if (silent > 0) console.log(`  (${silent} keys painted nothing)`);
}
line('all', all);
child.stdin.write('q');
