import {
  mkdirSync,
  openSync,
  closeSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

/** What a run has changed on this host, written down before it is done, so that whoever comes later can undo it. */
export interface RunRecord {
  pid: number;
  /** Ticks since boot at which the process started: numbers of processes come again. */
  start: string;
  /** The network it was done in. */
  network: string;
  /** Switches below /proc/sys/net that were 0 before any run. */
  switches: string[];
}

const DIRECTORY = '/run/wirebook';
const PATIENCE = 5000;

export const startOf = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const words = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A dead process whose parent has not heard of it yet.
    return words[0] === 'Z' || words[0] === 'X' ? '' : words[19];
  } catch {
    return '';
  }
};

export const ownNetwork = (): string => readlinkSync('/proc/self/ns/net');

export const alive = (record: RunRecord): boolean => record.start !== '' && startOf(record.pid) === record.start;

const pathOf = (pid: number): string => join(DIRECTORY, `run-${pid}.json`);

export function writeRecord(record: RunRecord): void {
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o755 });
  writeFileSync(pathOf(record.pid), JSON.stringify(record), { mode: 0o644 });
}

export const removeRecord = (pid: number): void => rmSync(pathOf(pid), { force: true });

/** Those of this network. */
export function records(): RunRecord[] {
  const network = ownNetwork();
  let names: string[] = [];
  try {
    names = readdirSync(DIRECTORY).filter((name) => /^run-\d+\.json$/.test(name));
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const record = JSON.parse(readFileSync(join(DIRECTORY, name), 'utf8')) as RunRecord;
      return record.network === network ? [record] : [];
    } catch {
      return [];
    }
  });
}

const sleep = (ms: number): void => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** One run at a time changes the host. */
export function locked<T>(work: () => T): T {
  mkdirSync(DIRECTORY, { recursive: true, mode: 0o755 });
  const path = join(DIRECTORY, 'lock');
  const until = Date.now() + PATIENCE;
  let fd: number | undefined;
  while (fd === undefined) {
    try {
      fd = openSync(path, 'wx');
      writeSync(fd, `${process.pid} ${startOf(process.pid)}`);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      if (Date.now() > until || abandoned(path)) rmSync(path, { force: true });
      else sleep(20);
    }
  }
  try {
    return work();
  } finally {
    closeSync(fd);
    rmSync(path, { force: true });
  }
}

function abandoned(path: string): boolean {
  try {
    const [pid, start] = readFileSync(path, 'latin1').split(' ');
    return start !== undefined && startOf(Number(pid)) !== start;
  } catch {
    return false;
  }
}

const SWITCHES = '/proc/sys/net/';

export const isOff = (name: string): boolean => {
  try {
    return readFileSync(SWITCHES + name, 'latin1').trim() === '0';
  } catch {
    return false;
  }
};

export function turn(name: string, value: 0 | 1): void {
  try {
    writeFileSync(SWITCHES + name, String(value));
  } catch (error) {
    // An interface that is gone has no switches.
    if (value === 1) throw error;
  }
}
