import type { CaptureInterface, DecryptionSecrets, NameRecord, Words } from './batch.ts';
import type { Clock } from './clock.ts';
import { u32 } from './integers.ts';
import { readInterface, readNames, readStatistics } from './pcapng-blocks.ts';
import { BODY, INTERFACE, NAMES, nameOf, SECRETS, STATISTICS } from './pcapng-format.ts';
import { and, LEFT_OUT, notDescribed } from './pcapng-words.ts';

/** Batch.interface has 16 bits. */
export const INTERFACE_LIMIT = 65_535;
/** Of all name resolution blocks together, and of all decryption secrets. */
export const NAME_BYTES_LIMIT = 4 << 20;
export const SECRET_BYTES_LIMIT = 64 << 20;

/** Types of blocks that are told apart; those beyond are counted as one. */
export const BLOCK_TYPES_LIMIT = 256;
export const OTHER_BLOCKS = -1;

const LEAST_INTERFACE = 16;
const LEAST_STATISTICS = 20;
const LEAST_SECRETS = 16;
const SECRETS_LENGTH = 12;

export interface Complaint extends Words {
  code: string;
  /** Nothing after it can be read. */
  fatal?: boolean;
}

/** What pcapng says besides packets: interfaces with their clocks, names, secrets. */
export class Metadata {
  readonly interfaces: CaptureInterface[] = [];
  /** By the same index as `interfaces`. */
  readonly clocks: Clock[] = [];
  readonly linkTypes: number[] = [];
  readonly names: NameRecord[] = [];
  readonly secrets: DecryptionSecrets[] = [];
  /** How many blocks of each type came. */
  readonly blocks = new Map<number, number>();
  /** Index of the section's first interface: the ids in its blocks count from there. */
  sectionStart = 0;
  #nameBytes = 0;
  #secretBytes = 0;

  beginSection(): void {
    this.sectionStart = this.interfaces.length;
  }

  get sectionInterfaces(): number {
    return this.interfaces.length - this.sectionStart;
  }

  count(type: number): void {
    const known = this.blocks.get(type);
    const as = known === undefined && this.blocks.size >= BLOCK_TYPES_LIMIT ? OTHER_BLOCKS : type;
    this.blocks.set(as, (this.blocks.get(as) ?? 0) + 1);
  }

  /** Reads a block that is no packet, from `at` up to its trailing length at `end`. Blocks of other types are only counted. */
  take(type: number, bytes: Uint8Array, at: number, end: number, bigEndian: boolean): Complaint | undefined {
    this.count(type);
    switch (type) {
      case INTERFACE:
        return this.#addInterface(bytes, at, end, bigEndian);
      case STATISTICS:
        return this.#addStatistics(bytes, at, end, bigEndian);
      case NAMES:
        return this.#addNames(bytes, at, end, bigEndian);
      case SECRETS:
        return this.#addSecrets(bytes, at, end, bigEndian);
      default:
        return undefined;
    }
  }

  #addInterface(bytes: Uint8Array, at: number, end: number, bigEndian: boolean): Complaint | undefined {
    if (this.interfaces.length >= INTERFACE_LIMIT) {
      return {
        code: 'too-many-interfaces',
        en: `more than ${INTERFACE_LIMIT} interfaces`,
        ko: `${INTERFACE_LIMIT}개를 넘음`,
        fatal: true,
      };
    }
    if (end - at < LEAST_INTERFACE) return tooShort(INTERFACE);
    const found = readInterface(bytes, at, end, bigEndian);
    this.interfaces.push(found.interface);
    this.clocks.push(found.clock);
    this.linkTypes.push(found.interface.linkType);
    return found.whole ? undefined : overrun(INTERFACE);
  }

  #addStatistics(bytes: Uint8Array, at: number, end: number, bigEndian: boolean): Complaint | undefined {
    if (end - at < LEAST_STATISTICS) return tooShort(STATISTICS);
    const id = u32(bytes, at + BODY, bigEndian);
    const target = this.interfaces[this.sectionStart + id];
    if (target === undefined) {
      return {
        code: 'bad-block',
        en: `statistics of interface ${id}, the section describes ${this.sectionInterfaces}`,
        ko: `통계: ${notDescribed(id, this.sectionInterfaces)}`,
      };
    }
    return readStatistics(bytes, at, end, bigEndian, target) ? undefined : overrun(STATISTICS);
  }

  #addNames(bytes: Uint8Array, at: number, end: number, bigEndian: boolean): Complaint | undefined {
    this.#nameBytes += end - at;
    if (this.#nameBytes > NAME_BYTES_LIMIT) {
      return {
        code: 'too-many-names',
        ...and(
          { en: `names of more than ${NAME_BYTES_LIMIT} bytes in all`, ko: `이름이 모두 ${NAME_BYTES_LIMIT}바이트를 넘음` },
          LEFT_OUT,
        ),
      };
    }
    return readNames(bytes, at, end, bigEndian, this.names) ? undefined : overrun(NAMES);
  }

  #addSecrets(bytes: Uint8Array, at: number, end: number, bigEndian: boolean): Complaint | undefined {
    if (end - at < LEAST_SECRETS) return tooShort(SECRETS);
    const from = at + LEAST_SECRETS;
    const length = u32(bytes, at + SECRETS_LENGTH, bigEndian);
    if (length > end - from) return overrun(SECRETS);
    this.#secretBytes += length;
    if (this.#secretBytes > SECRET_BYTES_LIMIT) {
      return {
        code: 'too-many-secrets',
        ...and(
          {
            en: `decryption secrets of more than ${SECRET_BYTES_LIMIT} bytes in all`,
            ko: `비밀이 모두 ${SECRET_BYTES_LIMIT}바이트를 넘음`,
          },
          LEFT_OUT,
        ),
      };
    }
    this.secrets.push({ type: u32(bytes, at + BODY, bigEndian), data: bytes.slice(from, from + length) });
    return undefined;
  }
}

function overrun(type: number): Complaint {
  return {
    code: 'bad-block',
    en: `an item of the ${nameOf(type)} runs over its end`,
    ko: `${nameOf(type)} 안의 항목이 블록 끝을 넘음`,
  };
}

function tooShort(type: number): Complaint {
  return { code: 'bad-block', ...and({ en: `too short for ${nameOf(type)}`, ko: `너무 짧은 ${nameOf(type)}` }, LEFT_OUT) };
}
