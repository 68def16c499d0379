import type { Analysis } from '../session/analysis.ts';
import type { Listener } from '../correlate/model.ts';
import { captureJson, protocolsJson } from './capture-json.ts';
import type { Judgement } from '../rules/rule.ts';
import { JsonBytes, quoted } from './json-bytes.ts';
import type { Out } from './out.ts';
import * as records from './records.ts';
import { Section } from './section.ts';
import { verdictRecord } from './verdict-json.ts';

export const SECTIONS = [
  'connections',
  'datagrams',
  'dns',
  'arp',
  'ndp',
  'icmp',
  'configurations',
  'tls',
  'quic',
  'http',
  'journeys',
  'verdicts',
] as const;
type SectionName = (typeof SECTIONS)[number];

const encode = (text: string): Uint8Array => Buffer.from(text, 'utf8');
const COMMA = encode(',\n{');
const FIRST = encode('\n{');
const END = encode('}');

/** One JSON document: sections are gathered while the file is read and written at its end. */
export class JsonReport implements Listener {
  private readonly out: Out;
  private readonly sections = new Map<SectionName, Section>(SECTIONS.map((name) => [name, new Section()]));
  private readonly w = new JsonBytes();
  private analysis: Analysis | undefined;
  private judged = 0;

  constructor(out: Out) {
    this.out = out;
  }

  /** The analysis whose records come here. */
  of(analysis: Analysis): void {
    this.analysis = analysis;
  }

  private add<T>(name: SectionName, order: number, value: T, write: (w: JsonBytes, value: T) => void): void {
    const { w } = this;
    w.baseSeconds = (this.analysis as Analysis).correlator.baseSeconds || 0;
    w.clear();
    write(w, value);
    (this.sections.get(name) as Section).add(order, w.written);
  }

  /** A document is whole or nothing: nothing goes out before its end. */
  flush(): void {}

  connection: Listener['connection'] = (c) => this.add('connections', c.id, c, records.connection);
  datagram: Listener['datagram'] = (d) => this.add('datagrams', d.id, d, records.datagram);
  lookup: Listener['lookup'] = (l) => this.add('dns', l.packet, l, records.lookup);
  resolution: Listener['resolution'] = (r) => this.add(r.kind, r.packet, r, records.resolution);
  icmp: Listener['icmp'] = (m) => this.add('icmp', m.packet, m, records.icmp);
  configuration: Listener['configuration'] = (c) => this.add('configurations', c.packet, c, records.configuration);
  tls: Listener['tls'] = (t) => this.add('tls', t.connection, t, records.tls);
  quic: Listener['quic'] = (q) => this.add('quic', q.id, q, records.quic);
  exchange: Listener['exchange'] = (x) => this.add('http', x.id, x, records.exchange);
  journey: Listener['journey'] = (j) => this.add('journeys', j.id, j, records.journey);

  verdict(judgement: Judgement): void {
    const record = encode(JSON.stringify(verdictRecord(judgement)).slice(1, -1));
    (this.sections.get('verdicts') as Section).add(this.judged++, record);
  }

  write(program: string): void {
    const { out } = this;
    const analysis = this.analysis as Analysis;
    out.write(`${quoted({ schema: 1, program }).slice(0, -1)},\n"capture":${captureJson(analysis.summary())}`);
    out.write(`,\n"protocols":${protocolsJson(analysis.protocols())}`);
    for (const [name, section] of this.sections) {
      out.write(`,\n"${name}":[`);
      section.drain((record, n) => {
        out.bytes(n > 0 ? COMMA : FIRST);
        out.bytes(record);
        out.bytes(END);
      });
      out.write(']');
    }
    out.write('}\n');
    out.flush();
  }
}
