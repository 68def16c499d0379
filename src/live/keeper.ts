import { closeSync, openSync, writeSync } from 'node:fs';
import { CaptureError } from '../capture/batch.ts';

/** `-w FILE`: the capture as it comes, written with the user's own rights. */
export class Keeper {
  /** Why it stopped keeping: a full disk, say. */
  failure: string | undefined;
  private readonly fd: number;

  constructor(path: string) {
    try {
      this.fd = path === '-' ? 1 : openSync(path, 'w', 0o600);
    } catch (error) {
      const words = (error as Error).message;
      throw new CaptureError('write', `${path}: cannot be written: ${words}`, `${path}: 쓸 수 없습니다: ${words}`);
    }
  }

  write(bytes: Uint8Array, at: number, count: number): void {
    if (this.failure !== undefined) return;
    try {
      for (let done = 0; done < count; ) done += writeSync(this.fd, bytes, at + done, count - done);
    } catch (error) {
      this.failure = (error as Error).message;
    }
  }

  close(): void {
    if (this.fd !== 1) closeSync(this.fd);
  }
}
