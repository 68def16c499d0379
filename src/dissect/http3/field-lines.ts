import { BAD, last, readNumber, readString } from '../http2/primitives.ts';

/** How a field line refers to its name (RFC 9204 §4.5); post-base indexes count up from the base. */
export const LineForm = { indexed: 0, indexedPostBase: 1, nameReference: 2, namePostBase: 3, literal: 4 } as const;

/** Instructions of the encoder stream (RFC 9204 §4.3). */
export const Instruction = { nameReference: 0, literalName: 1, capacity: 2, duplicate: 3 } as const;

/** One field line of a section, or one instruction, as it stands: index, and where its strings lie. */
export class Line {
  form = 0;
  /** Index, capacity. */
  index = 0;
  /** The index is the static table's. */
  isStatic = false;
  nameAt = 0;
  nameEnd = 0;
  nameHuffman = false;
  valueAt = 0;
  valueEnd = 0;
  valueHuffman = false;
}

function index(line: Line, bytes: Uint8Array, at: number, end: number, bits: number): number {
  const next = readNumber(bytes, at, end, bits);
  line.index = last.number;
  line.nameAt = line.nameEnd = line.valueAt = line.valueEnd = next;
  return next;
}

function name(line: Line, bytes: Uint8Array, at: number, end: number, bits: number): number {
  const next = readString(bytes, at, end, bits);
  line.nameAt = last.at;
  line.nameEnd = next;
  line.nameHuffman = last.huffman;
  return next;
}

function value(line: Line, bytes: Uint8Array, at: number, end: number): number {
  if (at === BAD) return BAD;
  const next = readString(bytes, at, end);
  line.valueAt = last.at;
  line.valueEnd = next;
  line.valueHuffman = last.huffman;
  return next;
}

/** Reads one field line; returns the offset behind it, or `BAD`. */
export function readLine(line: Line, bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  line.isStatic = false;
  if (first >= 0x80) {
    line.form = LineForm.indexed;
    line.isStatic = (first & 0x40) !== 0;
    return index(line, bytes, at, end, 6);
  }
  if (first >= 0x40) {
    line.form = LineForm.nameReference;
    line.isStatic = (first & 0x10) !== 0;
    return value(line, bytes, index(line, bytes, at, end, 4), end);
  }
  if (first >= 0x20) {
    line.form = LineForm.literal;
    line.index = 0;
    return value(line, bytes, name(line, bytes, at, end, 3), end);
  }
  if (first >= 0x10) {
    line.form = LineForm.indexedPostBase;
    return index(line, bytes, at, end, 4);
  }
  line.form = LineForm.namePostBase;
  return value(line, bytes, index(line, bytes, at, end, 3), end);
}

/** Reads one instruction of an encoder; returns the offset behind it, or `BAD` where it is not whole, or cannot be. */
export function readInstruction(line: Line, bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  line.isStatic = false;
  if (first >= 0x80) {
    line.form = Instruction.nameReference;
    line.isStatic = (first & 0x40) !== 0;
    return value(line, bytes, index(line, bytes, at, end, 6), end);
  }
  if (first >= 0x40) {
    line.form = Instruction.literalName;
    line.index = 0;
    return value(line, bytes, name(line, bytes, at, end, 5), end);
  }
  line.form = first >= 0x20 ? Instruction.capacity : Instruction.duplicate;
  return index(line, bytes, at, end, 5);
}
