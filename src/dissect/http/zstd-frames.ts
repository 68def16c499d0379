/** One frame of zstd (RFC 8878 §3.1.1), as far as its own header and those of its blocks tell. */
export interface Frame {
  at: number;
  /** Where its last block that is here in whole begins and ends. */
  lastBlock: number;
  blocksEnd: number;
  /** False where the bytes end before the frame does. */
  whole: boolean;
  contentSize: number | undefined;
}

const MAGIC = 0xfd2fb528;
/** Sixteen numbers for frames to be passed over (§3.1.2). */
const SKIPPABLE = 0x184d2a5;
/** What a body may ask of its receiver (RFC 9659 §3), and what this one keeps for it. */
const WINDOW_LIMIT = 8 * 1024 * 1024;
const BLOCK_LIMIT = 128 * 1024;

const SINGLE_SEGMENT = 0x20;
const RESERVED = 0x08;
const CHECKSUM = 0x04;

const Block = { raw: 0, run: 1, compressed: 2, reserved: 3 } as const;

const EARLY = 'zstd ends early';
const DAMAGED = 'zstd is damaged';

/** Frames that can be decoded, and what is wrong with the first that cannot. A cut frame is among them if it has a whole block. */
export function zstdFrames(bytes: Uint8Array): { frames: Frame[]; problem?: string } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const frames: Frame[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (bytes.length - at < 4) return { frames, problem: EARLY };
    const magic = view.getUint32(at, true);
    if (magic >>> 4 === SKIPPABLE) {
      if (bytes.length - at < 8) return { frames, problem: EARLY };
      at += 8 + view.getUint32(at + 4, true);
      if (at > bytes.length) return { frames, problem: EARLY };
      continue;
    }
    if (magic !== MAGIC) return { frames, problem: DAMAGED };
    const header = headerOf(view, at);
    if (typeof header === 'string') return { frames, problem: header };
    const { frame, next, problem } = blocksOf(view, at, header);
    if (frame.lastBlock >= 0) frames.push(frame);
    if (problem !== undefined) return { frames, problem };
    at = next;
  }
  return { frames };
}

interface Header {
  blocksAt: number;
  checksum: boolean;
  contentSize: number | undefined;
}

/** A string says why the frame cannot be decoded. */
function headerOf(view: DataView, at: number): Header | string {
  if (view.byteLength - at < 6) return EARLY;
  const flags = view.getUint8(at + 4);
  if ((flags & RESERVED) !== 0) return DAMAGED;
  const single = (flags & SINGLE_SEGMENT) !== 0;
  const dictionaryAt = at + (single ? 5 : 6);
  const dictionaryBytes = [0, 1, 2, 4][flags & 3];
  const sizeAt = dictionaryAt + dictionaryBytes;
  const sizeBytes = flags >> 6 === 0 ? (single ? 1 : 0) : 1 << (flags >> 6);
  const blocksAt = sizeAt + sizeBytes;
  if (blocksAt > view.byteLength) return EARLY;
  if (little(view, dictionaryAt, dictionaryBytes) !== 0) return 'zstd with a dictionary, which is not here';
  const contentSize = sizeBytes === 0 ? undefined : little(view, sizeAt, sizeBytes) + (sizeBytes === 2 ? 256 : 0);
  const descriptor = view.getUint8(at + 5);
  const base = 2 ** (10 + (descriptor >> 3));
  const window = single ? (contentSize ?? 0) : base + (base / 8) * (descriptor & 7);
  if (window > WINDOW_LIMIT) return `zstd asks for a window of ${window} bytes, more than ${WINDOW_LIMIT}`;
  return { blocksAt, checksum: (flags & CHECKSUM) !== 0, contentSize };
}

function blocksOf(view: DataView, at: number, header: Header): { frame: Frame; next: number; problem?: string } {
  const end = view.byteLength;
  const frame: Frame = { at, lastBlock: -1, blocksEnd: header.blocksAt, whole: false, contentSize: header.contentSize };
  for (let last = false; !last; ) {
    const block = frame.blocksEnd;
    if (end - block < 3) return { frame, next: end, problem: EARLY };
    const word = little(view, block, 3);
    last = (word & 1) === 1;
    const type = (word >> 1) & 3;
    const size = word >> 3;
    if (type === Block.reserved || size > BLOCK_LIMIT) return { frame, next: end, problem: DAMAGED };
    const blockEnd = block + 3 + (type === Block.run ? 1 : size);
    if (blockEnd > end) return { frame, next: end, problem: EARLY };
    frame.lastBlock = block;
    frame.blocksEnd = blockEnd;
  }
  frame.whole = true;
  const next = frame.blocksEnd + (header.checksum ? 4 : 0);
  return next > end ? { frame, next: end, problem: EARLY } : { frame, next };
}

function little(view: DataView, at: number, size: number): number {
  let value = 0;
  for (let i = size - 1; i >= 0; i--) value = value * 256 + view.getUint8(at + i);
  return value;
}
