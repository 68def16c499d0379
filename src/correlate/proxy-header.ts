/** "PROXY ", the longest line of version 1, and the signature of version 2 (HAProxy's PROXY protocol, §2.1 and §2.2). */
const WORD = Buffer.from('PROXY ', 'latin1');
const LONGEST_LINE = 107;
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const FIXED = 16;
const LINE_FEED = 0x0a;

const begins = (bytes: Uint8Array, at: number, end: number, what: Uint8Array): boolean => {
  if (end - at < what.length) return false;
  for (let i = 0; i < what.length; i++) if (bytes[at + i] !== what[i]) return false;
  return true;
};

/**
 * Bytes of the PROXY protocol's header, which a proxy sends at once before what its client has said; 0 where there is none, or
 * not all of it.
 */
export function proxyHeaderBytes(bytes: Uint8Array, at: number, end: number): number {
  if (begins(bytes, at, end, WORD)) {
    for (let i = at + WORD.length; i < end && i - at < LONGEST_LINE; i++) if (bytes[i] === LINE_FEED) return i + 1 - at;
    return 0;
  }
  if (end - at < FIXED || !begins(bytes, at, end, SIGNATURE) || bytes[at + 12] >> 4 !== 2) return 0;
  const length = FIXED + ((bytes[at + 14] << 8) | bytes[at + 15]);
  return length <= end - at ? length : 0;
}
