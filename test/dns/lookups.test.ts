import { describe, expect, test } from 'vitest';
import { type LookupOptions, LookupTracker, MULTICAST_TIMEOUT } from '../../src/correlate/lookups.ts';
import { LIST_LIMIT, type Lookup } from '../../src/correlate/model.ts';
import { type Captured, join, packetsOf, u8, udpFrame } from '../frames.ts';
import { answer, message, pointer, query, wireName } from './build.ts';

const CLIENT = '10.0.0.1:40000';
const SERVER = '10.0.0.53:53';
const BASE = 1_600_000_000_000_000_000n;

interface Sent {
  from?: string;
  to?: string;
  payload: Uint8Array;
  /** Milliseconds. */
  at?: number;
  wire?: number;
}

const ask = (payload: Uint8Array, more: Partial<Sent> = {}): Sent => ({ from: CLIENT, to: SERVER, payload, ...more });
const tell = (payload: Uint8Array, more: Partial<Sent> = {}): Sent => ({ from: SERVER, to: CLIENT, payload, ...more });

/** Runs datagrams, one a millisecond, through a tracker. */
function track(sent: Sent[], options: LookupOptions = {}) {
  const final: Lookup[] = [];
  const answered: { index: number; final: number }[] = [];
  const tracker = new LookupTracker(
    { final: (lookup) => final.push(lookup), answered: (lookup) => answered.push({ index: lookup.index, final: final.length }) },
    options,
  );
  const frames = sent.map(({ from, to, payload, at, wire }, i): Captured => {
    const bytes = udpFrame({ from, to, payload });
    return { bytes, time: BASE + BigInt(at ?? i) * 1_000_000n, wire: wire === undefined ? undefined : bytes.length + wire };
  });
  const packets = packetsOf(frames);
  for (let row = 0; row < packets.count; row++) tracker.udpRow(packets, row);
  const beforeEnd = final.length;
  tracker.end();
  return { final, answered, beforeEnd, counters: tracker.counters, byIndex: [...final].sort((a, b) => a.index - b.index) };
}

