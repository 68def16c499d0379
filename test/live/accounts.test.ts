import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cable, cannot, collect, says } from './namespaces.ts';
import { type Browsed, browse, type Curled, canHurry, cannotServe, curl, isHttp2, type Served, serve } from './secure-site.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const why = cannot('chromium', 'curl', 'nginx', 'openssl', 'tcpdump') ?? cannotServe();
if (why !== undefined) console.warn(`accounts of clients and servers are not compared: ${why}`);

interface Section {
  fields: number;
  bytes: number;
  blockBytes: number;
}
interface Exchange {
  id: number;
  connection: number;
  stream: number;
  version: string;
  method: string;
  target: string;
  status: number;
  requestHeaderBytes: number;
  responseHeaderBytes: number;
  requestBodyBytes: number;
  responseBodyBytes: number;
  requestTransferBytes: number;
  responseTransferBytes: number;
  whole?: false;
  complete?: false;
  http2?: { requestFields: Section; responseFields: Section; responseTrailers?: Section; interim: number };
}
interface Journey {
  exchange?: number;
  stages: { kind: string; start: string; end: string; reused: boolean }[];
  har: { connect: number; ssl: number; send: number; wait: number; receive: number };
}
/** One request as wirebook tells it. */
interface Told {
  x: Exchange;
  har: Journey['har'];
  /** In milliseconds since 1970. */
  stage: (kind: string) => { start: number; end: number };
}

const milliseconds = (time: string): number => Number(time.slice(0, -10)) * 1000 + Number(time.slice(-10)) * 1000;

class Report {
  readonly requests = new Map<number, Told[]>();
  readonly all: Told[] = [];

  constructor(jsonl: string) {
    const lines = jsonl.split('\n').filter((line) => line.startsWith('{"record":"'));
    const of = <T>(record: string): T[] =>
      lines.filter((line) => line.startsWith(`{"record":"${record}"`)).map((line) => JSON.parse(line) as T);
    const ports = new Map(of<{ id: number; client: { port: number } }>('connection').map(({ id, client }) => [id, client.port]));
    const journeys = new Map(of<Journey>('journey').map((j) => [j.exchange, j]));
    for (const x of of<Exchange>('http')) {
      const journey = journeys.get(x.id) as Journey;
      const stage = (kind: string) => {
        const { start, end } = journey.stages.find((s) => s.kind === kind) ?? { start: 'NaN', end: 'NaN' };
        return { start: milliseconds(start), end: milliseconds(end) };
      };
      const told = { x, har: journey.har, stage };
      const port = ports.get(x.connection) as number;
      this.requests.set(
        port,
        [...(this.requests.get(port) ?? []), told].sort((a, b) => a.x.stream - b.x.stream),
      );
      this.all.push(told);
    }
  }

  /** The request of a connection: HTTP/2's by its stream, the others by their number. */
  find(port: number, stream: number): Told | undefined {
    return this.requests.get(port)?.find(({ x }) => x.stream === stream);
  }
}

/** What differs, in words; an empty list says that all is equal. */
class Differences {
  readonly list: string[] = [];
  compared = 0;

  equal(what: string, ours: Record<string, unknown>, theirs: Record<string, unknown>): void {
    this.compared++;
    for (const [key, value] of Object.entries(theirs))
      if (ours[key] !== value) this.list.push(`${what}: ${key} is ${ours[key]} here, ${value} there`);
  }
}

