import { closeSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { CaptureError } from '../capture/batch.ts';

const CHUNK = 1 << 20;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** `-w FILE`: the capture as it comes, copied from the spool whether the analysis reads or waits, with the user's own rights. */
export class Keeper {
  /** Why it stopped keeping: a full disk, say. */
  failure: string | undefined;
  readonly path: string;
  private readonly fd: number;
  private readonly buffer = new Uint8Array(CHUNK);
  private position = 0;
  private open = true;

  constructor(path: string) {
    this.path = path;
    const refuse = (en: string, ko: string) =>
      new CaptureError('write', `${path}: cannot be written: ${en}`, `${path}: 쓸 수 없습니다: ${ko}`);
    if (path === '-' && isatty(1)) throw refuse('standard output is a terminal', '표준 출력이 터미널입니다');
    try {
      this.fd = path === '-' ? 1 : openSync(path, 'w', 0o600);
    } catch (error) {
      throw refuse((error as Error).message, (error as Error).message);
    }
  }

  /** The spool holds whole records up to `size`, and nothing below `first` any more. False when keeping has just failed. */
  follow(spool: number, size: number, first: number): boolean {
    if (this.failure !== undefined || !this.open) return true;
    if (this.position < first) return this.fail(`${first - this.position} bytes were given up before they could be copied`);
    const whole = this.position;
    try {
      while (this.position < size) {
        const count = readSync(spool, this.buffer, 0, Math.min(CHUNK, size - this.position), this.position);
        if (count === 0) break;
        for (let done = 0; done < count; ) done += this.some(done, count);
        this.position += count;
      }
      return true;
    } catch (error) {
      this.cut(whole);
      return this.fail((error as Error).message);
    }
  }

  private some(done: number, count: number): number {
    try {
      return writeSync(this.fd, this.buffer, done, count - done);
    } catch (error) {
      // A pipe that somebody set non-blocking is full: wait for its reader.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
      Atomics.wait(pause, 0, 0, 5);
      return 0;
    }
  }

  /** What was half written goes, so that the file ends with a whole record. */
  private cut(length: number): void {
    try {
      if (fstatSync(this.fd).isFile()) ftruncateSync(this.fd, length);
    } catch {
      // The file ends in half a record, which readers say.
    }
  }

  private fail(words: string): boolean {
    this.failure = words;
    return false;
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    if (this.fd !== 1) closeSync(this.fd);
  }
}
