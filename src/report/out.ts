import { writeSync } from 'node:fs';

const CHUNK = 1 << 16;
const pause = new Int32Array(new SharedArrayBuffer(4));

/** The reader of our output went away (`| head`): nothing is wrong, there is just no more to do. */
export class OutputClosed extends Error {}

/** Buffered text to a file descriptor. Synchronous, so that a slow reader slows us instead of filling memory. */
export class Out {
  private text = '';
  private readonly fd: number;

  constructor(fd: number) {
    this.fd = fd;
  }

  write(text: string): void {
    this.text += text;
    if (this.text.length > CHUNK) this.flush();
  }

  flush(): void {
    if (this.text === '') return;
    const bytes = Buffer.from(this.text, 'utf8');
    this.text = '';
    this.bytes(bytes);
  }

  /** Writes bytes as they are, after what is buffered. */
  bytes(bytes: Uint8Array): void {
    this.flush();
    for (let at = 0; at < bytes.length; ) {
      try {
        at += writeSync(this.fd, bytes, at);
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code;
        if (code === 'EPIPE') throw new OutputClosed();
        // A pipe that somebody set non-blocking is full: wait for its reader.
        if (code !== 'EAGAIN') throw error;
        Atomics.wait(pause, 0, 0, 5);
      }
    }
  }
}
