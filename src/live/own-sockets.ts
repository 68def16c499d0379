import type { Endpoint } from '../correlate/model.ts';
import type { Owner } from '../correlate/owners.ts';
import { LISTENING, parseStat, TIME_WAIT } from './proc-net.ts';
import { Peek } from './peek.ts';
import { children, ownerOf, processes, readText, sockets, socketsOf } from './proc.ts';

/** How often is looked, in milliseconds, and at most which part of the time goes into it. */
const EVERY = 1;
const SHARE = 1;
/** A socket that is in none of the tables after so many looks (a local one, say) is asked for only now and then. */
const LOOKS = 20;
const NOW_AND_THEN = 50;
const MOST = 100_000;

export type Protocol = 'tcp' | 'udp';

interface Owned {
  protocol: Protocol;
  local: Endpoint;
  /** Absent: whoever it spoke with. */
  remote: Endpoint | undefined;
  owner: Owner | undefined;
}

const NOBODY: Endpoint = { address: '', port: 0 };

const anywhere = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** Sockets, and to which of them a packet belongs. */
export class SocketSet {
  readonly remotes = new Set<string>();
  private readonly byPort = new Map<string, Owned[]>();
  private readonly known = new Set<string>();

  add(protocol: Protocol, local: Endpoint, remote: Endpoint, owner?: () => Owner): void {
    const key = `${protocol} ${local.address} ${local.port} ${remote.address} ${remote.port}`;
    if (this.known.has(key) || this.known.size >= MOST || local.port === 0) return;
    this.known.add(key);
    const open = remote.port === 0;
    if (!open) this.remotes.add(remote.address);
    const port = `${protocol}${local.port}`;
    const list = this.byPort.get(port);
    const owned: Owned = { protocol, local, remote: open ? undefined : remote, owner: owner?.() };
    if (list === undefined) this.byPort.set(port, [owned]);
    else list.push(owned);
  }

  get size(): number {
    return this.known.size;
  }

  /** The socket between two ends, whichever of them is here. */
  find(protocol: Protocol, a: Endpoint, b: Endpoint): Owned | undefined {
    return this.end(protocol, a, b) ?? this.end(protocol, b, a);
  }

  private end(protocol: Protocol, local: Endpoint, remote: Endpoint): Owned | undefined {
    return this.byPort
      .get(`${protocol}${local.port}`)
      ?.find(
        (each) =>
          (each.local.address === local.address || anywhere(each.local.address)) &&
          (each.remote === undefined || (each.remote.port === remote.port && each.remote.address === remote.address)),
      );
  }
}

/**
 * The sockets of a command and of all processes that it started, as far as /proc shows them while they last: looked for every few
 * milliseconds, so that what is opened and closed in between is missed.
 */
export class OwnSockets {
  readonly set = new SocketSet();
  /** Processes of the command, by number, with the start that tells them from later ones of the same number. */
  private readonly members = new Map<number, number>();
  private readonly looks = new Map<number, number>();
  private readonly peeks = new Map<number, Peek | undefined>();
  private timer: NodeJS.Timeout | undefined;
  private rounds = 0;

  constructor(pid: number) {
    this.join(pid);
    this.look();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.sample();
    for (const peek of this.peeks.values()) peek?.close();
    this.peeks.clear();
  }

  owner(client: Endpoint, server: Endpoint): Owner | 'unknown' {
    return this.set.find('tcp', client, server)?.owner ?? 'unknown';
  }

  /** Whether a connection of the command is still there, even if its process is not. */
  connected(): boolean {
    return sockets('self', 'tcp').some(
      ({ local, remote, state }) =>
        state !== TIME_WAIT && state !== LISTENING && this.set.find('tcp', local, remote) !== undefined,
    );
  }

  private look(): void {
    const started = performance.now();
    this.sample();
    const took = performance.now() - started;
    this.timer = setTimeout(() => this.look(), Math.max(EVERY, took * SHARE)).unref();
  }

  private join(pid: number): void {
    const stat = parseStat(readText(`/proc/${pid}/stat`));
    if (stat !== undefined && !this.members.has(pid)) this.members.set(pid, stat.start);
  }

  private sample(): void {
    this.rounds++;
    this.gather();
    const wanted = new Map<number, number>();
    for (const pid of this.members.keys())
      for (const { fd, inode } of socketsOf(pid) ?? []) {
        const looks = this.looks.get(inode) ?? 0;
        this.looks.set(inode, looks + 1);
        if (looks >= LOOKS && this.rounds % NOW_AND_THEN !== 0) continue;
        if (!this.ask(pid, fd, inode)) wanted.set(inode, pid);
      }
    if (wanted.size === 0) return;
    for (const protocol of ['tcp', 'udp'] as const)
      for (const line of sockets('self', protocol)) {
        const pid = wanted.get(line.inode);
        if (pid !== undefined) this.take(protocol, line.local, line.remote, line.inode, pid);
      }
  }

  /** False where the process cannot be asked. */
  private ask(pid: number, fd: number, inode: number): boolean {
    let peek = this.peeks.get(pid);
    if (peek === undefined && !this.peeks.has(pid)) {
      peek = Peek.at(pid);
      this.peeks.set(pid, peek);
    }
    const found = peek?.socket(fd);
    if (found === undefined) return false;
    if (found === null) this.looks.set(inode, LOOKS);
    else {
      this.take(found.protocol, found.local, found.remote ?? NOBODY, inode, pid);
      // What is not connected yet will be, perhaps much later.
      if (found.remote === undefined) this.looks.set(inode, 0);
    }
    return true;
  }

  private take(protocol: Protocol, local: Endpoint, remote: Endpoint, inode: number, pid: number): void {
    this.set.add(protocol, local, remote, () => ownerOf(pid));
    // A connection stays what it is; a datagram socket may turn to somebody else.
    if (protocol === 'tcp' && remote.port !== 0) this.looks.set(inode, LOOKS);
  }

  private leave(pid: number): void {
    this.members.delete(pid);
    this.peeks.get(pid)?.close();
    this.peeks.delete(pid);
  }

  private gather(): void {
    if (this.rounds % NOW_AND_THEN === 0) {
      for (const [pid, start] of this.members) if (parseStat(readText(`/proc/${pid}/stat`))?.start !== start) this.leave(pid);
      for (const pid of processes().reverse()) {
        const stat = this.members.has(pid) ? undefined : parseStat(readText(`/proc/${pid}/stat`));
        if (stat !== undefined && this.members.has(stat.parent)) this.members.set(pid, stat.start);
      }
    }
    // A map goes on with what is added meanwhile: the children's children.
    for (const pid of this.members.keys()) for (const child of children(pid)) this.join(child);
  }
}
