import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cable, cannot, collect, says } from './namespaces.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const why = cannot('chromium', 'tcpdump');
if (why !== undefined) console.warn(`no browser is watched: ${why}`);

/** A page with a style sheet, a script, two pictures and a redirect; each request goes to the access log. */
const SERVER = `
const http = require('node:http');
const page = '<!doctype html><link rel=stylesheet href=/style.css><script src=/script.js></script><img src=/one.png><img src=/moved>';
http.createServer((q, s) => {
  s.on('finish', () => console.log(JSON.stringify({ url: q.url, status: s.statusCode })));
  if (q.url === '/moved') s.writeHead(302, { location: '/two.png' }).end();
  else if (q.url === '/') s.setHeader('content-type', 'text/html').end(page);
  else if (q.url.endsWith('.css')) s.setHeader('content-type', 'text/css').end('body{color:red}');
  else if (q.url.endsWith('.js')) s.setHeader('content-type', 'text/javascript').end('document.title="wirebook"');
  else if (q.url.endsWith('.png')) setTimeout(() => s.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(2000)), 30);
  else s.writeHead(404).end();
}).listen(80, '10.9.0.2', () => console.log('ready'));`;

interface Journey {
  url?: string;
  start: string;
  outcome: string;
  page: number;
  parent: number | null;
  id: number;
  har: { wait: number };
}
interface Exchange {
  target: string;
  status: number;
}
const records = <T>(jsonl: string, record: string): T[] =>
  jsonl
    .split('\n')
    .filter((line) => line.startsWith(`{"record":"${record}"`))
    .map((line) => JSON.parse(line) as T);

describe.skipIf(why !== undefined)('a real browser, live', () => {
  let cable: Cable;
  let folder: string;
  beforeAll(() => {
    cable = new Cable();
    folder = mkdtempSync(join(tmpdir(), 'wirebook-browser-'));
  });
  afterAll(() => {
    cable?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('Chromium loads a page: every request of the access log is a journey, as in the capture that tcpdump takes beside it', async () => {
    const server = cable.start(cable.there, process.execPath, '-e', SERVER);
    const log = collect(server.stdout);
    await says(server.stdout, /ready/);
    const file = join(folder, 'tcpdump.pcap');
    const kept = join(folder, 'kept.pcapng');
    const tcpdump = cable.start(cable.here, 'tcpdump', '-n', '-U', '--immediate-mode', '-i', 'v0', '-w', file, 'tcp');
    await says(tcpdump.stderr, /listening on/);
    const live = cable.start(cable.here, process.execPath, MAIN, '-i', 'v0', '-f', 'tcp', '--format', 'jsonl', '-w', kept);
    const out = collect(live.stdout);
    while (!hasBytes(kept)) await new Promise(setImmediate);
    const flags = [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--virtual-time-budget=3000',
      '--dump-dom',
    ];
    const dom = await cable.run(
      cable.here,
      'chromium',
      ...flags,
      `--user-data-dir=${join(folder, 'profile')}`,
      'http://10.9.0.2/',
    );
    expect(dom).toContain('<title>wirebook</title>');
    // Chromium has gone, and with it its connections: their journeys end.
    while (records<Exchange>(out.text, 'http').length < log.text.split('"url"').length - 1)
      await once(live.stdout as NodeJS.ReadableStream, 'data');
    live.kill('SIGINT');
    tcpdump.kill('SIGINT');
    await Promise.all([once(live, 'close'), tcpdump.exitCode === null ? once(tcpdump, 'close') : undefined]);

    const served = log.text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { url: string; status: number })
      .map(({ url, status }) => `${url} ${status}`)
      .sort();
    expect(served).toEqual(
      expect.arrayContaining(['/ 200', '/moved 302', '/one.png 200', '/script.js 200', '/style.css 200', '/two.png 200']),
    );
    const asked = (jsonl: string) =>
      records<Exchange>(jsonl, 'http')
        .map((x) => `${x.target} ${x.status}`)
        .sort();
    expect(asked(out.text)).toEqual(served);
    const theirs = spawnSync(process.execPath, [MAIN, 'report', file, '--format', 'jsonl'], { encoding: 'utf8' }).stdout;
    const shape = (jsonl: string) =>
      records<Journey>(jsonl, 'journey')
        .filter((j) => j.url !== undefined)
        .map((j) => `${j.url} ${j.outcome}`)
        .sort();
    expect(shape(out.text)).toEqual(shape(theirs));
    const journeys = records<Journey>(out.text, 'journey');
    const page = journeys.find((j) => j.url === 'http://10.9.0.2/') as Journey;
    for (const name of ['style.css', 'script.js', 'one.png', 'two.png'])
      expect(journeys.find((j) => j.url?.endsWith(name))?.page).toBe(page.id);
    expect(journeys.find((j) => j.url?.endsWith('one.png'))?.har.wait).toBeGreaterThanOrEqual(29);
    expect(readFileSync(kept).length).toBeGreaterThan(5000);
  }, 60_000);
});

function hasBytes(path: string): boolean {
  try {
    return statSync(path).size > 0;
  } catch {
    return false;
  }
}
