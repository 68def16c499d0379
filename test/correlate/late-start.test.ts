import { expect, test } from 'vitest';
import { startsLate } from '../../src/correlate/late-start.ts';
import { be16, join, text, u8 } from '../frames.ts';
import { clientHello, handshake, record, serverHello, serverName } from '../tls/build.ts';
import { correlate, dialogue } from './dialogue.ts';

/** Segments of a download that was running when the capture began; one that begins like a line of text among them. */
const BODY = Array.from({ length: 12 }, (_, i) => `  0.${i + 10} s A ${i === 6 ? '"HELP me\\r\\n"' : 'len=1000'}`).join('\n');

test('the answer after a download that was running, of one direction', () => {
  const { exchanges } = correlate(
    dialogue(`${BODY}
  0.100 s PA "HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\n\\r\\nhello"`),
  );
  expect(exchanges).toMatchObject([{ status: 200, responsePacket: 13, responseEndPacket: 13, responseBodyBytes: 5 }]);
});

test('requests after a long talk in another protocol', () => {
  const talk = Array.from({ length: 12 }, (_, i) => `  0.${i + 10} c PA "NOOP\\r\\n"\n  0.${i + 10} s PA "250 OK\\r\\n"`).join(
    '\n',
  );
  const { exchanges } = correlate(
    dialogue(`
  0.000 c S
  0.001 s SA
  0.002 c A
${talk}
  0.100 c PA "GET /late HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n"`),
  );
  expect(exchanges).toMatchObject([{ method: 'GET', target: '/late', requestPacket: 28 }]);
});

test('what is sure enough', () => {
  const late = (bytes: Uint8Array): boolean => startsLate(bytes, 0, bytes.length);
  const asking = handshake(1, clientHello({ extensions: [serverName('a.example')] }));
  expect(late(record(22, asking))).toBe(true);
  expect(late(record(22, asking).subarray(0, 20))).toBe(true);
  expect(late(record(22, join(handshake(2, serverHello()), handshake(14, u8()))))).toBe(true);
  expect(late(text('HTTP/1.0 404 Not Found\r\n'))).toBe(true);
  expect(late(text('POST /a HTTP/1.1\r\n'))).toBe(true);
  for (const other of [
    join(u8(22, 3, 3), be16(500), asking),
    record(22, u8(0xab, 1, 2, 3, 4)),
    text('GET / RTSP/1.0\r\n'),
    text('GET me\r\n HTTP/1.1\r\n'),
    text('HELO HTTP/1.1\r\n'),
    text('http/1.1 200 OK'),
    text('HTTP'),
    u8(22),
  ])
    expect([other, late(other)]).toEqual([other, false]);
});
