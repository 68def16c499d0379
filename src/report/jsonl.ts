import type { Analysis } from '../session/analysis.ts';
import type { Listener } from '../correlate/model.ts';
import { captureJson, protocolsJson } from './capture-json.ts';
import { JsonBytes, quoted } from './json-bytes.ts';
import { literal, literals } from './literals.ts';
import type { Out } from './out.ts';
import * as records from './records.ts';

/** Fewer and larger writes: each costs microseconds beside its bytes. */
const FLUSH = 3 << 16;

const NAMES = ['connection', 'datagram', 'dns', 'arp', 'ndp', 'icmp', 'configuration', 'tls', 'quic', 'http', 'journey'] as const;
type RecordName = (typeof NAMES)[number];
const HEADS = literals(NAMES, (name) => `{"record":"${name}",`);
const END = literal('}\n');

/** One record a line, as each becomes final; the capture itself last. */
export class JsonLinesReport implements Listener {
  private readonly out: Out;
  private readonly w = new JsonBytes();
  private analysis: Analysis | undefined;

  constructor(out: Out) {
    this.out = out;
  }

  /** The analysis whose records come here. */
  of(analysis: Analysis): void {
    this.analysis = analysis;
  }

  private line<T>(record: RecordName, value: T, write: (w: JsonBytes, value: T) => void): void {
    const { w } = this;
    w.baseSeconds = (this.analysis as Analysis).correlator.baseSeconds || 0;
    w.put(HEADS[record]);
    write(w, value);
    w.put(END);
    if (w.size > FLUSH) this.pass();
  }

  private pass(): void {
    this.out.bytes(this.w.written);
    this.w.clear();
  }

  /** Everything said so far goes out now. */
  flush(): void {
    this.pass();
    this.out.flush();
  }

  connection: Listener['connection'] = (c) => this.line('connection', c, records.connection);
  datagram: Listener['datagram'] = (d) => this.line('datagram', d, records.datagram);
  lookup: Listener['lookup'] = (l) => this.line('dns', l, records.lookup);
  resolution: Listener['resolution'] = (r) => this.line(r.kind, r, records.resolution);
  icmp: Listener['icmp'] = (m) => this.line('icmp', m, records.icmp);
  configuration: Listener['configuration'] = (c) => this.line('configuration', c, records.configuration);
  tls: Listener['tls'] = (t) => this.line('tls', t, records.tls);
  quic: Listener['quic'] = (q) => this.line('quic', q, records.quic);
  exchange: Listener['exchange'] = (x) => this.line('http', x, records.exchange);
  journey: Listener['journey'] = (j) => this.line('journey', j, records.journey);

  write(program: string): void {
    const analysis = this.analysis as Analysis;
    const head = quoted({ record: 'capture', schema: 1, program }).slice(0, -1);
    const capture = captureJson(analysis.summary()).slice(1, -1);
    this.w.raw(`${head},${capture},"protocols":${protocolsJson(analysis.protocols())}}\n`);
    this.flush();
  }
}
