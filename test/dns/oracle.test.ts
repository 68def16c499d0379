import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../src/session/analysis.ts';
import { openCapture } from '../../src/capture/open.ts';
import { isDnsPort } from '../../src/correlate/lookups.ts';
import type { Lookup } from '../../src/correlate/model.ts';
import { NameReader } from '../../src/dissect/dns/name-reader.ts';
import { typeName } from '../../src/dissect/dns/names.ts';
import { recordText } from '../../src/dissect/dns/records.ts';
import { Flag, MessageWalker, Section } from '../../src/dissect/dns/walk.ts';
import { Kind } from '../../src/dissect/packets.ts';

// What tshark says of the DNS messages in captures made by others. They lie beside the project; without them nothing is compared.

const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = existsSync(join(captures, 'manifest.json'));

interface Told {
  name?: string;
  type: string;
  ttl?: number;
  data?: string;
}

interface Message {
  frame: number;
  proto: string;
  id?: string;
  response: boolean;
  opcode?: number;
  rcode?: number;
  transport?: string;
  rd?: boolean;
  ra?: boolean;
  aa?: boolean;
  tc?: boolean;
  ad?: boolean;
  queries?: Told[];
  answers?: Told[];
  authorities?: Told[];
  additionals?: Told[];
  responseIn?: number;
}

/** Captures broken on purpose: their messages are not compared one by one. */
const BROKEN = /^malformed\//;

/** Lookups that tshark sees otherwise, with the reason. */
const OTHERWISE: Record<string, string> = {
  'tunnels/gre.pcap 34': 'a question quoted in an ICMP error is no question sent',
  'tunnels/gre.pcap 36': 'a question quoted in an ICMP error is no question sent',
};

function files(): { file: string; messages: Message[] }[] {
  if (!present) return [];
  const { captures: list } = JSON.parse(readFileSync(join(captures, 'manifest.json'), 'utf8')) as {
    captures: { file: string }[];
  };
  return list.flatMap(({ file }) => {
    const path = join(captures, 'oracle', `${file}.json`);
    const messages = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as { dns?: Message[] }).dns : undefined;
    return messages?.length && !BROKEN.test(file) ? [{ file, messages }] : [];
  });
}

/** tshark's words for the root; it names few types, and the others by number. */
const name = (text: string | undefined): string => (text === '<Root>' ? '.' : (text ?? '')).toLowerCase();
const type = (text: string): string => (/^\d+$/.test(text) ? typeName(Number(text)) : text);

const sections = ['answers', 'authorities', 'additionals'] as const;

/** A message as the oracle tells of it, with only what it tells. */
function told(walker: MessageWalker, like: Message): Partial<Message> {
  const reader = new NameReader();
  reader.multicast = like.proto !== 'dns';
  const read = (at: number, end: number): string => {
    reader.read(walker.bytes, walker.at, at, end, walker.end);
    return reader.text();
  };
  const result: Partial<Message> = {
    id: `0x${walker.id.toString(16).padStart(4, '0')}`,
    response: walker.isResponse,
    opcode: walker.opcode,
  };
  if (like.rcode !== undefined) result.rcode = walker.flags & 15;
  const flags = {
    rd: Flag.recursionDesired,
    ra: Flag.recursionAvailable,
    aa: Flag.authoritative,
    tc: Flag.truncated,
    ad: Flag.authentic,
  };
  for (const [key, bit] of Object.entries(flags))
    if (like[key as 'rd'] !== undefined) result[key as 'rd'] = (walker.flags & bit) !== 0;
  if (like.queries) {
    result.queries = Array.from({ length: walker.questionCount }, (_, i) => ({
      name: name(read(walker.questionAt[i], walker.questionTypeAt[i])),
      type: typeName(walker.questionType(i)),
    }));
  }
  sections.forEach((section, number) => {
    const theirs = like[section];
    if (theirs === undefined) return;
    const ours: Told[] = [];
    for (let i = 0; i < walker.recordCount; i++) {
      if (walker.section(i) !== Object.values(Section)[number]) continue;
      const their = theirs[ours.length];
      const one: Told = { type: typeName(walker.type[i]) };
      if (their?.name !== undefined) one.name = name(read(walker.nameAt[i], walker.typeAt[i]));
      if (their?.ttl !== undefined) one.ttl = walker.ttl[i];
      // Of data with several parts tshark's list has one; it is in ours.
      if (their?.data !== undefined && recordText(walker, i).toLowerCase().includes(their.data.toLowerCase()))
        one.data = their.data;
      ours.push(one);
    }
    result[section] = ours;
  });
  return result;
}

