import { u16, u32 } from '../bytes.ts';
import { Fault } from './fault.ts';

export const HEADER_BYTES = 12;
/** A message with more is read up to here; then it is at fault. */
export const QUESTION_LIMIT = 64;
export const RECORD_LIMIT = 1024;

export const Section = { answer: 0, authority: 1, additional: 2 } as const;

/** Bits of the flag word (RFC 1035 §4.1.1, RFC 4035 §3). */
export const Flag = {
  response: 0x8000,
  authoritative: 0x0400,
  truncated: 0x0200,
  recursionDesired: 0x0100,
  recursionAvailable: 0x0080,
  z: 0x0040,
  authentic: 0x0020,
  checkingDisabled: 0x0010,
} as const;

/**
 * Walks one DNS message in place: where each question and record lies, as columns. One walker reads message after message
 * and allocates nothing. Offsets are those of `bytes`. What was whole before a fault stays readable; names are only
 * stepped over here (`NameReader` follows pointers), so a message costs no more than its length.
 */
export class MessageWalker {
  bytes: Uint8Array = new Uint8Array(0);
  at = 0;
  end = 0;
  id = 0;
  flags = 0;
  /** Counts as the header claims them: questions, answers, authorities, additionals. */
  readonly claimed = new Uint16Array(4);

  questionCount = 0;
  readonly questionAt = new Uint32Array(QUESTION_LIMIT);
  /** End of the question's name, where its type begins. */
  readonly questionTypeAt = new Uint32Array(QUESTION_LIMIT);

  /** Whole records, in order; `answerCount` of them are answers, the next `authorityCount` authorities. */
  recordCount = 0;
  answerCount = 0;
  authorityCount = 0;
  readonly nameAt = new Uint32Array(RECORD_LIMIT);
  /** End of the owner's name: type (2), class (2), TTL (4) and RDLENGTH (2) follow. */
  readonly typeAt = new Uint32Array(RECORD_LIMIT);
  readonly type = new Uint16Array(RECORD_LIMIT);
  readonly class = new Uint16Array(RECORD_LIMIT);
  readonly ttl = new Uint32Array(RECORD_LIMIT);
  readonly dataAt = new Uint32Array(RECORD_LIMIT);
  readonly dataEnd = new Uint32Array(RECORD_LIMIT);
  /** The OPT pseudo-record's index (RFC 6891), -1 none. */
  opt = -1;

  /** `Fault.none`, or why reading stopped; where; and where the broken question or record begins. */
  fault: number = Fault.none;
  faultAt = 0;
  brokenAt = 0;
  /** End of what was read. Bytes may follow it. */
  readEnd = 0;

  get isResponse(): boolean {
    return (this.flags & Flag.response) !== 0;
  }

  get opcode(): number {
    return (this.flags >> 11) & 15;
  }

  /** With the upper bits from OPT (RFC 6891 §6.1.3). */
  get rcode(): number {
    return (this.flags & 15) | (this.opt < 0 ? 0 : (this.ttl[this.opt] >>> 24) << 4);
  }

  questionType(i: number): number {
    return u16(this.bytes, this.questionTypeAt[i]);
  }

  questionClass(i: number): number {
    return u16(this.bytes, this.questionTypeAt[i] + 2);
  }

  section(i: number): number {
    return i < this.answerCount
      ? Section.answer
      : i < this.answerCount + this.authorityCount
        ? Section.authority
        : Section.additional;
  }

  /** True when the whole message was read without fault. */
  read(bytes: Uint8Array, at: number, end: number): boolean {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.questionCount = this.recordCount = this.answerCount = this.authorityCount = 0;
    this.opt = -1;
    this.fault = Fault.none;
    this.brokenAt = this.readEnd = at;
    if (end - at < HEADER_BYTES) {
      this.id = this.flags = 0;
      this.claimed.fill(0);
      return this.fail(Fault.header, at);
    }
    this.id = u16(bytes, at);
    this.flags = u16(bytes, at + 2);
    const questions = (this.claimed[0] = u16(bytes, at + 4));
    const answers = (this.claimed[1] = u16(bytes, at + 6));
    const authorities = (this.claimed[2] = u16(bytes, at + 8));
    const additionals = (this.claimed[3] = u16(bytes, at + 10));
    this.readEnd = at + HEADER_BYTES;
    if (!this.questions(questions)) return false;
    if (!this.records(answers)) {
      this.answerCount = this.recordCount;
      return false;
    }
    this.answerCount = this.recordCount;
    const whole = this.records(authorities);
    this.authorityCount = this.recordCount - this.answerCount;
    return whole && this.records(additionals);
  }

  private questions(count: number): boolean {
    for (let i = 0; i < count; i++) {
      const at = this.readEnd;
      this.brokenAt = at;
      if (i === QUESTION_LIMIT) return this.fail(Fault.tooManyQuestions, at);
      const typeAt = this.skipName(at);
      if (typeAt < 0) return false;
      if (typeAt + 4 > this.end) return this.fail(Fault.questionCut, typeAt);
      this.questionAt[i] = at;
      this.questionTypeAt[i] = typeAt;
      this.questionCount = i + 1;
      this.readEnd = typeAt + 4;
    }
    return true;
  }

