import type { Text } from '../text/text.ts';
import type { HarTimings, Stage, StageKind } from './model.ts';
import { EMPTY } from './packet-list.ts';

const MILLISECOND = 1e6;

/**
 * Lays stages one behind the other: none is negative, none overlaps, what lies between two of them is `idle`. Times that run
 * backwards (a clock that was set, packets captured out of order) are taken as "at once".
 */
export class Timeline {
  readonly stages: Stage[] = [];
  // Doubles from the start, here and in stages: V8 takes the first times of a capture for small integers, and compiles again what
  // reads them when one is none.
  readonly start: number = Number.NaN;
  cursor = Number.NaN;
  /** Of all stages but those that are used again. */
  packetCount = 0;

  constructor(start: number) {
    this.start = start;
    this.cursor = start;
  }

  add(kind: StageKind, start: number, end: number, packets: number[], packetCount = packets.length, note?: Text): Stage {
    const from = Math.max(start, this.cursor);
    if (from > this.cursor) this.push('idle', this.cursor, from, EMPTY, 0, undefined, false);
    const to = Math.max(end, from);
    this.cursor = to;
    this.packetCount += packetCount;
    return this.push(kind, from, to, packets, packetCount, note, false);
  }

  /** Something that was done before this journey and serves it again: no time of its own. */
  reuse(kind: StageKind, packets: number[], note: Text): Stage {
    return this.push(kind, this.cursor, this.cursor, packets, packets.length, note, true);
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
    // Not a number where nothing connects: it stays a double.
    let connectStart = Number.NaN;
    let connectedBefore = 0;
    let end = this.start;
    const { stages } = this;
    for (let i = 0; i < stages.length; i++) {
      const s = stages[i];
      const { kind } = s;
      if (kind === 'idle' || kind === 'close' || s.reused) continue;
      const length = s.end - s.start;
      if (kind === 'dns') dns = Math.max(0, dns) + length;
      else if (kind === 'tcp' || kind === 'tls') {
        if (Number.isNaN(connectStart)) {
          connectStart = s.start;
          connectedBefore = Math.max(0, connect);
        }
        connect = connectedBefore + s.end - connectStart;
        if (kind === 'tls') tls = Math.max(0, tls) + length;
      } else if (kind === 'send' || kind === 'wait' || kind === 'receive') {
        // TLS behind a CONNECT connects as well, the CONNECT before it does not.
        connectStart = Number.NaN;
        if (kind === 'send') send += length;
        else if (kind === 'wait') wait += length;
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
    this.stages.push(stage);
    return stage;
  }
}

/** Nanoseconds as milliseconds with the nanosecond kept. */
export const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds) / MILLISECOND;
