import { writeSync } from 'node:fs';

/** The terminal, where wirebook has one. */
const TERMINAL_FD = 4;
/** Back from the alternate screen, cursor shown, plain keys, no mouse, no colours. What `stty` sets, shells put right themselves. */
const LEAVE = '\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1l\x1b>\x1b[0m\x1b(B\x1b[?25h\x1b[?1049l';

/**
 * Wirebook says on the helper's standard input when its screens go up ("+") and when they have gone ("-"). One that is killed
 * between leaves them standing: then the helper clears them away.
 */
export function guardScreen(ended: () => void): void {
  let shown = false;
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    if (shown) {
      try {
        writeSync(TERMINAL_FD, LEAVE);
      } catch {
        // The terminal has gone as well.
      }
    }
    ended();
  };
  process.stdin.on('data', (piece: Buffer) => {
    shown = piece.at(-1) === 0x2b;
  });
  process.stdin.on('end', end).on('error', end);
  process.stdin.resume();
}
