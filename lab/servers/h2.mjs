#!/usr/bin/env node
// An HTTP/2 server in the clear (prior knowledge), Node's own. usage: h2.mjs ADDRESS PORT
//   /         a small page            /slow     thinks for 150 ms          /big      100,000 bytes
//   /push     pushes /pushed.css      /trailers ends with a trailer        /hints    103 before the answer
//   /abort    8,000 bytes, then RST_STREAM (INTERNAL_ERROR)                /refuse   RST_STREAM (REFUSED_STREAM)
//   /fields   a header section of 40,000 bytes (CONTINUATION)              /upload   reads the body, answers 201
//   /never    does not answer         /goaway   answers, then GOAWAY       /lab.Echo/Say  gRPC: a message and grpc-status
// One JSON line on stdout for every stream it closed: the lab's truth.
import http2 from 'node:http2';

const [address, port] = process.argv.slice(2);
const say = (event, facts) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
const page = 'Hello over HTTP/2.\n'.repeat(20);
const big = Buffer.alloc(100_000, 'wirebook ');

function answer(stream, path, received, session) {
  const send = (status, body, headers = {}) => {
    stream.respond({ ':status': status, 'content-type': 'text/plain', 'content-length': Buffer.byteLength(body), ...headers });
    stream.end(body);
    stream.sent = Buffer.byteLength(body);
  };
  switch (path) {
    case '/':
      return send(200, page);
    case '/slow':
      return setTimeout(() => send(200, 'thought about it\n'), 150);
    case '/big':
      return send(200, big);
    case '/push':
      return stream.pushStream({ ':path': '/pushed.css' }, (_error, pushed) => {
        pushed.on('close', () => closed(pushed, session, '/pushed.css', 200, 0));
        pushed.respond({ ':status': 200, 'content-type': 'text/css' });
        pushed.end('p { margin: 0 }\n');
        pushed.sent = 16;
        send(200, page);
      });
    case '/trailers':
      stream.respond({ ':status': 200, 'content-type': 'text/plain' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': 'abcdef' }));
      stream.end('with trailers\n');
      stream.sent = 14;
      return;
    case '/hints':
      stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' });
      return setTimeout(() => send(200, page), 50);
    case '/abort':
      stream.respond({ ':status': 200, 'content-type': 'text/plain' });
      stream.sent = 8000;
      // Its bytes must be out before the stream is cut.
      return stream.write(Buffer.alloc(8000, 'x'), () => setTimeout(() => stream.close(http2.constants.NGHTTP2_INTERNAL_ERROR), 50));
    case '/refuse':
      return stream.close(http2.constants.NGHTTP2_REFUSED_STREAM);
    case '/fields': {
      const fields = {};
      for (let i = 0; i < 40; i++) fields[`x-field-${i}`] = `${i} `.repeat(500).slice(0, 1000);
      return send(200, 'many fields\n', fields);
    }
    case '/upload':
      return send(201, `received ${received} bytes\n`);
    case '/never':
      return;
    case '/goaway':
      send(200, 'the last one\n');
      return session.goaway(0, 0, Buffer.from('going away'));
    case '/lab.Echo/Say':
      stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
      stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '5', 'grpc-message': 'not found' }));
      stream.end(Buffer.from([0, 0, 0, 0, 3, 1, 2, 3]));
      stream.sent = 8;
      return;
    default:
      return send(404, 'not here\n');
  }
}

function closed(stream, session, uri, status, received) {
  const { remoteAddress, remotePort } = session.peer;
  say('answered', {
    clientAddress: remoteAddress, clientPortAtServer: remotePort, stream: stream.id, method: stream.method ?? 'GET', uri, status,
    bodyBytesReceived: received, bodyBytesSent: stream.sent ?? 0, resetCode: stream.rstCode,
  });
}

const server = http2.createServer({ maxSendHeaderBlockLength: 200_000, settings: { maxHeaderListSize: 200_000 } });
server.on('connection', (socket) => socket.setNoDelay(true));
server.on('session', (session) => {
  const { remoteAddress, remotePort } = session.socket;
  session.peer = { remoteAddress, remotePort };
});
server.on('stream', (stream, headers) => {
  const path = headers[':path'];
  const session = stream.session;
  stream.method = headers[':method'];
  let received = 0;
  stream.on('error', () => {});
  stream.on('data', (piece) => (received += piece.length));
  stream.on('close', () => closed(stream, session, path, stream.sentHeaders?.[':status'] ?? null, received));
  const whole = headers[':method'] === 'POST' ? 'end' : undefined;
  if (whole !== undefined) stream.on(whole, () => answer(stream, path, received, session));
  else answer(stream, path, received, session);
});
server.on('sessionError', () => {});
server.listen(Number(port), address, () => say('listening', {}));