describe('a question and its answer', () => {
  test('everything that is known of them', () => {
    const cname = { name: pointer(12), type: 5, data: wireName('host.Cdn.example') };
    const a = { name: 'host.cdn.example', type: 1, data: u8(192, 0, 2, 80) };
    const aaaa = { name: 'host.cdn.example', type: 28, data: join(u8(0x20, 1, 0xd, 0xb8), new Uint8Array(11), u8(1)) };
    const short = { name: 'host.cdn.example', type: 1, data: u8(1, 2, 3) };
    const other = { name: 'x', type: 1, data: u8(10, 0, 0, 99) };
    const response = message({
      id: 37062,
      flags: 0x8180,
      questions: [{ name: 'www.Example', type: 1 }],
      answers: [cname, a, aaaa, short],
      authorities: [other],
      additionals: [other],
    });
    const { final, answered, counters, beforeEnd } = track([ask(query(37062, 'www.Example')), tell(response)]);
    expect(final).toMatchObject([
      {
        index: 0,
        packet: 1,
        id: 37062,
        transport: 'udp',
        client: { address: '10.0.0.1', port: 40000 },
        server: { address: '10.0.0.53', port: 53 },
        name: 'www.Example',
        type: 'A',
        start: 0,
        end: 1e6,
        answerPacket: 2,
        rcode: 'NOERROR',
        addresses: ['192.0.2.80', '2001:db8::1'],
        aliases: ['host.Cdn.example'],
        repeats: [],
      },
    ]);
    expect([answered, beforeEnd]).toEqual([[{ index: 0, final: 0 }], 1]);
    expect(counters).toEqual({ evicted: 0, timedOut: 0, duplicateAnswers: 0, unmatchedAnswers: 0, malformed: 0 });
  });

  test('records as dig prints them, where asked for', () => {
    const opt = { name: '', type: 41, class: 1232, data: u8() };
    const ns = { name: 'example', type: 2, ttl: 60, data: wireName('ns.example') };
    const response = answer(1, 'www.example', ['192.0.2.1'], { authorities: [ns], additionals: [opt] });
    const [lookup] = track([ask(query(1, 'www.example')), tell(response)], { records: true }).final;
    expect(lookup.records).toEqual([
      { name: 'www.example.', type: 'A', ttl: 300, data: '192.0.2.1', section: 'answer' },
      { name: 'example.', type: 'NS', ttl: 60, data: 'ns.example.', section: 'authority' },
    ]);
  });

  test('over IPv6, both ports 53, with the case of the name changed on the way (0x20)', () => {
    const from = '[2001:db8::1]:53';
    const to = '[2001:db8::53]:53';
    const { final } = track([
      ask(query(9, 'wWw.eXample'), { from, to }),
      tell(answer(9, 'WWW.example', ['192.0.2.1']), { from: to, to: from }),
    ]);
    expect(final).toMatchObject([{ client: { address: '2001:db8::1', port: 53 }, name: 'wWw.eXample', answerPacket: 2 }]);
  });

  test('NXDOMAIN, and a code whose upper bits are in OPT', () => {
    const no = message({ id: 1, flags: 0x8183, questions: [{ name: 'no.example', type: 1 }] });
    const opt = { name: '', type: 41, class: 1232, ttl: 0x01000000, data: u8() };
    const bad = message({ id: 2, flags: 0x8180, questions: [{ name: 'no.example', type: 1 }], additionals: [opt] });
    const { byIndex } = track([ask(query(1, 'no.example')), ask(query(2, 'no.example')), tell(no), tell(bad)]);
    expect(byIndex).toMatchObject([{ rcode: 'NXDOMAIN', addresses: [] }, { rcode: 'BADVERS' }]);
  });

  test('an answer without the question: the oldest that waits with this id', () => {
    const error = message({ id: 5, flags: 0x8181 });
    const { byIndex, counters } = track([
      ask(query(5, 'a.example')),
      ask(query(5, 'b.example')),
      tell(error),
      tell(error),
      tell(error),
    ]);
    expect(byIndex).toMatchObject([
      { name: 'a.example', answerPacket: 3, rcode: 'FORMERR' },
      { name: 'b.example', answerPacket: 4 },
    ]);
    expect(counters.duplicateAnswers).toBe(1);
  });

  test('several questions in one message are a lookup each', () => {
    const questions = [
      { name: 'a.example', type: 1 },
      { name: 'a.example', type: 28 },
    ];
    const { byIndex } = track([ask(message({ id: 3, questions })), tell(message({ id: 3, flags: 0x8180, questions }))]);
    expect(byIndex).toMatchObject([
      { type: 'A', packet: 1, answerPacket: 2 },
      { type: 'AAAA', packet: 1, answerPacket: 2 },
    ]);
  });

  test('the same question twice in one message is asked once', () => {
    const questions = [
      { name: 'a.example', type: 1 },
      { name: 'A.example', type: 1 },
    ];
    const { final } = track([ask(message({ id: 3, questions })), tell(answer(3, 'a.example', ['192.0.2.1']))]);
    expect(final).toMatchObject([{ repeats: [], answerPacket: 2 }]);
  });

  test('the question is there, the rest of the answer was not captured', () => {
    const whole = answer(4, 'cut.example', ['192.0.2.1', '192.0.2.2']);
    const { final } = track([ask(query(4, 'cut.example')), tell(whole.subarray(0, whole.length - 10), { wire: 10 })]);
    expect(final).toMatchObject([{ answerPacket: 2, addresses: ['192.0.2.1'] }]);
  });
});

