import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  alive,
  canTry,
  captures,
  ENGINES,
  family,
  hasNamespaces,
  NOBODY,
  packetsIn,
  scratch,
  sendLoopback,
  sleep,
  until,
  Wire,
  wirebook,
} from './stage.ts';

const FILTER = ['udp', 'port', '9999'];
/** Longer than any engine gathers packets before it hands them on. */
const DELIVERED = 1300;
let dir: ReturnType<typeof scratch>;
let number = 0;
const file = (): string => join(dir.path, `kept-${number++}.pcap`);
beforeAll(() => {
  dir = scratch();
  chmodSync(dir.path, 0o777);
});
afterAll(() => dir.remove());

const isHelper = (each: { words: string }): boolean =>
  /(helper|relay)\.js/.test(each.words) && !each.words.includes('cap-helper.js {');

for (const engine of ENGINES)
  describe.skipIf(!canTry(engine) || !hasNamespaces)(`${engine} between namespaces (root)`, () => {
    let wire: Wire;
    beforeEach(() => {
      wire = new Wire();
    });
    afterEach(() => wire.close());

    const started = async (...words: string[]) => {
      const kept = file();
      const run = wirebook(['-i', 'v0', '--engine', engine, '-w', kept, '--format', 'json', ...words, ...FILTER], { wire });
      expect(await captures(kept)).toBe(true);
      return { run, kept };
    };

    test('the interface is removed: told, exit code 1, what came before is kept', async () => {
      const { run, kept } = await started();
      wire.send(3);
      await sleep(DELIVERED);
      wire.ip('link', 'del', 'v0');
      expect(await run.ended).toBe(1);
      expect(run.stderr()).toContain(
        engine === 'cap' ? 'capture ended' : engine === 'dumpcap' ? 'no longer attached' : 'disappeared',
      );
      expect(JSON.parse(run.stdout()).capture.packets).toBe(3);
      expect(packetsIn(kept)).toBe(3);
    });

    test('the interface goes down and up again: told, and the capture goes on where it can', async () => {
      const { run, kept } = await started();
      wire.send(3);
      await sleep(DELIVERED);
      wire.ip('link', 'set', 'v0', 'down');
      expect(await until(() => run.stderr().includes('v0 is down') || run.stderr().includes('capture ended'))).toBe(true);
      if (engine === 'cap') {
        expect(await run.ended).toBe(1);
        expect(packetsIn(kept)).toBe(3);
        return;
      }
      wire.ip('link', 'set', 'v0', 'up');
      expect(await until(() => run.stderr().includes('v0 is up again'))).toBe(true);
      wire.send(2);
      run.child.kill('SIGINT');
      expect(await run.ended).toBe(0);
      expect(packetsIn(kept)).toBe(5);
    });

    test('the interface gets another name: told, and the capture goes on', async () => {
      const { run, kept } = await started();
      wire.ip('link', 'set', 'v0', 'name', 'other0');
      expect(await until(() => run.stderr().includes('v0 is called other0 now'))).toBe(true);
      wire.send(2);
      run.child.kill('SIGINT');
      expect(await run.ended).toBe(0);
      expect(packetsIn(kept)).toBe(2);
    });

    test.each(['wirebook', 'helper', 'program'])('kill -9 of the %s, without traffic: nothing stays behind', async (part) => {
      const { run } = await started();
      await until(() => family(run.child.pid ?? 0).length >= (engine === 'libpcap' ? 1 : 2));
      const others = family(run.child.pid ?? 0);
      const helper = others.find(isHelper);
      const program = others.find((each) => each !== helper && !each.words.includes('watchdog'));
      const victim = part === 'wirebook' ? run.child.pid : part === 'helper' ? helper?.pid : (program ?? helper)?.pid;
      expect(victim).toBeGreaterThan(0);
      process.kill(victim ?? 0, 'SIGKILL');
      const code = await run.ended;
      expect(code).toBe(part === 'wirebook' ? 'SIGKILL' : 1);
      if (part !== 'wirebook') expect(run.stderr()).toContain('SIGKILL');
      await until(() => alive(others.map((each) => each.pid)).length === 0);
      expect(alive(others.map((each) => each.pid))).toEqual([]);
    });

    test('kill -9 of wirebook and its helper at once, without traffic: nothing stays behind', async () => {
      const { run } = await started();
      const parts = engine === 'libpcap' ? 1 : 3;
      expect(await until(() => family(run.child.pid ?? 0).length >= parts)).toBe(true);
      const others = family(run.child.pid ?? 0);
      const helper = others.find(isHelper)?.pid ?? 0;
      expect(helper).toBeGreaterThan(0);
      // Neither can do anything about the other any more.
      for (const pid of [run.child.pid ?? 0, helper]) process.kill(pid, 'SIGSTOP');
      for (const pid of [helper, run.child.pid ?? 0]) process.kill(pid, 'SIGKILL');
      expect(await run.ended).toBe('SIGKILL');
      await until(() => alive(others.map((each) => each.pid)).length === 0);
      expect(alive(others.map((each) => each.pid))).toEqual([]);
    });
  });

