import { closeSync, openSync } from 'node:fs';
import { ReadStream } from 'node:tty';

/** The keys of the terminal, where standard input is something else. Undefined: there is no terminal. */
export function openKeyboard(): ReadStream | undefined {
  let fd: number;
  try {
    fd = openSync('/dev/tty', 'r');
  } catch {
    return undefined;
  }
  try {
    return new ReadStream(fd);
  } catch {
    closeSync(fd);
    return undefined;
  }
}
