import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Records } from '../../src/helper/records.ts';

export const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
export const NOBODY = 65_534;

const runs = (command: string): boolean => spawnSync(command, ['--version']).error === undefined;
export const isRoot = process.getuid?.() === 0;
export const ENGINES = ['libpcap', 'dumpcap', 'tcpdump', 'cap'] as const;
/** The engine can be tried here: as root, with its program installed or its package built. */
export const canTry = (engine: string): boolean => {
  if (!isRoot || engine === 'libpcap') return isRoot;
  if (engine !== 'cap') return runs(engine);
  return existsSync(resolve(import.meta.dirname, '../../engines/node_modules/cap/build/Release/cap.node'));
};
export const hasNamespaces = isRoot && spawnSync('ip', ['netns', 'list']).status === 0;

export const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds));

export async function until(what: () => boolean, milliseconds = 8000): Promise<boolean> {
  for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(50)) if (what()) return true;
  return what();
}

export function scratch(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'wirebook-live-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Two namespaces with a wire between them: v0 (10.9.0.1) here, v1 (10.9.0.2) there. */
export class Wire {
  private static count = 0;
  readonly here = `wb${process.pid}a${Wire.count}`;
  readonly there = `wb${process.pid}b${Wire.count++}`;

  constructor() {
    for (const name of [this.here, this.there]) execFileSync('ip', ['netns', 'add', name]);
    this.ip('link', 'add', 'v0', 'type', 'veth', 'peer', 'name', 'v1', 'netns', this.there);
    this.ip('addr', 'add', '10.9.0.1/24', 'dev', 'v0');
    this.ip('link', 'set', 'v0', 'up');
    execFileSync('ip', ['-n', this.there, 'addr', 'add', '10.9.0.2/24', 'dev', 'v1']);
    execFileSync('ip', ['-n', this.there, 'link', 'set', 'v1', 'up']);
  }

  ip(...words: string[]): void {
    execFileSync('ip', ['-n', this.here, ...words]);
  }

  /** Datagrams to port 9999 of the other side. */
  send(count: number): void {
    const script = `const s=require('dgram').createSocket('udp4');let n=0;const f=()=>n++<${count}?s.send('wirebook',9999,'10.9.0.2',f):s.close();f()`;
    execFileSync('ip', ['netns', 'exec', this.here, process.execPath, '-e', script]);
  }

  close(): void {
    for (const name of [this.here, this.there]) spawnSync('ip', ['netns', 'del', name]);
  }
}

/** Datagrams to a port of this machine that nobody hears. */
export async function sendLoopback(count: number, port = 47_999): Promise<void> {
  const socket = createSocket('udp4');
  for (let i = 0; i < count; i++) await new Promise<void>((done) => socket.send('wirebook', port, '127.0.0.1', () => done()));
  socket.close();
}

export interface Running {
  child: ChildProcess;
  stdout: () => string;
  stderr: () => string;
  /** Exit code, or the signal's name. */
  ended: Promise<number | string>;
}

export function wirebook(
  words: string[],
  options: { wire?: Wire; env?: Record<string, string>; before?: string[] } = {},
): Running {
  const command = [
    ...(options.wire === undefined ? [] : ['ip', 'netns', 'exec', options.wire.here]),
    ...(options.before ?? []),
    process.execPath,
    MAIN,
    ...words,
  ];
  const child = spawn(command[0], command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '/', LANG: 'C', ...options.env },
  });
  let [out, err] = ['', ''];
  child.stdout?.on('data', (piece: Buffer) => {
    out += piece.toString('latin1');
  });
  child.stderr?.on('data', (piece: Buffer) => {
    err += piece.toString('utf8');
  });
  const ended = new Promise<number | string>((done) => child.on('close', (code, signal) => done(signal ?? code ?? -1)));
  return { child, stdout: () => out, stderr: () => err, ended };
}

interface Process {
  pid: number;
  parent: number;
  words: string;
  uid: number;
}

function processes(): Process[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const status = readFileSync(`/proc/${name}/status`, 'latin1');
        if (/^State:\s*Z/m.test(status)) return [];
        const number = (field: string): number => Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(status)?.[1]);
        const words = readFileSync(`/proc/${name}/cmdline`, 'latin1').replaceAll('\0', ' ');
        return [{ pid: Number(name), parent: number('PPid'), words, uid: number('Uid') }];
      } catch {
        return [];
      }
    });
}

/** Everything that a process has started, and what those have. */
export function family(pid: number): Process[] {
  const all = processes();
  const found: Process[] = [];
  for (let parents = [pid]; parents.length > 0; ) {
    const next = all.filter((each) => parents.includes(each.parent));
    found.push(...next);
    parents = next.map((each) => each.pid);
  }
  return found;
}

export const alive = (pids: number[]): number[] =>
  processes()
    .map((each) => each.pid)
    .filter((pid) => pids.includes(pid));

/** Packets in a capture file; undefined where it ends in the midst of one. */
export function packetsIn(path: string): number | undefined {
  const bytes = readFileSync(path);
  const records = new Records();
  records.add(bytes, bytes.length);
  return records.whole === bytes.length ? records.packets : undefined;
}

/** A file of a capture exists as soon as the capture runs, with its header. */
export const captures = (path: string): Promise<boolean> =>
  until(() => existsSync(path) && readFileSync(path).length >= 24, 10_000);
