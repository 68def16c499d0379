import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { writeReport } from '../../src/report/write.ts';
import { clientsCapture, FIXTURES, keyLogsOf, scenarios, truthOf } from '../fixtures/truth.ts';

/** What may be told; cookies and authorization are not among it. */
const HEADERS = ['Host', ':authority', 'Referer', 'Accept', 'Content-Type', 'Location'];

interface Message {
  headersSize: number;
  bodySize: number;
  cookies: unknown[];
  headers: { name: string }[];
}

interface Entry {
  pageref?: string;
  startedDateTime: string;
  time: number;
  request: Message & { method: string; url: string; queryString: unknown[] };
  response: Message & { status: number; content: { size: number; mimeType: string }; redirectURL: string; _error?: string };
  timings: Record<string, number>;
  serverIPAddress?: string;
  connection?: string;
}
interface Archive {
  log: {
    version: string;
    creator: { name: string; version: string };
    pages: { id: string; title: string; startedDateTime: string; pageTimings: object }[];
    entries: Entry[];
    comment: string;
  };
}

async function archive(file: string, keyLogs: string[] = []): Promise<Archive> {
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-har-'));
  const fd = openSync(join(folder, 'out.har'), 'w+');
  try {
    const source = await openCapture(file, { keyLogs });
    await writeReport(source, 'har', 'en', false, { fd });
    source.close();
    return JSON.parse(readFileSync(join(folder, 'out.har'), 'utf8'));
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

/** One scenario's curl sends another Host than its URL has. */
const path = (url: string): string => new URL(url).pathname + new URL(url).search;

const withClients = scenarios.filter((name) => clientsCapture(truthOf(name)) !== undefined);

describe.each(withClients)('%s', (scenario) => {
  const truth = truthOf(scenario);
  const har = archive(join(FIXTURES, scenario, clientsCapture(truth)?.file ?? ''), keyLogsOf(scenario));

  test('what HAR 1.2 wants of every entry is there', async () => {
    const { log } = await har;
    expect(log).toMatchObject({ version: '1.2', creator: { name: 'wirebook' } });
    const pages = log.pages.map((page) => page.id);
    expect(new Set(pages).size).toBe(pages.length);
    let before = '';
    for (const entry of log.entries) {
      expect(entry.startedDateTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(entry.startedDateTime >= before).toBe(true);
      before = entry.startedDateTime;
      if (entry.pageref !== undefined) expect(pages).toContain(entry.pageref);
      const { ssl, ...added } = entry.timings;
      for (const name of ['send', 'wait', 'receive']) expect(added[name]).toBeGreaterThanOrEqual(0);
      const sum = Object.values(added).reduce((all, each) => all + Math.max(0, each), 0);
      expect(sum).toBeCloseTo(entry.time, 3);
      expect(ssl).toBeLessThanOrEqual(Math.max(added.connect, -1));
      expect(entry.serverIPAddress).toBeDefined();
      for (const message of [entry.request, entry.response]) {
        expect(message.cookies).toEqual([]);
        for (const { name } of message.headers) expect(HEADERS).toContain(name);
      }
    }
  });

  test('every request that curl made and that can be read is there, with its status and its bytes', async () => {
    const { log } = await har;
    const readable = truth.requests.filter(
      (q) => (q.url.startsWith('http:') || keyLogsOf(scenario).length > 0) && q.clientPort !== null && q.curlExit === 0,
    );
    const left = [...log.entries];
    for (const q of readable) {
      const at = left.findIndex(
        (e) => path(e.request.url) === path(q.url) && e.request.method === q.method && e.response.status === q.httpCode,
      );
      expect(at, `${q.method} ${q.url} ${q.httpCode}`).toBeGreaterThanOrEqual(0);
      const [entry] = left.splice(at, 1);
      if (q.method !== 'HEAD' && !q.upgraded) expect(entry.response.bodySize).toBe(q.sizeDownload);
      if (q.serverAddress !== null) expect(entry.serverIPAddress).toBe(q.serverAddress);
    }
  });
});

test('pages group what their first request caused', async () => {
  const { log } = await archive(join(FIXTURES, 'page-parallel/client.pcap'));
  expect(log.pages[0]).toMatchObject({ id: 'page_0', title: 'http://www.my-app.com/page.html' });
  const ofPage = log.entries.filter((e) => e.pageref === 'page_0').map((e) => new URL(e.request.url).pathname);
  expect(ofPage).toEqual(expect.arrayContaining(['/page.html', '/one.css', '/two.css', '/three.css']));
});

test('what cannot be read is counted, not made up', async () => {
  const { log } = await archive(join(FIXTURES, 'https/client.pcap'));
  expect(log.entries).toEqual([]);
  expect(log.comment).toMatch(/not in here: [1-9]/);
});
