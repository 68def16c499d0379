import type { Endpoint } from '../correlate/model.ts';
import type { Owner } from '../correlate/owners.ts';
import { LISTENING, parseStat, type SocketLine, TIME_WAIT } from './proc-net.ts';
import { children, inodesOf, ownerOf, processes, readText, sockets } from './proc.ts';

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

const anywhere = (address: string): boolean => address === '0.0.0.0' || address === '::';

/** Sockets, and to which of them a packet belongs. */
export class SocketSet {
  readonly remotes = new Set<string>();
  private readonly byPort = new Map<string, Owned[]>();
  private readonly known = new Set<string>();

  add(protocol: Protocol, local: Endpoint, remote: Endpoint, owner: Owner | undefined): void {
    const key = `${protocol} ${local.address} ${local.port} ${remote.address} ${remote.port}`;
    if (this.known.has(key) || this.known.size >= MOST || local.port === 0) return;
    this.known.add(key);
    const open = remote.port === 0;
    if (!open) this.remotes.add(remote.address);
    const port = `${protocol}${local.port}`;
    const list = this.byPort.get(port);
    const owned: Owned = { protocol, local, remote: open ? undefined : remote, owner };
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
  private timer: NodeJS.Timeout | undefined;
  private rounds = 0;

  constructor(pid: number) {
    this.join(pid);
    this.look();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.sample();
  }

  owner(client: Endpoint, server: Endpoint): Owner | 'unknown' {
    return this.set.find('tcp', client, server)?.owner ?? 'unknown';
  }

  /** Whether a connection of the command is still there, even if its process is not. */
  connected(): boolean {
    return sockets('self', 'tcp').some(
      ({ local, remote, state }) =>
        state !== TIME_WAIT && state !== LISTENING && this.set.find('tcp', local, remote)?.remote !== undefined,
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
      for (const inode of inodesOf(pid)) {
        const looks = this.looks.get(inode) ?? 0;
        this.looks.set(inode, looks + 1);
        if (looks < LOOKS || this.rounds % NOW_AND_THEN === 0) wanted.set(inode, pid);
      }
    if (wanted.size === 0) return;
    for (const protocol of ['tcp', 'udp'] as const)
      for (const line of sockets('self', protocol)) this.take(protocol, line, wanted.get(line.inode));
  }

  private take(protocol: Protocol, line: SocketLine, pid: number | undefined): void {
    if (pid === undefined) return;
    this.set.add(protocol, line.local, line.remote, ownerOf(pid));
    // A connection stays what it is; a datagram socket may turn to somebody else.
    if (protocol === 'tcp' && line.remote.port !== 0) this.looks.set(line.inode, LOOKS);
  }

  private gather(): void {
    if (this.rounds % NOW_AND_THEN === 0) {
      for (const [pid, start] of this.members)
        if (parseStat(readText(`/proc/${pid}/stat`))?.start !== start) this.members.delete(pid);
      for (const pid of processes().reverse()) {
        const stat = this.members.has(pid) ? undefined : parseStat(readText(`/proc/${pid}/stat`));
        if (stat !== undefined && this.members.has(stat.parent)) this.members.set(pid, stat.start);
      }
    }
    // A map goes on with what is added meanwhile: the children's children.
    for (const pid of this.members.keys()) for (const child of children(pid)) this.join(child);
  }
}
