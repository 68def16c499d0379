import { u16 } from '../bytes.ts';
import { Fields, hexText, wrong } from '../fields.ts';
import type { Field } from '../protocol.ts';
import { faultText } from './fault.ts';
import { NameReader } from './name-reader.ts';
import { className, opcodeName, rcodeName, typeName } from './names.ts';
import { recordData } from './records.ts';
import { Flag, HEADER_BYTES, type MessageWalker } from './walk.ts';

const OPT = 41;
/** Answers told in a title. */
const TITLE_ANSWERS = 4;
/** Longer values are left out there. */
const TITLE_VALUE = 80;
const MULTICAST_BIT = 0x8000;

const OPERATIONS: Record<number, string> = {
  0: 'Standard query',
  1: 'Inverse query',
  2: 'Server status request',
  4: 'Zone change notification',
  5: 'Dynamic update',
  6: 'DNS Stateful operations',
};

/** One message that the walker has read, as fields and as a title's words. */
export class MessageFields {
  private readonly walker: MessageWalker;
  private readonly multicast: boolean;
  private readonly name = new NameReader();
  private readonly list: Field[];
  private readonly bytes: Uint8Array;

  /** `multicast`: mDNS, where the upper bit of a class means something else (RFC 6762 §5.4, §10.2). */
  constructor(walker: MessageWalker, multicast: boolean, list: Field[]) {
    this.walker = walker;
    this.multicast = multicast;
    this.list = list;
    this.bytes = walker.bytes;
    this.name.multicast = multicast;
  }

  /** `cut`: bytes of the message are missing here, so that an end too early is no fault of it. */
  add(cut: string | undefined): void {
    const { walker } = this;
    this.header();
    this.section('dns.queries', 'Queries', 0, walker.questionCount, (i) => this.question(i));
    const authorities = walker.answerCount + walker.authorityCount;
    this.section('dns.answers', 'Answers', 0, walker.answerCount, (i) => this.record(i));
    this.section('dns.authorities', 'Authoritative nameservers', walker.answerCount, authorities, (i) => this.record(i));
    this.section('dns.additionals', 'Additional records', authorities, walker.recordCount, (i) => this.record(i));
    if (walker.fault !== 0) {
      const field: Field = {
        name: 'dns.rest',
        label: 'Rest',
        at: walker.brokenAt,
        end: walker.end,
        value: walker.end - walker.brokenAt,
      };
      field.text = cut ?? faultText(walker.fault);
      if (cut === undefined)
        field.problem = `DNS: ${faultText(walker.fault)} (byte ${walker.faultAt - walker.at} of the message)`;
      this.list.push(field);
    } else if (walker.readEnd < walker.end) {
      const size = walker.end - walker.readEnd;
      this.list.push({
        name: 'dns.extraneous',
        label: 'Bytes behind the message',
        at: walker.readEnd,
        end: walker.end,
        value: size,
      });
    }
  }

  /** "Standard query A www.example.com", "Standard query response NXDOMAIN A no.example" */
  title(): string {
    const { walker } = this;
    if (walker.end - walker.at < HEADER_BYTES) return 'header cut short';
    const words = [OPERATIONS[walker.opcode] ?? opcodeName(walker.opcode)];
    if (walker.isResponse) words.push('response');
    if (walker.isResponse && walker.rcode !== 0) words.push(rcodeName(walker.rcode));
    for (let i = 0; i < walker.questionCount && i < TITLE_ANSWERS; i++) {
      words.push(typeName(walker.questionType(i)), this.nameText(walker.questionAt[i], walker.questionTypeAt[i]));
    }
    for (let i = 0; i < walker.answerCount && i < TITLE_ANSWERS; i++) {
      words.push(typeName(walker.type[i]));
      const { text } = recordData(walker, i);
      if (text.length <= TITLE_VALUE) words.push(text.length > 1 && text.endsWith('.') ? text.slice(0, -1) : text);
    }
    if (walker.questionCount > TITLE_ANSWERS || walker.answerCount > TITLE_ANSWERS) words.push('…');
    return words.join(' ');
  }

  private header(): void {
    const { walker, bytes } = this;
    const f = new Fields(bytes, walker.at, walker.end, this.list);
    f.hex('dns.id', 'Transaction ID', 0, 2);
    const told = [OPERATIONS[walker.opcode] ?? opcodeName(walker.opcode)];
    if (walker.isResponse) told.push('response,', rcodeName(walker.flags & 15));
    const flags = f.under(f.number('dns.flags', 'Flags', 2, 2, (value) => `${hexText(value, 4)} ${told.join(' ')}`));
    flags.flag('dns.flags.response', 'Response', 2, 2, Flag.response);
    flags.bits('dns.flags.opcode', 'Opcode', 2, 2, 0x7800, (value) => `${opcodeName(value)} (${value})`);
    flags.flag('dns.flags.authoritative', 'Authoritative', 2, 2, Flag.authoritative);
    flags.flag('dns.flags.truncated', 'Truncated', 2, 2, Flag.truncated);
    flags.flag('dns.flags.recdesired', 'Recursion desired', 2, 2, Flag.recursionDesired);
    flags.flag('dns.flags.recavail', 'Recursion available', 2, 2, Flag.recursionAvailable);
    flags.flag('dns.flags.z', 'Z', 2, 2, Flag.z);
    flags.flag('dns.flags.authenticated', 'Answer authenticated', 2, 2, Flag.authentic);
    flags.flag('dns.flags.checkdisable', 'Non-authenticated data', 2, 2, Flag.checkingDisabled);
    flags.bits('dns.flags.rcode', 'Reply code', 2, 2, 15, (value) => `${rcodeName(value)} (${value})`);
    f.number('dns.count.queries', 'Questions', 4, 2);
    f.number('dns.count.answers', 'Answer RRs', 6, 2);
    f.number('dns.count.auth_rr', 'Authority RRs', 8, 2);
    f.number('dns.count.add_rr', 'Additional RRs', 10, 2);
  }

