import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { claimFile } from '../../src/live/claim.ts';
import { startCapture } from '../../src/live/start.ts';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const dir = mkdtempSync(join(tmpdir(), 'wirebook-claim-'));
afterAll(() => rmSync(dir, { recursive: true }));

function wirebook(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
    timeout: 20_000,
  });
  return { status, stderr };
}

describe.skipIf(process.platform !== 'linux')('a file that another wirebook writes', () => {
  test('is refused by any of its names, and stays as it is', async () => {
    const file = join(dir, 'page.pcapng');
    const link = join(dir, 'link.pcapng');
    writeFileSync(file, 'what the other one has written');
    symlinkSync(file, link);
    await claimFile(file);
    for (const name of [file, link, join(dir, '.', '..', dir.split('/').at(-1) as string, 'page.pcapng')])
      await expect(claimFile(name)).rejects.toThrow('another wirebook is writing it');
    for (const args of [
      ['-i', 'lo', '-w', file],
      ['run', '-w', file, '--', 'true'],
    ]) {
      const { status, stderr } = wirebook(...args);
      expect([status, stderr]).toEqual([
        2,
        `wirebook: ${file}: another wirebook is writing it; name another file, or end that one first\n`,
      ]);
    }
    expect(readFileSync(file, 'utf8')).toBe('what the other one has written');
  });

  test('another file of that folder, one that is not there yet, a device and standard output are not', async () => {
    await claimFile(join(dir, 'other.pcapng'));
    await expect(claimFile(join(dir, 'other.pcapng'))).rejects.toThrow();
    for (const path of ['/dev/null', '/dev/null', '-', '-', join(dir, 'nowhere', 'x'), join(dir, 'nowhere', 'x')])
      await claimFile(path);
  });

  test('a process that has ended claims nothing', async () => {
    const file = join(dir, 'ended.pcapng');
    const before = wirebook('-i', 'wb-none', '-w', file);
    expect(before.status).toBe(2);
    await claimFile(file);
  });
});

test('"any" and an interface of it: each packet would come twice', async () => {
  const settings = { filter: '', snaplen: 262144, buffer: 1 << 21, promiscuous: false, count: 0, duration: 0, write: undefined };
  const both = { ...settings, interfaces: ['any', 'lo'], engine: 'auto' as const };
  await expect(startCapture(both, 'test')).rejects.toThrow('-i any captures lo as well');
  const { status, stderr } = wirebook('-i', 'lo', '-i', 'any');
  expect([status, stderr]).toEqual([2, expect.stringMatching(/^wirebook: -i any captures lo as well: [^\n]+\n$/)]);
});
