import dnsPacket from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { rcodeName, typeName } from '../../src/dissect/dns/names.ts';
import { recordData, recordText } from '../../src/dissect/dns/records.ts';
import { MessageWalker } from '../../src/dissect/dns/walk.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { be16, fromHex, join, u8 } from '../frames.ts';
import { message, pointer, type RecordSpec, wireName } from './build.ts';
import { DIG, DIG_OPTIONS } from './dig.ts';

function decode(spec: Partial<RecordSpec> & { type: number; data: Uint8Array }) {
  const bytes = message({
    flags: 0x8400,
    questions: [{ name: 'x.example', type: 255 }],
    answers: [{ name: pointer(12), ...spec }],
  });
  // A message does not begin where its packet does: pointers count from the message.
  const walker = new MessageWalker();
  walker.read(join(u8(1, 2, 3, 4, 5), bytes), 5, bytes.length + 5);
  const data = recordData(walker, 0);
  expect(recordText(walker, 0)).toBe(data.text);
  return { ...data, at: walker.dataAt[0], end: walker.dataEnd[0] };
}

/** SVCB's seventh parameter has a name since RFC 9461; that `dig` did not know it. */
const newer = (text: string): string => text.replace('key7=', 'dohpath=');

describe('record data as dig prints it', () => {
  test.each(DIG.map(([type, data, name, text]) => ({ type, data, name, text })))('$name $text', ({ type, data, name, text }) => {
    const found = decode({ type, data: fromHex(data) });
    expect([typeName(type), found.text, found.problem]).toEqual([name, newer(text), undefined]);
    checkRanges(found.fields, found.at, found.end);
  });

  test.each(DIG_OPTIONS)('option %s', (option, text) => {
    const found = decode({ name: '', type: 41, class: 1232, ttl: 0x8000, data: fromHex(option) });
    expect([found.text, found.problem]).toEqual([`EDNS: version: 0, flags: do; udp: 1232; ${text}`, undefined]);
    checkRanges(found.fields, found.at, found.end);
  });
});

/** The pieces follow each other and fill the data; children lie inside. */
function checkRanges(fields: Field[], at: number, end: number): void {
  let next = at;
  for (const field of fields) {
    expect(field.at).toBe(next);
    next = field.end;
    for (const child of field.children ?? []) {
      expect(child.at).toBeGreaterThanOrEqual(field.at);
      expect(child.end).toBeLessThanOrEqual(field.end);
    }
  }
  if (fields.length > 0) expect(next).toBe(end);
}

describe('what does not fit its type', () => {
  test('cut at every byte: never a throw, and text of the bytes or of a shorter value', () => {
    for (const [type, data] of DIG) {
      const whole = fromHex(data);
      for (let size = 0; size < whole.length; size++) {
        const { text, problem } = decode({ type, data: whole.subarray(0, size) });
        if (problem !== undefined) expect(text).toMatch(/^\\# \d+/);
      }
    }
  });

  test('A and AAAA with another length', () => {
    expect(decode({ type: 1, data: u8(1, 2, 3) }).text).toBe('\\# 3 010203');
    expect(decode({ type: 1, data: new Uint8Array(16) }).problem).toBe('12 bytes too many for A');
    expect(decode({ type: 28, data: u8(1, 2, 3, 4) }).problem).toBe('the data is not that of AAAA from byte 0 of 4 on');
    expect(decode({ type: 1, data: u8() })).toMatchObject({ text: '\\# 0', fields: [] });
  });

  test('TXT whose string is longer than the data', () => {
    expect(decode({ type: 16, data: u8(5, 97, 98) }).text).toBe('\\# 3 056162');
  });

  test('a name that leaves the data, a bitmap that goes back, parameters out of order', () => {
    expect(decode({ type: 5, data: u8(3, 97) }).text).toBe('\\# 2 0361');
    expect(decode({ type: 47, data: join(wireName('a'), u8(1, 1, 0x40, 0, 1, 0x40)) }).problem).toContain('NSEC');
    expect(decode({ type: 65, data: join(be16(1), u8(0), be16(3), be16(2), be16(443), be16(1), be16(0)) }).problem).toContain(
      'HTTPS',
    );
    expect(decode({ type: 41, name: '', data: be16(8) }).problem).toBe('the options do not fill the data');
  });

  test('SSHFP and DNSKEY that dns-packet refuses are still read', () => {
    expect(decode({ type: 44, data: u8(4, 9, 0xab) }).text).toBe('4 9 AB');
    expect(decode({ type: 48, data: u8(1, 0, 4, 13, 1, 2, 3) }).text).toBe('256 4 13 AQID');
  });

  test('a forward pointer in the data', () => {
    const bytes = message({
      answers: [
        { name: '', type: 15, data: join(be16(5), pointer(27)) },
        { name: 'mx.example', type: 10, data: u8() },
      ],
    });
    const walker = new MessageWalker();
    walker.read(bytes, 0, bytes.length);
    expect(recordData(walker, 0).text).toBe('5 mx.example.');
  });
});

describe('messages that dns-packet encodes', () => {
  test('values come back', () => {
    const answers: [dnsPacket.Answer, string][] = [
      [{ name: 'a.example', type: 'A', data: '192.0.2.7' }, '192.0.2.7'],
      [{ name: 'a.example', type: 'AAAA', data: '2001:db8::7' }, '2001:db8::7'],
      [{ name: 'a.example', type: 'CNAME', data: 'b.example' }, 'b.example.'],
      [{ name: 'a.example', type: 'MX', data: { preference: 10, exchange: 'm.example' } }, '10 m.example.'],
      [{ name: 'a.example', type: 'TXT', data: ['one', 'two "2"'] }, '"one" "two \\"2\\""'],
      [{ name: 'a.example', type: 'SRV', data: { priority: 1, weight: 2, port: 3, target: 't.example' } }, '1 2 3 t.example.'],
      [{ name: 'a.example', type: 'CAA', data: { flags: 0, tag: 'issue', value: 'ca.example' } }, '0 issue "ca.example"'],
      [{ name: 'a.example', type: 'HINFO', data: { cpu: 'VAX', os: 'UNIX' } }, '"VAX" "UNIX"'],
      [
        {
          name: 'a.example',
          type: 'SOA',
          data: { mname: 'n.example', rname: 'h.example', serial: 1, refresh: 2, retry: 3, expire: 4, minimum: 5 },
        },
        'n.example. h.example. 1 2 3 4 5',
      ],
    ];
    const bytes = dnsPacket.encode({ type: 'response', id: 5, questions: [], answers: answers.map(([a]) => a) });
    const walker = new MessageWalker();
    expect(walker.read(bytes, 0, bytes.length)).toBe(true);
    expect(answers.map((_, i) => recordData(walker, i).text)).toEqual(answers.map(([, text]) => text));
  });

  test('names without a name', () => {
    expect([typeName(65400), rcodeName(3), rcodeName(16), rcodeName(999)]).toEqual([
      'TYPE65400',
      'NXDOMAIN',
      'BADVERS',
      'RCODE999',
    ]);
  });
});
