#!/usr/bin/env node
// A WebSocket inside TLS (RFC 6455): some messages, each answered before the next, then a close. usage: websocket.mjs NAME ADDRESS PORT KEYLOG AUTHORITY SIZE...
// Prints one JSON object: the client's port, and the payload bytes of the messages that came back.
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync } from 'node:fs';
import https from 'node:https';

const [name, address, port, keylog, authority, ...sizes] = process.argv.slice(2);

function masked(opcode, payload) {
  const { length } = payload;
  const head = length < 126 ? [0x80 | opcode, 0x80 | length] : [0x80 | opcode, 0x80 | 126, length >> 8, length & 255];
  const mask = randomBytes(4);
  return Buffer.concat([Buffer.from(head), mask, payload.map((byte, i) => byte ^ mask[i & 3])]);
}

const request = https.request({
  host: address,
  port,
  servername: name,
  path: '/socket',
  ca: readFileSync(authority),
  ALPNProtocols: ['http/1.1'],
  headers: {
    Host: `${name}:${port}`,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
  },
});
request.on('socket', (socket) => {
  socket.on('keylog', (line) => appendFileSync(keylog, line));
});
request.on('upgrade', (response, socket, head) => {
  const waiting = sizes.map(Number);
  const echoed = [];
  let held = head;
  const next = () => {
    const size = waiting.shift();
    socket.write(size === undefined ? masked(8, Buffer.from([3, 232])) : masked(2, randomBytes(size)));
  };
  socket.on('data', (piece) => {
    held = Buffer.concat([held, piece]);
    while (held.length >= 2) {
      const at = held[1] === 126 ? 4 : 2;
      const length = held[1] === 126 ? (held.length < 4 ? Infinity : held.readUInt16BE(2)) : held[1];
      if (held.length < at + length) break;
      const opcode = held[0] & 15;
      held = held.subarray(at + length);
      if (opcode === 8) socket.end();
      else {
        echoed.push(length);
        next();
      }
    }
  });
  socket.on('close', () => console.log(JSON.stringify({ clientPort, status: response.statusCode, echoed })));
  const clientPort = socket.localPort;
  next();
});
request.end();
