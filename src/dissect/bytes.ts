/** Big-endian reads for scans and field trees. The caller has checked the bounds. */
export const u16 = (bytes: Uint8Array, at: number): number => (bytes[at] << 8) | bytes[at + 1];
export const u24 = (bytes: Uint8Array, at: number): number => (bytes[at] << 16) | (bytes[at + 1] << 8) | bytes[at + 2];
export const u32 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;

// A Buffer over the array that was asked about last: making one for each text costs more than the text.
let viewed = new Uint8Array(0);
let view = Buffer.alloc(0);

/** The same bytes as a Buffer, which is meant for use at once. */
export function bufferOf(bytes: Uint8Array): Buffer {
  if (bytes !== viewed) {
    viewed = bytes as Uint8Array<ArrayBuffer>;
    view = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength);
  }
  return view;
}

const HEX: string[] = [];
for (let i = 0; i < 256; i++) HEX.push(i.toString(16).padStart(2, '0'));

export function hex(bytes: Uint8Array, at: number, end: number, separator = ''): string {
  let text = '';
  for (let i = at; i < end; i++) text += (i > at ? separator : '') + HEX[bytes[i]];
  return text;
}

/** "00:11:22:33:44:55" */
export const mac = (bytes: Uint8Array, at: number): string => hex(bytes, at, at + 6, ':');

/** "192.0.2.1" */
export const ipv4 = (bytes: Uint8Array, at: number): string => `${bytes[at]}.${bytes[at + 1]}.${bytes[at + 2]}.${bytes[at + 3]}`;

/** Lower case, the longest run of zero groups compressed, IPv4-mapped addresses in mixed form (RFC 5952). */
export function ipv6(bytes: Uint8Array, at: number): string {
  let bestFrom = -1;
  let bestLength = 1;
  for (let i = 0; i < 8; ) {
    let j = i;
    while (j < 8 && bytes[at + 2 * j] === 0 && bytes[at + 2 * j + 1] === 0) j++;
    if (j - i > bestLength) {
      bestFrom = i;
      bestLength = j - i;
    }
    i = j + 1;
  }
  if (bestFrom === 0 && bestLength === 5 && u16(bytes, at + 10) === 0xffff) return `::ffff:${ipv4(bytes, at + 12)}`;
  let text = '';
  for (let i = 0; i < 8; i++) {
    if (i === bestFrom) {
      text += '::';
      i += bestLength - 1;
      continue;
    }
    if (text !== '' && !text.endsWith('::')) text += ':';
    text += u16(bytes, at + 2 * i).toString(16);
  }
  return text;
}

/** An IP address of version 4 or 6. */
export const ip = (bytes: Uint8Array, at: number, version: number): string => (version === 4 ? ipv4(bytes, at) : ipv6(bytes, at));
