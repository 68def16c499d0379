import { describe, expect, test } from 'vitest';
import { TlsParser } from '../../src/correlate/tls.ts';
import { decode } from '../../src/dissect/decode.ts';
import { parseClientHello, parseServerHello } from '../../src/dissect/tls/handshake.ts';
import { random } from '../dns/build.ts';
import { be16, join, tcpFrame, u8 } from '../frames.ts';
import * as b from './build.ts';

const SEEDS = [
  b.record(
    22,
    b.handshake(
      1,
      b.clientHello({ extensions: [b.serverName('www.example.test'), b.alpn('h2'), b.versions(0x0304), b.keyShares(29)] }),
    ),
  ),
  b.record(
    22,
    join(b.handshake(2, b.serverHello({ extensions: [b.alpn('h2'), b.extension(43, be16(0x0304))] })), b.handshake(14, u8())),
  ),
  b.record(22, b.handshake(11, b.sized24(b.sized24(b.CERTIFICATE)))),
  join(b.changeCipherSpec, b.record(22, new Uint8Array(40)), b.applicationData(100), b.alert(1, 0)),
  b.oldClientHello(),
];

function garbled(below: (n: number) => number): Uint8Array {
  const bytes = SEEDS[below(SEEDS.length)].slice();
  for (let n = below(6); n > 0; n--) bytes[below(bytes.length)] = below(256);
  return below(4) === 0 ? bytes.subarray(0, below(bytes.length + 1)) : bytes;
}

describe('garbled records', () => {
  test('20 000 streams of them, in any pieces and with holes: nothing throws', () => {
    const below = random(8446);
    let emitted = 0;
    for (let i = 0; i < 20_000; i++) {
      const parser = new TlsParser(i, (session) => {
        JSON.stringify(session);
        emitted++;
      });
      for (let n = 1 + below(4); n > 0; n--) {
        const bytes = garbled(below);
        const fromClient = below(2) === 0;
        const cut = below(bytes.length + 1);
        parser.data(fromClient, bytes, 0, cut, i, i);
        if (below(10) === 0) parser.gap(fromClient, 1 + below(50), i, i);
        parser.data(fromClient, bytes, cut, bytes.length, i, i);
      }
      parser.end(true, 'capture-end', i, i);
      parser.end(false, 'capture-end', i, i);
    }
    expect(emitted).toBe(20_000);
  });

  test('2 000 segments with their field trees', () => {
    const below = random(5246);
    for (let i = 0; i < 2000; i++) {
      const frame = tcpFrame({ to: '10.0.0.2:443', payload: join(garbled(below), garbled(below)) });
      expect(decode(frame, frame.length, 1).at(-1)?.title).not.toContain('could not be shown');
    }
  });

  test('hellos cut at every byte keep what was before the cut', () => {
    const client = b.clientHello({ extensions: [b.serverName('www.example.test'), b.alpn('h2')] });
    for (let end = 0; end < client.length; end++) {
      const hello = parseClientHello(join(client.subarray(0, end), u8(255, 255, 255, 255)), 0, end);
      expect(hello.brokenAt === undefined).toBe(end === 43);
    }
    const server = b.serverHello({ extensions: [b.alpn('h2')] });
    for (let end = 0; end < server.length; end++) {
      const hello = parseServerHello(join(server.subarray(0, end), u8(255, 255)), 0, end);
      expect(hello.brokenAt === undefined).toBe(end === 38);
    }
  });
});
