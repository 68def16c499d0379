import type { TlsSession } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';

/** What TLS shows in the clear on one connection. */
export class TlsParser implements StreamParser {
  readonly protocol = 'tls';
  /** Live: grows while the connection lasts. */
  readonly session: TlsSession;

  /** `emit` gets the session once, when both sides have ended. */
  constructor(connection: number, _emit: (session: TlsSession) => void) {
    this.session = { connection, alpnOffered: [], alerts: [], packets: [] };
  }

  static guess(_bytes: Uint8Array, _at: number, _end: number): Guess {
    return 'no';
  }

  data(_fromClient: boolean, _bytes: Uint8Array, _at: number, _end: number, _packet: number, _time: number): void {}

  gap(_fromClient: boolean, _length: number, _packet: number, _time: number): void {}

  end(_fromClient: boolean, _how: 'fin' | 'reset' | 'capture-end', _packet: number, _time: number): void {}

  /** Emits the session now, where the connection is let go before both sides ended. */
  finish(): void {}
}
