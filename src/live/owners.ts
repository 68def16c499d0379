import type { Endpoint } from '../correlate/model.ts';
import type { Owner, Owners } from '../correlate/owners.ts';
import { inodesOf, ownerOf, processes, sockets } from './proc.ts';
import { inodeByDiag } from './sock-diag.ts';
import { tupleOf, YoungSockets } from './young.ts';

/** Connections that wait for their process at most; more at once (a scan, a flood) are not looked up. */
const WAITING = 512;
/** Looking takes at most one part in so many of the time, and at most so many milliseconds at once. */
const SHARE = 20;
const AT_ONCE = 40;
const LEAST_PAUSE = 10;
/** Searches that one connection is worth, and questions for its socket: one that is being accepted has no process yet. */
const TRIES = 8;
const QUESTIONS = 3;
/** Processes that had a connection before are asked first. */
const REMEMBERED = 16;
/** Answers kept for connections whose record is not out yet. */
const KNOWN = 100_000;

export interface System {
  now(): number;
  /** The inode of one socket, 0 where no process has it; undefined: not found, or not to be asked so. */
  inode?(local: Endpoint, remote: Endpoint): number | undefined;
  sockets(): { local: Endpoint; remote: Endpoint; inode: number }[];
  processes(): number[];
  inodesOf(pid: number): number[];
  ownerOf(pid: number): Owner;
}

/** This host, or the network that another process of it lives in. */
export const thisHost = (of: number | 'self' = 'self'): System => ({
  now: () => performance.now(),
  ...(of === 'self' ? { inode: inodeByDiag } : {}),
  sockets: () => sockets(of, 'tcp'),
  processes,
  inodesOf,
  ownerOf,
});

interface Waiting {
  id: number;
  client: Endpoint;
  server: Endpoint;
  tries: number;
  asked: number;
}

/**
 * Which process has a connection: looked up when the connection is first seen, for all that came meanwhile together, unless
 * `young` saw it before its first packet was read. What belongs to other users may not be visible, and what ended within
 * milliseconds may be gone.
 */
export class ProcessOwners implements Owners {
  private readonly system: System;
  private waiting: Waiting[] = [];
  private readonly known = new Map<number, Owner>();
  private readonly recent: number[] = [];
  private nextAt = 0;
  private cutAt = Number.POSITIVE_INFINITY;
  private timer: NodeJS.Timeout | undefined;
  private readonly young: YoungSockets | undefined;
  /** One socket can be asked for: it has worked. */
  private direct = false;
  /** Called when something was found out. */
  onFound: (() => void) | undefined;

  constructor(system: System = thisHost(), young?: YoungSockets) {
    this.system = system;
    this.young = young;
  }

  /** No more connections come. */
  close(): void {
    this.young?.close();
  }

  opened(id: number, endpoints: () => { client: Endpoint; server: Endpoint }): void {
    if (this.waiting.length >= WAITING) return;
    const { client, server } = endpoints();
    this.waiting.push({ id, client, server, tries: 0, asked: 0 });
  }

  /** After each batch: looks for those that wait, now or as soon as it is time again. */
  look(): void {
    if (this.waiting.length === 0) return;
    const wait = this.nextAt - this.system.now();
    if (wait <= 0) this.find();
    else if (this.timer === undefined) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.look();
      }, wait).unref();
    }
  }

  of(id: number): Owner | 'unknown' {
    return this.known.get(id) ?? 'unknown';
  }

  forget(id: number): void {
    this.known.delete(id);
  }

  private find(): void {
    const { system } = this;
    const started = system.now();
    const wanted = new Map<number, Waiting[]>();
    const missing: Waiting[] = [];
    let found = false;
    const take = (each: Waiting, inode: number): void => {
      const owner = this.young?.ofInode(inode);
      if (owner === undefined) wanted.set(inode, [...(wanted.get(inode) ?? []), each]);
      else this.keep(each.id, owner);
      found ||= owner !== undefined;
    };
    for (const each of this.waiting) {
      const seen = this.young?.ofTuple(each.client, each.server) ?? this.young?.ofTuple(each.server, each.client);
      const inode = seen === undefined ? this.inodeOf(each) : 0;
      if (seen !== undefined) {
        this.keep(each.id, seen);
        found = true;
      } else if (inode > 0) take(each, inode);
      else missing.push(each);
    }
    this.waiting = [];
    if (missing.length > 0 && !this.direct) {
      const byKey = new Map<string, number>();
      for (const { local, remote, inode } of system.sockets()) if (inode !== 0) byKey.set(tupleOf(local, remote), inode);
      for (const each of missing) {
        const inode = byKey.get(tupleOf(each.client, each.server)) ?? byKey.get(tupleOf(each.server, each.client));
        if (inode !== undefined) take(each, inode);
      }
    } else for (const each of missing) if (++each.asked < QUESTIONS) this.waiting.push(each);
    if (wanted.size > 0) this.search(wanted, system.now() + AT_ONCE);
    else if (found) this.onFound?.();
    this.nextAt = system.now() + Math.max(LEAST_PAUSE, (system.now() - started) * (SHARE - 1));
    if (this.waiting.length > 0) this.look();
  }

  /** 0: not known. */
  private inodeOf({ client, server }: Waiting): number {
    const { inode } = this.system;
    if (inode === undefined) return 0;
    const found = inode(client, server) || inode(server, client) || 0;
    this.direct ||= found > 0;
    return found;
  }

  private search(wanted: Map<number, Waiting[]>, until: number): void {
    const { system, recent } = this;
    const asked = new Set<number>();
    const visit = (pid: number): void => {
      if (asked.has(pid)) return;
      asked.add(pid);
      let owner: Owner | undefined;
      for (const inode of system.inodesOf(pid)) {
        const found = wanted.get(inode);
        if (found === undefined) continue;
        wanted.delete(inode);
        owner ??= system.ownerOf(pid);
        for (const { id } of found) this.keep(id, owner);
      }
      if (owner === undefined) return;
      this.young?.watch(pid);
      const at = recent.indexOf(pid);
      if (at >= 0) recent.splice(at, 1);
      recent.unshift(pid);
      recent.length = Math.min(recent.length, REMEMBERED);
    };
    for (const pid of [...recent]) if (wanted.size > 0) visit(pid);
    const all = wanted.size > 0 ? system.processes() : [];
    // A search that took too long goes on the next time behind where it ended, once around.
    const from = Math.max(
      0,
      all.findIndex((pid) => pid < this.cutAt),
    );
    this.cutAt = Number.POSITIVE_INFINITY;
    for (let i = 0; i < all.length && wanted.size > 0; i++) {
      const pid = all[(from + i) % all.length];
      if (system.now() > until) {
        this.cutAt = pid + 1;
        for (const list of wanted.values()) for (const each of list) if (each.tries++ < TRIES) this.waiting.push(each);
        break;
      }
      visit(pid);
    }
    this.onFound?.();
  }

  private keep(id: number, owner: Owner): void {
    this.known.set(id, owner);
    if (this.known.size > KNOWN) this.known.delete(this.known.keys().next().value as number);
  }
}

/** Undefined where the system does not tell. */
export const processOwners = (): ProcessOwners | undefined =>
  process.platform === 'linux' ? new ProcessOwners(thisHost(), new YoungSockets().start()) : undefined;
