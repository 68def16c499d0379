import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../src/dissect/dns/fault.ts';
import { NameReader } from '../../src/dissect/dns/name-reader.ts';
import { MessageWalker, QUESTION_LIMIT, RECORD_LIMIT, Section } from '../../src/dissect/dns/walk.ts';
import { fromHex, join, u8 } from '../frames.ts';
import { answer, message, pointer, query, record, wireName } from './build.ts';

const walk = (bytes: Uint8Array, at = 0, end = bytes.length): MessageWalker => {
  const walker = new MessageWalker();
  walker.read(bytes, at, end);
  return walker;
};

/** The name at `at` of a message. */
function nameAt(bytes: Uint8Array, at: number, multicast = false): NameReader {
  const reader = new NameReader();
  reader.multicast = multicast;
  reader.read(bytes, 0, at, bytes.length, bytes.length);
  return reader;
}

describe('walking a message', () => {
  test('RFC 1035 §4.1: header, question, and records of each section', () => {
    const a = { name: pointer(12), type: 1, data: u8(192, 0, 2, 1), ttl: 86400 };
    const ns = { name: 'example', type: 2, data: wireName('ns.example') };
    const opt = { name: '', type: 41, class: 1232, ttl: 0x01008000, data: u8() };
    const bytes = message({
      id: 0xbeef,
      flags: 0x8583,
      questions: [{ name: 'www.example', type: 1 }],
      answers: [a, a],
      authorities: [ns],
      additionals: [opt],
    });
    const w = walk(join(u8(9, 9, 9), bytes), 3);
    expect(w.fault).toBe(Fault.none);
    expect([w.id, w.isResponse, w.opcode, w.readEnd]).toEqual([0xbeef, true, 0, 3 + bytes.length]);
    expect(w.rcode).toBe(0x13);
    expect([w.questionCount, w.questionType(0), w.questionClass(0), w.questionAt[0], w.questionTypeAt[0]]).toEqual([
      1, 1, 1, 15, 28,
    ]);
    expect([0, 1, 2, 3].map((i) => w.section(i))).toEqual([
      Section.answer,
      Section.answer,
      Section.authority,
      Section.additional,
    ]);
    expect([w.type[0], w.class[0], w.ttl[0], w.dataEnd[0] - w.dataAt[0]]).toEqual([1, 1, 86400, 4]);
    expect([w.nameAt[0], w.typeAt[0], w.dataAt[0]]).toEqual([32, 34, 44]);
    expect(w.opt).toBe(3);
  });

  test('the 25 bytes that some decoders make 196 605 records of', () => {
    const w = walk(fromHex('000081800000ffffffffffff000010000100000000' + '00100161'));
    expect([w.fault, w.recordCount, w.brokenAt]).toEqual([Fault.dataCut, 0, 12]);
  });

  test('cut anywhere, it keeps what was whole and says where it broke', () => {
    const bytes = answer(7, 'www.example.com', ['192.0.2.1', '192.0.2.2', '192.0.2.3']);
    const starts = [12, 33, 49, 65, 81];
    for (let end = 0; end < bytes.length; end++) {
      // Behind the cut lies other memory, which must not matter.
      const w = walk(join(bytes.subarray(0, end), new Uint8Array(64).fill(0xc0)), 0, end);
      expect(w.fault).not.toBe(Fault.none);
      const whole = starts.filter((at) => at <= end).length - 1;
      expect(w.questionCount + w.recordCount).toBe(Math.max(0, whole));
      expect(w.brokenAt).toBe(end < 12 ? 0 : starts[whole]);
      expect(w.faultAt).toBeGreaterThanOrEqual(w.brokenAt);
      expect(w.readEnd).toBeLessThanOrEqual(end);
    }
    expect(walk(bytes).fault).toBe(Fault.none);
  });

  test('a data length beyond the end, a label of an unknown kind', () => {
    const longer = message({ answers: [{ name: '', type: 1, data: u8(1, 2, 3, 4), length: 5 }] });
    expect(walk(longer).fault).toBe(Fault.dataCut);
    const odd = message({ questions: [{ name: u8(0x41, 0), type: 1 }] });
    expect([walk(odd).fault, walk(odd).faultAt]).toEqual([Fault.labelType, 12]);
  });

  test('more questions and records than are read', () => {
    const many = message({ questions: new Array(QUESTION_LIMIT + 1).fill({ name: '', type: 1 }) });
    expect([walk(many).fault, walk(many).questionCount]).toEqual([Fault.tooManyQuestions, QUESTION_LIMIT]);
    const records = message({ answers: new Array(RECORD_LIMIT + 1).fill({ name: '', type: 10, data: u8() }) });
    expect([walk(records).fault, walk(records).recordCount]).toEqual([Fault.tooManyRecords, RECORD_LIMIT]);
  });

  test('one walker for message after message', () => {
    const w = new MessageWalker();
    w.read(answer(1, 'a.example', ['192.0.2.1']), 0, 100);
    const short = query(2, 'b');
    expect(w.read(short, 0, short.length)).toBe(true);
    expect([w.id, w.recordCount, w.answerCount, w.opt]).toEqual([2, 0, 0, -1]);
  });

  test('any bytes are borne, and nothing at or past the end is read', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (bytes, at) => {
        const from = Math.min(at, bytes.length);
        const one = walk(bytes, from);
        const other = walk(join(bytes, new Uint8Array(300).fill(1)), from, bytes.length);
        expect([other.fault, other.questionCount, other.recordCount]).toEqual([one.fault, one.questionCount, one.recordCount]);
        for (let i = 0; i < one.recordCount; i++) expect(one.dataEnd[i]).toBeLessThanOrEqual(bytes.length);
      }),
      { seed: 1, numRuns: 2000 },
    );
  });
});

