#!/usr/bin/env node
// A proxy for CONNECT and a WebSocket server inside TLS. usage: tunnels.mjs CERTIFICATE KEY ADDRESS PROXY_PORT SECURE_PROXY_PORT SOCKET_PORT
//   PROXY_PORT         CONNECT in the clear: 200 and bytes both ways to the names in NAMES, 403 to any other
//   SECURE_PROXY_PORT  the same inside TLS: what goes through is TLS in TLS
//   SOCKET_PORT        TLS: "Upgrade: websocket" is answered by 101 and every message is sent back (RFC 6455), else 426
// One JSON line on stdout for every tunnel and socket as it ends, with the bytes that went through: the lab's truth.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';

const [certificate, key, address, proxyPort, securePort, socketPort] = process.argv.slice(2);
const NAMES = { 'www.my-app.com': '192.0.2.80', 'shop.my-app.com': '192.0.2.80' };
const ACCEPT = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const say = (event, facts) => process.stdout.write(`${JSON.stringify({ event, ...facts })}\n`);
const secure = { cert: readFileSync(certificate), key: readFileSync(key), ALPNProtocols: ['http/1.1'] };

function connect(request, client, head) {
  const [name, port] = request.url.split(':');
  const facts = { target: request.url, clientPort: client.remotePort };
  if (NAMES[name] === undefined) {
    client.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    say('refused', facts);
    return;
  }
  let [up, down] = [head.length, 0];
  const server = net.connect({ host: NAMES[name], port: Number(port), noDelay: true }, () => {
    client.write('HTTP/1.1 200 Connection established\r\n\r\n');
    server.write(head);
    client.on('data', (piece) => (up += piece.length));
    server.on('data', (piece) => (down += piece.length));
    client.pipe(server).pipe(client);
  });
  client.on('error', () => server.destroy());
  server.on('error', () => client.destroy());
  server.on('close', () => say('tunnelled', { ...facts, up, down }));
}

/** Frames of a client that masks, each shorter than 64 KiB and in one piece; control frames too. */
function frames(held, got) {
  while (held.length >= 6) {
    const short = held[1] & 127;
    const at = short === 126 ? 4 : 2;
    const length = short === 126 ? held.readUInt16BE(2) : short;
    if (held.length < at + 4 + length) break;
    const mask = held.subarray(at, at + 4);
    got(held[0] & 15, Buffer.from(held.subarray(at + 4, at + 4 + length).map((byte, i) => byte ^ mask[i & 3])));
    held = held.subarray(at + 4 + length);
  }
  return held;
}

function frame(opcode, payload) {
  const { length } = payload;
  const head = length < 126 ? [0x80 | opcode, length] : [0x80 | opcode, 126, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), payload]);
}

function upgrade(request, socket) {
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + ACCEPT).digest('base64');
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`);
  const facts = { uri: request.url, clientPort: socket.remotePort, messages: 0, received: 0, sent: 0 };
  let held = Buffer.alloc(0);
  socket.on('data', (piece) => {
    facts.received += piece.length;
    held = frames(Buffer.concat([held, piece]), (opcode, payload) => {
      const answer = frame(opcode, payload);
      facts.sent += answer.length;
      if (opcode === 8) socket.end(answer);
      else {
        facts.messages++;
        socket.write(answer);
      }
    });
  });
  socket.on('close', () => say('socket', facts));
}

const proxy = (server) => server.on('connect', connect).on('connection', (socket) => socket.setNoDelay(true));
const socketServer = https.createServer(secure, (_, response) => response.writeHead(426, { Upgrade: 'websocket' }).end());
const servers = [
  [proxy(http.createServer()), proxyPort],
  [proxy(https.createServer(secure)), securePort],
  [socketServer.on('upgrade', upgrade), socketPort],
];
let listening = 0;
for (const [server, port] of servers) server.listen(Number(port), address, () => ++listening === servers.length && say('listening', {}));
