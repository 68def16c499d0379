import type { LookupTracker } from './lookups.ts';
import type { Endpoint } from './model.ts';
import type { Guess, StreamParser } from './stream-parser.ts';

/** DNS over TCP (RFC 1035 §4.2.2): takes the length-prefixed messages out of a stream and hands them to the tracker. */
export class DnsStream implements StreamParser {
  readonly protocol = 'dns';

  constructor(_tracker: LookupTracker, _client: Endpoint, _server: Endpoint) {}

  static guess(_bytes: Uint8Array, _at: number, _end: number): Guess {
    return 'no';
  }

  data(_fromClient: boolean, _bytes: Uint8Array, _at: number, _end: number, _packet: number, _time: number): void {}

  gap(_fromClient: boolean, _length: number, _packet: number, _time: number): void {}

  end(_fromClient: boolean, _how: 'fin' | 'reset' | 'capture-end', _packet: number, _time: number): void {}
}
