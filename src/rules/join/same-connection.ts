import type { CaptureFacts } from '../facts.ts';
import type { Found } from './found.ts';

const STRIDE = 2 ** 32;

/** Connections that are one, by the joins found so far, and the addresses under which captures show its client. */
export class SameConnections {
  private readonly parents = new Map<number, number>();
  private readonly addresses = new Map<number, Set<string>>();
  private readonly captures: CaptureFacts[];

  constructor(captures: CaptureFacts[], found: Iterable<Found>) {
    this.captures = captures;
    for (const each of found) {
      if (each.kind !== 'connection') continue;
      const [a, b] = [this.root(each.a, each.aId), this.root(each.b, each.bId)];
      if (a !== b) this.parents.set(a, b);
    }
    for (const key of [...this.parents.keys()]) this.noteAddress(Math.floor(key / STRIDE), key % STRIDE);
  }

  /** One number for all sightings of a connection. */
  root(capture: number, connection: number): number {
    let at = capture * STRIDE + connection;
    for (let up = this.parents.get(at); up !== undefined; up = this.parents.get(at)) {
      const above = this.parents.get(up);
      if (above !== undefined) this.parents.set(at, above);
      at = up;
    }
    return at;
  }

  /** Has the connection's client this address in any capture? */
  hasClient(capture: number, connection: number, address: string): boolean {
    this.noteAddress(capture, connection);
    return this.addresses.get(this.root(capture, connection))?.has(address) ?? false;
  }

  private noteAddress(capture: number, connection: number): void {
    const client = this.captures[capture].connections.get(connection)?.client.address;
    if (client === undefined) return;
    for (const root of new Set([this.root(capture, connection)])) {
      const known = this.addresses.get(root);
      if (known === undefined) this.addresses.set(root, new Set([client]));
      else known.add(client);
    }
  }
}
