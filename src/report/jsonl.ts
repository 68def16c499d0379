import type { Analysis } from '../analysis.ts';
import type { Listener } from '../correlate/model.ts';
import { captureMembers, protocolsJson } from './capture-json.ts';
import { Clock, str } from './json-text.ts';
import type { Out } from './out.ts';
import * as records from './records.ts';

/** One record a line, as each becomes final; the capture itself last. */
export class JsonLinesReport implements Listener {
  private readonly out: Out;
  private clock: Clock | undefined;
  private analysis: Analysis | undefined;

  constructor(out: Out) {
    this.out = out;
  }

  of(analysis: Analysis): void {
    this.analysis = analysis;
  }

  private time(): Clock {
    this.clock ??= new Clock((this.analysis as Analysis).correlator.baseSeconds);
    return this.clock;
  }

  private line(record: string, members: string): void {
    this.out.write(`{"record":"${record}",${members}}\n`);
  }

  connection: Listener['connection'] = (c) => this.line('connection', records.connection(c, this.time()));
  datagram: Listener['datagram'] = (d) => this.line('datagram', records.datagram(d, this.time()));
  lookup: Listener['lookup'] = (l) => this.line('dns', records.lookup(l));
  resolution: Listener['resolution'] = (r) => this.line(r.kind, records.resolution(r));
  icmp: Listener['icmp'] = (m) => this.line('icmp', records.icmp(m));
  tls: Listener['tls'] = (t) => this.line('tls', records.tls(t));
  exchange: Listener['exchange'] = (x) => this.line('http', records.exchange(x));
  journey: Listener['journey'] = (j) => this.line('journey', records.journey(j, this.time()));

  write(out: Out, program: string): void {
    const analysis = this.analysis as Analysis;
    const protocols = protocolsJson(analysis.protocols());
    this.line('capture', `"schema":1,"program":${str(program)},${captureMembers(analysis.summary())},"protocols":${protocols}`);
    out.flush();
  }
}
