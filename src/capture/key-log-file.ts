import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { CaptureError, type Problem } from './batch.ts';
import { type Piped, readPipe } from './key-log-pipe.ts';

/** Read at once; and the longest line without an end that is waited for. */
const CHUNK = 1 << 20;
const LINE_LIMIT = 4096;
const READABLE_BY_OTHERS = 0o044;
/** A line of any label, or a session's (see `TlsKeys`). */
const KEY_LINE = /^(?:\xef\xbb\xbf)?[A-Z0-9_]+ [0-9a-f]{64} [0-9a-f]{32,192}[ \t\r]*$|^RSA Session-ID:/i;
/** `--keylog env`: where the environment says. */
const FROM_ENVIRONMENT = 'env';
const VARIABLE = 'SSLKEYLOGFILE';

/** Takes whole lines; gives how many bytes they are. */
export type TakeLines = (bytes: Uint8Array) => number;

/** What pipes gave that were read to their end, by path: they give it once. */
const PIPED = new Map<string, Piped>();

/** A TLS key log, read to its end each time it is asked for what is new. Its contents are never printed. */
export class KeyLogFile {
  /** Others than its owner can read it. */
  readonly exposed: boolean;
  private readonly fd: number;
  private piped: Buffer | undefined;
  private readonly buffer = Buffer.alloc(CHUNK);
  private position = 0;
  private carried = 0;
  private closed = false;

  /** Throws the system's error where the file cannot be opened. */
  constructor(path: string) {
    // A pipe's reader would wait for its writer.
    this.fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    this.piped = PIPED.get(path)?.bytes;
    const stats = fstatSync(this.fd);
    this.exposed = process.platform !== 'win32' && (stats.mode & READABLE_BY_OTHERS) !== 0;
    if (!stats.isDirectory()) return;
    closeSync(this.fd);
    throw new Error('it is a directory');
  }

  /** Reads a pipe to its end, once for all who open it; undefined where it is none. */
  drain(path: string): Piped | undefined {
    if (!fstatSync(this.fd).isFIFO()) return undefined;
    const piped = PIPED.get(path) ?? readPipe(this.fd);
    PIPED.set(path, piped);
    this.piped = piped.bytes;
    return piped;
  }

  /** Hands over what was appended since; all of it where the file has become shorter. */
  read(take: TakeLines): void {
    if (this.closed) return;
    try {
      const stats = fstatSync(this.fd);
      const seekable = this.piped !== undefined || stats.isFile();
      if (seekable && (this.piped?.length ?? stats.size) < this.position) {
        this.position = 0;
        this.carried = 0;
      }
      while (this.chunk(take, seekable));
    } catch {
      // Gone, or not readable any more: what was read stays.
    }
  }

  /** Hands over what one read of a file gives; a pipe's bytes are left to its reader. */
  readBeginning(take: TakeLines): void {
    try {
      if (this.piped !== undefined || fstatSync(this.fd).isFile()) this.chunk(take, true);
    } catch {
      // Not readable: whoever wants its lines is told.
    }
  }

  /** The last line, where it lacks its end so far. */
  lastLine(take: TakeLines): void {
    if (this.closed || this.carried === 0) return;
    this.buffer[this.carried] = 0x0a;
    take(this.buffer.subarray(0, this.carried + 1));
  }

  /** The last line, where it lacks its end, and nothing more. */
  close(take?: TakeLines): void {
    if (this.closed) return;
    if (take !== undefined) this.lastLine(take);
    this.closed = true;
    this.buffer.fill(0);
    closeSync(this.fd);
  }

  private chunk(take: TakeLines, seekable: boolean): boolean {
    const { buffer } = this;
    const room = CHUNK - 1 - this.carried;
    const count =
      this.piped?.copy(buffer, this.carried, this.position, this.position + room) ??
      readSync(this.fd, buffer, this.carried, room, seekable ? this.position : null);
    if (count === 0) return false;
    this.position += count;
    const end = this.carried + count;
    const used = take(buffer.subarray(0, end));
    // A line that never ends is none.
    this.carried = end - used > LINE_LIMIT ? 0 : end - used;
    buffer.copyWithin(0, end - this.carried, end);
    return true;
  }
}

/** The files that `--keylog` names; throws a CaptureError where the environment is to name one and does not. */
export function keyLogPaths(words: readonly string[], environment: Record<string, string | undefined>): string[] {
  return words.map((word) => {
    if (word !== FROM_ENVIRONMENT) return word;
    const path = environment[VARIABLE];
    if (path) return path;
    throw new CaptureError(
      'key-log',
      `--keylog env: ${VARIABLE} is not set; name the file instead`,
      `--keylog env: ${VARIABLE}이(가) 설정되어 있지 않습니다. 파일 이름을 대신 쓰세요`,
    );
  });
}

/** Nothing is in it; or something, but no line of any key, as far as its beginning tells. */
function lackOf(file: KeyLogFile): 'empty' | 'no-keys' | undefined {
  let lines = 0;
  let keys = 0;
  const take: TakeLines = (bytes) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
    for (const line of text.split('\n')) {
      if (line.length > 0) lines++;
      if (KEY_LINE.test(line)) keys++;
    }
    return bytes.length;
  };
  file.readBeginning(take);
  if (keys > 0) return undefined;
  return lines > 0 ? 'no-keys' : 'empty';
}

/**
 * Can they be read, and by whom else? `growing`: their clients may still write to them, while the capture is read; else a pipe is
 * read to its end first, which takes some seconds at most. Throws a CaptureError for one that cannot.
 */
export function checkKeyLogs(paths: readonly string[], growing = true): Problem[] {
  const problems: Problem[] = [];
  for (const path of paths) {
    let file: KeyLogFile;
    try {
      file = new KeyLogFile(path);
    } catch (error) {
      const why = (error as Error).message;
      throw new CaptureError(
        'key-log',
        `the key log ${path} cannot be read: ${why}`,
        `키 로그 ${path}을(를) 읽을 수 없습니다: ${why}`,
      );
    }
    if (file.exposed)
      problems.push({
        code: 'key-log-exposed',
        message: `the key log ${path} can be read by others than its owner, and with it what was encrypted; chmod 600 keeps it private`,
        korean: `키 로그 ${path}, chmod 600으로 막을 수 있음`,
      });
    const piped = growing ? undefined : file.drain(path);
    if (piped?.ended === false)
      problems.push({
        code: 'key-log-unfinished',
        message: `the key log ${path} is a pipe whose writer has not closed it after some seconds; the ${piped.bytes.length} bytes that came are used`,
        korean: `키 로그 ${path}, 그때까지 온 ${piped.bytes.length}바이트를 씁니다`,
      });
    const lack = lackOf(file);
    if (lack === 'empty' && !growing)
      problems.push({
        code: 'key-log-empty',
        message: `the key log ${path} is empty: it opens nothing`,
        korean: `키 로그 ${path}`,
      });
    if (lack === 'no-keys')
      problems.push({
        code: 'key-log-without-keys',
        message: `the key log ${path} has no line of the form that key logs have (CLIENT_RANDOM and 64 and 96 hexadecimal digits, for one)`,
        korean: `키 로그 ${path}, 예: CLIENT_RANDOM과 16진수 64자리와 96자리`,
      });
    file.close();
  }
  return problems;
}
