import { hex, u16, u32 } from './integers.ts';

// Names and places of pcapng (draft-ietf-opsawg-pcapng, sections 3.1 and 4; the obsolete Packet Block is in its appendix A).

export const SECTION = 0x0a0d0d0a;
export const INTERFACE = 0x00000001;
export const OBSOLETE_PACKET = 0x00000002;
export const SIMPLE_PACKET = 0x00000003;
export const NAMES = 0x00000004;
export const STATISTICS = 0x00000005;
export const ENHANCED_PACKET = 0x00000006;
export const SECRETS = 0x0000000a;

/** Every block: type, length, body, the length again. */
export const LENGTH = 4;
export const BODY = 8;
export const TRAILER = 4;
export const LEAST_BLOCK = BODY + TRAILER;

const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
export const SECTION_ORDER = 8;
const SECTION_MAJOR = 12;
const SECTION_MINOR = 14;
export const LEAST_SECTION = 28;

/** The type of a section header reads the same in both byte orders. */
export function isPcapng(bytes: Uint8Array, at: number): boolean {
  return u32(bytes, at, true) === SECTION;
}

export function sectionOrder(bytes: Uint8Array, at: number): 'little' | 'big' | 'neither' {
  if (u32(bytes, at + SECTION_ORDER, false) === BYTE_ORDER_MAGIC) return 'little';
  return u32(bytes, at + SECTION_ORDER, true) === BYTE_ORDER_MAGIC ? 'big' : 'neither';
}

/** What is wrong with a section header's version; undefined where it can be read. 1.2 means the same as 1.0 (section 4.1). */
export function unknownVersion(bytes: Uint8Array, at: number): string | undefined {
  const bigEndian = sectionOrder(bytes, at) === 'big';
  const major = u16(bytes, at + SECTION_MAJOR, bigEndian);
  const minor = u16(bytes, at + SECTION_MINOR, bigEndian);
  return major === 1 && (minor === 0 || minor === 2) ? undefined : `${major}.${minor}`;
}

/** Blocks whose bodies are read, and so must be held whole. */
export function isHeld(type: number): boolean {
  return (type >= INTERFACE && type <= ENHANCED_PACKET) || type === SECRETS || type === SECTION;
}

export function nameOf(type: number): string {
  switch (type) {
    case SECTION:
      return 'section header';
    case INTERFACE:
      return 'interface description';
    case OBSOLETE_PACKET:
    case SIMPLE_PACKET:
    case ENHANCED_PACKET:
      return 'packet block';
    case NAMES:
      return 'name resolution block';
    case STATISTICS:
      return 'interface statistics';
    case SECRETS:
      return 'decryption secrets';
    default:
      return `block of type ${hex(type)}`;
  }
}