  private section(name: string, label: string, from: number, to: number, one: (i: number) => Field): void {
    if (to <= from) return;
    const children: Field[] = [];
    for (let i = from; i < to; i++) children.push(one(i));
    this.list.push({ name, label, at: children[0].at, end: children[children.length - 1].end, value: to - from, children });
  }

  private nameText(at: number, limit: number): string {
    const { walker, name } = this;
    return name.read(walker.bytes, walker.at, at, limit, walker.end) ? name.text() : `<${faultText(name.fault)}>`;
  }

  private nameField(field: string, at: number, limit: number): Field {
    const text = this.nameText(at, limit);
    const result: Field = { name: field, label: 'Name', at, end: limit, value: text };
    if (this.name.fault !== 0) wrong(result, `DNS: ${faultText(this.name.fault)}`);
    else if (this.name.forward) result.text = `${text} (by a pointer that goes forward)`;
    return result;
  }

  private question(i: number): Field {
    const { walker, bytes, multicast } = this;
    const at = walker.questionAt[i];
    const typeAt = walker.questionTypeAt[i];
    const type = walker.questionType(i);
    const value = walker.questionClass(i);
    const masked = multicast ? value & 0x7fff : value;
    const name = this.nameField('dns.qry.name', at, typeAt);
    const f = new Fields(bytes, typeAt, typeAt + 4, [name]);
    f.number('dns.qry.type', 'Type', 0, 2, (v) => `${typeName(v)} (${v})`);
    f.add('dns.qry.class', 'Class', 2, 2, masked, `${className(masked)} (${hexText(masked, 4)})`);
    if (multicast) f.flag('dns.qry.qu', '"QU" question', 2, 2, MULTICAST_BIT);
    const text = `${name.value}: type ${typeName(type)}, class ${className(masked)}`;
    return { name: 'dns.qry', label: 'Query', at, end: typeAt + 4, value: String(name.value), text, children: f.list };
  }

  private record(i: number): Field {
    const { walker, bytes, multicast } = this;
    const at = walker.nameAt[i];
    const typeAt = walker.typeAt[i];
    const type = walker.type[i];
    const name = this.nameField('dns.resp.name', at, typeAt);
    const f = new Fields(bytes, typeAt, walker.dataAt[i], [name]);
    f.number('dns.resp.type', 'Type', 0, 2, (v) => `${typeName(v)} (${v})`);
    const masked = multicast ? walker.class[i] & 0x7fff : walker.class[i];
    if (type === OPT) this.optHeader(f);
    else {
      f.add('dns.resp.class', 'Class', 2, 2, masked, `${className(masked)} (${hexText(masked, 4)})`);
      if (multicast) f.flag('dns.resp.cache_flush', 'Cache flush', 2, 2, MULTICAST_BIT);
      f.number('dns.resp.ttl', 'Time to live', 4, 4, (seconds) => `${seconds} s`);
    }
    const length = f.number('dns.resp.len', 'Data length', 8, 2);
    const data = recordData(walker, i);
    if (data.problem !== undefined) wrong(length, `DNS: ${data.problem}`);
    f.list.push(...data.fields);
    const from = data.fields.at(-1)?.end ?? walker.dataAt[i];
    if (from < walker.dataEnd[i])
      new Fields(bytes, from, walker.dataEnd[i], f.list).raw('dns.data', 'Data', 0, walker.dataEnd[i] - from);
    const text = type === OPT ? data.text : `${name.value}: type ${typeName(type)}, class ${className(masked)}, ${data.text}`;
    return { name: 'dns.resp', label: 'Record', at, end: walker.dataEnd[i], value: String(name.value), text, children: f.list };
  }

  /** RFC 6891 §6.1.3: class is the sender's UDP size, TTL holds the upper bits of the code, a version, and flags. */
  private optHeader(f: Fields): void {
    f.number('dns.rr.udp_payload_size', 'UDP payload size', 2, 2);
    f.number('dns.resp.ext_rcode', 'Higher bits in extended RCODE', 4, 1);
    f.number('dns.resp.edns0_version', 'EDNS0 version', 5, 1);
    f.under(f.hex('dns.resp.z', 'Z', 6, 2)).flag('dns.resp.z.do', 'DO bit', 6, 2, 0x8000);
  }
}

/** The message's length as the two bytes before it over TCP. */
export const lengthField = (bytes: Uint8Array, at: number): Field => ({
  name: 'dns.length',
  label: 'Length',
  at,
  end: at + 2,
  value: u16(bytes, at),
});
