import { chmodSync, closeSync, fstatSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';

/** Decryption Secrets Block with a TLS key log (draft-ietf-opsawg-pcapng §4.7). */
const BLOCK = 0x0000000a;
const TLS_KEY_LOG = 0x544c534b;
const HEAD = 16;
const TRAILER = 4;
const BYTE_ORDER_AT = 8;
const LITTLE_ENDIAN = 0x4d;
/** Whoever has the file has the keys. */
const PRIVATE = 0o600;

/**
 * Puts TLS secrets behind the packets of the pcapng file that they belong to; nobody else may read it from then on. `from`: where
 * in the key log they begin; what stands before it belongs to others.
 */
export function includeSecrets(capture: string, keyLog: string, from = 0): void {
  const all = readFileSync(keyLog);
  const secrets = all.subarray(from <= all.length ? from : 0);
  if (secrets.length === 0) return;
  chmodSync(capture, PRIVATE);
  const fd = openSync(capture, 'r+');
  try {
    const start = Buffer.alloc(BYTE_ORDER_AT + 1);
    readSync(fd, start, 0, start.length, 0);
    const little = start[BYTE_ORDER_AT] === LITTLE_ENDIAN;
    const length = HEAD + ((secrets.length + 3) & ~3) + TRAILER;
    const block = Buffer.alloc(length);
    for (const [i, value] of [BLOCK, length, TLS_KEY_LOG, secrets.length].entries()) put(block, value, 4 * i, little);
    secrets.copy(block, HEAD);
    put(block, length, length - TRAILER, little);
    all.fill(0);
    writeSync(fd, block, 0, length, fstatSync(fd).size);
  } finally {
    closeSync(fd);
  }
}

const put = (block: Buffer, value: number, at: number, little: boolean): number =>
  little ? block.writeUInt32LE(value, at) : block.writeUInt32BE(value, at);
