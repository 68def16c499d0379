/** What a direction expects next. From `length` to `close`: inside a body. */
export const State = {
  /** A message, or empty lines before it. */
  start: 0,
  /** The rest of a head that began in an earlier segment. */
  head: 1,
  length: 2,
  chunkSize: 3,
  chunkExtension: 4,
  chunkData: 5,
  chunkEnd: 6,
  trailer: 7,
  close: 8,
  /** The body's last byte was read: the parser ends the message. */
  over: 9,
  /** Not known where in a message: until a start line is seen. */
  lost: 10,
  /** Another protocol. */
  tunnel: 11,
} as const;

/** Where in a line the head search or a trailer is. */
export const Line = { start: 0, carriageReturn: 1, inside: 2 } as const;

const LF = 0x0a;
const CR = 0x0d;

/** Takes a body's bytes, without chunk sizes. False: there is no room for them. */
export interface BodyKeeper {
  append(bytes: Uint8Array, at: number, end: number): boolean;
}

/** Where one direction of HTTP/1 is in a message's body: how far its framing says that it goes. */
export class Framing {
  state: number = State.start;
  /** Bytes of the body or of the chunk still to come; the chunk size while it is read; in `lost`, bytes still to be searched. */
  remaining = 0;
  line: number = Line.start;
  /** Digits of the chunk size read. */
  digits = 0;
  body = 0;
  /** Is given the body at hand. */
  kept: BodyKeeper | undefined = undefined;

  /** The body at hand is not wanted any longer. */
  forget(): void {
    this.kept = undefined;
  }

  /** A chunked body begins. */
  chunked(): void {
    this.state = State.chunkSize;
    this.remaining = 0;
    this.digits = 0;
  }

  /** Reads body bytes by their framing (RFC 9112 §6, §7.1) and returns where it stopped: at `end`, or behind the body. */
  read(bytes: Uint8Array, at: number, end: number): number {
    let i = at;
    while (i < end) {
      switch (this.state) {
        case State.close:
          this.body += end - i;
          if (this.kept !== undefined) this.keep(bytes, i, end);
          return end;
        case State.length:
        case State.chunkData: {
          const taken = Math.min(this.remaining, end - i);
          this.take(taken);
          if (this.kept !== undefined) this.keep(bytes, i, i + taken);
          i += taken;
          break;
        }
        case State.chunkSize:
          i = this.chunkSize(bytes, i, end);
          break;
        case State.chunkExtension:
          while (i < end && bytes[i] !== LF) i++;
          if (i < end) this.chunkHeadEnd();
          i++;
          break;
        case State.chunkEnd:
          if (bytes[i] === LF) this.chunked();
          else if (bytes[i] !== CR) this.state = State.lost;
          if (this.state !== State.lost) i++;
          break;
        case State.trailer:
          i = this.lineEnd(bytes, i, end);
          break;
        default:
          return i;
      }
    }
    return Math.min(i, end);
  }

  private keep(bytes: Uint8Array, at: number, end: number): void {
    if (this.kept?.append(bytes, at, end) === false) this.forget();
  }

  /** `length` bytes of the body or chunk have passed, seen or not. Returns the state. */
  take(length: number): number {
    this.body += length;
    this.remaining -= length;
    if (this.remaining === 0) this.state = this.state === State.length ? State.over : State.chunkEnd;
    return this.state;
  }

  private chunkSize(bytes: Uint8Array, at: number, end: number): number {
    let i = at;
    for (; i < end; i++) {
      const c = bytes[i];
      let digit = c - 0x30;
      if (digit < 0 || digit > 9) {
        digit = (c | 0x20) - 0x57;
        if (digit < 10 || digit > 15 || c < 0x41) break;
      }
      this.remaining = this.remaining * 16 + digit;
      this.digits++;
    }
    if (i === end) return i;
    if (this.digits === 0 || this.remaining > Number.MAX_SAFE_INTEGER) {
      this.state = State.lost;
      return i;
    }
    // Some senders pad the size with spaces; what follows a ";" is an extension (RFC 9112 §7.1.1).
    const c = bytes[i];
    if (c === LF) {
      this.chunkHeadEnd();
      return i + 1;
    }
    this.state = c === CR || c === 0x20 || c === 0x09 || c === 0x3b ? State.chunkExtension : State.lost;
    return this.state === State.lost ? i : i + 1;
  }

  private chunkHeadEnd(): void {
    this.state = this.remaining === 0 ? State.trailer : State.chunkData;
    this.line = Line.start;
  }

  /** To the empty line that ends a trailer section, or a head: returns the offset behind it with state `over`, else `end`. */
  lineEnd(bytes: Uint8Array, at: number, end: number): number {
    let line = this.line;
    let i = at;
    while (i < end) {
      const c = bytes[i++];
      if (c === LF) {
        if (line !== Line.inside) {
          this.state = State.over;
          return i;
        }
        line = Line.start;
      } else line = c === CR && line === Line.start ? Line.carriageReturn : Line.inside;
    }
    this.line = line;
    return i;
  }
}
