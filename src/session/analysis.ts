import { Batch, type CaptureFormat, type Problem, type Source } from '../capture/batch.ts';
import { CaptureKeys } from './capture-keys.ts';
import { CompilerPace } from './compiler.ts';
import { Correlator, type CorrelatorOptions } from '../correlate/correlator.ts';
import type { Listener } from '../correlate/model.ts';
import { HeapWatch } from './heap.ts';
import { linkTypeName } from '../dissect/link-types.ts';
import { Reason } from '../dissect/packets.ts';
import type { TlsKeys } from '../dissect/tls/key-log.ts';
import { type CountedCode, countedText } from '../text/counted.ts';

/** What a capture is as a whole. Times are exact: whole seconds and nanoseconds since 1970. */
export interface CaptureSummary {
  file: string;
  format: CaptureFormat;
  compression?: string;
  packets: number;
  first?: { seconds: number; nanoseconds: number };
  last?: { seconds: number; nanoseconds: number };
  capturedBytes: number;
  wireBytes: number;
  cutPackets: number;
  linkTypes: string[];
  dropped?: number;
  problems: Problem[];
}

/** Pumps batches from a source through the correlator, and counts what belongs to the capture as a whole. */
export class Analysis {
  readonly correlator: Correlator;
  readonly source: Source;
  readonly batch = new Batch();
  done = false;
  private readonly secrets: CaptureKeys;
  private readonly heap = new HeapWatch();

  private packets = 0;
  private first: CaptureSummary['first'];
  private last: CaptureSummary['last'];
  private capturedBytes = 0;
  private wireBytes = 0;
  private cutPackets = 0;
  private readonly linkTypes = new Set<number>();
  private lastLinkType = -1;
  private readonly stackCounts = new Float64Array(4096);
  private readonly ownProblems: Problem[] = [];
  private backSteps = 0;
  private unknownLinks = 0;
  private inexact = false;
  private readonly pace: CompilerPace;

  constructor(source: Source, listener: Listener, options: CorrelatorOptions = {}) {
    this.source = source;
    this.pace = new CompilerPace(source.size);
    this.secrets = new CaptureKeys(source);
    this.correlator = new Correlator(listener, { ...options, keys: this.secrets.keys });
  }

  /** Those of the capture's TLS connections; absent while nobody has named any. */
  get keys(): TlsKeys | undefined {
    return this.secrets.keys;
  }

  /** Reads and analyses one batch, which stays in `batch` and `correlator.packets`. False when the capture has ended. */
  async step(): Promise<boolean> {
    if (this.done) return false;
    if (await this.source.next(this.batch)) {
      if (this.secrets.look()) this.correlator.finder.keys = this.secrets.keys;
      this.correlator.batch(this.batch);
      this.count();
      this.heap.look();
      this.pace.reached(this.capturedBytes);
      return true;
    }
    this.done = true;
    this.correlator.end();
    this.secrets.close();
    this.tell();
    return false;
  }

  async run(): Promise<void> {
    while (await this.step());
  }

  summary(): CaptureSummary {
    const { source } = this;
    const dropped = source.interfaces.reduce<number | undefined>(
      (sum, i) => (i.dropped === undefined ? sum : (sum ?? 0) + i.dropped),
      undefined,
    );
    const result: CaptureSummary = {
      file: source.file,
      format: source.format,
      packets: this.packets,
      capturedBytes: this.capturedBytes,
      wireBytes: this.wireBytes,
      cutPackets: this.cutPackets,
      linkTypes:
        this.packets === 0
          ? [...new Set(source.interfaces.map((i) => linkTypeName(i.linkType)))]
          : [...this.linkTypes].map(linkTypeName),
      problems: [...source.problems, ...this.ownProblems],
    };
    if (source.compression !== undefined) result.compression = source.compression;
    if (this.first !== undefined) result.first = this.first;
    if (this.last !== undefined) result.last = this.last;
    if (dropped !== undefined) result.dropped = dropped;
    return result;
  }

  /** Layer stacks with their packets, most first. */
  protocols(): [string, number][] {
    const list: [string, number][] = [];
    const { stacks } = this.correlator;
    for (let stack = 0; stack < this.stackCounts.length; stack++)
      if (this.stackCounts[stack] > 0) list.push([stacks.name(stack), this.stackCounts[stack]]);
    return list.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  }

