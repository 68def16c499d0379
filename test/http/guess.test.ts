import { expect, test } from 'vitest';
import { HttpParser } from '../../src/correlate/http.ts';

const guess = (text: string, fromClient: boolean) => {
  const bytes = Buffer.from(`??${text}`, 'latin1');
  return HttpParser.guess(bytes, 2, bytes.length, fromClient);
};

test.each([
  ['GET / HTTP/1.1\r\n', 'yes'],
  ['GET / HTTP/1.1\r\nHost: a\r\n\r\n', 'yes'],
  ['\r\nPROPFIND /dav HTTP/1.0\n', 'yes'],
  ['M-SEARCH * HTTP/1.1\r\n', 'yes'],
  ['NOTIFY /x HTTP/1.1\r\n', 'yes'],
  ['ANYTHING /x HTTP/1.1\r\n', 'yes'],
  ['CONNECT a:443 HTTP/1.1\r\n', 'yes'],
  ['GET http://a/ HTTP/1.1\r\n', 'yes'],
  ['GET /index.html\r\n', 'yes'],
  ['GET /HTTP/1.1\nHost: www.google.com\n\n', 'yes'],
  ['OPTIONS\nHost: www.google.com\n\n', 'yes'],
  [`GET /${'x'.repeat(1400)}`, 'yes'],
  ['GET http://a.example/', 'yes'],
  ['OPTIONS rtsp://a/ RTSP/1.0\r\nCSeq: 1\r\n', 'no'],
  ['OPTIONS sip:a@b SIP/2.0\r\nVia: x\r\n', 'no'],
  ['SUBSCRIBE sip:a@b SIP/2.0\r\n', 'no'],
  ['OPTIONS * RTSP/1.0\r\n', 'no'],
  ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'no'],
  ['GET mykey\r\n', 'more'],
  ['GET mykey\r\nGET other\r\n', 'no'],
  ['COPY a b\r\nnext command\r\n', 'no'],
  ['EHLO mail.example\r\n', 'no'],
  ['USER anonymous\r\n', 'no'],
  ['SSH-2.0-OpenSSH_9.2\r\n', 'no'],
  ['\x16\x03\x01\x02\x00', 'no'],
  ['*1\r\n$4\r\nPING\r\n', 'no'],
  ['', 'more'],
  ['\r\n', 'more'],
  ['G', 'more'],
  ['GET /', 'more'],
  ['OPTIONS rtsp://a.example/stream', 'more'],
  ['x'.repeat(40), 'no'],
])('client: %j: %s', (text, wanted) => expect(guess(text, true)).toBe(wanted));

test.each([
  ['HTTP/1.1 200 OK\r\n', 'yes'],
  ['HTTP/1.0 404\r\n', 'yes'],
  ['HTTP/1.1 200', 'yes'],
  ['\r\nHTTP/1.1 200 OK\r\n', 'yes'],
  ['HTTP/1.1', 'more'],
  ['H', 'more'],
  ['RTSP/1.0 200 OK\r\n', 'no'],
  ['SIP/2.0 200 OK\r\n', 'no'],
  ['HTTP/2.0 200 OK\r\n', 'no'],
  ['HTTP/1.1 OK\r\n', 'no'],
  ['220 mail.example ESMTP\r\n', 'no'],
  ['GET / HTTP/1.1\r\n', 'no'],
])('server: %j: %s', (text, wanted) => expect(guess(text, false)).toBe(wanted));
