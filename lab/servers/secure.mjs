#!/usr/bin/env node
// HTTP/2 and HTTP/1.1 inside TLS, Node's own. usage: secure.mjs CERTIFICATE KEY ADDRESS PORT...
// Even ports speak HTTP/2, odd ones HTTP/1.1; TLS 1.3, on ports above 1000 TLS 1.2.
//   /          a page with a style sheet (gzip), a script, an image that takes 40 ms, one that was moved
//   /post      reads the body, answers its size after 30 ms     /late      thinks for 150 ms       /chunked   pieces, no length told
//   /fields    a header section of 40,000 bytes (CONTINUATION)  /trailers  ends with a trailer     /hints     103 before the answer
//   /tagged    304 to who has it                                /large     100,000 bytes
// One JSON line on stdout for every answer and every closed connection, by what Node's server itself counts: the lab's truth.
import http2 from 'node:http2';
import https from 'node:https';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const [certificate, key, address, ...ports] = process.argv.slice(2);
const say = (event, facts) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
const page =
  '<!doctype html><title>secure</title><link rel=stylesheet href=/style.css><script src=/script.js></script><img src=/one.svg><img src=/moved>';
const style = gzipSync('body { color: #123456 }\n'.repeat(500));
const fields = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`x-field-${i}`, `${i} `.repeat(500).slice(0, 1000)]));

/** So many bytes that are an image indeed: a browser breaks off what it cannot show. */
function image(size) {
  const [before, after] = ['<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"><!--', '--></svg>'];
  return before + '.'.repeat(size - before.length - after.length) + after;
}

const length = (list) => list.reduce((sum, text) => sum + Buffer.byteLength(String(text)), 0);
/** Names and values, one entry for each field; `headers` as Node has them. */
function counted(headers) {
  const list = Object.entries(headers).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  return { fields: list.length, bytes: length(list.flat()) };
}

/** What is answered: [status, fields, body, milliseconds of thinking]. */
function answer(path, request, received) {
  switch (path) {
    case '/': return [200, { 'content-type': 'text/html' }, page];
    case '/style.css': return [200, { 'content-type': 'text/css', 'content-encoding': 'gzip' }, style];
    case '/script.js': return [200, { 'content-type': 'text/javascript' }, Buffer.alloc(20_000, 'a=1;'), 10];
    case '/one.svg': return [200, { 'content-type': 'image/svg+xml' }, image(2000), 40];
    case '/moved': return [302, { location: '/two.svg' }, ''];
    case '/two.svg': return [200, { 'content-type': 'image/svg+xml' }, image(30_000)];
    case '/large': return [200, { 'content-type': 'application/octet-stream' }, Buffer.alloc(100_000, 3)];
    case '/post': return [200, { 'content-type': 'text/plain' }, `received ${received} bytes\n`, 30];
    case '/late': return [200, { 'content-type': 'text/plain' }, 'thought about it\n', 150];
    case '/fields': return [200, { 'content-type': 'text/plain', ...fields }, 'many fields\n'];
    case '/hints': return [200, { 'content-type': 'text/plain' }, 'hinted\n', 30];
    case '/trailers': return [200, { 'content-type': 'text/plain', trailer: 'x-checksum' }, 'with trailers\n'];
    case '/tagged': return request.headers['if-none-match'] === '"one"' ? [304, { etag: '"one"' }, ''] : [200, { etag: '"one"' }, 'tagged\n'];
    default: return [path === '/chunked' ? 200 : 404, { 'content-type': 'text/plain' }, path === '/chunked' ? 'in pieces\n' : 'not here\n'];
  }
}

function serve(request, response) {
  const { httpVersionMajor: major, method, socket } = request;
  const path = request.url.split('?')[0];
  const port = major === 2 ? request.stream.session.peerPort : socket.remotePort;
  let received = 0;
  request.on('data', (piece) => (received += piece.length));
  request.on('end', () => {
    const [status, own, body, thinks] = answer(path, request, received);
    const head = method === 'HEAD' || body === '';
    // What has a length tells it; the others are chunked in HTTP/1.1.
    const told = path === '/chunked' || path === '/trailers' || status === 304 ? {} : { 'content-length': Buffer.byteLength(body) };
    if (path === '/hints') response.writeEarlyHints({ link: '</style.css>; rel=preload; as=style' });
    setTimeout(() => {
      response.writeHead(status, { ...own, ...told });
      if (path === '/trailers') response.addTrailers({ 'x-checksum': 'abcdef' });
      if (path === '/chunked') response.write('one piece, ');
      response.end(head ? undefined : body);
    }, thinks ?? 0);
    response.on('finish', () => {
      const sent = head ? 0 : Buffer.byteLength(body) + (path === '/chunked' ? 11 : 0);
      const facts = { clientPort: port, version: request.httpVersion, method, uri: request.url, status, received, sent };
      if (major === 2)
        say('answered', { ...facts, stream: request.stream?.id, request: counted(request.headers), response: counted(response.stream.sentHeaders) });
      else {
        const line = `${method} ${request.url} HTTP/1.1\r\n\r\n`.length;
        const head = length(request.rawHeaders) + request.rawHeaders.length * 2 + line;
        say('answered', { ...facts, requestHead: head, responseHead: response._header.length });
        if (socket.told) return;
        socket.told = true;
        socket.once('close', () => say('closed', { clientPort: port, written: socket.bytesWritten }));
      }
    });
  });
}

const limits = { maxSendHeaderBlockLength: 200_000, settings: { maxHeaderListSize: 200_000 }, maxHeaderSize: 100_000 };
let listening = 0;
for (const port of ports.map(Number)) {
  const version = port > 1000 ? 'TLSv1.2' : 'TLSv1.3';
  const options = { cert: readFileSync(certificate), key: readFileSync(key), minVersion: version, maxVersion: version, ...limits };
  const server = port % 2 === 0 ? http2.createSecureServer(options, serve) : https.createServer(options, serve);
  server.on('session', (session) => (session.peerPort = session.socket.remotePort));
  server.on('connection', (socket) => socket.setNoDelay(true));
  server.on('sessionError', () => {});
  server.listen(port, address, () => ++listening === ports.length && say('listening', {}));
}
