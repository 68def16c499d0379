import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hasNamespaces, NOBODY, type Running, scratch, sleep, until, Wire, wirebook } from './stage.ts';

const tools = hasNamespaces && spawnSync('nft', ['--version']).status === 0 && spawnSync('curl', ['--version']).status === 0;
const SERVERS = resolve(import.meta.dirname, 'run-servers.mjs');
const GET = ['curl', '-s', '--max-time', '5', 'http://web.test/'];

interface Report {
  capture: { packets: number };
  connections: { client: { address: string }; server: { address: string; port: number }; process: unknown }[];
  dns: { name: string; addresses: string[] }[];
  http: { status: number; responseBodyBytes: number }[];
}

describe.skipIf(!tools)('wirebook run, as root (needs ip, nft, curl)', () => {
  let wire: Wire;
  let directory: ReturnType<typeof scratch>;
  const servers: ChildProcess[] = [];
  const file = (name: string): string => join(directory.path, name);
  const inHere = (...words: string[]): string => execFileSync('ip', ['netns', 'exec', wire.here, ...words], { encoding: 'utf8' });
  const report = (name: string): Report => JSON.parse(readFileSync(file(name), 'utf8')) as Report;

  beforeAll(async () => {
    wire = new Wire();
    directory = scratch();
    wire.ip('link', 'set', 'lo', 'up');
    mkdirSync(`/etc/netns/${wire.here}`, { recursive: true });
    writeFileSync(`/etc/netns/${wire.here}/resolv.conf`, 'nameserver 127.0.0.1\n');
    for (const [place, what] of [
      [wire.there, 'web'],
      [wire.here, 'dns'],
    ]) {
      const server = spawn('ip', ['netns', 'exec', place, process.execPath, SERVERS, what], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      servers.push(server);
      await once(server.stdout as NodeJS.ReadableStream, 'data');
    }
  });

  afterAll(() => {
    for (const server of servers) server.kill('SIGKILL');
    rmSync(`/etc/netns/${wire.here}`, { recursive: true, force: true });
    wire.close();
    directory.remove();
  });

  /** What a run makes on this host, in the place where it was made. */
  const traces = (): string[] => [
    ...(inHere('nft', 'list', 'tables').match(/wirebook_run_\d+/g) ?? []),
    ...(inHere('ip', 'link', 'show').match(/wbr\d+/g) ?? []),
    ...(inHere('cat', '/proc/sys/net/ipv4/conf/v0/forwarding').trim() === '0' ? [] : ['forwarding']),
  ];
  const record = (): { pid: number } | undefined => {
    const network = inHere('readlink', '/proc/self/ns/net').trim();
    const names = existsSync('/run/wirebook') ? readdirSync('/run/wirebook').filter((name) => name.startsWith('run-')) : [];
    return names
      .map((name) => JSON.parse(readFileSync(`/run/wirebook/${name}`, 'utf8')) as { pid: number; network: string })
      .find((each) => each.network === network);
  };
  const nothingStays = (): void => {
    expect(traces()).toEqual([]);
    expect(record()).toBeUndefined();
  };
  const run = (words: string[], env: Record<string, string> = {}): Running => wirebook(['run', ...words], { wire, env });

  test('a name, a connection, a request, through a resolver that only this host can ask; nothing else', async () => {
    const other = spawn('ip', ['netns', 'exec', wire.here, 'sh', '-c', 'while :; do curl -s http://10.9.0.2/ >/dev/null; done'], {
      detached: true,
      stdio: 'ignore',
    });
    const it = run(['--format', 'json', '-o', file('a.json'), '-w', file('a.pcapng'), '--', ...GET]);
    const code = await it.ended;
    process.kill(-(other.pid as number), 'SIGKILL');
    expect(it.stderr()).toMatch(/a network of its own/);
    expect(code).toBe(0);
    expect(it.stdout()).toBe('hello\n');
    const { connections, dns, http } = report('a.json');
    expect(connections).toHaveLength(1);
    expect(connections[0].server).toEqual({ address: '10.9.0.2', port: 80 });
    expect(dns.find((each) => each.addresses.length > 0)).toMatchObject({ name: 'web.test', addresses: ['10.9.0.2'] });
    expect(http).toMatchObject([{ status: 200, responseBodyBytes: 6 }]);
    expect(statSync(file('a.pcapng')).mode & 0o777).toBe(0o600);
    nothingStays();
  });

  test("the command's input, output, exit code, signal, user, and a private file for its keys", async () => {
    const script = 'echo out; echo err >&2; id -u; echo $HOME; stat -c "%a %u" $SSLKEYLOGFILE $(dirname $SSLKEYLOGFILE); exit 7';
    const user = { SUDO_UID: String(NOBODY), SUDO_GID: String(NOBODY), SUDO_USER: 'nobody' };
    const it = run(['sh', '-c', script], user);
    expect(await it.ended).toBe(7);
    const [out, uid, home, keys, place] = it.stdout().split('\n');
    expect([out, uid, keys, place]).toEqual(['out', String(NOBODY), `600 ${NOBODY}`, `700 ${NOBODY}`]);
    expect(home).toBe(execFileSync('getent', ['passwd', 'nobody'], { encoding: 'utf8' }).split(':')[5]);
    expect(it.stderr()).toMatch(/^err$/m);
    const mine = file('mine.log');
    writeFileSync(mine, 'of another run\n', { mode: 0o600 });
    const own = run(['-o', file('x.txt'), '--', 'sh', '-c', 'echo $SSLKEYLOGFILE; kill -9 $$'], { SSLKEYLOGFILE: mine });
    expect(await own.ended).toBe(137);
    expect(own.stdout()).toBe(`${mine}\n`);
    // It stays the user's, and wirebook says that it is used.
    expect(own.stderr()).toContain(mine);
    expect(readFileSync(mine, 'utf8')).toBe('of another run\n');
    expect(await run(['no-such-command-here']).ended).toBe(127);
    nothingStays();
  });

  test('SIGTERM reaches the command, and the report still comes', async () => {
    const it = run(['--', 'sh', '-c', 'curl -s http://web.test/; exec sleep 60']);
    expect(await until(() => it.stdout() === 'hello\n')).toBe(true);
    it.child.kill('SIGTERM');
    expect(await it.ended).toBe(143);
    expect(it.stderr()).toMatch(/GET http:\/\/web\.test\/ {2}200/);
    nothingStays();
  });

  test('killed without warning: the network goes, and so does the command', async () => {
    const it = run(['--', 'sh', '-c', 'echo $$; exec sleep 60']);
    expect(await until(() => it.stdout() !== '')).toBe(true);
    const command = Number(it.stdout());
    it.child.kill('SIGKILL');
    expect(await until(() => record() === undefined && !existsSync(`/proc/${command}`), 12_000)).toBe(true);
    nothingStays();
  });

  test('killed with the process that cleans up: the next run does it', async () => {
    const it = run(['--', 'sh', '-c', 'echo $$; exec sleep 60']);
    expect(await until(() => it.stdout() !== '')).toBe(true);
    const warden = record()?.pid as number;
    const command = Number(it.stdout());
    for (const pid of [warden, it.child.pid as number, command]) process.kill(pid, 'SIGKILL');
    await sleep(300);
    expect(traces()).toContain('forwarding');
    expect(await run(['-o', file('y.txt'), 'true']).ended).toBe(0);
    nothingStays();
    expect(readdirSync('/etc/netns')).not.toContain(`wirebook-run-${warden}`);
    expect(readdirSync('/run/netns')).not.toContain(`wirebook-run-${warden}`);
  });

  test('two at once: the first to end leaves the other its way', async () => {
    const long = run(['--', 'sh', '-c', 'echo go; sleep 3; curl -s --max-time 5 http://web.test/']);
    expect(await until(() => long.stdout() !== '')).toBe(true);
    expect(await run(['-o', file('z.txt'), '--', ...GET]).ended).toBe(0);
    expect(await long.ended).toBe(0);
    expect(long.stdout()).toBe('go\nhello\n');
    nothingStays();
  });

  test('a live capture knows the process of a connection that lasts', async () => {
    const live = wirebook(['-i', 'v0', '--json', '--duration', '2'], { wire });
    await sleep(700);
    const script =
      "const s=require('net').connect(80,'10.9.0.2',()=>{s.write('GET / HTTP/1.1\\r\\nHost: a\\r\\n\\r\\n');setTimeout(()=>s.destroy(),600)}).resume()";
    const client = spawn('ip', ['netns', 'exec', wire.here, process.execPath, '-e', script], { stdio: 'ignore' });
    expect(await live.ended).toBe(0);
    const [connection] = (JSON.parse(live.stdout()) as Report).connections;
    expect(connection.process).toEqual({ pid: client.pid, name: expect.stringMatching(/^(node|MainThread)/) });
  });

  test("with -i: the command's own sockets among everybody's, and its lookups", async () => {
    const other = spawn(
      'ip',
      ['netns', 'exec', wire.here, 'sh', '-c', 'while :; do curl -s http://10.9.0.2/other >/dev/null; done'],
      { detached: true, stdio: 'ignore' },
    );
    // Long enough to be seen: the connection stays for a while after the answer.
    const script =
      "const a=new (require('http').Agent)({keepAlive:true});require('http').get({host:'web.test',agent:a},r=>{r.resume();r.on('end',()=>setTimeout(()=>a.destroy(),300))})";
    const it = run(['-i', 'any', '--json', '-o', file('b.json'), '-w', file('b.pcapng'), process.execPath, '-e', script]);
    const code = await it.ended;
    process.kill(-(other.pid as number), 'SIGKILL');
    expect(code).toBe(0);
    expect(it.stderr()).toMatch(/own sockets/);
    const { connections, dns, http, capture } = report('b.json');
    expect(connections).toHaveLength(1);
    expect(connections[0].process).toMatchObject({ name: expect.stringMatching(/^(node|MainThread)/) });
    expect(dns.map((each) => each.name)).toContain('web.test');
    expect(http).toMatchObject([{ status: 200, responseBodyBytes: 6 }]);
    const again = wirebook(['report', file('b.pcapng'), '--format', 'json']);
    await again.ended;
    expect((JSON.parse(again.stdout()) as Report).capture.packets).toBe(capture.packets);
    expect(statSync(file('b.pcapng')).mode & 0o777).toBe(0o600);
  });
});
