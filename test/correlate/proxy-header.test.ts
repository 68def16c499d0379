import { describe, expect, test } from 'vitest';
import { proxyHeaderBytes } from '../../src/correlate/proxy-header.ts';
import { text } from '../frames.ts';
import { correlate, dialogue } from './dialogue.ts';

const LINE = 'PROXY TCP4 192.0.2.1 192.0.2.2 50000 80\\r\\n';
const OPEN = `
  0.000 c S
  0.010 s SA
  0.020 c A`;

describe('the PROXY protocol (HAProxy, proxy-protocol.txt)', () => {
  test('a header and the request behind it in one segment: tshark tells packet 4 of both, too', () => {
    const { exchanges, connections } = correlate(
      dialogue(`${OPEN}
  0.021 c PA "${LINE}GET /a HTTP/1.1\\r\\nHost: www.example.test\\r\\n\\r\\n"
  0.040 s PA "HTTP/1.1 204 No Content\\r\\n\\r\\n"`),
    );
    expect(exchanges).toMatchObject([
      { method: 'GET', target: '/a', host: 'www.example.test', requestPacket: 4, requestHeaderBytes: 43, status: 204 },
    ]);
    expect(connections[0].application).toBe('http');
  });

  test('in segments of their own, and where the request begins with a few bytes', () => {
    for (const parts of [
      [LINE, 'GET /a HTTP/1.1\\r\\n\\r\\n'],
      [`${LINE}GE`, 'T /a HTTP/1.1\\r\\n\\r\\n'],
    ]) {
      const { exchanges } = correlate(
        dialogue(`${OPEN}
  0.021 c PA "${parts[0]}"
  0.022 c PA "${parts[1]}"`),
      );
      expect(exchanges).toMatchObject([{ method: 'GET', target: '/a', requestHeaderBytes: 19 }]);
    }
  });

  test('both forms, and what is none', () => {
    const length = (bytes: Uint8Array): number => proxyHeaderBytes(bytes, 0, bytes.length);
    expect(length(text('PROXY UNKNOWN\r\nrest'))).toBe(15);
    // §2.2: signature, version 2 and PROXY, TCP over IPv4, twelve bytes of addresses and ports.
    const second = Buffer.from('0d0a0d0a000d0a515549540a2111000cc0000201c0000202c3500050', 'hex');
    expect(length(Buffer.concat([second, text('GET /')]))).toBe(28);
    expect(length(second.subarray(0, 27))).toBe(0);
    expect(length(text('PROXY TCP4 192.0.2.1'))).toBe(0);
    expect(length(text(`PROXY ${'x'.repeat(120)}\r\n`))).toBe(0);
    expect(length(text('GET / HTTP/1.1\r\n'))).toBe(0);
  });
});
