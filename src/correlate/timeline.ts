import type { Text } from '../text/text.ts';
import { type HarTimings, LIST_LIMIT, type Stage, type StageKind } from './model.ts';

const MILLISECOND = 1e6;

/**
 * Lays stages one behind the other: none is negative, none overlaps, what lies between two of them is `idle`. Times that run
 * backwards (a clock that was set, packets captured out of order) are taken as "at once".
 */
export class Timeline {
  readonly stages: Stage[] = [];
  readonly start: number;
  cursor: number;

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

  /** Adds packets to a stage that is there already; the list stays in file order, each number once. */
  static join(stage: Stage, packets: number[]): void {
    for (const packet of packets) if (!stage.packets.includes(packet) && stage.packets.length < LIST_LIMIT) stage.packets.push(packet);
    stage.packets.sort((a, b) => a - b);
    stage.packetCount = Math.max(stage.packetCount, stage.packets.length);
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
    const time = (kind: StageKind): number => {
      let total = -1;
      for (const s of this.stages) if (s.kind === kind && !s.reused) total = Math.max(total, 0) + (s.end - s.start);
      return total;
    };
    const find = (kind: StageKind): Stage | undefined => this.stages.find((s) => s.kind === kind && !s.reused);
    const dns = time('dns');
    const tcp = find('tcp');
    const tls = find('tls');
    const first = tcp ?? tls;
    const connect = first === undefined ? -1 : (tls ?? first).end - first.start;
    const send = Math.max(0, time('send'));
    const wait = Math.max(0, time('wait'));
    const receive = Math.max(0, time('receive'));
    const last = find('receive') ?? find('wait') ?? find('send') ?? tls ?? tcp ?? find('dns');
    const total = last === undefined ? 0 : last.end - this.start;
    const known = Math.max(0, dns) + Math.max(0, connect) + send + wait + receive;
    return {
      blocked: milliseconds(Math.max(0, total - known)),
      dns: dns < 0 ? -1 : milliseconds(dns),
      connect: connect < 0 ? -1 : milliseconds(connect),
      ssl: tls === undefined ? -1 : milliseconds(time('tls')),
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
    const stage: Stage = { kind, start, end, packets, packetCount, reused };
    if (note !== undefined) stage.note = note;
    this.stages.push(stage);
    return stage;
  }
}

/** Nanoseconds as milliseconds with the nanosecond kept. */
export const milliseconds = (nanoseconds: number): number => Math.round(nanoseconds) / MILLISECOND;
