// A web server (`web`), or a DNS server that has 10.9.0.2 for every name (`dns`); says "ready".
import { createSocket } from 'node:dgram';
import { createServer } from 'node:http';

const ready = () => process.stdout.write('ready\n');
if (process.argv[2] === 'web') createServer((_, response) => response.end('hello\n')).listen(80, ready);
else {
  const socket = createSocket('udp4');
  socket.on('message', (question, from) => {
    let end = 12;
    while (question[end] !== 0) end += question[end] + 1;
    const isA = question.readUInt16BE(end + 1) === 1;
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 10, 9, 0, 2]);
    const head = Buffer.from([question[0], question[1], 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0]);
    socket.send(Buffer.concat([head, question.subarray(12, end + 5), ...(isA ? [answer] : [])]), from.port, from.address);
  });
  socket.bind(53, '127.0.0.1', ready);
}