describe('who belongs to whom', () => {
  test('several in flight on one port, answered in another order', () => {
    const hosts = ['a.example', 'b.example', 'c.example'];
    const { byIndex } = track([
      ...hosts.map((h, i) => ask(query(i + 1, h))),
      ...[2, 0, 1].map((i) => tell(answer(i + 1, hosts[i], [`192.0.2.${i}`]))),
    ]);
    expect(byIndex.map((l) => [l.packet, l.answerPacket, l.addresses[0]])).toEqual([
      [1, 5, '192.0.2.0'],
      [2, 6, '192.0.2.1'],
      [3, 4, '192.0.2.2'],
    ]);
  });

  test('A and AAAA with one id and one port', () => {
    const v6 = message({ id: 1, flags: 0x8180, questions: [{ name: 'a.example', type: 28 }] });
    const { byIndex } = track([
      ask(query(1, 'a.example')),
      ask(query(1, 'a.example', 28)),
      tell(v6),
      tell(answer(1, 'a.example', ['192.0.2.1'])),
    ]);
    expect(byIndex.map((l) => [l.type, l.answerPacket])).toEqual([
      ['A', 4],
      ['AAAA', 3],
    ]);
  });

  test('not: another id, name, type, server, client, port', () => {
    const good = answer(1, 'a.example', ['192.0.2.1']);
    const { final, counters } = track([
      ask(query(1, 'a.example')),
      tell(answer(2, 'a.example', ['192.0.2.1'])),
      tell(answer(1, 'b.example', ['192.0.2.1'])),
      tell(message({ id: 1, flags: 0x8180, questions: [{ name: 'a.example', type: 28 }] })),
      tell(good, { from: '10.0.0.54:53' }),
      tell(good, { to: '10.0.0.2:40000' }),
      tell(good, { to: '10.0.0.1:40001' }),
    ]);
    expect(final).toHaveLength(1);
    expect(final[0]).toMatchObject({ packet: 1, addresses: [] });
    expect(final[0].answerPacket).toBeUndefined();
    expect(counters).toMatchObject({ unmatchedAnswers: 6, duplicateAnswers: 0 });
  });

  test('asked again before the answer is a repeat; after it, or from another port, a lookup of its own', () => {
    const q = query(1, 'a.example');
    const r = answer(1, 'a.example', ['192.0.2.1']);
    const { byIndex } = track([ask(q), ask(q), ask(q), ask(q, { from: '10.0.0.1:40001' }), tell(r), ask(q), tell(r)]);
    expect(byIndex.map((l) => [l.packet, l.repeats, l.answerPacket])).toEqual([
      [1, [2, 3], 5],
      [4, [], undefined],
      [6, [], 7],
    ]);
  });

  test('a second answer is ignored and counted', () => {
    const { final, counters } = track([
      ask(query(1, 'a.example')),
      tell(answer(1, 'a.example', ['192.0.2.1'])),
      tell(answer(1, 'a.example', ['203.0.113.6'])),
    ]);
    expect(final).toMatchObject([{ answerPacket: 2, addresses: ['192.0.2.1'] }]);
    expect(counters.duplicateAnswers).toBe(1);
  });

  test('answers only, and what is no message, make no lookup', () => {
    const { final, counters } = track([
      tell(answer(1, 'a.example', ['192.0.2.1'])),
      ask(u8(1, 2, 3)),
      ask(message({ questions: [{ name: u8(0x40), type: 1 }] })),
      ask(u8()),
    ]);
    expect(final).toEqual([]);
    expect(counters).toMatchObject({ unmatchedAnswers: 1, malformed: 2 });
  });
});

describe('bounds', () => {
  test('questions give up after the timeout of packet time, counted from the last repeat', () => {
    const { beforeEnd, final, counters } = track(
      [
        ask(query(1, 'a')),
        ask(query(2, 'b')),
        ask(query(1, 'a'), { at: 900 }),
        ask(query(3, 'c'), { at: 1500 }),
        ask(query(4, 'd'), { at: 500 }),
      ],
      { timeout: 1e9 },
    );
    expect([beforeEnd, final[0].name, counters.timedOut]).toEqual([1, 'b', 1]);
  });

  test('a full table lets the oldest go, and still knows the others', () => {
    const count = 40;
    const asks = Array.from({ length: count }, (_, i) => ask(query(i, `h${i}.example`)));
    const tells = Array.from({ length: count }, (_, i) => tell(answer(i, `h${i}.example`, ['192.0.2.1'])));
    const { final, counters } = track([...asks, ...tells], { pendingLimit: 8 });
    expect(final.map((l) => l.index)).toEqual(Array.from({ length: count }, (_, i) => i));
    expect(final.filter((l) => l.answerPacket !== undefined)).toHaveLength(8);
    expect(counters).toMatchObject({ evicted: 32, unmatchedAnswers: 32 });
  });

  test('thousands in flight, answered in any order, each by its own', () => {
    const count = 4000;
    const hosts = Array.from({ length: count }, (_, i) => `h${i}.example`);
    const from = (i: number) => `10.0.${i >> 8}.${i & 255}:${40000 + (i % 7)}`;
    const sent = hosts.map((h, i) => ask(query(i % 11, h), { from: from(i), at: 0 }));
    const answers = hosts.map((h, i) => tell(answer(i % 11, h, [`192.0.${i >> 8}.${i & 255}`]), { to: from(i), at: 1 }));
    const { final, counters } = track([...sent, ...answers.reverse()]);
    expect(final).toHaveLength(count);
    for (const lookup of final) expect(lookup.addresses).toEqual([`192.0.${lookup.index >> 8}.${lookup.index & 255}`]);
    expect(counters.unmatchedAnswers).toBe(0);
  });

  test('lists are capped', () => {
    const q = query(1, 'a');
    const many = answer(1, 'a', new Array(LIST_LIMIT + 9).fill('192.0.2.1'));
    const { final } = track([...new Array(LIST_LIMIT + 9).fill(ask(q)), tell(many)], { records: true });
    expect([final[0].repeats.length, final[0].addresses.length, final[0].records?.length]).toEqual([
      LIST_LIMIT,
      LIST_LIMIT,
      LIST_LIMIT,
    ]);
  });
});

