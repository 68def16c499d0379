import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Exchange } from '../../src/correlate/model.ts';
import {
  type Browsed,
  browserCounts,
  browserTimes,
  type Closed,
  type Curled,
  curlAccount,
  devToolsAccount,
  lateAgain,
  Requests,
  type Served,
  serverCounts,
  spread,
  type Told,
} from '../accounts.ts';
import { Cable, cannot, collect, says } from './namespaces.ts';
import { browse, canHurry, cannotServe, curl, curled, curlWords, serve } from './secure-site.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const why = cannot('chromium', 'curl', 'nginx', 'openssl', 'tcpdump') ?? cannotServe();
const hurried = canHurry();
if (why === undefined && !hurried) console.warn('curl’s times are not compared: no real-time priority here');
if (why !== undefined) console.warn(`accounts of clients and servers are not compared: ${why}`);

/**
 * On a machine that is busy enough real-time programs wait as well, until others are through with what they do in the kernel: where
 * something was late all is played again. What is late each time is wirebook's mistake.
 */
const PLAYS = 3;

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
  let closed: Closed[];
  let browsed: Browsed;
  let curls: Curled[];
  let live: Requests;
  let saved: Requests;
  let late: Map<string, number> | undefined;

  beforeAll(async () => {
    cable = new Cable();
    folder = mkdtempSync(join(tmpdir(), 'wirebook-accounts-'));
    // An address that becomes valid while Chromium runs makes it break off what it does.
    await cable.run(cable.here, 'sh', '-c', 'echo 1 > /proc/sys/net/ipv6/conf/all/disable_ipv6');
    const log = await serve(cable, folder);
    for (let play = 1; play <= PLAYS; play++) {
      await watch(join(folder, `${play}`));
      const mine = new Set([...browsed.connections.map(({ port }) => port), ...curls.map((c) => c.local_port)]);
      const ofMine = ({ clientPort }: { clientPort: number }): boolean => mine.has(clientPort);
      do {
        await new Promise(setImmediate);
        served = log().served.filter(ofMine);
      } while (served.length < saved.count);
      closed = log().closed.filter(ofMine);
      const accounts = [live, saved].flatMap((requests) => [
        ...(hurried ? [curlAccount(curls, requests)] : []),
        ...(browsed.priority ? [browserTimes(browsed, requests), devToolsAccount(browsed, requests)] : []),
      ]);
      late = lateAgain(accounts, late);
      if (late.size === 0) break;
      if (play < PLAYS) console.warn(`played again: ${[...late].map(([what, ms]) => `${what}: ${ms.toFixed(2)} ms`).join('; ')}`);
    }
  }, 240_000);

  /** The clients' requests, captured live and into a file beside it. */
  async function watch(place: string): Promise<void> {
    mkdirSync(place);
    const keyLog = join(place, 'keys.log');
    writeFileSync(keyLog, '', { mode: 0o600 });
    const [file, kept] = [join(place, 'tcpdump.pcap'), join(place, 'kept.pcapng')];
    const precise = ['-n', '-U', '--immediate-mode', '--time-stamp-precision=nano', '-B', '32768'];
    const tcpdump = cable.start(cable.here, 'tcpdump', ...precise, '-i', 'v0', '-w', file, 'tcp');
    await says(tcpdump.stderr, /listening on/);
    const words = ['-i', 'v0', '-f', 'tcp', '--format', 'jsonl', '--keylog', keyLog, '-w', kept];
    const wirebook = cable.start(cable.here, process.execPath, MAIN, ...words);
    const out = collect(wirebook.stdout);
    while (!existsSync(kept) || statSync(kept).size === 0) await new Promise(setImmediate);
    browsed = await browse(cable, place, keyLog);
    curls = await curl(cable, keyLog);
    const told = () => out.text.split('{"record":"http"').length - 1;
    const requests = browsed.connections.flatMap((c) => c.requests).length + curls.length;
    while (told() < requests) await once(wirebook.stdout as NodeJS.ReadableStream, 'data');
    wirebook.kill('SIGINT');
    tcpdump.kill('SIGINT');
    await Promise.all([once(wirebook, 'close'), once(tcpdump, 'close')]);
    live = requestsOf(out.text);
    const report = [MAIN, 'report', file, '--keylog', keyLog, '--format', 'jsonl'];
    saved = requestsOf(spawnSync(process.execPath, report, { encoding: 'utf8', maxBuffer: 1 << 28 }).stdout);
  }

  afterAll(() => {
    cable?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('live and saved are the same', () => {
    expect(facts(live)).toEqual(facts(saved));
    expect(live.count).toBe(browsed.connections.flatMap((c) => c.requests).length + curls.length);
  });

  test('Chromium: method, URL, status, bytes of heads, bodies and frames of every request', () => {
    for (const requests of [live, saved]) {
      const differences = browserCounts(browsed, requests);
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(140);
    }
  });

  test('DevTools: what an answer took in all', () => {
    const { differences, off } = devToolsAccount(browsed, saved);
    expect(differences.list).toEqual([]);
    expect(differences.compared).toBeGreaterThan(300);
    figures('DevTools', off);
  });

  test('the servers’ logs: nginx and Node', () => {
    for (const requests of [live, saved]) {
      const differences = serverCounts(served, closed, requests);
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(requests.count);
    }
  });

  test('curl: bytes of every request', () => {
    for (const requests of [live, saved]) {
      const { differences, off } = curlAccount(curls, requests);
      expect(differences.list).toEqual([]);
      expect(differences.compared).toBeGreaterThan(110);
      figures('curl', off);
    }
  });

  test.each([442, 4445])('wirebook run: the same of what it runs, by keys of its own (port %i)', async (port) => {
    const report = join(folder, `run-${port}.jsonl`);
    const run = [process.execPath, MAIN, 'run', '--format', 'jsonl', '--output', report, '--', ...curlWords(port)];
    let still: Map<string, number> | undefined;
    for (let play = 1; play <= PLAYS && still?.size !== 0; play++) {
      const list = curled(await cable.run(cable.here, run[0], ...run.slice(1)));
      const account = curlAccount(list, requestsOf(readFileSync(report, 'utf8')));
      expect(account.differences.list).toEqual([]);
      expect(account.differences.compared).toBeGreaterThan(14);
      figures('curl, run', account.off);
      still = lateAgain(hurried ? [account] : [], still);
    }
    expect([...(still ?? [])]).toEqual([]);
  });

  test('times of each request: curl’s within 1 ms; when Chromium wrote and read it, and what DevTools say, within 5 ms', () => {
    if (!browsed.priority) console.warn('the browser’s times are not compared: no real-time priority here');
    for (const requests of [live, saved]) {
      const { off } = browserTimes(browsed, requests);
      figures('Chromium', off);
      expect(off.length).toBeGreaterThan(1200);
    }
    expect([...(late ?? [])]).toEqual([]);
  });
});
