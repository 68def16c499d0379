import type { Analysis } from '../analysis.ts';
import type { Listener } from '../correlate/model.ts';
import { captureMembers, protocolsJson } from './capture-json.ts';
import { Clock, str } from './json-text.ts';
import type { Out } from './out.ts';
import * as records from './records.ts';
import { Section } from './section.ts';

const SECTIONS = ['connections', 'datagrams', 'dns', 'arp', 'ndp', 'icmp', 'tls', 'quic', 'http', 'journeys', 'verdicts'] as const;
type SectionName = (typeof SECTIONS)[number];

/** One JSON document: sections are gathered while the file is read and written at its end. */
export class JsonReport implements Listener {
  private readonly sections = new Map<SectionName, Section>(SECTIONS.map((name) => [name, new Section()]));
  private clock: Clock | undefined;
  private analysis: Analysis | undefined;

  /** The analysis whose records come here. */
  of(analysis: Analysis): void {
    this.analysis = analysis;
  }

  private time(): Clock {
    this.clock ??= new Clock((this.analysis as Analysis).correlator.baseSeconds);
    return this.clock;
  }

  private add(name: SectionName, order: number, text: string): void {
    (this.sections.get(name) as Section).add(order, text);
  }

  connection: Listener['connection'] = (c) => this.add('connections', c.id, records.connection(c, this.time()));
  datagram: Listener['datagram'] = (d) => this.add('datagrams', d.id, records.datagram(d, this.time()));
  lookup: Listener['lookup'] = (l) => this.add('dns', l.packet, records.lookup(l));
  resolution: Listener['resolution'] = (r) => this.add(r.kind, r.packet, records.resolution(r));
  icmp: Listener['icmp'] = (m) => this.add('icmp', m.packet, records.icmp(m));
  tls: Listener['tls'] = (t) => this.add('tls', t.connection, records.tls(t));
  exchange: Listener['exchange'] = (x) => this.add('http', x.id, records.exchange(x));
  journey: Listener['journey'] = (j) => this.add('journeys', j.id, records.journey(j, this.time()));

  write(out: Out, program: string): void {
    const analysis = this.analysis as Analysis;
    out.write(`{"schema":1,"program":${str(program)},\n"capture":{${captureMembers(analysis.summary())}}`);
    out.write(`,\n"protocols":${protocolsJson(analysis.protocols())}`);
    for (const [name, section] of this.sections) {
      out.write(`,\n"${name}":[`);
      section.drain((text, n) => out.write(`${n > 0 ? ',' : ''}\n{${text}}`));
      out.write(']');
    }
    out.write('}\n');
    out.flush();
  }
}
