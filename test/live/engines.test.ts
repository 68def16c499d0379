import { chmodSync, copyFileSync, existsSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canTry, captures, ENGINES, MAIN, NOBODY, packetsIn, scratch, sendLoopback, sleep, until, wirebook } from './stage.ts';

const FILTER = ['udp', 'port', '47999'];
/** The last words of every capture, as tcpdump's: what was lost. cap cannot tell, and has said so of its times before. */
const LAST: Record<string, string> = {
  libpcap: 'wirebook: 0 packets dropped by the kernel, 0 by the interface\n',
  cap: 'wirebook: packets dropped by the kernel: not available; by the interface: not available\n',
};
const last = (engine: string): string => LAST[engine] ?? (LAST.libpcap as string);
let dir: ReturnType<typeof scratch>;
beforeAll(() => {
  dir = scratch();
  chmodSync(dir.path, 0o777);
});
afterAll(() => dir.remove());

for (const engine of ENGINES)
  describe.skipIf(!canTry(engine))(`${engine} on loopback (root)`, () => {
    const file = (name: string): string => join(dir.path, `${engine}-${name}`);

    test('stopped right after three datagrams, it has all three, in the report and in the file', async () => {
      const kept = file('stop.pcap');
      const run = wirebook(['-i', 'lo', '--engine', engine, '-w', kept, '--format', 'json', ...FILTER]);
      expect(await captures(kept)).toBe(true);
      await sendLoopback(3);
      run.child.kill('SIGINT');
      expect(await run.ended).toBe(0);
      expect(JSON.parse(run.stdout()).capture.packets).toBe(3);
      expect(packetsIn(kept)).toBe(3);
    });

    test('a terminal that hangs up ends it as Ctrl-C does', async () => {
      const kept = file('hangup.pcap');
      const run = wirebook(['-i', 'lo', '--engine', engine, '-w', kept, '--format', 'json', ...FILTER]);
      expect(await captures(kept)).toBe(true);
      await sendLoopback(3);
      run.child.kill('SIGHUP');
      expect(await run.ended).toBe(0);
      expect(JSON.parse(run.stdout()).capture.packets).toBe(3);
      expect(packetsIn(kept)).toBe(3);
    });

    test('-c ends it, and -w - gives the capture itself', async () => {
      const run = wirebook(['-i', 'lo', '--engine', engine, '-c', '2', '-w', '-', ...FILTER]);
      await until(() => run.stdout().length >= 24);
      await sendLoopback(3);
      expect(await run.ended).toBe(0);
      if (engine === 'cap') expect(run.stderr()).toMatch(/^wirebook: cap has neither the kernel’s times/);
      expect(
        run
          .stderr()
          .split('\n')
          .slice(engine === 'cap' ? 1 : 0)
          .join('\n'),
      ).toBe(last(engine));
      expect([...run.stdout().matchAll(/wirebook/g)].length).toBeGreaterThanOrEqual(2);
    });

    test('--duration ends it without any traffic, and that is no fault', async () => {
      const run = wirebook(['-i', 'lo', '--engine', engine, '--duration', '1', '--format', 'json', ...FILTER]);
      expect(await run.ended).toBe(0);
      const { capture } = JSON.parse(run.stdout());
      expect(capture.packets).toBe(0);
      const codes = capture.problems.map((each: { code: string }) => each.code);
      expect(codes).toEqual(engine === 'cap' ? ['no-kernel-timestamps'] : []);
    });

    test('a filter that is none, an interface that is none: libpcap’s words, exit code 2', async () => {
      const filter = wirebook(['-i', 'lo', '--engine', engine, 'foo bar']);
      expect(await filter.ended).toBe(2);
      expect(filter.stderr()).toContain('the filter is not understood');
      expect(filter.stderr()).toContain("can't parse filter expression: syntax error");
      const nowhere = wirebook(['-i', 'wb-none', '--engine', engine]);
      expect(await nowhere.ended).toBe(2);
      expect(nowhere.stderr()).toMatch(/^wirebook: wb-none: no such interface \(.*\); wirebook -D lists them\n$/);
    });

    test('without permission the command that has it is named', async () => {
      const before = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups', 'env', `HOME=${dir.path}`];
      const run = wirebook(['-i', 'lo', '--engine', engine], { before });
      expect(await run.ended).toBe(2);
      expect(run.stderr()).toContain('lo: no permission to capture');
      expect(run.stderr()).toMatch(/run: sudo .*main\.js -i lo/);
    });
  });

test.skipIf(!canTry('libpcap'))('the same interface named twice, by name and by number: each packet once (root)', async () => {
  const kept = join(dir.path, 'twice.pcap');
  const number = /^(\d+)\. lo\b/m.exec(execFileSync(process.execPath, [MAIN, '-D'], { encoding: 'utf8' }))?.[1] ?? 'none';
  const run = wirebook(['-i', 'lo', '-i', number, '-i', 'lo', '-w', kept, '--format', 'json', ...FILTER]);
  expect(await captures(kept)).toBe(true);
  await sendLoopback(3);
  run.child.kill('SIGINT');
  expect(await run.ended).toBe(0);
  expect(JSON.parse(run.stdout()).capture).toMatchObject({ file: 'lo', packets: 3 });
});

for (const engine of ['dumpcap', 'tcpdump'])
  describe.skipIf(!canTry(engine))(`${engine} with capabilities of its own (root sets them)`, () => {
    test('an ordinary user captures with it', async (context) => {
      const found = ['/usr/bin', '/usr/sbin', '/usr/local/bin'].map((each) => join(each, engine)).find(existsSync) ?? '';
      const bin = join(dir.path, `bin-${engine}`);
      execFileSync('mkdir', [bin]);
      copyFileSync(found, join(bin, engine));
      chmodSync(join(bin, engine), 0o755);
      chmodSync(bin, 0o755);
      if (spawnSync('setcap', ['cap_net_raw,cap_net_admin=ep', join(bin, engine)]).status !== 0) context.skip();
      const kept = join(dir.path, `${engine}-nobody.pcap`);
      const run = wirebook(['-i', 'lo', '--engine', engine, '-w', kept, '--format', 'json', ...FILTER], {
        before: [
          'setpriv',
          `--reuid=${NOBODY}`,
          `--regid=${NOBODY}`,
          '--clear-groups',
          'env',
          `HOME=${dir.path}`,
          `PATH=${bin}:/usr/bin`,
        ],
      });
      expect(await captures(kept)).toBe(true);
      await sendLoopback(3);
      await sleep(50);
      run.child.kill('SIGINT');
      expect([await run.ended, run.stderr()]).toEqual([0, last(engine)]);
      expect(JSON.parse(run.stdout()).capture.packets).toBe(3);
      expect(packetsIn(kept)).toBe(3);
    });
  });
