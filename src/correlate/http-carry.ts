import { HEAD_LIMIT } from '../dissect/http/head.ts';
import type { CarryBudget } from './http-hooks.ts';

/** Bytes that all unfinished heads together may hold. */
export const CARRY_BUDGET = 64 * 1024 * 1024;
const SMALLEST = 128;
const EMPTY = new Uint8Array(0);

/** A head that spans segments. */
export class Carry {
  /** No `Buffer`: who reads heads would have two kinds of arrays to read. */
  bytes: Uint8Array = EMPTY;
  length = 0;
  /** The first line is whole, and a start line. */
  checked = false;
  private readonly budget: CarryBudget | undefined;

  constructor(budget: CarryBudget | undefined) {
    this.budget = budget;
  }

  /** False when there is no room for all: of a head that is too long, what fits was appended. */
  append(bytes: Uint8Array, at: number, end: number): boolean {
    const need = this.length + end - at;
    if (need > HEAD_LIMIT) {
      if (this.length < HEAD_LIMIT) this.append(bytes, at, at + HEAD_LIMIT - this.length);
      return false;
    }
    if (need > this.bytes.length) {
      const size = Math.min(HEAD_LIMIT, Math.max(SMALLEST, 2 * need));
      if (this.budget !== undefined) {
        if (this.budget.carried + size - this.bytes.length > CARRY_BUDGET) return false;
        this.budget.carried += size - this.bytes.length;
      }
      const grown = new Uint8Array(size);
      grown.set(this.bytes.subarray(0, this.length));
      this.bytes = grown;
    }
    this.bytes.set(bytes.subarray(at, end), this.length);
    this.length = need;
    return true;
  }

  get full(): boolean {
    return this.length === HEAD_LIMIT;
  }

  free(): void {
    if (this.budget !== undefined) this.budget.carried -= this.bytes.length;
    this.bytes = EMPTY;
    this.length = 0;
  }
}