  private count(): void {
    const b = this.batch;
    const p = this.correlator.packets;
    const n = b.count;
    if (n === 0) return;
    if (this.first === undefined) this.first = { seconds: b.seconds[0], nanoseconds: b.nanoseconds[0] };
    let before =
      this.last === undefined ? p.time[0] : (this.last.seconds - this.correlator.baseSeconds) * 1e9 + this.last.nanoseconds;
    this.last = { seconds: b.seconds[n - 1], nanoseconds: b.nanoseconds[n - 1] };
    this.packets += n;
    let captured = 0;
    let wire = 0;
    for (let row = 0; row < n; row++) {
      const length = b.caplen[row];
      const whole = b.wirelen[row];
      captured += length;
      wire += whole;
      if (length < whole) this.cutPackets++;
      const stack = p.stack[row];
      this.stackCounts[stack]++;
      const linkType = b.linkType[row];
      if (linkType !== this.lastLinkType) {
        this.lastLinkType = linkType;
        this.linkTypes.add(linkType);
      }
      if (stack === 0 && p.reason[row] === Reason.unknownLinkType && this.unknownLinks++ === 0)
        this.tellUnknownLink(b.firstNumber + row, linkType);
      const time = p.time[row];
      // Far back is only what is behind a step back, or behind such a packet.
      if (time < before || time > Number.MAX_SAFE_INTEGER) this.tellTime(b.firstNumber + row, time, before);
      before = time;
    }
    this.capturedBytes += captured;
    this.wireBytes += wire;
  }

  private tellTime(packet: number, time: number, before: number): void {
    if (time < before && this.backSteps++ === 0) this.tellBackStep(packet, before - time);
    if (Math.abs(time) > Number.MAX_SAFE_INTEGER && !this.inexact) this.tellInexact(packet, time);
  }

  private tellUnknownLink(packet: number, linkType: number): void {
    const name = linkTypeName(linkType);
    this.ownProblems.push({
      code: 'unknown-link-type',
      packet,
      message: `packet ${packet}: link type ${name} is not dissected; its packets are counted only`,
      korean: `${packet}번 패킷: ${name}, 패킷 수만 셈`,
    });
  }

  private tellBackStep(packet: number, by: number): void {
    const back = (by / 1e6).toFixed(3);
    this.ownProblems.push({
      code: 'clock-step-back',
      packet,
      message: `packet ${packet}: its time is ${back} ms before the packet ahead of it; stages are laid one behind the other all the same`,
      korean: `${packet}번 패킷이 ${back} ms 이름. 단계는 그래도 차례대로 놓음`,
    });
  }

  /** A double of nanoseconds is exact for 104 days. */
  private tellInexact(packet: number, time: number): void {
    this.inexact = true;
    const days = Math.round(Math.abs(time) / 86_400e9);
    const steps = 2 ** Math.ceil(Math.log2(Math.abs(time) / 2 ** 53));
    this.ownProblems.push({
      code: 'inexact-times',
      packet,
      message: `packet ${packet}: its time is ${days} days from the first packet's; times of stages and connections so far from it are exact to ${steps} ns only`,
      korean: `${packet}번 패킷이 첫 패킷과 ${days}일 떨어짐. 그만큼 먼 시각은 ${steps} ns까지만 정확`,
    });
  }

  /** Limits that were reached, so that no result is silently incomplete. */
  private tell(): void {
    const { correlator: c } = this;
    const told: [CountedCode, number][] = [
      ['clock-steps', this.backSteps > 1 ? this.backSteps : 0],
      ['unknown-link-types', this.unknownLinks > 1 ? this.unknownLinks : 0],
      ['cut-packets', this.cutPackets],
      ['quic-connections-evicted', c.quic.counters.evicted],
      ['quic-hellos-held', c.quic.counters.hellosGivenUp],
      ['quic-bytes-held', c.quic.budget.refused],
      ['tcp-flows-evicted', c.tcp.evicted],
      ['tcp-conversations-evicted', c.tcp.silenced],
      ['udp-flows-evicted', c.datagrams.evicted],
      ['holes-given-up', c.tcp.streams.givenUp],
      ['fragments-dropped', c.fragments.dropped],
      ['fragments-overlap', c.fragments.overlapping],
      ['fragments-conflict', c.fragments.conflicting],
      ['fragments-repeated', c.fragments.repeated],
      ['fragments-impossible', c.fragments.impossible],
      ['configurations-evicted', c.configurations.evicted],
      ['configuration-lists-cut', c.configurations.cut],
      ['resolutions-evicted', c.resolutions.evicted],
      ['lookups-evicted', c.lookups.counters.evicted],
      ['names-evicted', c.journeys.names.evicted],
      ['tls-handshakes-held', c.finder.handshakes.refused],
      ['dns-messages-held', c.finder.messages.refused],
      ['http2-tables-held', c.finder.tables.refused],
      ...c.finder.problems,
    ];
    for (const [code, count] of told) if (count > 0) this.ownProblems.push({ code, message: countedText(code, count, 'en') });
  }
}
