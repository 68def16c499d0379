import { expect, test } from 'vitest';
import { Kind } from '../../src/dissect/packets.ts';
import { arpFrame, packetsOf, stackOf, tcpFrame, udpFrame } from '../frames.ts';

test('columns of a TCP segment', () => {
  const p = packetsOf([
    tcpFrame({
      from: '192.0.2.1:35704',
      to: '198.51.100.9:443',
      flags: 'S',
      sequence: 0xfffffffe,
      window: 501,
      payload: 'hello',
    }),
  ]);
  expect(p.kind[0]).toBe(Kind.tcp);
  expect([p.sourcePort[0], p.destinationPort[0], p.sequence[0], p.flags[0], p.window[0]]).toEqual([
    35704, 443, 0xfffffffe, 2, 501,
  ]);
  expect([p.payloadAt[0], p.payloadLength[0], p.payloadCaptured[0]]).toEqual([54, 5, 5]);
});

test('stacks', () => {
  expect(stackOf(tcpFrame({}))).toBe('eth:ip:tcp');
  expect(stackOf(udpFrame({}))).toBe('eth:ip:udp');
  expect(stackOf(arpFrame())).toBe('eth:arp');
});