  private records(count: number): boolean {
    const { bytes, end } = this;
    for (let left = count; left > 0; left--) {
      const at = this.readEnd;
      this.brokenAt = at;
      const i = this.recordCount;
      if (i === RECORD_LIMIT) return this.fail(Fault.tooManyRecords, at);
      const typeAt = this.skipName(at);
      if (typeAt < 0) return false;
      const dataAt = typeAt + 10;
      if (dataAt > end) return this.fail(Fault.recordCut, typeAt);
      const dataEnd = dataAt + u16(bytes, typeAt + 8);
      if (dataEnd > end) return this.fail(Fault.dataCut, typeAt + 8);
      const type = u16(bytes, typeAt);
      if (type === 41 && this.opt < 0) this.opt = i;
      this.nameAt[i] = at;
      this.typeAt[i] = typeAt;
      this.type[i] = type;
      this.class[i] = u16(bytes, typeAt + 2);
      this.ttl[i] = u32(bytes, typeAt + 4);
      this.dataAt[i] = dataAt;
      this.dataEnd[i] = dataEnd;
      this.recordCount = i + 1;
      this.readEnd = dataEnd;
    }
    return true;
  }

  /** Steps over a name as it stands here, too long or not; -1 with the fault set. */
  private skipName(from: number): number {
    const { bytes, end } = this;
    for (let at = from; at < end; ) {
      const length = bytes[at];
      if (length === 0) return at + 1;
      if (length >= 0xc0) {
        if (at + 2 <= end) return at + 2;
        break;
      }
      if (length > 63) return this.failName(Fault.labelType, at);
      at += 1 + length;
    }
    return this.failName(Fault.nameCut, from);
  }

  private fail(fault: number, at: number): false {
    this.fault = fault;
    this.faultAt = at;
    return false;
  }

  private failName(fault: number, at: number): -1 {
    this.fail(fault, at);
    return -1;
  }
}

/**
 * Does a message over TCP begin here: a length (RFC 1035 §4.2.2), then a header with counts that are small and fit it?
 * Undefined: too few bytes to say.
 */
export function looksLikeTcpMessage(bytes: Uint8Array, at: number, end: number): boolean | undefined {
  if (end - at < 2 + HEADER_BYTES) return undefined;
  const length = u16(bytes, at);
  const flags = u16(bytes, at + 4);
  const questions = u16(bytes, at + 6);
  const records = u16(bytes, at + 8) + u16(bytes, at + 10) + u16(bytes, at + 12);
  const response = (flags & Flag.response) !== 0;
  if (((flags >> 11) & 15) > 6 || (flags & Flag.z) !== 0 || questions > 1 || (!response && (questions === 0 || records > 16)))
    return false;
  return HEADER_BYTES + 5 * questions + 11 * records <= length;
}

const LONGEST_NAME = 255;
const INTERNET = 1;
const CHAOS = 3;
/** Flags that a question may have: RD, AD and CD. */
const ASKING: number = Flag.recursionDesired | Flag.authentic | Flag.checkingDisabled;
const RECORDS = 64;

/**
 * Is a datagram on any port a standard query or the answer to one (RFC 1035 §4.1)? Strict, so that nothing else is taken for
 * one: one question, no flag that makes no sense, and the counts lead exactly to the datagram's end, as far as it was captured.
 */
export function looksLikeMessage(bytes: Uint8Array, at: number, end: number, wire: number): boolean {
  if (end - at < HEADER_BYTES + 5 || u16(bytes, at + 4) !== 1) return false;
  const flags = u16(bytes, at + 2);
  const answers = u16(bytes, at + 6);
  const authorities = u16(bytes, at + 8);
  const additionals = u16(bytes, at + 10);
  if ((flags & Flag.response) === 0) {
    if ((flags & ~ASKING) !== 0 || answers + authorities > 0 || additionals > 2) return false;
  } else if ((flags & (0x7800 | Flag.z)) !== 0 || answers + authorities + additionals > RECORDS) return false;
  const name = at + HEADER_BYTES;
  let i = name;
  while (i < end && bytes[i] !== 0) {
    if (bytes[i] > 63) return false;
    i += 1 + bytes[i];
  }
  if (i - name >= LONGEST_NAME || i + 5 > end || u16(bytes, i + 1) === 0) return false;
  const group = u16(bytes, i + 3);
  if (group !== INTERNET && group !== CHAOS) return false;
  i = pastRecords(bytes, i + 5, end, answers + authorities + additionals);
  return end < wire ? i < 0 || i <= end : i === end;
}

/** Where so many records end; -1 where they lead past the end. */
function pastRecords(bytes: Uint8Array, at: number, end: number, count: number): number {
  for (; count > 0; count--) {
    while (at < end && bytes[at] !== 0 && bytes[at] < 0xc0) at += 1 + bytes[at];
    at += at < end && bytes[at] !== 0 ? 2 : 1;
    if (at + 10 > end) return -1;
    at += 10 + u16(bytes, at + 8);
    if (at > end) return -1;
  }
  return at;
}