/** The oracle's message in the same words, without what is not compared. */
function expected(message: Message): Partial<Message> {
  const result: Record<string, unknown> = {};
  for (const key of ['id', 'response', 'opcode', 'rcode', 'rd', 'ra', 'aa', 'tc', 'ad'] as const)
    if (message[key] !== undefined) result[key] = message[key];
  if (message.queries) result.queries = message.queries.map((q) => ({ name: name(q.name), type: type(q.type) }));
  for (const section of sections) {
    const records = message[section];
    if (records === undefined) continue;
    result[section] = records.map((r) => ({ ...r, type: type(r.type), ...(r.name !== undefined && { name: name(r.name) }) }));
  }
  return result as Partial<Message>;
}

/** Every UDP message that was not in fragments, by packet, and the lookups of the whole capture. */
async function read(file: string, wanted: Map<number, Message>) {
  const source = await openCapture(join(captures, file));
  const lookups: Lookup[] = [];
  const analysis = new Analysis(source, { lookup: (lookup) => lookups.push(lookup) });
  const messages = new Map<number, Partial<Message>>();
  const walker = new MessageWalker();
  while (await analysis.step()) {
    const p = analysis.correlator.packets;
    for (let row = 0; row < p.count; row++) {
      const like = wanted.get(p.firstNumber + row);
      if (like === undefined || p.kind[row] !== Kind.udp || like.transport !== 'udp') continue;
      if (!isDnsPort(p.sourcePort[row]) && !isDnsPort(p.destinationPort[row])) continue;
      walker.read(p.bytes, p.payloadAt[row], p.payloadAt[row] + p.payloadCaptured[row]);
      messages.set(like.frame, told(walker, like));
    }
  }
  source.close();
  return { messages, lookups };
}

describe.runIf(present)('what tshark says of DNS', () => {
  test.each(files())('$file', async ({ file, messages }) => {
    const found = await read(file, new Map(messages.map((m) => [m.frame, m])));
    for (const message of messages) {
      const ours = found.messages.get(message.frame);
      if (ours !== undefined) expect({ frame: message.frame, ...ours }).toEqual({ frame: message.frame, ...expected(message) });
    }
    for (const question of messages) {
      if (question.response || question.proto !== 'dns' || question.queries?.length !== 1) continue;
      if (OTHERWISE[`${file} ${question.frame}`] !== undefined) continue;
      const [{ name: asked, type: kind }] = question.queries;
      const mine = found.lookups.find(
        (l) => (l.packet === question.frame && name(l.name) === name(asked)) || l.repeats.includes(question.frame),
      );
      expect(mine, `${asked} @${question.frame}`).toBeDefined();
      expect([mine?.type, mine?.packet === question.frame ? mine.id : Number(question.id)]).toEqual([
        type(kind),
        Number(question.id),
      ]);
      if (question.responseIn !== undefined && mine?.packet === question.frame && mine.repeats.length === 0) {
        expect(mine.answerPacket).toBe(question.responseIn);
        const records = messages.find((m) => m.frame === question.responseIn && m.response)?.answers ?? [];
        const addresses = records.filter((r) => r.type === 'A' || r.type === 'AAAA').map((r) => r.data);
        expect([...mine.addresses].sort()).toEqual(addresses.sort());
      }
    }
  });
});

if (!present) test.skip('what tshark says of DNS: ../shared/captures is not there, nothing is compared', () => {});
