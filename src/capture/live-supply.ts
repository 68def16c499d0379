import { closeSync, readSync } from 'node:fs';
import type { Failure, Supply } from './input.ts';

/** The spool of a live capture, read while the helper writes it: waits for what is still to come. */
export class LiveSupply implements Supply {
  position = 0;
  /** Bytes that may be read, and below which the ring has given them up. */
  size = 0;
  first = 0;
  failure: Failure | undefined;
  private readonly fd: number;
  private ended = false;
  private held = false;
  private closed = false;
  private wake: (() => void) | undefined;

  constructor(fd: number) {
    this.fd = fd;
  }

  /** The helper has written this far. */
  grown(size: number, first: number): void {
    this.size = size;
    this.first = first;
    this.wake?.();
  }

  /** Gives nothing until it is let go on. */
  hold(held: boolean): void {
    this.held = held;
    this.wake?.();
  }

  /** The helper has gone; what it wrote can still be read. */
  end(failure?: Failure): void {
    this.failure ??= failure;
    this.ended = true;
    this.wake?.();
  }

  read(buffer: Uint8Array, at: number, limit: number): number | Promise<number> {
    return this.position < this.size && !this.held ? this.take(buffer, at, limit) : this.wait(buffer, at, limit);
  }

  private async wait(buffer: Uint8Array, at: number, limit: number): Promise<number> {
    while (this.position >= this.size || this.held) {
      if (this.closed || (this.ended && !this.held)) return 0;
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    return this.take(buffer, at, limit);
  }

  private take(buffer: Uint8Array, at: number, limit: number): number {
    if (this.closed) return 0;
    if (this.position < this.first) {
      this.failure = {
        code: 'spool-overrun',
        en: `the capture ran ${this.size - this.position} bytes ahead of the analysis, more than the spool holds; what lies between is lost`,
        ko: `캡처가 분석보다 ${this.size - this.position}바이트 앞서가 보관할 수 있는 양을 넘었습니다`,
      };
      return 0;
    }
    const count = readSync(this.fd, buffer, at, Math.min(limit - at, this.size - this.position), this.position);
    this.position += count;
    return count;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    this.wake?.();
    closeSync(this.fd);
  }
}
