import { spawn } from 'node:child_process';

/** More than once: while it starts, a program may still be somebody else's. */
const SCRIPT = `read -r word && exit 0
for turn in 1 2 3 4 5 6 7 8 9 10; do kill -TERM "$1" 2>/dev/null && exit 0; sleep 0.3; done`;

/**
 * Ends a program when this process ends in whatever way, kill -9 of everything of wirebook's at once included: a shell (a megabyte,
 * not another Node) that reads a pipe which only this process holds. The kernel's own way, PR_SET_PDEATHSIG, is no use: it is
 * forgotten when a program changes its user or has rights of its own, as capture programs do. Returns how to call the shell off.
 */
export function watchdog(pid: number | undefined): () => void {
  if (pid === undefined || process.platform === 'win32') return () => {};
  // A group of its own: what ends the relay's whole group leaves it.
  const shell = spawn('/bin/sh', ['-c', SCRIPT, 'wirebook-watchdog', String(pid)], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: { PATH: '/usr/bin:/bin' },
  });
  shell.on('error', () => {});
  shell.stdin?.on('error', () => {});
  shell.unref();
  return () => {
    shell.stdin?.end('over\n');
  };
}
