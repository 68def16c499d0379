import { setFlagsFromString } from 'node:v8';

/**
 * How much a function runs (bytes of bytecode) before V8's optimizing compiler looks at it. With Node's own 132 KiB compiling makes a
 * third of a small capture's CPU time, mostly for code that hardly runs again. `bench/README.md` has the figures of all of these.
 */
const LATE = '--interrupt-budget=600000';
const EARLY = '--interrupt-budget=300000';

/** Captures from this size on run long enough for that: bytes. */
const LARGE = 256 << 20;

/**
 * What has run through so many bytes of packets goes on. What ran for every packet has been compiled by then, with V8's own measure of
 * what is taken into a function; a small capture of many protocols is over.
 */
const GOES_ON = 6 << 20;
/**
 * From there on the compiler takes a function when it looks for the first time, and once more for each 1000 bytes of its bytecode
 * (of itself V8 looks three times, and once more for each 150: large functions that every connection runs through waited long), and
 * takes a third as much of others into it: nearly as fast, and compiled in two thirds of the time.
 */
const EAGER = [
  '--ticks-before-optimization=1',
  '--bytecode-size-allowance-per-tick=1000',
  '--max-inlined-bytecode-size-cumulative=300',
];

/** V8 11 (Node 20) has these flags; later ones have other ways, and complain of them on standard error. */
export const hasFlags = (v8: string): boolean => /^11\./.test(v8);

function set(...flags: string[]): void {
  if (hasFlags(process.versions.v8)) for (const flag of flags) setFlagsFromString(flag);
}

/** As the program starts: before any of its code is compiled, because kept code is refused where flags are others. */
export function compileLate(): void {
  set(LATE);
}

/** For what will run long. */
export function compileEarly(): void {
  set(EARLY);
}

/** How V8 compiles while a capture is read. */
export class CompilerPace {
  private eager = false;

  /** `size`: bytes of the file, where it is known. */
  constructor(size: number | undefined) {
    if (size !== undefined && size >= LARGE) compileEarly();
  }

  /** So many bytes of packets have been read. */
  reached(bytes: number): void {
    if (this.eager || bytes < GOES_ON) return;
    this.eager = true;
    set(...EAGER);
  }
}
