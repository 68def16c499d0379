import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { canTry, captures, ENGINES, family, hasNamespaces, packetsIn, scratch, sleep, until, Wire, wirebook } from './stage.ts';

const SENT = 20_000;
let dir: ReturnType<typeof scratch>;
beforeAll(() => {
  dir = scratch();
});
afterAll(() => dir.remove());

for (const engine of ENGINES.filter((each) => each !== 'cap'))
  describe.skipIf(!canTry(engine) || !hasNamespaces)(`${engine} (root)`, () => {
    test('what was sent while nobody took it is kept or counted as lost, and the loss is told', async () => {
      const kept = join(dir.path, `${engine}.pcap`);
      // Not on loopback: the kernel counts a loss there twice, once for each way.
      const wire = new Wire();
      const words = ['-i', 'v0', '--engine', engine, '-B', '1', '-w', kept, '--format', 'json', 'udp port 9999'];
      const run = wirebook(words, { wire });
      expect(await captures(kept)).toBe(true);
      await sleep(200);
      const taking = family(run.child.pid ?? 0).find((each) =>
        engine === 'libpcap' ? each.words.includes('helper.js') : new RegExp(`^\\S*${engine} `).test(each.words),
      )?.pid;
      process.kill(taking ?? 0, 'SIGSTOP');
      wire.send(SENT);
      process.kill(taking ?? 0, 'SIGCONT');
      await sleep(500);
      run.child.kill('SIGINT');
      await run.ended;
      wire.close();
      const packets = packetsIn(kept) ?? 0;
      const lost = Number(/(\d+) packets dropped by the kernel/.exec(run.stderr())?.[1] ?? 0);
      expect(packets).toBeGreaterThan(100);
      expect(lost).toBeGreaterThan(100);
      expect(packets + lost).toBe(SENT);
    });
  });

describe.skipIf(!canTry('libpcap'))('the spool (root)', () => {
  test.each(ENGINES.filter(canTry))('%s: has no name, so that nothing stays behind a kill -9', async (engine) => {
    const run = wirebook(['-i', 'lo', '--engine', engine, '--format', 'json'], { env: { XDG_STATE_HOME: dir.path } });
    const { readdirSync, existsSync } = await import('node:fs');
    const spools = join(dir.path, 'wirebook');
    await until(() => existsSync(spools) && family(run.child.pid ?? 0).length > 0);
    await sleep(500);
    process.kill(run.child.pid ?? 0, 'SIGKILL');
    await run.ended;
    expect(readdirSync(spools)).toEqual([]);
  });
});
