#!/usr/bin/env node
// Requests as streams of one HTTP/2 connection in the clear, all at once unless a step says otherwise.
//   usage: h2.mjs ADDRESS PORT HOST STEPS    STEPS: JSON, [{path, method?, body?, fields?, cancelMs?, after?, contentType?}]
// Prints one JSON object: the client's port, and of each stream what the client knew. Times are milliseconds from the request.
import http2 from 'node:http2';
import net from 'node:net';

const [address, port, host, steps] = process.argv.slice(2);
const list = JSON.parse(steps);
const clock = () => Number(process.hrtime.bigint()) / 1e6;
const session = http2.connect(`http://${host}:${port}`, {
  createConnection: () => net.connect({ host: address, port: Number(port), noDelay: true }),
  maxSendHeaderBlockLength: 200_000,
  settings: { enablePush: true, maxHeaderListSize: 200_000, initialWindowSize: 65_535 },
});
const found = [];
const goAways = [];
session.on('goaway', (code, lastStream) => goAways.push({ code, lastStream }));
session.on('error', () => {});

function follow(stream, facts) {
  found.push(facts);
  const start = clock();
  let body = 0;
  stream.on('headers', (headers) => facts.interim.push(headers[':status']));
  const first = (headers) => {
    facts.status = headers[':status'];
    facts.firstMs = clock() - start;
  };
  stream.on('response', first);
  stream.on('push', first);
  stream.on('data', (piece) => (body += piece.length));
  stream.on('trailers', (trailers) => (facts.trailers = { ...trailers }));
  stream.on('error', () => {});
  return new Promise((done) =>
    stream.on('close', () => {
      Object.assign(facts, { stream: stream.id, bodyBytes: body, endMs: clock() - start, resetCode: stream.rstCode });
      done();
    }),
  );
}

setTimeout(() => {
  process.stderr.write(`after 20 s: ${JSON.stringify(found)}\n`);
  process.exit(1);
}, 20_000).unref();
const pushes = [];
session.on('stream', (stream, headers) =>
  pushes.push(follow(stream, { pushed: true, path: headers[':path'], method: headers[':method'], interim: [], sent: 0 })),
);

async function ask(step) {
  const fields = {};
  for (let i = 0; i < (step.fields ?? 0); i++) fields[`x-field-${i}`] = `${i} `.repeat(500).slice(0, 1000);
  if (step.contentType !== undefined) fields['content-type'] = step.contentType;
  const method = step.method ?? 'GET';
  const stream = session.request({ ':method': method, ':path': step.path, ':authority': host, ...fields }, { endStream: step.body === undefined });
  const over = follow(stream, { pushed: false, path: step.path, method, interim: [], sent: step.body ?? 0 });
  if (step.body !== undefined) stream.end(Buffer.alloc(step.body, 'u'));
  if (step.cancelMs !== undefined) setTimeout(() => stream.close(http2.constants.NGHTTP2_CANCEL), step.cancelMs);
  await over;
}

session.on('connect', async () => {
  const { localAddress, localPort } = session.socket;
  for (const together of Array.isArray(list[0]) ? list : [list]) await Promise.all(together.map(ask));
  await Promise.all(pushes);
  process.stdout.write(`${JSON.stringify({ clientAddress: localAddress, clientPort: localPort, streams: found, goAways })}\n`);
  // Where the server has said GOAWAY, close() waits for it to close.
  session.close();
  setTimeout(() => process.exit(0), 200);
});
