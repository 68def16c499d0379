import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Cable, cannot, collect, says } from './namespaces.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const why = cannot('tcpdump', 'curl');
if (why !== undefined) console.warn(`live capture is not tested: ${why}`);

/** A server that answers at once, late, in pieces, and by closing. */
const SERVER = `
const http = require('node:http');
http.createServer((q, s) => {
  if (q.url === '/late') setTimeout(() => s.end('late'), 120);
  else if (q.url === '/big') s.end('x'.repeat(300000));
  else if (q.url === '/reset') q.socket.resetAndDestroy();
  else s.end('hello');
}).listen(80, '10.9.0.2', () => console.log('ready'));`;

interface Stage {
  kind: string;
  start: string;
  end: string;
}
interface Journey {
  record: string;
  url?: string;
  outcome: string;
  start: string;
  stages: Stage[];
}
const journeys = (jsonl: string): Journey[] =>
  jsonl
    .split('\n')
    .filter((line) => line.startsWith('{"record":"journey"'))
    .map((line) => JSON.parse(line) as Journey)
    .sort((a, b) => (a.start < b.start ? -1 : 1));
/** What does not depend on how packets are numbered; two sockets stamp one packet a microsecond apart. */
const facts = (j: Journey) => ({ url: j.url, outcome: j.outcome, stages: j.stages.map((stage) => stage.kind) });
const times = (list: Journey[]): number[] =>
  list.flatMap((j) => j.stages.flatMap((stage) => [Number(stage.start.slice(-14)), Number(stage.end.slice(-14))]));

function same(ours: Journey[], theirs: Journey[]): void {
  expect(ours.map(facts)).toEqual(theirs.map(facts));
  const expected = times(theirs);
  const off = times(ours)
    .map((time, i) => Math.abs(time - expected[i]))
    .sort((a, b) => a - b);
  // On a busy machine the kernel may be called away between the two sockets: rarely, and not from most packets.
  expect(off[Math.floor(off.length * 0.8)]).toBeLessThan(0.001);
}

describe.skipIf(why !== undefined)('captured live, as root, in a namespace', () => {
  let cable: Cable;
  let folder: string;
  beforeAll(async () => {
    cable = new Cable();
    folder = mkdtempSync(join(tmpdir(), 'wirebook-live-'));
    const server = cable.start(cable.there, process.execPath, '-e', SERVER);
    await says(server.stdout, /ready/);
  });
  afterAll(() => {
    cable?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  });

  test('the journeys of a live capture are those of the capture that tcpdump takes beside it', async () => {
    const file = join(folder, 'tcpdump.pcap');
    const kept = join(folder, 'kept.pcapng');
    const tcpdump = cable.start(
      cable.here,
      'tcpdump',
      '-n',
      '-U',
      '--immediate-mode',
      '--time-stamp-precision=nano',
      '-i',
      'v0',
      '-w',
      file,
      'tcp',
    );
    const live = cable.start(cable.here, process.execPath, MAIN, '-i', 'v0', '-f', 'tcp', '--format', 'jsonl', '-w', kept);
    const out = collect(live.stdout);
    const words = collect(live.stderr);
    await says(tcpdump.stderr, /listening on/);
    // The live capture is ready when its file has its header.
    while (spawnSync('test', ['-s', kept]).status !== 0) await new Promise(setImmediate);
    await cable.run(cable.here, 'curl', '-s', 'http://10.9.0.2/', 'http://10.9.0.2/late', 'http://10.9.0.2/big');
    await cable.run(cable.here, 'sh', '-c', 'curl -s http://10.9.0.2/reset; curl -s http://10.9.0.2:81/; true');
    await cable.run(cable.here, 'curl', '-s', 'http://10.9.0.2/last');
    while (!out.text.includes('/last')) await once(live.stdout as NodeJS.ReadableStream, 'data');
    live.kill('SIGINT');
    tcpdump.kill('SIGINT');
    await Promise.all([once(live, 'close'), tcpdump.exitCode === null ? once(tcpdump, 'close') : undefined]);
    const { stdout } = spawnSync(process.execPath, [MAIN, 'report', file, '--format', 'jsonl'], { encoding: 'utf8' });
    const theirs = journeys(stdout);
    expect(theirs.map((j) => j.outcome)).toEqual(['complete', 'complete', 'complete', 'reset', 'refused', 'complete']);
    same(journeys(out.text), theirs);
    expect(words.text).toBe('wirebook: 0 packets dropped by the kernel, 0 by the interface\n');
    const again = spawnSync(process.execPath, [MAIN, 'report', kept, '--format', 'jsonl'], { encoding: 'utf8' });
    same(journeys(again.stdout), theirs);
    expect(JSON.parse(again.stdout.trim().split('\n').at(-1) as string)).toMatchObject({
      record: 'capture',
      dropped: 0,
      problems: [],
    });
  });

  test('the helper has no privileges left while it captures, and ends with its parent whatever happens to that', async () => {
    const live = cable.start(
      cable.here,
      'env',
      'SUDO_UID=65534',
      'SUDO_GID=65534',
      process.execPath,
      MAIN,
      '-i',
      'v0',
      '--format',
      'jsonl',
    );
    const helper = await helperOf(live.pid as number);
    const status = spawnSync('cat', [`/proc/${helper}/status`], { encoding: 'utf8' }).stdout;
    expect(status).toMatch(/^Uid:\s+65534\s+65534\s+65534\s+65534$/m);
    expect(status).toMatch(/^CapEff:\s+0+$/m);
    expect(status).toMatch(/^Groups:\s*65534\s*$/m);
    live.kill('SIGKILL');
    await once(live, 'close');
    while (spawnSync('test', ['-d', `/proc/${helper}`]).status === 0) await new Promise(setImmediate);
  });
});

/** The process id of a wirebook's capture helper, once it has opened its interface. */
async function helperOf(parent: number): Promise<number> {
  for (;;) {
    const { stdout } = spawnSync('pgrep', ['-P', String(parent), '-f', 'helper.js'], { encoding: 'utf8' });
    const pid = Number(stdout.trim().split('\n')[0]);
    if (pid > 0) {
      const status = spawnSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' }).stdout;
      if (/^Uid:\s+65534/m.test(status)) return pid;
    }
    await new Promise(setImmediate);
  }
}
