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

/** The same by HTTP/2; the page writes down what the browser itself counted and timed. */
const SECURE_PAGE = `<!doctype html><link rel=stylesheet href=/style.css><script src=/script.js></script><img src=/one.png>
<script>onload = async () => {
  await fetch('/post', { method: 'POST', body: 'x'.repeat(5000) }).then((r) => r.text());
  const all = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
  await fetch('/told', { method: 'POST', body: JSON.stringify(all) });
}</script>`;
const SECURE_SERVER = `
const http2 = require('node:http2'), fs = require('node:fs');
const [, cert, key, page] = process.argv;
http2.createSecureServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (q, s) => {
  let received = 0, told = '';
  q.on('data', (part) => { received += part.length; if (q.url === '/told') told += part; });
  q.on('end', () => {
    const answer = (type, body, delay) => setTimeout(() => {
      console.log(JSON.stringify({ url: q.url, method: q.method, status: 200, received, sent: body.length, ...(told && { told }) }));
      s.setHeader('content-type', type); s.end(body);
    }, delay);
    if (q.url === '/') answer('text/html', Buffer.from(page), 20);
    else if (q.url.endsWith('.css')) answer('text/css', Buffer.from('body{color:red}'), 0);
    else if (q.url.endsWith('.js')) answer('text/javascript', Buffer.alloc(30000, 'a=1;'), 10);
    else if (q.url.endsWith('.png')) answer('image/png', Buffer.alloc(2000), 40);
    else answer('text/plain', Buffer.from('ok'), 30);
  });
}).listen(443, '10.9.0.2', () => console.log('ready'));`;

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
  method: string;
  version: string;
  requestBodyBytes: number;
  responseBodyBytes: number;
}
interface Entry {
  name: string;
  nextHopProtocol: string;
  encodedBodySize: number;
  requestStart: number;
  responseStart: number;
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

  test('Chromium by HTTP/2 with its key log: what was asked, the bodies and the times are those of the server and of the browser', async () => {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const subject = ['-subj', '/CN=10.9.0.2', '-addext', 'subjectAltName=IP:10.9.0.2'];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-out', cert, '-keyout', key, ...subject];
    expect(spawnSync('openssl', made).status).toBe(0);
    const server = cable.start(cable.there, process.execPath, '-e', SECURE_SERVER, cert, key, SECURE_PAGE);
    const log = collect(server.stdout);
    await says(server.stdout, /ready/);
    const file = join(folder, 'secure.pcap');
    const tcpdump = cable.start(cable.here, 'tcpdump', '-n', '-U', '--immediate-mode', '-i', 'v0', '-w', file, 'tcp');
    await says(tcpdump.stderr, /listening on/);
    const keyLog = join(folder, 'keys.log');
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--ignore-certificate-errors'];
    const profile = `--user-data-dir=${join(folder, 'secure')}`;
    const browser = cable.start(cable.here, 'chromium', ...flags, `--ssl-key-log-file=${keyLog}`, profile, 'https://10.9.0.2/');
    while (!log.text.includes('"told"')) await once(server.stdout as NodeJS.ReadableStream, 'data');
    browser.kill('SIGTERM');
    await once(browser, 'close');
    tcpdump.kill('SIGINT');
    await once(tcpdump, 'close');

    const report = [MAIN, 'report', file, '--keylog', keyLog, '--format', 'jsonl'];
    const ours = spawnSync(process.execPath, report, { encoding: 'utf8' }).stdout;
    const served = log.text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line));
    const exchanges = records<Exchange>(ours, 'http');
    const facts = exchanges.map((x) => [x.target, x.method, x.status, x.requestBodyBytes, x.responseBodyBytes, x.version]);
    // What the browser took back when it was ended got no answer.
    expect(facts.filter(([, , status]) => status !== undefined).sort()).toEqual(
      served.map(({ url, method, status, received, sent }) => [url, method, status, received, sent, '2']).sort(),
    );
    const entries = JSON.parse(served.find(({ told }) => told !== undefined).told) as Entry[];
    expect(entries.length).toBeGreaterThanOrEqual(5);
    const journeys = records<Journey & { har: { send: number; wait: number } }>(ours, 'journey');
    const late: number[] = [];
    for (const entry of entries) {
      const journey = journeys.find(({ url }) => url === entry.name);
      const exchange = exchanges.find(({ target }) => entry.name === `https://10.9.0.2${target}`);
      expect(entry.nextHopProtocol).toBe('h2');
      expect(exchange?.responseBodyBytes, entry.name).toBe(entry.encodedBodySize);
      const waited = (journey?.har.send ?? Number.NaN) + (journey?.har.wait ?? Number.NaN);
      late.push(entry.responseStart - entry.requestStart - waited);
    }
    // A browser reads what has come when it gets the processor: never before it came, as a rule at once.
    late.sort((a, b) => a - b);
    expect(late[0]).toBeGreaterThan(-1);
    expect(late[late.length >> 1]).toBeLessThan(5);
  }, 60_000);
});

function hasBytes(path: string): boolean {
  try {
    return statSync(path).size > 0;
  } catch {
    return false;
  }
}
