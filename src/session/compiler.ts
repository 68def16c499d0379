import { setFlagsFromString } from 'node:v8';
import type { Source } from '../capture/batch.ts';

/** Files up to this size are over before compiling early has paid: bytes. */
const SMALL = 48 << 20;

/**
 * How much a function runs (bytes of bytecode) before V8's optimizing compiler takes it. Node's own 132 KiB is right where a capture is
 * large; of a small one it makes a third of the CPU time, mostly for code that hardly runs again. `bench/README.md` has the figures.
 */
const LATE = '--interrupt-budget=600000';
const EARLY = '--interrupt-budget=135168';

/** V8 11 (Node 20) has this flag; later ones have other ways, and complain of it on standard error. */
export const hasBudget = (v8: string): boolean => /^11\./.test(v8);

function set(flag: string): void {
  if (hasBudget(process.versions.v8)) setFlagsFromString(flag);
}

/** As the program starts: before any of its code is compiled, because kept code is refused where flags are others. */
export function compileLate(): void {
  set(LATE);
}

/** For what will run long. */
export function compileEarly(): void {
  set(EARLY);
}

/** Small: its size is known, and it is what is read. */
export const isSmall = ({ size, compression }: Source): boolean =>
  size !== undefined && compression === undefined && size <= SMALL;
