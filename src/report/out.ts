import { writeSync } from 'node:fs';

const CHUNK = 1 << 16;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** The reader of our output went away (`| head`): nothing is wrong, there is just no more to do. */
export class OutputClosed extends Error {}

/** The output cannot be written: a full disk, say. */
export class OutputFailed extends Error {
  override readonly name = 'OutputFailed';
}

/** Buffered bytes to a file descriptor. Synchronous, so that a slow reader slows us instead of filling memory. */
export class Out {
  private readonly buffer = new Uint8Array(CHUNK);
  private length = 0;
  private readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  write(text: string): void {
    this.bytes(Buffer.from(text, 'utf8'));
  }

  bytes(bytes: Uint8Array): void {
    if (this.length + bytes.length > CHUNK) this.flush();
    if (bytes.length >= CHUNK) {
      this.send(bytes);
      return;
    }
    this.buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  flush(): void {
    const { length } = this;
    this.length = 0;
    this.send(this.buffer.subarray(0, length));
  }

  private send(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.fd, bytes, at);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'EPIPE') throw new OutputClosed();
        // A pipe that somebody set non-blocking is full: wait for its reader.
        if (code !== 'EAGAIN') throw new OutputFailed((error as Error).message);
        Atomics.wait(pause, 0, 0, 5);
      }
    }
  }
}
