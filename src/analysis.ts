import { Batch, type Problem, type Source } from './capture/batch.ts';
import { Correlator, type CorrelatorOptions } from './correlate/correlator.ts';
import type { HttpProblem } from './correlate/http-hooks.ts';
import type { Listener } from './correlate/model.ts';
import { linkTypeName } from './dissect/link-types.ts';
import { Reason } from './dissect/packets.ts';

/** What a capture is as a whole. Times are exact: whole seconds and nanoseconds since 1970. */
export interface CaptureSummary {
  file: string;
  format: 'pcap' | 'pcapng';
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

  constructor(source: Source, listener: Listener, options: CorrelatorOptions = {}) {
    this.source = source;
    this.correlator = new Correlator(listener, options);
  }

  /** Reads and analyses one batch, which stays in `batch` and `correlator.packets`. False when the capture has ended. */
  async step(): Promise<boolean> {
    if (this.done) return false;
    if (await this.source.next(this.batch)) {
      this.correlator.batch(this.batch);
      this.count();
      return true;
    }
    this.done = true;
    this.correlator.end();
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
    for (let row = 0; row < n; row++) {
      this.capturedBytes += b.caplen[row];
      this.wireBytes += b.wirelen[row];
      if (b.caplen[row] < b.wirelen[row]) this.cutPackets++;
      this.stackCounts[p.stack[row]]++;
      if (b.linkType[row] !== this.lastLinkType) {
        this.lastLinkType = b.linkType[row];
        this.linkTypes.add(this.lastLinkType);
      }
      if (p.reason[row] === Reason.unknownLinkType && this.unknownLinks++ === 0) {
        const name = linkTypeName(b.linkType[row]);
        const packet = b.firstNumber + row;
        this.ownProblems.push({
          code: 'unknown-link-type',
          packet,
          message: `packet ${packet}: link type ${name} is not dissected; its packets are counted only`,
        });
      }
      const time = p.time[row];
      if (time < before && this.backSteps++ === 0) {
        const packet = b.firstNumber + row;
        this.ownProblems.push({
          code: 'clock-step-back',
          packet,
          message: `packet ${packet}: its time is ${((before - time) / 1e6).toFixed(3)} ms before the packet ahead of it; stages are laid one behind the other all the same`,
        });
      }
      before = time;
      if (Math.abs(time) > Number.MAX_SAFE_INTEGER && !this.inexact) this.tellInexact(b.firstNumber + row, time);
    }
  }

  /** A double of nanoseconds is exact for 104 days. */
  private tellInexact(packet: number, time: number): void {
    this.inexact = true;
    const days = Math.round(Math.abs(time) / 86_400e9);
    this.ownProblems.push({
      code: 'inexact-times',
      packet,
      message: `packet ${packet}: its time is ${days} days from the first packet's; times of stages and connections so far from it are exact to ${2 ** Math.ceil(Math.log2(Math.abs(time) / 2 ** 53))} ns only`,
    });
  }

  /** Limits that were reached, so that no result is silently incomplete. */
  private tell(): void {
    const { correlator: c } = this;
    const told: [number, string, string][] = [
      [this.backSteps > 1 ? this.backSteps : 0, 'clock-steps', 'times that run backwards in all'],
      [this.unknownLinks > 1 ? this.unknownLinks : 0, 'unknown-link-types', 'packets of link types that are not dissected'],
      [
        this.cutPackets,
        'cut-packets',
        'packets were cut short when they were captured (snap length); what was cut off is missing everywhere',
      ],
      [c.quic.counters.evicted, 'quic-connections-evicted', 'QUIC connections finished early because a table was full'],
      [c.quic.counters.hellosGivenUp, 'quic-hellos-held', 'QUIC hellos given up because too many were unfinished at once'],
      [c.tcp.evicted, 'tcp-flows-evicted', 'TCP connections finished early because the table was full'],
      [c.tcp.silenced, 'tcp-conversations-evicted', 'TCP connections finished early because too many carried payload at once'],
      [c.datagrams.evicted, 'udp-flows-evicted', 'UDP flows finished early because the table was full'],
      [c.tcp.streams.givenUp, 'holes-given-up', 'holes in streams given up because too many bytes waited behind them'],
      [c.fragments.dropped, 'fragments-dropped', 'IP datagrams whose fragments never came together'],
      [
        c.fragments.overlapping,
        'fragments-overlap',
        'pieces of IP fragments that overlap others with different bytes; the bytes that came first were kept',
      ],
      [
        c.fragments.conflicting,
        'fragments-conflict',
        'IP datagrams whose fragments contradict each other, in their bytes or their end',
      ],
      [c.fragments.repeated, 'fragments-repeated', 'pieces of 8 bytes of IP fragments that came again with the same bytes'],
      [
        c.fragments.impossible,
        'fragments-impossible',
        'IP fragments that no datagram can have: left out where they end beyond 65,535 bytes, else shortened',
      ],
      [
        c.configurations.evicted,
        'configurations-evicted',
        'network configurations told early because too many were known; the same told again counts anew',
      ],
      [c.configurations.cut, 'configuration-lists-cut', 'network configurations with more addresses or names than are kept'],
      [c.resolutions.evicted, 'resolutions-evicted', 'ARP or NDP questions let go because too many waited'],
      [c.lookups.counters.evicted, 'lookups-evicted', 'DNS questions let go because too many waited'],
      [c.journeys.names.evicted, 'names-evicted', 'names with their addresses forgotten because too many were known'],
      [c.finder.handshakes.refused, 'tls-handshakes-held', 'TLS handshake messages not read because too many were unfinished'],
      [c.finder.messages.refused, 'dns-messages-held', 'DNS messages over TCP not read because too many were unfinished'],
    ];
    const http: Record<HttpProblem, string> = {
      'http-head-too-long': 'HTTP heads longer than what is kept',
      'http-heads-held': 'HTTP heads given up because too many were unfinished at once',
      'http-pipeline-limit': 'HTTP requests let go because too many waited on one connection',
      'http-length-conflict': 'HTTP messages with conflicting lengths',
      'http-bad-chunk': 'HTTP chunks that cannot be read',
      'http-garbage': 'places where bytes that are no HTTP message came between messages',
    };
    for (const [code, count] of c.finder.problems) told.push([count, code, http[code]]);
    for (const [count, code, what] of told) if (count > 0) this.ownProblems.push({ code, message: `${count} ${what}` });
  }
}
