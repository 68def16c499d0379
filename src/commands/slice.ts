import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { interfaceDescription, PACKET_OVERHEAD, packetBlock, secretsBlock, sectionHeader } from '../helper/pcapng-blocks.ts';
import type { RawPacket } from '../session/session.ts';

const BUFFER = 1 << 20;
const SNAPLEN = 262_144;

/**
 * Writes packets to a new pcapng file that only its owner reads (0600); gives how many there were. Packets whose bytes are gone
 * are left out. `secrets`: lines of a TLS key log that go into the file. Undefined: the file is there, and `overwrite` does not allow it. Throws what the system says (ENOENT, EACCES, …).
 */
export function writeSlice(
  path: string,
  numbers: readonly number[],
  read: (number: number) => RawPacket | undefined,
  program: string,
  overwrite: boolean,
  secrets = '',
): number | undefined {
  if (!overwrite && existsSync(path)) return undefined;
  const fd = openSync(path, overwrite ? 'w' : 'wx', 0o600);
  try {
    writeSync(fd, sectionHeader(program));
    if (secrets !== '') writeSync(fd, secretsBlock(Buffer.from(secrets, 'latin1')));
    const links: number[] = [];
    let buffer = Buffer.allocUnsafe(BUFFER);
    let used = 0;
    let written = 0;
    const flush = (): void => {
      for (let at = 0; at < used; ) at += writeSync(fd, buffer, at, used - at);
      used = 0;
    };
    for (const number of numbers) {
      const packet = read(number);
      if (packet === undefined) continue;
      let id = links.indexOf(packet.linkType);
      if (id < 0) {
        flush();
        id = links.push(packet.linkType) - 1;
        writeSync(fd, interfaceDescription(`link type ${packet.linkType}`, packet.linkType, SNAPLEN, ''));
      }
      const { bytes } = packet;
      if (used + bytes.length + PACKET_OVERHEAD > buffer.length) flush();
      if (bytes.length + PACKET_OVERHEAD > buffer.length) buffer = Buffer.allocUnsafe(bytes.length + PACKET_OVERHEAD);
      const from = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      used = packetBlock(buffer, used, id, packet.seconds, packet.nanoseconds, packet.wireLength, from, 0, bytes.length);
      written++;
    }
    flush();
    return written;
  } finally {
    closeSync(fd);
  }
}