/** Median, 90 %, most. */
function spread(values: number[]): string {
  const sorted = values.map(Math.abs).sort((a, b) => a - b);
  return [0.5, 0.9, 1].map((part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(2)).join(', ');
}

describe.skipIf(why !== undefined)('requests inside TLS as clients and servers count them', () => {
  let cable: Cable;
  let folder: string;
  let served: Served[];
  let browsed: Browsed;
  let curled: Curled[];
  let live: Report;
  let saved: Report;

  beforeAll(async () => {
    cable = new Cable();
    folder = mkdtempSync(join(tmpdir(), 'wirebook-accounts-'));
    const log = await serve(cable, folder);
    const keyLog = join(folder, 'keys.log');
    writeFileSync(keyLog, '', { mode: 0o600 });
    const [file, kept] = [join(folder, 'tcpdump.pcap'), join(folder, 'kept.pcapng')];
    const precise = ['-n', '-U', '--immediate-mode', '--time-stamp-precision=nano', '-B', '32768'];
    const tcpdump = cable.start(cable.here, 'tcpdump', ...precise, '-i', 'v0', '-w', file, 'tcp');
    await says(tcpdump.stderr, /listening on/);
    const words = ['-i', 'v0', '-f', 'tcp', '--format', 'jsonl', '--keylog', keyLog, '-w', kept];
    const wirebook = cable.start(cable.here, process.execPath, MAIN, ...words);
    const out = collect(wirebook.stdout);
    while (!existsSync(kept) || statSync(kept).size === 0) await new Promise(setImmediate);
    const before = log().length;
    browsed = await browse(cable, folder, keyLog);
    curled = await curl(cable, keyLog);
    served = log().slice(before);
    const told = () => out.text.split('{"record":"http"').length - 1;
    const requests = browsed.connections.flatMap((c) => c.requests).length + curled.length;
    while (told() < requests) await once(wirebook.stdout as NodeJS.ReadableStream, 'data');
    wirebook.kill('SIGINT');
    tcpdump.kill('SIGINT');
    await Promise.all([once(wirebook, 'close'), once(tcpdump, 'close')]);
    live = new Report(out.text);
    const report = spawnSync(process.execPath, [MAIN, 'report', file, '--keylog', keyLog, '--format', 'jsonl'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    saved = new Report(report.stdout);
  }, 120_000);
  afterAll(() => {
    cable?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('live and saved are the same', () => {
    const facts = (report: Report) =>
      [...report.requests].flatMap(([port, list]) =>
        list.map(({ x: { id, connection, ...x } }) => ({ port, ...counts(x as Exchange) })),
      );
    const sorted = (report: Report) => facts(report).sort((a, b) => a.port - b.port || a.stream - b.stream);
    expect(sorted(live)).toEqual(sorted(saved));
    expect(live.all.length).toBe(browsed.connections.flatMap((c) => c.requests).length + curled.length);
  });

  test('Chromium: method, URL, status, bytes of heads, bodies and frames of every request', () => {
    for (const report of [live, saved]) {
      const differences = new Differences();
      for (const { port, serverPort, requests } of browsed.connections)
        for (const r of requests) {
          const what = `${r.method} ${r.target} of port ${serverPort}`;
          const x = report.find(port, r.stream)?.x;
          const list = (section?: Section) => section && { fields: section.fields, bytes: section.bytes };
          differences.equal(
            what,
            {
              ...x,
              ...prefixed('request', list(x?.http2?.requestFields)),
              ...prefixed('response', list(x?.http2?.responseFields)),
            },
            {
              method: r.method,
              target: r.target,
              status: r.status,
              version: isHttp2(serverPort) ? '2' : '1.1',
              ...numbers('request', r.request),
              // What was on its way when the browser took its request back belongs to no request any longer.
              ...(r.cancelled ? {} : numbers('response', r.response)),
            },
          );
        }
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(140);
    }
  });

  test('DevTools: what a request took in all', () => {
    const differences = new Differences();
    const left = browsed.connections.flatMap(({ port, serverPort, requests }) =>
      requests.map((r) => ({ port, serverPort, ...r })),
    );
    for (const { url, method, status, transferBytes } of browsed.finished) {
      const { port, pathname, search } = new URL(url);
      const serverPort = Number(port || 443);
      const at = left.findIndex(
        (r) => r.serverPort === serverPort && r.target === pathname + search && r.method === method && r.status === status,
      );
      expect(at, url).toBeGreaterThanOrEqual(0);
      const [of] = left.splice(at, 1);
      // It does not count CONTINUATION frames; of a redirect it tells no total.
      if (transferBytes === undefined || (pathname === '/fields' && isHttp2(serverPort))) continue;
      differences.equal(`${method} ${url}`, { ...saved.find(of.port, of.stream)?.x }, { responseTransferBytes: transferBytes });
    }
    expect(differences.list).toEqual([]);
    expect(differences.compared).toBeGreaterThan(130);
  });

  test('the servers’ logs: nginx and Node', () => {
    for (const report of [live, saved]) {
      const differences = new Differences();
      const nth = new Map<number, number>();
      for (const s of served) {
        const what = `${s.method} ${s.uri} from port ${s.clientPort}`;
        const count = s.nth ?? (nth.get(s.clientPort) ?? 0) + 1;
        nth.set(s.clientPort, count);
        const told =
          s.stream === undefined ? report.requests.get(s.clientPort)?.[count - 1] : report.find(s.clientPort, s.stream);
        const x = told?.x;
        const common = { method: s.method, target: s.uri, status: s.status };
        if (s.requestLength !== undefined)
          differences.equal(
            what,
            {
              ...x,
              length: (x?.requestHeaderBytes ?? 0) + (x?.requestBodyBytes ?? 0),
              body: x?.http2 ? x.responseBodyBytes : (x?.responseTransferBytes ?? 0) - (x?.responseHeaderBytes ?? 0),
            },
            {
              ...common,
              length: s.requestLength,
              responseTransferBytes: s.bytesSent,
              body: s.bodyBytesSent,
            },
          );
        else if (s.stream !== undefined)
          differences.equal(
            what,
            { ...x, asked: fieldsOf(x?.http2?.requestFields), answered: fieldsOf(x?.http2?.responseFields) },
            {
              ...common,
              asked: fieldsOf(s.request),
              answered: fieldsOf(s.response),
              requestBodyBytes: s.received,
              responseBodyBytes: s.sent,
            },
          );
        else
          differences.equal(
            what,
            { ...x },
            {
              ...common,
              requestHeaderBytes: s.requestHead,
              responseHeaderBytes: s.responseHead,
              requestBodyBytes: s.received,
              responseBodyBytes: s.sent,
            },
          );
      }
      const written = new Map<number, number>();
      for (const s of served)
        if (s.written !== undefined) written.set(s.clientPort, Math.max(s.written, written.get(s.clientPort) ?? 0));
      for (const [port, theirs] of written) {
        const all = (report.requests.get(port) ?? []).reduce((sum, { x }) => sum + x.responseTransferBytes, 0);
        differences.equal(`all answers to port ${port}`, { all }, { all: theirs });
      }
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(report.all.length);
    }
  });

  test('curl: bytes of every request, times within a millisecond', () => {
    const hurried = canHurry();
    if (!hurried) console.warn('curl’s times are not compared: no real-time priority here');
    for (const report of [live, saved]) {
      const differences = new Differences();
      const off: number[] = [];
      const late: string[] = [];
      const nth = new Map<number, number>();
      for (const c of curled) {
        const { port, pathname, search } = new URL(c.url_effective);
        const serverPort = Number(port || 443);
        const what = `curl ${c.method} ${c.url_effective}`;
        const count = nth.get(c.local_port) ?? 0;
        nth.set(c.local_port, count + 1);
        const { x, har } = (report.requests.get(c.local_port) as Told[])[count];
        const { requestFields: asked, responseFields: answered } = x.http2 ?? {};
        const interim = pathname === '/hints';
        differences.equal(
          what,
          {
            ...x,
            // curl writes the fields as HTTP/1 would, and counts those.
            request: asked === undefined ? x.requestTransferBytes : asked.bytes + 4 * asked.fields - 30,
            response: answered === undefined ? x.responseHeaderBytes : answered.bytes + 4 * answered.fields + 1,
          },
          {
            method: c.method,
            target: pathname + search,
            status: c.http_code,
            version: isHttp2(serverPort) ? '2' : '1.1',
            request: c.size_request,
            ...(interim || pathname === '/trailers' ? {} : { response: c.size_header }),
            requestBodyBytes: c.size_upload,
            responseBodyBytes: c.size_download,
          },
        );
        const hold = (when: string, from: number, to: number, ours: number, earliest = -1) => {
          const ms = (to - from) * 1000 - ours;
          off.push(ms);
          if (!(ms > earliest && ms < 1)) late.push(`${what}: ${when}, ${ms.toFixed(2)} ms`);
        };
        // HTTP/2: curl is content once it has as much as was announced; Node’s END_STREAM may come in another packet.
        const earliest = isHttp2(serverPort) ? -5 : -1;
        hold('over', c.time_pretransfer, c.time_total, har.send + har.wait + har.receive, earliest);
        // curl takes the first byte of a POST to be its own, and an interim response for the answer.
        if (c.method !== 'POST' && !interim) hold('first byte', c.time_pretransfer, c.time_starttransfer, har.send + har.wait);
        if (c.num_connects > 0) hold('connected', c.time_namelookup, c.time_appconnect, har.connect);
      }
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(110);
      if (process.env.WIREBOOK_FIGURES) console.log(`curl: ${off.length} times, off by ${spread(off)} ms (median, 90 %, most)`);
      if (hurried) expect(late).toEqual([]);
    }
  });

  test('Chromium: each request went out, and its answer came, when the browser says so, within 5 ms', () => {
    if (!browsed.priority) console.warn('the browser’s times are not compared: no real-time priority here');
    for (const report of [live, saved]) {
      const off: number[] = [];
      const late: string[] = [];
      const hold = (what: string, theirs: number, ours: number, excused = false) => {
        off.push(theirs - ours);
        // The browser's clock readings are cut to milliseconds, and so is the offset of its clock.
        if (!(theirs - ours > -3 && theirs - ours < 5) && !excused) late.push(`${what}: ${(theirs - ours).toFixed(2)} ms`);
      };
      for (const { port, serverPort, requests, ...c } of browsed.connections)
        for (const [i, r] of requests.entries()) {
          const what = `${r.method} ${r.target} of port ${serverPort}`;
          const { stage } = report.find(port, r.stream) as Told;
          hold(`${what} begins`, r.request.first as number, stage('send').start);
          hold(`${what} ends`, r.request.last as number, stage('send').end);
          for (const [when, theirs, ours] of [
            ['is answered', r.response.first as number, stage('receive').start],
            ['is over', r.response.last as number, stage('receive').end],
          ] as const)
            hold(`${what} ${when}`, theirs, ours, reading(c.reads, ours, theirs));
          if (i > 0) continue;
          hold(`${what}: SYN`, c.connectStart, stage('tcp').start);
          hold(`${what}: ClientHello`, c.tlsStart, stage('tls').start);
          // Up to TLS 1.2 Chromium is content with its own Finished: whether it is, only a request before the server's tells.
          hold(`${what}: Finished`, c.tlsEnd, stage('tls').end, c.version === 'TLS 1.2' && c.tlsEnd < stage('tls').end);
        }
      if (process.env.WIREBOOK_FIGURES)
        console.log(`Chromium: ${off.length} times, off by ${spread(off)} ms (median, 90 %, most)`);
      if (browsed.priority) expect(late).toEqual([]);
    }
  });
});

/** From one time to the other the browser was reading what had come before, without a longer pause. */
function reading(reads: number[], from: number, to: number): boolean {
  const times = [from - 2, ...reads.filter((at) => at > from - 2 && at <= to)];
  return times.every((at, i) => i === 0 || at - times[i - 1] < 5);
}

/** Without what depends on how packets are numbered. */
function counts(x: Exchange): Omit<Exchange, 'id' | 'connection'> {
  return JSON.parse(JSON.stringify(x, (key, value) => (/Packet$/.test(key) ? undefined : value)));
}

const fieldsOf = (section?: { fields: number; bytes: number }): string => `${section?.fields} fields, ${section?.bytes} bytes`;

const prefixed = (prefix: string, section: object | undefined): Record<string, unknown> =>
  Object.fromEntries(Object.entries(section ?? {}).map(([key, value]) => [`${prefix} ${key}`, value]));

function numbers(
  prefix: 'request' | 'response',
  side: Browsed['connections'][number]['requests'][number]['request'],
): Record<string, unknown> {
  return {
    [`${prefix}HeaderBytes`]: side.headerBytes,
    [`${prefix}BodyBytes`]: side.bodyBytes,
    [`${prefix}TransferBytes`]: side.transferBytes,
    ...(side.fields === undefined ? {} : { [`${prefix} fields`]: side.fields, [`${prefix} bytes`]: side.bytes }),
  };
}
