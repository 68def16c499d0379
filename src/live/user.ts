import { readFileSync } from 'node:fs';

/** The one who called sudo: all that needs no privileges is done as them. */
export interface InvokingUser {
  uid: number;
  gid: number;
  name: string;
  home: string | undefined;
}

/** Undefined where nobody else than the process's own user asked. */
export function invokingUser(env: Record<string, string | undefined>): InvokingUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const [uid, gid] = [Number(env.SUDO_UID), Number(env.SUDO_GID)];
  if (!Number.isInteger(uid) || !Number.isInteger(gid) || uid <= 0 || gid < 0) return undefined;
  return { uid, gid, name: env.SUDO_USER ?? String(uid), home: homeOf(uid) };
}

function homeOf(uid: number): string | undefined {
  try {
    const line = readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((each) => each.split(':')[2] === String(uid));
    return line?.split(':')[5] || undefined;
  } catch {
    return undefined;
  }
}

/** From here on this process is the user's, for good. */
export function becomeUser(user: InvokingUser): void {
  try {
    (process as { initgroups?: (name: string, gid: number) => void }).initgroups?.(user.name, user.gid);
  } catch {
    process.setgroups?.([user.gid]);
  }
  process.setgid?.(user.gid);
  process.setuid?.(user.uid);
  if (user.home !== undefined) process.env.HOME = user.home;
  for (const name of ['XDG_STATE_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME', 'XDG_DATA_HOME']) delete process.env[name];
}