describe('names', () => {
  test('RFC 1035 §4.1.4: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root', () => {
    const bytes = new Uint8Array(100);
    bytes.set(wireName('F.ISI.ARPA'), 20);
    bytes.set(join(u8(3), new TextEncoder().encode('FOO'), pointer(20)), 40);
    bytes.set(pointer(26), 64);
    expect([20, 40, 64, 92].map((at) => nameAt(bytes, at).text())).toEqual(['F.ISI.ARPA', 'FOO.F.ISI.ARPA', 'ARPA', '.']);
    expect([20, 40, 64, 92].map((at) => nameAt(bytes, at).next)).toEqual([32, 46, 66, 93]);
    expect(nameAt(bytes, 40).hash).toBe(nameAt(join(new Uint8Array(12), wireName('foo.f.isi.arpa')), 12).hash);
    expect(nameAt(bytes, 40).equals('foo.F.isi.arpa')).toBe(true);
    expect(nameAt(bytes, 40).equals('foo-f.isi.arpa')).toBe(false);
    expect(nameAt(bytes, 40).wire()).toEqual(Buffer.from(wireName('FOO.F.ISI.ARPA')));
    expect(nameAt(bytes, 92).wire()).toEqual(Buffer.from([0]));
  });

  test('names of the same bytes with other labels, and long ones that differ at their end, are not taken for each other', () => {
    const one = (name: string) => nameAt(join(new Uint8Array(12), wireName(name)), 12);
    const long = `${'abcdefghi.'.repeat(8)}example`;
    for (let i = 0; i < 2; i++) {
      expect(one('a.b.example').text()).toBe('a.b.example');
      expect(one('a[46]b.example').text()).toBe('a\\.b.example');
      expect(one('a.b.example').equals('a\\.b.example')).toBe(false);
      expect(one('a[46]b.example').equals('a.b.example')).toBe(false);
      for (const last of 'abc') expect(one(`${long}${last}`).text()).toBe(`${long}${last}`);
      expect(one('A.B.Example').text()).toBe('A.B.Example');
      expect(one('A.B.Example').hash).toBe(one('a.b.example').hash);
      expect(one('A.B.Example').equals('a.b.eXAMPLE')).toBe(true);
      expect(one('abc').text()).toBe('abc');
      expect(one('abc[0]').text()).toBe('abc\\000');
    }
  });

  test('escapes as dig does', () => {
    const one = (name: string) => nameAt(join(new Uint8Array(12), wireName(name)), 12).text();
    expect(one('a[46]b.c[27][91]2J.x[32]y.q[34]q')).toBe('a\\.b.c\\027[2J.x\\032y.q\\"q');
    expect(one('[36][40][41][59][64][92].[127][128][255]')).toBe('\\$\\(\\)\\;\\@\\\\.\\127\\128\\255');
    expect(one('_443._tcp.Ex-ample')).toBe('_443._tcp.Ex-ample');
  });

  test('names of multicast DNS are UTF-8 (RFC 6763 §4.1.1)', () => {
    const bytes = join(new Uint8Array(12), wireName('프린터 a[46]b._ipp[10]._tcp'));
    expect(nameAt(bytes, 12, true).text()).toBe('프린터 a\\.b._ipp\\010._tcp');
    expect(nameAt(bytes, 12, true).equals('프린터 A\\.b._ipp\\010._TCP')).toBe(true);
    expect(nameAt(join(new Uint8Array(12), wireName('a[200]')), 12, true).text()).toBe('a\\200');
  });

  test('pointers: to themselves, in a circle, into the header, past the end; forward ones are followed', () => {
    const to = (...places: number[]) => nameAt(join(new Uint8Array(12), ...places.map(pointer)), 12);
    expect(to(12).fault).toBe(Fault.pointerLoop);
    expect(to(14, 12).fault).toBe(Fault.pointerLoop);
    expect(to(11).fault).toBe(Fault.pointerOutside);
    expect(to(14).fault).toBe(Fault.pointerOutside);
    const forward = nameAt(join(new Uint8Array(12), pointer(14), wireName('codemonkey.net')), 12);
    expect([forward.text(), forward.forward, forward.next]).toEqual(['codemonkey.net', true, 14]);
    const loop = nameAt(join(new Uint8Array(12), u8(1, 97), pointer(12)), 12);
    // A circle with labels in it runs into the length limit first.
    expect([loop.fault, loop.text()]).toEqual([Fault.nameTooLong, new Array(127).fill('a').join('.')]);
  });

  test('255 bytes are a name, 256 are not', () => {
    const label = 'x'.repeat(63);
    const fits = [label, label, label, 'x'.repeat(61)].join('.');
    expect(nameAt(join(new Uint8Array(12), wireName(fits)), 12).text()).toBe(fits);
    const over = nameAt(join(new Uint8Array(12), wireName(`${fits}x`)), 12);
    expect([over.fault, over.labels]).toEqual([Fault.nameTooLong, 3]);
    const labels = new Array(127).fill('a').join('.');
    expect(nameAt(join(new Uint8Array(12), wireName(labels)), 12).labels).toBe(127);
    // 128 pointers are followed, 129 are not.
    const chain = (n: number) =>
      join(new Uint8Array(12), wireName('a'), ...Array.from({ length: n }, (_, i) => pointer(i === 0 ? 12 : 13 + 2 * i)));
    expect(nameAt(chain(128), 13 + 2 * 128).fault).toBe(Fault.none);
    expect(nameAt(chain(129), 13 + 2 * 129).fault).toBe(Fault.pointerLoop);
  });

  test('what a record holds does not depend on what lies behind it', () => {
    const bytes = join(message({ answers: [{ name: 'a', type: 5, data: u8(3, 98, 98) }] }), u8(98, 0));
    const w = walk(bytes, 0, bytes.length - 2);
    const reader = new NameReader();
    expect(reader.read(bytes, 0, w.dataAt[0], w.dataEnd[0], w.end)).toBe(false);
    expect(reader.fault).toBe(Fault.nameCut);
    expect(record({ name: '', type: 1, data: u8() }).length).toBe(11);
  });
});
