#!/usr/bin/env node
// Makes a capture for the benchmarks, the same bytes on every machine.
//   node bench/generate.mjs web|bulk|tiny [--size 1000] [--seed 1] [--out FILE]
// --size: thousandths of the full form. web 1000: 100 000 connections with DNS, HTTP and TLS, 1 GB. bulk 1000: 8 downloads, 1 GB.
// tiny 1000: a million flows of a few packets, 0.3 GB.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { isMain } from '../scripts/is-main.mjs';
import { CaptureFile } from './generate/frames.mjs';
import { material } from './generate/messages.mjs';
import { Agenda } from './generate/agenda.mjs';
import { WORKLOADS } from './generate/workloads.mjs';

const data = join(dirname(fileURLToPath(import.meta.url)), 'data');
/** Goes into the file's name: raise it with every change that alters the bytes. */
const EDITION = 1;

export function write(path, workload, size, seed) {
  const file = new CaptureFile(path);
  const agenda = new Agenda();
  for (const [start, script] of WORKLOADS[workload](file, material(seed), seed, size)) {
    agenda.runUntil(start);
    agenda.add(script);
  }
  agenda.runUntil(Number.POSITIVE_INFINITY);
  file.close();
  return { workload, packets: file.packets, bytes: file.bytes };
}

/** The capture's path; made when it is not there yet. */
export function capture(workload, size, seed = 1) {
  const path = join(data, `${workload}-${size}-${seed}.v${EDITION}.pcap`);
  if (existsSync(path)) return path;
  mkdirSync(data, { recursive: true });
  console.error(`making ${path} …`);
  const unfinished = `${path}.${process.pid}`;
  try {
    write(unfinished, workload, size, seed);
    renameSync(unfinished, path);
  } finally {
    rmSync(unfinished, { force: true });
  }
  return path;
}

if (isMain(import.meta.url)) {
  const options = { size: { type: 'string', default: '1000' }, seed: { type: 'string', default: '1' }, out: { type: 'string' } };
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  const [workload] = positionals;
  const [size, seed] = [Number(values.size), Number(values.seed)];
  if (positionals.length !== 1 || !Object.hasOwn(WORKLOADS, workload) || !(size > 0) || !Number.isInteger(seed)) {
    console.error('usage: generate.mjs web|bulk|tiny [--size N] [--seed N] [--out FILE]');
    process.exit(2);
  }
  if (values.out === undefined) console.log(capture(workload, size, seed));
  else console.log(JSON.stringify(write(values.out, workload, size, seed)));
}
