import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readlinkSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { inodeByDiag } from '../../src/live/sock-diag.ts';
import { YoungSockets } from '../../src/live/young.ts';

const open: { close(): void }[] = [];
afterEach(() => {
  for (const each of open.splice(0)) each.close();
});

async function listen(host: string): Promise<{ server: Server; accepted: Promise<Socket>; port: number }> {
  const server = createServer();
  const accepted = once(server, 'connection').then(([socket]) => socket as Socket);
  server.listen(0, host);
  await once(server, 'listening');
  open.push(server);
  return { server, accepted, port: (server.address() as AddressInfo).port };
}

/** The inodes of this process's sockets, as its descriptors name them. */
const own = (): number[] =>
  readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [Number(/^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? 0)];
    } catch {
      return [];
    }
  });

describe.skipIf(process.platform !== 'linux')('asked of the kernel', () => {
  test.each(['127.0.0.1', '::1'])('the inode of a socket by its ends, on %s', async (host) => {
    const { accepted, port } = await listen(host);
    // The first question opens a socket of its own.
    inodeByDiag({ address: host, port }, { address: host, port });
    const before = new Set(own());
    const socket = connect(port, host);
    const other = await accepted;
    if (socket.connecting) await once(socket, 'connect');
    open.push({ close: () => socket.destroy() }, { close: () => other.destroy() });
    const local = { address: host, port: socket.localPort ?? 0 };
    const inodes = [inodeByDiag(local, { address: host, port }), inodeByDiag({ address: host, port }, local)];
    const fresh = own().filter((inode) => inode > 0 && !before.has(inode));
    expect(inodes.toSorted()).toEqual(fresh.toSorted());
    expect(inodes[0]).not.toBe(inodes[1]);
  });

  test('a listener is not taken for a connection that there is not', async () => {
    const { port } = await listen('0.0.0.0');
    expect(inodeByDiag({ address: '127.0.0.1', port }, { address: '192.0.2.1', port: 1 })).toBeUndefined();
  });

  test('a process that has just begun, its connection and its name, as long as it was seen in time', async () => {
    const young = new YoungSockets();
    open.push(young);
    const { accepted, port } = await listen('127.0.0.1');
    const child = spawn(process.execPath, ['-e', `require('net').connect(${port}, '127.0.0.1')`], { stdio: 'ignore' });
    open.push({ close: () => child.kill('SIGKILL') });
    const socket = await accepted;
    open.push({ close: () => socket.destroy() });
    const ends = [
      { address: '127.0.0.1', port: socket.remotePort ?? 0 },
      { address: '127.0.0.1', port },
    ] as const;
    expect(young.ofTuple(...ends)).toBeUndefined();
    young.sample(performance.now());
    expect(young.ofTuple(...ends)).toEqual({ pid: child.pid, name: 'node' });
    expect(young.ofInode(inodeByDiag(...ends) ?? 0)).toEqual({ pid: child.pid, name: 'node' });
    child.kill('SIGKILL');
    await once(child, 'close');
    // It is remembered for the packets that come late, and is nobody's later.
    young.sample(performance.now());
    expect(young.ofTuple(...ends)?.pid).toBe(child.pid);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 6000);
    expect(young.ofTuple(...ends)).toBeUndefined();
    vi.restoreAllMocks();
  });
});
