import { describe, expect, test } from 'vitest';
import { Correlator } from '../../src/correlate/correlator.ts';
import type { Lookup } from '../../src/correlate/model.ts';
import { looksLikeMessage } from '../../src/dissect/dns/walk.ts';
import { batchOf, be16, fromHex, join, stackOf, tcpFrame, u8, udpFrame } from '../frames.ts';
import { answer, message, pointer, query, random, wireName } from './build.ts';

const CLIENT = '10.0.0.1:4000';
const SERVER = '10.0.0.2:5300';
const asked = (payload: Uint8Array, to = SERVER): string => stackOf(udpFrame({ from: CLIENT, to, payload }));
const OPT = { name: '', type: 41, class: 1232, ttl: 0, data: u8() };

function lookups(frames: Uint8Array[]): Lookup[] {
  const found: Lookup[] = [];
  const correlator = new Correlator({ lookup: (lookup) => found.push(lookup) });
  correlator.batch(batchOf(frames));
  correlator.end();
  return found;
}

describe('a port that is nobody’s', () => {
  test('a question and its answer', () => {
    const [lookup, ...more] = lookups([
      udpFrame({ from: CLIENT, to: SERVER, payload: query(7, 'www.example') }),
      udpFrame({ from: SERVER, to: CLIENT, payload: answer(7, 'www.example', ['192.0.2.1']) }),
    ]);
    expect(more).toEqual([]);
    expect(lookup).toMatchObject({
      packet: 1,
      answerPacket: 2,
      id: 7,
      transport: 'udp',
      client: { address: '10.0.0.1', port: 4000 },
      server: { address: '10.0.0.2', port: 5300 },
      addresses: ['192.0.2.1'],
    });
  });

  test('what tshark 4.0 takes for DNS there, too: a TXT question, with EDNS, padded with a record of type 0, in class CH', () => {
    const name = 'google.net';
    expect(asked(query(0x1133, name, 16))).toBe('eth:ip:udp:dns');
    expect(asked(message({ questions: [{ name, type: 16 }], additionals: [OPT] }), '10.0.0.2:443')).toBe('eth:ip:udp:dns');
    const padding = { name: '', type: 0, class: 0, ttl: 0, data: new Uint8Array(454) };
    expect(asked(message({ questions: [{ name, type: 16 }], additionals: [padding] }))).toBe('eth:ip:udp:dns');
    expect(asked(message({ questions: [{ name: 'version.bind', type: 16, class: 3 }] }))).toBe('eth:ip:udp:dns');
    const nothing = message({
      flags: 0x8183,
      questions: [{ name, type: 1 }],
      authorities: [{ name: pointer(12), type: 6, data: u8(1) }],
    });
    expect(asked(nothing)).toBe('eth:ip:udp:dns');
  });

  test('what is no whole message of one question is something else', () => {
    const good = query(1, 'www.example');
    const others = [
      join(good, u8(0)),
      good.subarray(0, good.length - 1),
      message({ questions: [] }),
      message({
        questions: [
          { name: 'a', type: 1 },
          { name: 'b', type: 1 },
        ],
      }),
      message({ flags: 0x2100, questions: [{ name: 'www.example', type: 1 }] }),
      message({ flags: 0x0140, questions: [{ name: 'www.example', type: 1 }] }),
      message({ questions: [{ name: 'www.example', type: 1, class: 0x1234 }] }),
      message({ questions: [{ name: 'www.example', type: 0 }] }),
      message({ questions: [{ name: pointer(12), type: 1 }] }),
      message({ questions: [{ name: wireName(`${'a.'.repeat(128)}b`), type: 1 }] }),
      message({ questions: [{ name: 'www.example', type: 1 }], answers: [{ name: pointer(12), type: 1, data: u8(1, 2, 3, 4) }] }),
      message({ flags: 0x8180, questions: [{ name: 'x', type: 1 }], answers: [{ ...OPT, length: 9 }] }),
    ];
    for (const [i, other] of others.entries()) expect([i, asked(other)]).toEqual([i, 'eth:ip:udp']);
  });

  test('cut by the capture: what is there decides', () => {
    const bytes = udpFrame({ from: CLIENT, to: SERVER, payload: answer(7, 'www.example', ['192.0.2.1', '192.0.2.2']) });
    expect(stackOf({ bytes: bytes.subarray(0, bytes.length - 20), wire: bytes.length })).toBe('eth:ip:udp:dns');
  });

  test('NetBIOS names have the same form and a port of their own (RFC 1002 §4.2.12)', () => {
    const name = fromHex(
      '20 4644 4541 4344 4243 4142 4141 4141 4141 4141 4141 4141 4141 4141 4141 4141 4143 4100'.replace(/ /g, ''),
    ).slice(0, 33);
    const payload = join(be16(9), be16(0x0110), be16(1), be16(0), be16(0), be16(0), name, u8(0), be16(0x20), be16(1));
    expect(asked(payload, '10.0.0.255:137')).toBe('eth:ip:udp:nbns');
  });

  test('random datagrams are not DNS', () => {
    const below = random(20);
    const bytes = new Uint8Array(60);
    for (let i = 0; i < 20_000; i++) {
      for (let at = 0; at < bytes.length; at++) bytes[at] = below(3) === 0 ? below(256) : below(2);
      expect(looksLikeMessage(bytes, 0, bytes.length, bytes.length)).toBe(false);
    }
  });
});

test('TCP port 5353 has DNS, as tshark reads it', () => {
  const [client, server] = ['127.0.0.1:4000', '127.0.0.1:5353'];
  const framed = (bytes: Uint8Array): Uint8Array => join(be16(bytes.length), bytes);
  const question = framed(query(7, 'www.example', 16));
  const found = lookups([
    tcpFrame({ from: client, to: server, flags: 'S', sequence: 100 }),
    tcpFrame({ from: server, to: client, flags: 'SA', sequence: 500, acknowledgment: 101 }),
    tcpFrame({ from: client, to: server, flags: 'A', sequence: 101, acknowledgment: 501 }),
    tcpFrame({ from: client, to: server, flags: 'PA', sequence: 101, acknowledgment: 501, payload: question }),
  ]);
  expect(found).toMatchObject([{ packet: 4, id: 7, type: 'TXT', transport: 'tcp' }]);
});
