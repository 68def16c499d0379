import { closeSync, openSync, readSync } from 'node:fs';
import type { Endpoint } from '../correlate/model.ts';
import type { Owner } from '../correlate/owners.ts';
import { Peek } from './peek.ts';
import { ownerOf, readText, socketsOf } from './proc.ts';

/**
 * Milliseconds between looks, and while there are processes that have just begun; the part of the time that they may take for
 * long, and how many milliseconds ahead of that.
 */
const EVERY = 3;
const EVERY_YOUNG = 1;
const SHARE = 25;
const AHEAD = 250;
/** For how long a process is looked at: one that opens its socket later is found when its connection is seen, or has just been. */
const YOUNG = 1000;
const MOST_PROCESSES = 64;
const MOST_NEW = 256;
/** What was seen counts for so long: later, the same number may be another's. */
const FRESH = 5000;
const MOST_SOCKETS = 4096;

export const tupleOf = (from: Endpoint, to: Endpoint): string => `${from.address} ${from.port} ${to.address} ${to.port}`;

interface Process {
  since: number;
  peek: Peek | undefined;
  /** Sockets that need no more asking. */
  done: Set<number>;
}

interface Seen {
  owner: Owner;
  at: number;
}

/**
 * Processes that have just begun, and their sockets while those last: a command may have ended before the first packet of its
 * connection is read. Sockets themselves can be asked only of processes that this user may debug; for the others there is the
 * number of the socket, which the kernel tells of a connection that is still there.
 */
export class YoungSockets {
  private readonly processes = new Map<number, Process>();
  private readonly byTuple = new Map<string, Seen>();
  private readonly byInode = new Map<number, Seen>();
  private readonly line = Buffer.alloc(128);
  private loadavg: number | undefined;
  private last = 0;
  /** Milliseconds of looking that are still granted, as of `lookedAt`. */
  private granted = AHEAD;
  private lookedAt = performance.now();
  private timer: NodeJS.Timeout | undefined;

  constructor() {
    try {
      this.loadavg = openSync('/proc/loadavg', 'r');
      this.last = this.newest();
    } catch {
      this.close();
    }
  }

  /** Begins to look, until `close`. */
  start(): this {
    if (this.loadavg !== undefined) this.timer ??= setTimeout(() => this.look(), EVERY).unref();
    return this;
  }

  close(): void {
    if (this.loadavg === undefined) return;
    clearTimeout(this.timer);
    for (const pid of this.processes.keys()) this.drop(pid);
    closeSync(this.loadavg);
    this.loadavg = undefined;
  }

  ofTuple(from: Endpoint, to: Endpoint): Owner | undefined {
    return this.fresh(this.byTuple.get(tupleOf(from, to)));
  }

  ofInode(inode: number): Owner | undefined {
    return this.fresh(this.byInode.get(inode));
  }

  /** A process that opens connections now. */
  watch(pid: number): void {
    if (this.loadavg === undefined) return;
    const known = this.processes.get(pid);
    if (known !== undefined) known.since = performance.now();
    else {
      if (this.processes.size >= MOST_PROCESSES) this.drop(this.processes.keys().next().value as number);
      this.processes.set(pid, { since: performance.now(), peek: Peek.at(pid), done: new Set() });
    }
  }

  private fresh(seen: Seen | undefined): Owner | undefined {
    return seen !== undefined && performance.now() - seen.at < FRESH ? seen.owner : undefined;
  }

  private drop(pid: number): void {
    this.processes.get(pid)?.peek?.close();
    this.processes.delete(pid);
  }

  private look(): void {
    const started = performance.now();
    this.sample(started);
    const ended = performance.now();
    this.granted = Math.min(AHEAD, this.granted + (ended - this.lookedAt) / SHARE) - (ended - started);
    this.lookedAt = ended;
    this.timer = setTimeout(
      () => this.look(),
      Math.max(this.processes.size > 0 ? EVERY_YOUNG : EVERY, -this.granted * SHARE),
    ).unref();
  }

  /** The number given last to a process or a thread: the end of "0.20 0.18 0.12 1/80 11206". */
  private newest(): number {
    if (this.loadavg === undefined) return 0;
    const length = readSync(this.loadavg, this.line, 0, this.line.length, 0);
    const text = this.line.toString('latin1', 0, length);
    return Number(text.slice(text.lastIndexOf(' ') + 1)) || 0;
  }

  /** One look at what has begun since the last one. Public for tests. */
  sample(now: number): void {
    const newest = this.newest();
    // Numbers begin anew when the last was given.
    const from = newest < this.last ? 0 : this.last;
    for (let pid = Math.max(from, newest - MOST_NEW) + 1; pid <= newest; pid++) {
      const group = Number(/^Tgid:\s*(\d+)$/m.exec(readText(`/proc/${pid}/status`))?.[1]);
      if (group === pid) this.watch(pid);
    }
    this.last = newest;
    for (const [pid, process] of this.processes) {
      if (now - process.since > YOUNG || !this.ask(pid, process, now)) this.drop(pid);
    }
  }

  /** False when the process is gone, or somebody else's. */
  private ask(pid: number, process: Process, now: number): boolean {
    const open = socketsOf(pid);
    let owner: Owner | undefined;
    for (const { fd, inode } of open ?? []) {
      if (process.done.has(inode)) continue;
      owner ??= ownerOf(pid);
      keep(this.byInode, inode, { owner, at: now });
      const found = process.peek?.socket(fd);
      // Not to be asked, or no TCP connection; one that is none yet is asked again.
      if (found === undefined || found === null || found.protocol !== 'tcp') process.done.add(inode);
      else if (found.remote !== undefined) {
        process.done.add(inode);
        keep(this.byTuple, tupleOf(found.local, found.remote), { owner, at: now });
      }
    }
    return open !== undefined;
  }
}

function keep<K>(map: Map<K, Seen>, key: K, seen: Seen): void {
  map.delete(key);
  map.set(key, seen);
  if (map.size > MOST_SOCKETS) map.delete(map.keys().next().value as K);
}