describe.skipIf(!canTry('libpcap'))('for whom sudo was called (root)', () => {
  const env = { SUDO_UID: String(NOBODY), SUDO_GID: String(NOBODY), SUDO_USER: 'nobody' };

  test.each(ENGINES.filter(canTry))('%s: no part of it stays root, and each can be ended by the user', async (engine) => {
    const kept = file();
    const run = wirebook(['-i', 'lo', '--engine', engine, '-w', kept, '--format', 'json', 'udp port 47998'], { env });
    expect(await captures(kept)).toBe(true);
    await sleep(200);
    const all = family(run.child.pid ?? 0);
    expect(all.map((each) => each.uid)).toEqual(all.map(() => NOBODY));
    await sendLoopback(3, 47_998);
    run.child.kill('SIGINT');
    expect([await run.ended, packetsIn(kept)]).toEqual([0, 3]);
    await until(() => alive(all.map((each) => each.pid)).length === 0);
    expect(alive(all.map((each) => each.pid))).toEqual([]);
  });
});

describe.skipIf(!canTry('libpcap'))('for whom sudo was called, killed (root)', () => {
  const env = { SUDO_UID: String(NOBODY), SUDO_GID: String(NOBODY), SUDO_USER: 'nobody' };

  test.each(ENGINES.filter(canTry).flatMap((engine) => ['wirebook', 'helper'].map((part) => [engine, part])))(
    '%s: kill -9 of the %s leaves nobody behind',
    async (engine, part) => {
      const kept = file();
      const run = wirebook(['-i', 'lo', '--engine', engine, '-w', kept, '--format', 'json', 'udp port 47994'], { env });
      expect(await captures(kept)).toBe(true);
      const all = family(run.child.pid ?? 0);
      const helper = all.find((each) => each.parent === run.child.pid)?.pid ?? 0;
      process.kill(part === 'wirebook' ? (run.child.pid ?? 0) : helper, 'SIGKILL');
      await run.ended;
      await until(() => alive(all.map((each) => each.pid)).length === 0);
      expect(alive(all.map((each) => each.pid))).toEqual([]);
    },
  );
});

test.skipIf(!canTry('libpcap'))('-w - into a pipe that closes ends the capture (root)', async () => {
  const run = wirebook(['-i', 'lo', '-w', '-', 'udp port 47993']);
  await until(() => run.stdout().length > 24);
  run.child.stdout?.destroy();
  await sendLoopback(3, 47_993);
  expect([0, 1]).toContain(await run.ended);
});

describe.skipIf(!canTry('libpcap'))('a disk without room (root)', () => {
  let full: string;
  beforeAll(() => {
    full = join(dir.path, 'full');
    mkdirSync(full);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16k,mode=0777', 'tmpfs', full]);
  });
  afterAll(() => {
    execFileSync('umount', [full]);
  });

  test.each(ENGINES.filter(canTry))('%s: -w cannot go on, which is told; the report has everything', async (engine) => {
    const kept = join(full, `${engine}.pcap`);
    const run = wirebook(['-i', 'lo', '--engine', engine, '-w', kept, '--format', 'json', 'udp port 47997']);
    expect(await captures(kept)).toBe(true);
    await sendLoopback(400, 47_997);
    expect(await until(() => run.stderr().includes('ENOSPC'))).toBe(true);
    expect(run.stderr()).toContain(`${kept} is not written any further: ENOSPC`);
    run.child.kill('SIGINT');
    expect(await run.ended).toBe(1);
    expect(JSON.parse(run.stdout()).capture.packets).toBe(400);
    expect(packetsIn(kept)).toBeDefined();
    execFileSync('rm', [kept]);
  });

  test.each(ENGINES.filter(canTry))('%s: the spool cannot go on, which is told; what is in it is reported', async (engine) => {
    const run = wirebook(['-i', 'lo', '--engine', engine, '--format', 'json', 'udp port 47996'], {
      env: { XDG_STATE_HOME: full },
    });
    await until(() => family(run.child.pid ?? 0).length >= (engine === 'libpcap' ? 1 : 2));
    await sleep(800);
    await sendLoopback(400, 47_996);
    expect(await run.ended).toBe(1);
    expect(run.stderr()).toContain('capture ended: ENOSPC');
    const { packets, problems } = JSON.parse(run.stdout()).capture;
    expect(packets).toBeGreaterThan(50);
    expect(packets).toBeLessThan(400);
    expect(problems.map((each: { code: string }) => each.code)).not.toContain('truncated-file');
  });
});
