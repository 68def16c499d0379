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
  /**
   * Takes it away; tells how many processes it has left without a network. Where this is never called because this process is gone,
   * the network goes by itself.
   */
  close(): Promise<number>;
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
  const lines: AsyncIterator<string> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<WardenEvent> => {
    const { value, done } = await lines.next();
    return done ? { event: 'no-network', message: 'the process that makes it ended' } : (JSON.parse(value) as WardenEvent);
  };
  const event = await next();
  if (event.event !== 'network') throw new Error(event.event === 'no-network' ? event.message : event.event);
  const close = async (): Promise<number> => {
    child.stdin.end('done\n');
    const last = await next();
    await ended;
    return last.event === 'closed' ? last.left : 0;
  };
  return { namespace: event.namespace, ipv6: event.ipv6, close };
}