describe('mDNS and LLMNR', () => {
  const GROUP = '224.0.0.251:5353';
  const A = '192.168.0.2:5353';
  const B = '192.168.0.9:5353';
  const ptr = (host: string, target: string) =>
    message({ flags: 0x8400, answers: [{ name: host, type: 12, data: wireName(target) }] });

  test('one answer, from anybody, without the question, answers all who asked', () => {
    const q = query(0, '_ipp._tcp.local', 12);
    const { byIndex, counters } = track([
      { from: A, to: GROUP, payload: q },
      { from: '192.168.0.3:5353', to: GROUP, payload: q },
      { from: A, to: GROUP, payload: q },
      { from: B, to: GROUP, payload: ptr('_IPP._tcp.local', '프린터._ipp._tcp.local') },
      { from: B, to: GROUP, payload: ptr('_ssh._tcp.local', 'x.local') },
    ]);
    expect(byIndex).toMatchObject([
      {
        transport: 'mdns',
        client: { address: '192.168.0.2' },
        server: { address: '224.0.0.251', port: 5353 },
        repeats: [3],
        answerPacket: 4,
      },
      { client: { address: '192.168.0.3' }, repeats: [], answerPacket: 4 },
    ]);
    expect(counters.unmatchedAnswers).toBe(1);
  });

  test('addresses are those of the name asked', () => {
    const response = message({
      flags: 0x8400,
      answers: [
        { name: 'host.local', type: 1, class: 0x8001, data: u8(192, 168, 0, 9) },
        { name: 'other.local', type: 1, class: 0x8001, data: u8(192, 168, 0, 8) },
      ],
    });
    const { final } = track([
      {
        from: A,
        to: GROUP,
        payload: message({ id: 0, flags: 0, questions: [{ name: 'host.local', type: 255, class: 0x8001 }] }),
      },
      { from: B, to: '192.168.0.2:5353', payload: response },
    ]);
    expect(final).toMatchObject([{ type: 'ANY', addresses: ['192.168.0.9'] }]);
  });

  test("a probe is not answered by its own sender's announcement", () => {
    const own = { name: 'host.local', type: 1, data: u8(192, 168, 0, 2) };
    const probe = message({ id: 0, flags: 0, questions: [{ name: 'host.local', type: 255 }], authorities: [own] });
    const announce = message({ flags: 0x8400, answers: [own] });
    const { final } = track([
      { from: A, to: GROUP, payload: probe },
      { from: A, to: GROUP, payload: announce },
    ]);
    expect(final[0].answerPacket).toBeUndefined();
  });

  test('nobody answers', () => {
    const q = query(0, 'gone.local');
    const { beforeEnd, counters } = track([
      { from: A, to: GROUP, payload: q, at: 0 },
      { from: A, to: GROUP, payload: query(0, 'x.local'), at: MULTICAST_TIMEOUT / 1e6 + 1 },
    ]);
    expect([beforeEnd, counters.timedOut]).toEqual([1, 1]);
  });

  test('a plain resolver that asks by multicast, and LLMNR: the answer comes from anybody to the port that asked', () => {
    const { byIndex } = track([
      { from: '192.168.0.2:50000', to: GROUP, payload: query(7, 'host.local') },
      { from: '192.168.0.9:5353', to: '192.168.0.2:50000', payload: answer(7, 'host.local', ['192.168.0.9']) },
      { from: '192.168.0.2:50001', to: '224.0.0.252:5355', payload: query(8, 'wpad') },
      { from: '192.168.0.7:5355', to: '192.168.0.2:50001', payload: answer(8, 'wpad', ['192.168.0.7']) },
    ]);
    expect(byIndex).toMatchObject([
      { transport: 'mdns', answerPacket: 2, addresses: ['192.168.0.9'] },
      { transport: 'llmnr', server: { address: '224.0.0.252', port: 5355 }, answerPacket: 4, addresses: ['192.168.0.7'] },
    ]);
  });
});
