import { readSync } from 'node:fs';
import type { DecryptionSecrets } from './batch.ts';
import { u32 } from './integers.ts';
import { LEAST_BLOCK, LENGTH, SECRETS, SECTION, SECTION_ORDER, sectionOrder } from './pcapng-format.ts';

const WINDOW = 1 << 20;
const SECRETS_HEAD = 16;
/** Of all secrets together, as for those that are met while reading. */
const BYTES_LIMIT = 64 << 20;

/**
 * The decryption secrets of a whole pcapng file (draft-ietf-opsawg-pcapng §4.7): they may stand behind the packets that need
 * them. Looks at nothing but the blocks' headers, and ends without a word where these make no sense: the reader will say so.
 */
export function scanSecrets(fd: number, size: number): DecryptionSecrets[] {
  const found: DecryptionSecrets[] = [];
  const window = Buffer.allocUnsafeSlow(WINDOW);
  let base = 0;
  let end = 0;
  let bigEndian = false;
  let total = 0;
  for (let at = 0; at + LEAST_BLOCK <= size; ) {
    if (at < base || at + SECRETS_HEAD > base + end) {
      base = at;
      end = readSync(fd, window, 0, WINDOW, base);
      if (end < LEAST_BLOCK) break;
    }
    const here = at - base;
    const type = u32(window, here, bigEndian);
    if (type === SECTION) {
      const order = sectionOrder(window, here);
      if (order === 'neither' || here + SECTION_ORDER + 4 > end) break;
      bigEndian = order === 'big';
    }
    const length = u32(window, here + LENGTH, bigEndian);
    if (length < LEAST_BLOCK || (length & 3) !== 0) break;
    if (type === SECRETS && here + SECRETS_HEAD <= end) {
      const bytes = u32(window, here + 12, bigEndian);
      total += bytes;
      if (bytes > length - SECRETS_HEAD - 4 || total > BYTES_LIMIT) break;
      const data = new Uint8Array(bytes);
      readSync(fd, data, 0, bytes, at + SECRETS_HEAD);
      found.push({ type: u32(window, here + 8, bigEndian), data });
    }
    at += length;
  }
  return found;
}
