import { spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { LiveSupply } from '../capture/live-supply.ts';
import { openSupply } from '../capture/open.ts';
import { openPrivate } from '../capture/spool.ts';
import type { HelperSettings } from '../helper/protocol.ts';
import type { EngineName, LiveCapture, LiveSettings } from './capture.ts';
import { HelperCapture } from './helper-capture.ts';
import { Keeper } from './keeper.ts';
import { becomeUser, type InvokingUser, invokingUser } from './user.ts';

/** Most bytes that a live capture may take on the disk; beyond, the oldest packets are given up. */
export const SPOOL_LIMIT = 2 * 2 ** 30;

const HELPER = new URL('helper.js', import.meta.url);

/** Starts the helper that captures with libpcap. */
export function startHelper(settings: LiveSettings, program: string, helper: URL = HELPER): Promise<LiveCapture> {
  return launch('libpcap', settings, helper, (user): HelperSettings => {
    const { interfaces, filter, snaplen, buffer, promiscuous, count } = settings;
    const told = { interfaces, filter, snaplen, buffer, promiscuous, count, limit: SPOOL_LIMIT, program };
    return user === undefined ? told : { ...told, user: { uid: user.uid, gid: user.gid } };
  });
}

/**
 * Starts a helper that fills the spool, and gives up this process's own privileges once it captures: nothing that a packet holds
 * is ever read with them. Rejects with a CaptureError in the engine's words when an interface cannot be opened.
 */
export async function launch(
  engine: EngineName,
  settings: LiveSettings,
  helper: URL,
  told: (user: InvokingUser | undefined) => object,
): Promise<LiveCapture> {
  const user = invokingUser(process.env);
  const fd = spoolFor(user);
  // A group of its own: Ctrl-C is for the screen to understand, not for the helper to die of.
  const child = spawn(process.execPath, [fileURLToPath(helper), JSON.stringify(told(user))], {
    stdio: ['pipe', 'pipe', 'pipe', fd, isatty(1) ? 1 : 'ignore'],
    detached: true,
    env: { PATH: process.env.PATH },
  });
  child.stdin?.on('error', () => {});
  const supply = new LiveSupply(fd);
  const capture = new HelperCapture(engine, child, supply, fd, settings);
  try {
    await capture.opened;
    if (user !== undefined) becomeUser(user);
    if (settings.write !== undefined) capture.keep(new Keeper(settings.write));
    capture.source = await openSupply(settings.interfaces.join(','), supply, fd);
    return capture;
  } catch (error) {
    capture.stop();
    supply.close();
    throw error;
  }
}

/** The spool belongs to the user, and has no name any more. */
function spoolFor(user: InvokingUser | undefined): number {
  if (user === undefined) return openPrivate();
  const { HOME } = process.env;
  try {
    process.setegid?.(user.gid);
    process.seteuid?.(user.uid);
    if (user.home !== undefined) process.env.HOME = user.home;
    return openPrivate();
  } finally {
    process.env.HOME = HOME;
    process.seteuid?.(0);
    process.setegid?.(0);
  }
}
