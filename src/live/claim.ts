import { createHash } from 'node:crypto';
import { realpathSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, dirname, join, resolve } from 'node:path';
import { CaptureError } from '../capture/batch.ts';

/**
 * Nobody else's `-w` goes to this file until the process ends: two that write it would leave a file that is neither's. Rejects with
 * a CaptureError where another wirebook writes it. An abstract socket (unix(7)) holds the claim: it leaves no file behind, needs no
 * right, and goes with its process however that ends. Where there is none, nothing is claimed; nor of pipes and devices.
 */
export async function claimFile(path: string): Promise<void> {
  if (process.platform !== 'linux' || path === '-') return;
  const file = placeOf(path);
  if (file === undefined) return;
  const server = createServer((socket) => socket.destroy());
  server.unref();
  const taken = await new Promise<boolean>((done) => {
    server.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'EADDRINUSE'));
    server.listen(`\0wirebook-write-${createHash('sha256').update(file).digest('hex').slice(0, 32)}`, () => done(false));
  });
  if (taken)
    throw new CaptureError(
      'write',
      `${path}: another wirebook is writing it; name another file, or end that one first`,
      `${path}: 다른 wirebook이 쓰고 있는 파일입니다. 다른 이름을 쓰거나 그쪽을 먼저 끝내세요`,
    );
}

/** The file by the one name that it has, however it is called; undefined: a pipe, a device, or nowhere. */
function placeOf(path: string): string | undefined {
  try {
    return statSync(path).isFile() ? realpathSync(path) : undefined;
  } catch {
    try {
      return join(realpathSync(dirname(resolve(path))), basename(path));
    } catch {
      return undefined;
    }
  }
}
