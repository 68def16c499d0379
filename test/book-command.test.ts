import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { FIXTURES } from './fixtures/truth.ts';

const MAIN = resolve(import.meta.dirname, '../dist/main.js');
const COLD = join(FIXTURES, 'cold-http', 'client.pcap');

function wirebook(...args: string[]) {
  const env = { ...process.env, LC_ALL: 'C', NO_COLOR: '1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env });
  return { status, stdout, stderr };
}

describe('wirebook book', () => {
  test('has contents, chapters and everything, in both languages', () => {
    expect(wirebook('book').stdout).toMatch(/^287 statements of 5 documents/m);
    expect(wirebook('book', 'tcp').stdout).toMatch(/^R-TCP-1 .*SYN/m);
    expect(wirebook('book', '9').stdout).toBe(wirebook('book', 'tcp').stdout);
    expect(wirebook('book', 'all', '--lang', 'ko').stdout).toMatch(/패킷으로는 판정할 수 없는 것/);
  });

  test('shows the verdicts on a capture', () => {
    expect(wirebook('book', 'tcp', COLD).stdout).toMatch(/✓ confirmed: .*SYN in packet 7/);
    expect(wirebook('book', COLD).stdout).toMatch(/R-TCP-1 .*✓ confirmed/);
  });

  test('knows its chapters', () => {
    const { status, stderr } = wirebook('book', 'tpc', COLD);
    expect(status).toBe(2);
    expect(stderr).toMatch(/"tpc" is no chapter of the book; they are: names, dns/);
  });
});

describe('wirebook explain', () => {
  test('a rule with all its sources', () => {
    const { status, stdout } = wirebook('explain', 'r-tcp-1');
    expect(status).toBe(0);
    expect(stdout).toMatch(/\(003\), lines 243–247/);
  });

  test('a packet in the story of its journey', () => {
    const { status, stdout } = wirebook('explain', COLD, '--packet', '8');
    expect(status).toBe(0);
    expect(stdout).toMatch(/step 2 of the handshake/);
    expect(stdout).toMatch(/journey 0, GET http:\/\/www\.my-app\.com\//);
    expect(stdout).toMatch(/✓ R-TCP-1 confirmed/);
  });

  test.each([
    [['R-NONE'], /"R-NONE" is no rule/],
    [[COLD, '--packet', '99'], /packet 99 of .*: the capture has 18 packets/],
    [[COLD, '--packet', '0'], /--packet takes a packet's number/],
    [[], /one rule, or one capture/],
  ])('%j is a usage error', (args, words) => {
    const { status, stdout, stderr } = wirebook('explain', ...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(words);
  });
});
