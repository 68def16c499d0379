import { c, type Step, s } from './dialogue.ts';

const chunked = 'Transfer-Encoding: chunked\r\n\r\n';

/** Sound dialogues, each with what must come out however the bytes are cut. Those of RFC 9110, 9112 are its own examples. */
export const DIALOGUES: Record<string, { steps: Step[]; exchanges: string[] }> = {
  'RFC 9112 §2.1 / RFC 9110 §3.9: a plain exchange': {
    steps: [
      c('GET /hello.txt HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\nHost: www.example.com\r\nAccept-Language: en, mi\r\n\r\n'),
      s(
        'HTTP/1.1 200 OK\r\nDate: Mon, 27 Jul 2009 12:28:53 GMT\r\nServer: Apache\r\nLast-Modified: Wed, 22 Jul 2009 19:15:56 GMT\r\n' +
          'ETag: "34aa387-d-1568eb00"\r\nAccept-Ranges: bytes\r\nContent-Length: 51\r\nVary: Accept-Encoding\r\n' +
          'Content-Type: text/plain\r\n\r\nHello World! My content includes a trailing CRLF.\r\n',
      ),
    ],
    exchanges: ['GET /hello.txt > 200 (51 bytes, length)'],
  },
  'RFC 9112 §7.1: chunked with trailers': {
    steps: [
      c('GET /c HTTP/1.1\r\nHost: a\r\n\r\n'),
      s(
        `HTTP/1.1 200 OK\r\n${chunked}4\r\nWiki\r\n00005 \r\npedia\r\nE;name="v;\\"x"\r\n in\r\n\r\nchunks.\r\n0\r\nExpires: now\r\nX: y\r\n\r\n`,
      ),
      c('GET /d HTTP/1.1\r\nHost: a\r\n\r\n'),
      s('HTTP/1.1 204 No Content\r\n\r\n'),
    ],
    exchanges: ['GET /c > 200 (23 bytes, chunked)', 'GET /d > 204 (0 bytes, none)'],
  },
  'RFC 9112 §3.2.2, §3.2.4: absolute-form, asterisk-form': {
    steps: [
      c(
        'GET http://www.example.org/pub/WWW/TheProject.html HTTP/1.1\r\n\r\nOPTIONS * HTTP/1.1\r\nHost: www.example.org:8001\r\n\r\n',
      ),
      s('HTTP/1.1 301 Moved Permanently\r\nLocation: /x\r\nContent-Length: 0\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n'),
    ],
    exchanges: ['GET http://www.example.org/pub/WWW/TheProject.html > 301 (0 bytes, length)', 'OPTIONS * > 204 (0 bytes, none)'],
  },
  'pipelined, answers in one packet': {
    steps: [
      c(
        'GET /1 HTTP/1.1\r\nHost: a\r\n\r\nPOST /2 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /3 HTTP/1.1\r\nHost: a\r\n\r\n',
      ),
      s('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhiHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx'),
    ],
    exchanges: ['GET /1 > 200 (2 bytes, length)', 'POST /2 +3 > 404 (0 bytes, length)', 'GET /3 > 200 (1 bytes, length)'],
  },
  'HEAD and 304 have a length but no body': {
    steps: [
      c('HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n'),
      c('GET /n HTTP/1.1\r\nHost: a\r\nIf-None-Match: "x"\r\n\r\n'),
      s('HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n'),
      c('GET /o HTTP/1.1\r\nHost: a\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc'),
    ],
    exchanges: ['HEAD /h > 200 (0 bytes, none)', 'GET /n > 304 (0 bytes, none)', 'GET /o > 200 (3 bytes, length)'],
  },
  'RFC 9110 §10.1.1: 100 Continue': {
    steps: [
      c(
        'PUT /somewhere/fun HTTP/1.1\r\nHost: origin.example.com\r\nContent-Type: video/h264\r\nContent-Length: 10\r\nExpect: 100-continue\r\n\r\n',
      ),
      s('HTTP/1.1 100 Continue\r\n\r\n'),
      c('0123456789'),
      s('HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\nHTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n'),
    ],
    exchanges: ['PUT /somewhere/fun +10 > 201 (0 bytes, length)'],
  },
  'a request with a chunked body': {
    steps: [
      c(`POST /u HTTP/1.1\r\nHost: a\r\n${chunked}3\r\nabc\r\n0\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n`),
      s('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    ],
    exchanges: ['POST /u +3 > 200 (0 bytes, length)', 'GET /next > 200 (0 bytes, length)'],
  },
  'HTTP/1.0 until the connection closes': {
    steps: [c('GET /old HTTP/1.0\r\n\r\n'), s('HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n<html>'), s('</html>')],
    exchanges: ['GET /old > 200 (13 bytes, until-close)'],
  },
  'HTTP/0.9': {
    steps: [c('GET /x\r\n'), s('Hello, this is no head.\r\nHTTP/1.1 200 OK\r\n\r\n')],
    exchanges: ['GET /x > no head (44 bytes, until-close)'],
  },
  'HTTP/0.9, the answer begins as a head would': {
    steps: [c('GET /x\r\n'), s('HTTP is old\n')],
    exchanges: ['GET /x > no head (12 bytes, until-close)'],
  },
  'no version, but header lines; answered with a version': {
    steps: [c('GET /HTTP/1.1\nHost: www.google.com\n\n'), s('HTTP/1.0 403 Forbidden\r\nContent-Length: 2\r\n\r\nno')],
    exchanges: ['GET /HTTP/1.1 > 403 (2 bytes, length)'],
  },
  'LF alone ends lines; empty lines before messages': {
    steps: [c('\r\n\r\nGET /lf HTTP/1.1\nHost: a\n\n\n'), s('\r\nHTTP/1.1 200 OK\nContent-Length: 2\n\nok\r\n')],
    exchanges: ['GET /lf > 200 (2 bytes, length)'],
  },
  'folded header lines': {
    steps: [
      c('GET /f HTTP/1.1\r\nHost:\r\n a\r\nX: 1\r\n\t2\r\n 3\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n'),
    ],
    exchanges: ['GET /f > 200 (1 bytes, chunked)'],
  },
  'RFC 9112 §6.3: Transfer-Encoding overrides Content-Length': {
    steps: [
      c(
        'POST /s HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
      ),
      s('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n'),
    ],
    exchanges: ['POST /s > 200 (0 bytes, length)', 'GET /smuggled > 404 (0 bytes, length)'],
  },
  'the same length twice is one length': {
    steps: [
      c('POST /l HTTP/1.1\r\nContent-Length: 2, 2\r\ncontent-length: 2\r\n\r\nabGET /m HTTP/1.1\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    ],
    exchanges: ['POST /l +2 > 200 (0 bytes, length)', 'GET /m > 200 (0 bytes, length)'],
  },
  'a coding that is not chunked ends with the connection': {
    steps: [c('GET /g HTTP/1.1\r\n\r\n'), s('HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 2\r\n\r\nabcdef')],
    exchanges: ['GET /g > 200 (6 bytes, until-close)'],
  },
  'an early answer waits for the rest of its request': {
    steps: [
      c('POST /big HTTP/1.1\r\nContent-Length: 6\r\n\r\nabc'),
      s('HTTP/1.1 413 Content Too Large\r\nContent-Length: 0\r\n\r\n'),
      c('def'),
      c('GET /y HTTP/1.1\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    ],
    exchanges: ['POST /big +6 > 413 (0 bytes, length)', 'GET /y > 200 (0 bytes, length)'],
  },
  'an answer to half a head': {
    steps: [
      c('GET /slow HTTP/1.1\r\nHost: a\r\nX-Sl'),
      s('HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    ],
    exchanges: ['GET /slow > 408 (0 bytes, length)'],
  },
  WebSocket: {
    steps: [
      c('GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n\r\n'),
      s('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05Hello'),
      c('\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58'),
    ],
    exchanges: ['GET /chat > 101 (0 bytes, none)'],
  },
  CONNECT: {
    steps: [
      c('CONNECT server.example.com:443 HTTP/1.1\r\nHost: server.example.com:443\r\n\r\n'),
      s('HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n'),
      c('\x16\x03\x01GET / HTTP/1.1\r\n\r\n'),
      s('\x16\x03\x03'),
    ],
    exchanges: ['CONNECT server.example.com:443 > 200 (0 bytes, none)'],
  },
  'CONNECT refused, then asked again': {
    steps: [
      c('CONNECT a:443 HTTP/1.1\r\n\r\n'),
      s('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno'),
      c('CONNECT a:443 HTTP/1.1\r\nProxy-Authorization: Basic c2VjcmV0\r\n\r\n'),
      s('HTTP/1.1 200 OK\r\n\r\n'),
    ],
    exchanges: ['CONNECT a:443 > 407 (2 bytes, length)', 'CONNECT a:443 > 200 (0 bytes, none)'],
  },
};
