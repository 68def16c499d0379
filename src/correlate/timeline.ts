import type { Text } from '../text/text.ts';
import type { HarTimings, Stage, StageKind } from './model.ts';
import { added, EMPTY } from './packet-list.ts';

const MILLISECOND = 1e6;

/**
 * Lays stages one behind the other: none is negative, none overlaps, what lies between two of them is `idle`. Times that run
 * backwards (a clock that was set, packets captured out of order) are taken as "at once".
 */
export class Timeline {
  stages: Stage[] = EMPTY;
  // Doubles from the start, here and in stages: V8 takes the first times of a capture for small integers, and compiles again what
  // reads them when one is none.
  readonly start: number = Number.NaN;
  cursor = Number.NaN;

  constructor(start: number) {
    this.start = start;
    this.cursor = start;
  }

  add(kind: StageKind, start: number, end: number, packets: number[], packetCount = packets.length, note?: Text): Stage {
    const from = Math.max(start, this.cursor);
    if (from > this.cursor) this.push('idle', this.cursor, from, [], 0, undefined, false);
    const to = Math.max(end, from);
    this.cursor = to;
    return this.push(kind, from, to, packets, packetCount, note, false);
  }

  /** Something that was done before this journey and serves it again: no time of its own. */
  reuse(kind: StageKind, packets: number[], note: Text): Stage {
    return this.push(kind, this.cursor, this.cursor, packets, packets.length, note, true);
  }

  get packetCount(): number {
    let count = 0;
    for (const stage of this.stages) if (!stage.reused) count += stage.packetCount;
    return count;
  }

  /**
   * HAR 1.2 timings in milliseconds. HAR knows no ARP, so that time counts as `blocked` with everything idle before the
   * response's end; idle time between connecting and TLS lies inside `connect`.
   */
  har(): HarTimings {
    let dns = -1;
    let tls = -1;
    let send = 0;
    let wait = 0;
    let receive = 0;
    let connect = -1;
    let connectStart: number | undefined;
    let connectedBefore = 0;
    let end = this.start;
    for (const s of this.stages) {
      if (s.reused || s.kind === 'idle' || s.kind === 'close') continue;
      const length = s.end - s.start;
      if (s.kind === 'dns') dns = Math.max(0, dns) + length;
      else if (s.kind === 'tcp' || s.kind === 'tls') {
        if (connectStart === undefined) {
          connectStart = s.start;
          connectedBefore = Math.max(0, connect);
        }
        connect = connectedBefore + s.end - connectStart;
        if (s.kind === 'tls') tls = Math.max(0, tls) + length;
      } else if (s.kind === 'send' || s.kind === 'wait' || s.kind === 'receive') {
        // TLS behind a CONNECT connects as well, the CONNECT before it does not.
        connectStart = undefined;
        if (s.kind === 'send') send += length;
        else if (s.kind === 'wait') wait += length;
        else receive += length;
      }
      end = s.end;
    }
    const total = end - this.start;
    const known = Math.max(0, dns) + Math.max(0, connect) + send + wait + receive;
    return {
      blocked: milliseconds(Math.max(0, total - known)),
      dns: dns < 0 ? -1 : milliseconds(dns),
      connect: connect < 0 ? -1 : milliseconds(connect),
      ssl: tls < 0 ? -1 : milliseconds(tls),
      send: milliseconds(send),
      wait: milliseconds(wait),
      receive: milliseconds(receive),
      total: milliseconds(Math.max(total, known)),
    };
  }

  private push(
    kind: StageKind,
    start: number,
    end: number,
    packets: number[],
    packetCount: number,
    note: Text | undefined,
    reused: boolean,
  ): Stage {
    const stage: Stage = { kind, start: Number.NaN, end: Number.NaN, packets, packetCount, reused, note };
    stage.start = start;
    stage.end = end;
    this.stages = added(this.stages, stage);
    return stage;
  }
}

/** Nanoseconds as milliseconds with the nanosecond kept. */
export const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds) / MILLISECOND;
