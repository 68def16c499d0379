import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WardenEvent, WardenSettings } from '../helper/protocol.ts';
import { invokingUser } from './user.ts';

const WARDEN = new URL('warden.js', import.meta.url);

/** A network that only one command is to have. */
export interface PrivateNetwork {
  namespace: string;
  ipv6: boolean;
  /** Takes it away. Where this is never called because this process is gone, the network goes by itself. */
  close(): Promise<void>;
}

/** Rejects in plain words where it cannot be had. */
export async function privateNetwork(warden: URL = WARDEN): Promise<PrivateNetwork> {
  if (process.platform !== 'linux') throw new Error('only Linux has network namespaces');
  if (process.getuid?.() !== 0) throw new Error('not root');
  const user = invokingUser(process.env);
  const told: WardenSettings = user === undefined ? {} : { user: { uid: user.uid, gid: user.gid } };
  // A session of its own: neither Ctrl-C nor the end of the terminal is to keep it from cleaning up.
  const child = spawn(process.execPath, [fileURLToPath(warden), JSON.stringify(told)], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
    cwd: '/',
    env: { PATH: process.env.PATH },
  });
  child.stdin.on('error', () => {});
  const ended = once(child, 'close');
  const [line] = (await Promise.race([
    once(createInterface({ input: child.stdout }), 'line'),
    ended.then(() => ['{"event":"no-network","message":"the process that makes it ended"}']),
  ])) as [string];
  const event = JSON.parse(line) as WardenEvent;
  if (event.event === 'no-network') throw new Error(event.message);
  const close = async (): Promise<void> => {
    child.stdin.end('done\n');
    await ended;
  };
  return { namespace: event.namespace, ipv6: event.ipv6, close };
}
