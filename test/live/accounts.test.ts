import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Exchange } from '../../src/correlate/model.ts';
import {
  type Browsed,
  browserCounts,
  browserTimes,
  Differences,
  devToolsCounts,
  Requests,
  type Served,
  serverCounts,
  spread,
  type Told,
} from '../accounts.ts';
import { Cable, cannot, collect, says } from './namespaces.ts';
import { browse, type Curled, canHurry, cannotServe, curl, isHttp2, serve } from './secure-site.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const why = cannot('chromium', 'curl', 'nginx', 'openssl', 'tcpdump') ?? cannotServe();
if (why !== undefined) console.warn(`accounts of clients and servers are not compared: ${why}`);

interface Journey {
  exchange?: number;
  stages: { kind: string; start: string; end: string; reused: boolean }[];
  har: Told['har'];
}
const milliseconds = (time: string): number => Number(time.slice(0, -10)) * 1000 + Number(time.slice(-10)) * 1000;

/** The requests of a report (`--format jsonl`). */
function requestsOf(jsonl: string): Requests {
  const lines = jsonl.split('\n').filter((line) => line.startsWith('{"record":"'));
  const of = <T>(record: string): T[] =>
    lines.filter((line) => line.startsWith(`{"record":"${record}"`)).map((line) => JSON.parse(line) as T);
  const ports = new Map(of<{ id: number; client: { port: number } }>('connection').map(({ id, client }) => [id, client.port]));
  const journeys = new Map(of<Journey>('journey').map((j) => [j.exchange, j]));
  const requests = new Requests();
  for (const x of of<Exchange>('http')) {
    const { stages, har } = journeys.get(x.id) as Journey;
    const stage = (kind: string) => {
      const found = stages.find((s) => s.kind === kind && !s.reused);
      return { start: milliseconds(found?.start ?? ''), end: milliseconds(found?.end ?? '') };
    };
    requests.add(ports.get(x.connection) as number, { x, har, stage });
  }
  return requests;
}

/** Without what depends on how packets are numbered. */
const facts = (requests: Requests): string[] =>
  requests.ports
    .flatMap((port) => requests.of(port).map(({ x }) => ({ port, ...x, id: 0, connection: 0 })))
    .sort((a, b) => a.port - b.port || a.stream - b.stream)
    .map((x) => JSON.stringify(x, (key, value) => (/Packet$/.test(key) ? undefined : value)));

const figures = (what: string, off: number[]): void => {
  if (process.env.WIREBOOK_FIGURES) console.log(`${what}: ${off.length} times, off by ${spread(off)} ms (median, 90 %, most)`);
};

describe.skipIf(why !== undefined)('requests inside TLS as clients and servers count them', () => {
  let cable: Cable;
  let folder: string;
  let served: Served[];
  let browsed: Browsed;
  let curled: Curled[];
  let live: Requests;
  let saved: Requests;

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
    live = requestsOf(out.text);
    const report = spawnSync(process.execPath, [MAIN, 'report', file, '--keylog', keyLog, '--format', 'jsonl'], {
      encoding: 'utf8',
      maxBuffer: 1 << 28,
    });
    saved = requestsOf(report.stdout);
  }, 120_000);
  afterAll(() => {
    cable?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('live and saved are the same', () => {
    expect(facts(live)).toEqual(facts(saved));
    expect(live.count).toBe(browsed.connections.flatMap((c) => c.requests).length + curled.length);
  });

  test('Chromium: method, URL, status, bytes of heads, bodies and frames of every request', () => {
    for (const requests of [live, saved]) {
      const differences = browserCounts(browsed, requests);
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(140);
    }
  });

  test('DevTools: what an answer took in all', () => {
    const differences = devToolsCounts(browsed, saved);
    expect(differences.list).toEqual([]);
    expect(differences.compared).toBeGreaterThan(130);
  });

  test('the servers’ logs: nginx and Node', () => {
    for (const requests of [live, saved]) {
      const differences = serverCounts(served, requests);
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(requests.count);
    }
  });

  test('curl: bytes of every request, times within a millisecond', () => {
    const hurried = canHurry();
    if (!hurried) console.warn('curl’s times are not compared: no real-time priority here');
    for (const requests of [live, saved]) {
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
        const { x, har } = requests.of(c.local_port)[count];
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
      figures('curl', off);
      if (hurried) expect(late).toEqual([]);
    }
  });

  test('Chromium: each request went out, and its answer came, when the browser says so, within 5 ms', () => {
    if (!browsed.priority) console.warn('the browser’s times are not compared: no real-time priority here');
    for (const requests of [live, saved]) {
      const { off, late } = browserTimes(browsed, requests);
      figures('Chromium', off);
      if (browsed.priority) expect(late).toEqual([]);
    }
  });
});
