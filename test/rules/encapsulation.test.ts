import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { RULES_OF_ENCAPSULATION } from '../../src/rules/encapsulation/index.ts';
import type { Judgement } from '../../src/rules/rule.ts';
import type { VantageKind } from '../../src/rules/vantage.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { eth, ipv4, tcp, text, vlan } from '../frames.ts';
import { judge, pcapOf } from './judge.ts';

const rule = (id: string) => RULES_OF_ENCAPSULATION.find((each) => each.id === id) as (typeof RULES_OF_ENCAPSULATION)[number];
const fixture = (name: string): string => join(FIXTURES, name, 'client.pcap');

interface Made {
  clientPort?: number;
  answer?: string;
  /** Flips a bit of the answer's payload behind its checksum. */
  damage?: boolean;
  tagged?: boolean;
  refuse?: boolean;
}

const REQUEST = 'GET / HTTP/1.1\r\nHost: a.example\r\n\r\n';
const answerOf = (body: string): string => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

/** One request and its answer, which is cut at 1000 bytes; `made` changes one thing. */
function request({
  clientPort = 40000,
  answer = 'hello',
  damage = false,
  tagged = false,
  refuse = false,
}: Made = {}): Uint8Array {
  const packets: [number, Uint8Array][] = [];
  const ip = (from: string, to: string, segment: Uint8Array): Uint8Array => {
    const packet = ipv4({ source: from, destination: to }, segment);
    return tagged ? eth({ type: 0x8100 }, vlan(7, 0x0800, packet)) : eth({}, packet);
  };
  const c = (flags: string, sequence: number, acknowledgment: number, payload = ''): void => {
    const segment = tcp({ sourcePort: clientPort, destinationPort: 80, flags, sequence, acknowledgment }, text(payload));
    packets.push([packets.length / 100, ip('10.0.0.1', '10.0.0.2', segment)]);
  };
  const s = (flags: string, sequence: number, acknowledgment: number, payload = ''): void => {
    const segment = tcp({ sourcePort: 80, destinationPort: clientPort, flags, sequence, acknowledgment }, text(payload));
    packets.push([packets.length / 100, ip('10.0.0.2', '10.0.0.1', segment)]);
  };
  c('S', 100, 0);
  if (refuse) {
    s('RA', 0, 101);
    return pcapOf(packets);
  }
  s('SA', 500, 101);
  c('A', 101, 501);
  c('PA', 101, 501, REQUEST);
  const whole = answerOf(answer);
  for (let at = 0; at < whole.length; at += 1000) s('PA', 501 + at, 101 + REQUEST.length, whole.slice(at, at + 1000));
  c('A', 101 + REQUEST.length, 501 + whole.length);
  if (damage) {
    const frame = packets[4][1];
    frame[frame.length - 1] ^= 0xff;
  }
  return pcapOf(packets);
}

async function verdict(id: string, capture: string | Uint8Array, vantage?: VantageKind): Promise<Judgement> {
  return (await judge(rule(id), capture, vantage))[0];
}

describe('R-ENC-1', () => {
  test('four layers confirm it; a VLAN tag is its twin', async () => {
    expect(await verdict('R-ENC-1', request())).toMatchObject({ verdict: 'confirmed', reason: 'four-layers', packets: [4] });
    expect(await verdict('R-ENC-1', request({ tagged: true }))).toMatchObject({ verdict: 'contradicted', reason: 'more-layers' });
  });
  test('TLS between contradicts it; a cooked capture cannot tell; no request skips it', async () => {
    expect(await verdict('R-ENC-1', fixture('https'))).toMatchObject({ verdict: 'contradicted', reason: 'tls-between' });
    expect(await verdict('R-ENC-1', fixture('cooked'))).toMatchObject({ verdict: 'unknown', reason: 'cooked' });
    expect(await verdict('R-ENC-1', fixture('refused'))).toMatchObject({ verdict: 'skipped', reason: 'no-request' });
  });
});

describe('R-ENC-2', () => {
  test('right checksums confirm it; one wrong one is its twin', async () => {
    expect(await verdict('R-ENC-2', request({ answer: 'x'.repeat(3000) }))).toMatchObject({ verdict: 'confirmed' });
    expect(await verdict('R-ENC-2', request({ answer: 'x'.repeat(3000), damage: true }))).toMatchObject({
      verdict: 'contradicted',
      reason: 'checksum-bad',
      packets: [5],
    });
  });
  test('checksums left to the network card are no error', async () => {
    // The lab's truth: taken at the client with its offloads on.
    const found = await verdict('R-ENC-2', fixture('offload'));
    expect(found.verdict).not.toBe('contradicted');
  });
});

describe('R-ENC-3', () => {
  test('an answer of several segments confirms it; one that fits skips it', async () => {
    expect(await verdict('R-ENC-3', request({ answer: 'x'.repeat(3000) }))).toMatchObject({
      verdict: 'confirmed',
      packets: [5, 6, 7, 8],
    });
    expect(await verdict('R-ENC-3', request())).toMatchObject({ verdict: 'skipped', reason: 'fits-in-one' });
  });
  test('segments that a network card joined decide nothing; inside TLS a key log would', async () => {
    expect(await verdict('R-ENC-3', fixture('offload'))).toMatchObject({ verdict: 'unknown', reason: 'super-segments' });
    expect(await verdict('R-ENC-3', fixture('https'))).toMatchObject({ verdict: 'not-visible', reason: 'no-keys' });
  });
});

test('R-ENC-4: no byte lies between TCP and HTTP, but a TLS record may', async () => {
  expect(await verdict('R-ENC-4', request())).toMatchObject({ verdict: 'contradicted', reason: 'no-such-header', packets: [4] });
  expect(await verdict('R-ENC-4', fixture('https'))).toMatchObject({ verdict: 'contradicted', reason: 'tls-record' });
  expect(await verdict('R-ENC-4', fixture('refused'))).toMatchObject({ verdict: 'skipped' });
});

test('R-ENC-5: the header of a DNS question has length and checksum, too', async () => {
  // tshark: udp.length of packet 3 is 40.
  const found = await verdict('R-ENC-5', fixture('cold-http'));
  expect(found).toMatchObject({ verdict: 'contradicted', packets: [3] });
  expect(found.says.en).toContain('length 40');
  expect(await verdict('R-ENC-5', request())).toMatchObject({ verdict: 'skipped', reason: 'no-udp' });
});

describe('R-ENC-6', () => {
  test('an answered and a refused SYN confirm it; a system port is the twin', async () => {
    expect(await verdict('R-ENC-6', request())).toMatchObject({ verdict: 'confirmed', reason: 'listening', packets: [1, 2] });
    expect(await verdict('R-ENC-6', request({ refuse: true }))).toMatchObject({ verdict: 'confirmed', reason: 'closed' });
    expect(await verdict('R-ENC-6', request({ clientPort: 500 }))).toMatchObject({
      verdict: 'contradicted',
      reason: 'system-port',
    });
  });
  test('behind a translator the port may not be the client’s own; without an answer nobody knows', async () => {
    expect(await verdict('R-ENC-6', request(), 'gateway-outside')).toMatchObject({
      verdict: 'not-visible',
      reason: 'translated',
    });
    expect(await verdict('R-ENC-6', fixture('syn-timeout'))).toMatchObject({ verdict: 'unknown', reason: 'unanswered' });
  });
});
