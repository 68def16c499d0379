import { describe, expect, test } from 'vitest';
import type { Resolution } from '../../src/correlate/model.ts';
import { ResolutionTracker } from '../../src/correlate/resolutions.ts';
import { JsonBytes } from '../../src/report/json-bytes.ts';
import * as records from '../../src/report/records.ts';
import { arp, eth, fromHex, packetsOf } from '../frames.ts';

/** What is told of one frame with an ARP message. */
function told(message: Uint8Array, wire?: number): Resolution[] {
  const found: Resolution[] = [];
  const tracker = new ResolutionTracker((r) => void found.push(r));
  const frame = eth({ type: 0x0806 }, message);
  tracker.arp(packetsOf([{ bytes: frame, wire: wire ?? frame.length }]), 0);
  tracker.end();
  return found;
}

const ADDRESSES = ['senderMac', 'senderAddress', 'targetMac', 'targetAddress'] as const;
const addresses = (r: Resolution): string[] => ADDRESSES.map((name) => r[name]);

/** RFC 826: hardware type, protocol type, their sizes, operation, addresses. */
describe('ARP of anything', () => {
  test('Ethernet and IPv4', () => {
    const [r] = told(arp({ operation: 2, senderMac: '02:00:00:00:00:09', senderAddress: '10.0.0.9' }));
    expect([r.operation, r.senderMac, r.senderAddress]).toEqual([2, '02:00:00:00:00:09', '10.0.0.9']);
  });

  test('inverse ARP on Frame Relay: circuits of two bytes, IPv4 (RFC 2390)', () => {
    const [r] = told(fromHex('000f 0800 02 04 0008 1861 0a000002 0000 0a000001'));
    expect([r.operation, ...addresses(r)]).toEqual([8, '', '10.0.0.2', '', '10.0.0.1']);
  });

  test('Ethernet and another protocol', () => {
    const [r] = told(fromHex('0001 0805 06 04 0001 020000000001 01020304 000000000000 01020305'));
    expect(addresses(r)).toEqual(['02:00:00:00:00:01', '', '00:00:00:00:00:00', '']);
  });

  test('sizes that belong to nothing', () => {
    const [r] = told(fromHex('7807 9a11 00 00 7807'));
    expect([r.operation, ...addresses(r)]).toEqual([0x7807, '', '', '', '']);
  });

  test('cut by the capture: only what was asked', () => {
    const [r] = told(arp({ senderMac: '02:00:00:00:00:09', senderAddress: '10.0.0.9' }).subarray(0, 20), 60);
    expect([r.operation, ...addresses(r)]).toEqual([1, '', '', '', '']);
  });

  test('shorter than its operation: nothing', () => {
    expect(packetsOf([eth({ type: 0x0806 }, arp({}).subarray(0, 7))]).kind[0]).toBe(0);
  });

  test('a report leaves out what is not known', () => {
    const [r] = told(fromHex('000f 0800 02 04 0008 1861 0a000002 0000 0a000001'));
    const w = new JsonBytes();
    records.resolution(w, r);
    const text = new TextDecoder().decode(w.written);
    expect(text).toContain('"senderAddress":"10.0.0.2","targetAddress":"10.0.0.1"');
    expect(text).not.toMatch(/Mac/);
  });
});
