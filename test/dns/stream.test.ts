import { describe, expect, test } from 'vitest';
import { DnsStream } from '../../src/correlate/lookup-tcp.ts';
import { LookupTracker } from '../../src/correlate/lookups.ts';
import type { Lookup } from '../../src/correlate/model.ts';
import { be16, join, packetsOf, u8, udpFrame } from '../frames.ts';
import { answer, message, query } from './build.ts';

const CLIENT = { address: '10.0.0.1', port: 40001 };
const SERVER = { address: '10.0.0.53', port: 53 };

function start() {
  const final: Lookup[] = [];
  const tracker = new LookupTracker({ final: (lookup) => final.push(lookup) });
  return { final, tracker, stream: new DnsStream(tracker, CLIENT, SERVER) };
}

const framed = (...messages: Uint8Array[]): Uint8Array => join(...messages.flatMap((m) => [be16(m.length), m]));

describe('DNS over TCP', () => {
  const asked = framed(query(1, 'a.example'), query(2, 'b.example'), query(3, 'c.example'));
  const told = framed(
    answer(3, 'c.example', ['192.0.2.3']),
    answer(1, 'a.example', ['192.0.2.1']),
    answer(2, 'b.example', ['192.0.2.2']),
  );

  test('many messages in one segment', () => {
    const { final, stream } = start();
    stream.data(true, asked, 0, asked.length, 4, 10);
    stream.data(false, told, 0, told.length, 6, 20);
    expect(final.map((l) => [l.index, l.transport, l.packet, l.answerPacket, l.addresses[0], l.client.port, l.end])).toEqual([
      [2, 'tcp', 4, 6, '192.0.2.3', 40001, 20],
      [0, 'tcp', 4, 6, '192.0.2.1', 40001, 20],
      [1, 'tcp', 4, 6, '192.0.2.2', 40001, 20],
    ]);
  });

  test('split at every byte, and in single bytes: a message is where its last byte is', () => {
    for (let cut = 1; cut < told.length; cut++) {
      const { final, stream } = start();
      stream.data(true, asked, 0, asked.length, 1, 1);
      stream.data(false, told, 0, cut, 2, 2);
      stream.data(false, told, cut, told.length, 3, 3);
      expect(final.map((l) => l.addresses[0])).toEqual(['192.0.2.3', '192.0.2.1', '192.0.2.2']);
      const first = 2 + answer(3, 'c.example', ['192.0.2.3']).length;
      expect(final[0].answerPacket).toBe(cut >= first ? 2 : 3);
    }
    const { final, stream } = start();
    for (let i = 0; i < asked.length; i++) stream.data(true, asked, i, i + 1, i, i);
    for (let i = 0; i < told.length; i++) stream.data(false, told, i, i + 1, 1000 + i, 1000 + i);
    expect(final).toHaveLength(3);
  });

  test('a late segment completes what stood behind it', () => {
    const { final, stream } = start();
    stream.data(true, asked, 0, asked.length, 1, 1);
    stream.data(false, told, 0, 30, 9, 9);
    stream.data(false, told, 30, told.length, 5, 5);
    expect(final.map((l) => [l.answerPacket, l.end])).toEqual(new Array(3).fill([9, 9]));
  });

  test('a hole inside a message costs that message only; a hole over a border until the next segment that begins one', () => {
    const first = framed(answer(3, 'c.example', ['192.0.2.3']));
    const one = start();
    one.stream.data(true, asked, 0, asked.length, 1, 1);
    one.stream.data(false, told, 0, 20, 2, 2);
    one.stream.gap(false, 10, 3, 3);
    one.stream.data(false, told, 30, told.length, 4, 4);
    expect(one.final.map((l) => l.id)).toEqual([1, 2]);
    const two = start();
    two.stream.data(true, asked, 0, asked.length, 1, 1);
    two.stream.data(false, told, 0, 20, 2, 2);
    two.stream.gap(false, first.length, 3, 3);
    two.stream.data(false, told, first.length + 20, first.length + 30, 4, 4);
    two.stream.data(false, told, 2 * first.length, told.length, 5, 5);
    expect(two.final.map((l) => l.id)).toEqual([2]);
  });

  test('the retry of a truncated answer is linked, both ways', () => {
    const { final, tracker, stream } = start();
    const truncated = message({ id: 7, flags: 0x8380, questions: [{ name: 'Big.example', type: 16 }] });
    const frames = [
      udpFrame({ from: '10.0.0.1:40000', to: '10.0.0.53:53', payload: query(7, 'Big.example', 16) }),
      udpFrame({ from: '10.0.0.53:53', to: '10.0.0.1:40000', payload: truncated }),
    ];
    const packets = packetsOf(frames);
    tracker.udpRow(packets, 0);
    tracker.udpRow(packets, 1);
    expect(final).toEqual([]);
    const q = framed(query(99, 'big.example', 16));
    const r = framed(message({ id: 99, flags: 0x8180, questions: [{ name: 'big.example', type: 16 }] }));
    stream.data(true, q, 0, q.length, 6, 6e6);
    expect(final).toMatchObject([{ index: 0, transport: 'udp', truncated: true, answerPacket: 2, retriedBy: 1 }]);
    stream.data(false, r, 0, r.length, 8, 8e6);
    expect(final[1]).toMatchObject({ index: 1, transport: 'tcp', retryOf: 0, answerPacket: 8 });
  });

  test('truncated and never retried', () => {
    const { final, tracker } = start();
    const packets = packetsOf([
      udpFrame({ from: '10.0.0.1:40000', to: '10.0.0.53:53', payload: query(7, 'big.example') }),
      udpFrame({
        from: '10.0.0.53:53',
        to: '10.0.0.1:40000',
        payload: answer(7, 'big.example', ['192.0.2.1'], { flags: 0x8380 }),
      }),
    ]);
    tracker.udpRow(packets, 0);
    tracker.udpRow(packets, 1);
    tracker.end();
    expect(final).toMatchObject([{ truncated: true, addresses: ['192.0.2.1'] }]);
    expect(final[0].retriedBy).toBeUndefined();
  });

  test('who asks is the client, whoever opened the connection', () => {
    const { final, stream } = start();
    stream.data(false, asked, 0, asked.length, 1, 1);
    stream.data(true, told, 0, told.length, 2, 2);
    expect(final).toMatchObject(new Array(3).fill({ client: SERVER, server: CLIENT, answerPacket: 2 }));
  });

  test('is told from other protocols by its first bytes', () => {
    const guess = (bytes: Uint8Array) => DnsStream.guess(bytes, 0, bytes.length);
    expect(guess(asked)).toBe('yes');
    expect(guess(told)).toBe('yes');
    expect(guess(asked.subarray(0, 13))).toBe('more');
    expect(guess(new TextEncoder().encode('GET / HTTP/1.1\r\n\r\n'))).toBe('no');
    expect(guess(u8(0x16, 3, 1, 0, 200, 1, 0, 0, 196, 3, 3, 1, 2, 3, 4, 5))).toBe('no');
  });
});
