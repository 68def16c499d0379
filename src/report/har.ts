import type { Analysis } from '../session/analysis.ts';
import type { Exchange, Journey, Listener } from '../correlate/model.ts';
import { exchangesOfQuic } from '../correlate/quic-record.ts';
import { quoted } from './json-bytes.ts';
import { type HarEntry, harEntry, harTime } from './har-entry.ts';
import type { Out } from './out.ts';
import { Section } from './section.ts';

/** Exchanges that wait for their journeys, journeys for their exchanges, and addresses of servers. */
const KEPT = 100_000;

const JOURNEYS_AT_ONCE = 1024;

/** What is known of a file for every reader of it. */
const COMMENT =
  'Made from captured packets. Header fields are left out but for a few that say what was asked and answered: cookies and authorization never leave the capture.';

/**
 * An HTTP archive (HAR 1.2): each request that can be read, with the times of the packets that carried it, for the network panel of
 * a browser. Journeys without a request of their own have no place in it and are counted.
 */
export class HarReport implements Listener {
  private readonly out: Out;
  private readonly entries = new Section();
  private readonly pages = new Section();
  private readonly exchanges = new Map<number, Exchange>();
  private readonly waiting = new Map<number, Journey>();
  /** By the connection that exchanges name. */
  private readonly servers = new Map<number, string>();
  /** A bit for each journey: it is a page of its own. */
  private roots = new Uint8Array(JOURNEYS_AT_ONCE >> 3);
  private without = 0;
  private analysis: Analysis | undefined;

  constructor(out: Out) {
    this.out = out;
  }

  of(analysis: Analysis): void {
    this.analysis = analysis;
  }

  /** A document is whole or nothing: nothing goes out before its end. */
  flush(): void {}

  exchange: Listener['exchange'] = (x) => {
    const journey = this.waiting.get(x.id);
    if (journey === undefined) keep(this.exchanges, x.id, x);
    else {
      this.waiting.delete(x.id);
      this.add(journey, x);
    }
  };

  journey: Listener['journey'] = (j) => {
    const exchange = j.exchange === undefined ? undefined : this.exchanges.get(j.exchange);
    if (j.exchange === undefined) this.without++;
    else if (exchange === undefined) keep(this.waiting, j.exchange, j);
    else {
      this.exchanges.delete(j.exchange);
      this.add(j, exchange);
    }
  };

  connection: Listener['connection'] = (c) => keep(this.servers, c.id, c.server.address);
  quic: Listener['quic'] = (q) => keep(this.servers, exchangesOfQuic(q.id), q.server.address);

  write(program: string): void {
    const { out } = this;
    const [name, version = ''] = program.split(' ');
    out.write(`{"log":{"version":"1.2","creator":${JSON.stringify({ name, version })},\n"pages":[`);
    this.pages.drain((record, n) => {
      out.write(n > 0 ? ',\n' : '\n');
      out.bytes(record);
    });
    out.write('],\n"entries":[');
    this.entries.drain((record, n) => out.write(`${n > 0 ? ',\n' : '\n'}${this.whole(Buffer.from(record).toString('utf8'))}`));
    this.without += this.waiting.size;
    const left = this.without === 0 ? '' : ` Journeys without a request that can be read, not in here: ${this.without}.`;
    out.write(`],\n"comment":${quoted(`${COMMENT}${left}`)}}}\n`);
    out.flush();
  }

  private add(j: Journey, x: Exchange): void {
    if (x.method === undefined || j.url === undefined) {
      this.without++;
      return;
    }
    const base = this.analysis?.correlator.baseSeconds ?? 0;
    if (j.id === j.page) {
      this.roots = marked(this.roots, j.id);
      const page = { startedDateTime: harTime(base, j.start), id: `page_${j.page}`, title: j.url };
      this.pages.add(j.start, Buffer.from(quotedMembers({ ...page, pageTimings: { onContentLoad: -1, onLoad: -1 } }), 'utf8'));
    }
    const entry = `${j.page} ${x.connection} ${quotedMembers(harEntry(j, x, base))}`;
    this.entries.add(j.start, Buffer.from(entry, 'utf8'));
  }

  /** What is known only at the end: whether the page is in here, and the server's address. */
  private whole(record: string): string {
    const [, page, connection] = /^(\d+) (-?\d+) /.exec(record) ?? [];
    const json = record.slice(page.length + connection.length + 2);
    const more: Pick<HarEntry, 'pageref' | 'serverIPAddress'> = {};
    if (this.roots[Number(page) >> 3] & (1 << (Number(page) & 7))) more.pageref = `page_${page}`;
    const server = this.servers.get(Number(connection));
    if (server !== undefined) more.serverIPAddress = server;
    const members = JSON.stringify(more).slice(1, -1);
    return members === '' ? json : `{${members},${json.slice(1)}`;
  }
}

/** JSON of one line, harmless for a terminal. */
const quotedMembers = (value: object): string =>
  JSON.stringify(value).replace(/[\u007f-\uffff]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

function keep<T>(map: Map<number, T>, id: number, value: T): void {
  map.set(id, value);
  if (map.size > KEPT) map.delete(map.keys().next().value as number);
}

function marked(bits: Uint8Array<ArrayBuffer>, id: number): Uint8Array<ArrayBuffer> {
  let wide = bits;
  if (id >> 3 >= bits.length) {
    wide = new Uint8Array(Math.max(2 * bits.length, (id >> 3) + 1));
    wide.set(bits);
  }
  wide[id >> 3] |= 1 << (id & 7);
  return wide;
}
