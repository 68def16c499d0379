import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Words } from './batch.ts';

/**
 * A private copy of input that cannot be read twice (a pipe, a compressed file), so that a packet's bytes can be had again. The file
 * is unlinked as soon as it is open: it is gone when the process is, however that ends.
 */
export class Spool {
  readonly fd: number;
  size = 0;
  /** Why it stopped keeping bytes (a full disk, say). */
  failure: string | undefined;
  #open = true;

  constructor() {
    this.fd = openPrivate();
  }

  write(bytes: Uint8Array, at: number, count: number): void {
    if (this.failure !== undefined || !this.#open) return;
    try {
      for (let done = 0; done < count; ) done += writeSync(this.fd, bytes, at + done, count - done, this.size + done);
      this.size += count;
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  close(): void {
    if (this.#open) closeSync(this.fd);
    this.#open = false;
  }
}

/** Why packets cannot be read again. */
export const notKept = (why: string): Words => ({ en: `packets cannot be read again: ${why}`, ko: why });

export function openPrivate(): number {
  const state = process.env.XDG_STATE_HOME || join(homedir(), '.local', 'state');
  try {
    const directory = join(state, 'wirebook');
    makeDirectory(directory);
    return openUnlinked(directory);
  } catch {
    return openUnlinked(tmpdir());
  }
}

/** Level by level: Node's own `recursive` never ends where a parent is there and takes no child (/proc). */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path, 0o700);
  }
}

function openUnlinked(directory: string): number {
  const path = join(directory, `spool-${randomBytes(12).toString('hex')}`);
  const fd = openSync(path, 'wx+', 0o600);
  try {
    unlinkSync(path);
  } catch (error) {
    closeSync(fd);
    throw error;
  }
  return fd;
}

/** `length` bytes from `offset` of an open file; a RangeError where the file does not hold them all. */
export function readAt(fd: number, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const count = readSync(fd, bytes, done, length - done, offset + done);
    if (count === 0) throw new RangeError(`${length} bytes at ${offset}: only ${done} are there`);
    done += count;
  }
  return bytes;
}
