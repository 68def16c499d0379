import type { Lookup } from './model.ts';

/** Truncated answers that wait for the retry over TCP at once. */
export const TRUNCATED_LIMIT = 1024;

/**
 * Lookups whose answer was truncated: the client asks again over TCP, from another port and with another id (RFC 7766 §5).
 * They are final once that was seen, or is not to be expected any more.
 */
export class TruncatedAnswers {
  /** By client, server, type and name; oldest first. */
  private readonly waiting = new Map<string, Lookup>();
  private readonly final: (lookup: Lookup) => void;

  constructor(final: (lookup: Lookup) => void) {
    this.final = final;
  }

  add(lookup: Lookup): void {
    const key = retryKey(lookup);
    this.release(key);
    if (this.waiting.size >= TRUNCATED_LIMIT) this.release(this.waiting.keys().next().value as string);
    this.waiting.set(key, lookup);
  }

  /** Joins a question over TCP to the lookup that it repeats, if there is one. */
  link(retry: Lookup): void {
    if (this.waiting.size === 0) return;
    const key = retryKey(retry);
    const first = this.waiting.get(key);
    if (first === undefined) return;
    retry.retryOf = first.index;
    first.retriedBy = retry.index;
    this.release(key);
  }

  /** Lets those go that were asked before `before`. */
  expire(before: number): void {
    if (this.waiting.size === 0) return;
    for (const [key, lookup] of this.waiting) {
      if (lookup.start >= before) return;
      this.release(key);
    }
  }

  private release(key: string): void {
    const lookup = this.waiting.get(key);
    if (lookup === undefined) return;
    this.waiting.delete(key);
    this.final(lookup);
  }
}

const retryKey = (lookup: Lookup): string =>
  `${lookup.client.address} ${lookup.server.address} ${lookup.type} ${lookup.name.toLowerCase()}`;
