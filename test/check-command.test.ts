import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIXTURES } from './fixtures/truth.ts';

const MAIN = resolve(import.meta.dirname, '../dist/main.js');
const COLD = join(FIXTURES, 'cold-http', 'client.pcap');
const REFUSED = join(FIXTURES, 'refused', 'client.pcap');

function check(args: string[], input?: Uint8Array) {
  const env = { ...process.env, LC_ALL: 'C', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'check', ...args], { encoding: 'utf8', env, input });
  return { status, stdout, stderr };
}

describe('wirebook check', () => {
  test('exits with 0 where nothing is contradicted', () => {
    const { status, stdout, stderr } = check([COLD, '--rule', 'R-TCP-1']);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/confirmed +R-TCP-1/);
  });

  test('exits with 1 where something is, also when only the rest is printed', () => {
    expect(check([REFUSED, '--rule', 'R-TCP-1']).status).toBe(1);
    const quiet = check([REFUSED, '--rule', 'R-TCP-1', '--only', 'confirmed']);
    expect(quiet.status).toBe(1);
    expect(quiet.stdout).not.toMatch(/contradicted +R-TCP-1/);
  });

  test('JSON has the verdicts in the form of the report, the captures and the counts', () => {
    const { stdout } = check([COLD, '--json', '--rule', 'tcp-1']);
    const document = JSON.parse(stdout);
    expect(document.captures[0]).toMatchObject({ file: COLD, packets: 18 });
    expect(document.verdicts).toHaveLength(1);
    expect(document.verdicts[0]).toMatchObject({
      rule: 'R-TCP-1',
      capture: 0,
      journey: 0,
      verdict: 'confirmed',
      packets: [7, 8, 9],
      says: { en: expect.stringContaining('SYN'), ko: expect.stringMatching(/[가-힣]/) },
    });
    expect(document.counts.confirmed).toBe(1);
  });

  test('reads standard input', () => {
    const { status, stdout } = check(['-', '--rule', 'R-TCP-1'], readFileSync(COLD));
    expect(status).toBe(0);
    expect(stdout).toMatch(/confirmed +R-TCP-1/);
  });

  test('JUnit counts a contradiction as a failure; Markdown makes a table', () => {
    const junit = check([REFUSED, '--rule', 'R-TCP-1', '--format', 'junit']).stdout;
    expect(junit).toMatch(/^<\?xml/);
    expect(junit).toMatch(/<testsuite [^>]*failures="1"/);
    expect(check([COLD, '--rule', 'R-TCP-1', '--format', 'markdown']).stdout).toMatch(/^\| ✓ confirmed \| R-TCP-1 \|/m);
  });

  test.each([
    [[], /no capture file is named/],
    [[COLD, '--rule', 'R-NONE-1'], /no rule "R-NONE-1"/],
    [[COLD, '--only', 'good'], /--only takes confirmed, contradicted/],
    [[COLD, '--vantage', 'moon'], /--vantage takes client, /],
    [[COLD, '--vantage', 'x.pcap=client'], /"x.pcap" is none of the captures/],
    [[COLD, '--format', 'xml'], /--format takes text, json, markdown, junit/],
    [['no-such.pcap'], /no-such\.pcap/],
    [[COLD, '--foo'], /no option --foo; wirebook check --help/],
  ])('%j is a usage or input error', (args, words) => {
    const { status, stdout, stderr } = check(args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
  });
});
