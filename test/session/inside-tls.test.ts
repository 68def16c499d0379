import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES, keyLogsOf, truthOf } from '../fixtures/truth.ts';

async function lines(scenario: string, keyLogs: string[]): Promise<string[]> {
  const file = join(FIXTURES, scenario, truthOf(scenario).captures[0].file);
  const session = new FileSession(await openCapture(file, { keep: true, keyLogs }));
  while (await session.step());
  const all = Array.from({ length: session.packetCount() }, (_, i) => session.packetSummary(i + 1)?.info ?? '');
  session.close();
  return all;
}

const path = (url: string): string => new URL(url).pathname;

test.each(['https', 'https-h2', 'https-h2-parallel', 'https-tls12'])(
  '%s: with keys the list of packets names each request of curl, and its answer with the status',
  async (scenario) => {
    const info = (await lines(scenario, keyLogsOf(scenario))).join('\n');
    const { requests } = truthOf(scenario);
    expect(requests.length).toBeGreaterThan(0);
    for (const { method, url, httpCode } of requests.filter((each) => each.curlExit === 0 && each.url.startsWith('https:'))) {
      expect(info).toMatch(new RegExp(`(: |; )${method} ${path(url)}( \\[\\d+\\])?(;|$)`, 'm'));
      expect(info).toMatch(new RegExp(`(: |; )${httpCode} for ${method} ${path(url)}( \\[\\d+\\])?(;|$)`, 'm'));
    }
  },
);

test('without keys nothing is named', async () => {
  const info = await lines('https-h2-parallel', []);
  expect(info.filter((line) => line.startsWith('Application Data')).length).toBeGreaterThan(0);
  for (const line of info) expect(line).not.toMatch(/GET|200 for/);
});
