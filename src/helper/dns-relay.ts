import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { connect, createServer } from 'node:net';

/** Questions that wait for an answer at once, and for how long. */
const WAITING = 256;
const PATIENCE = 15_000;

/**
 * Passes what comes to a port of `address` on to port 53 of a resolver, and its answers back, without looking into it. Gives the
 * port, which is the same for UDP and TCP.
 */
export async function startRelay(address: string, resolver: string, port = 53): Promise<number> {
  const server = createServer((client) => {
    const upstream = connect(port, resolver);
    client.pipe(upstream).pipe(client);
    client.setTimeout(PATIENCE, () => client.destroy());
    client.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
    upstream.on('error', () => client.destroy()).on('close', () => client.destroy());
  });
  server.maxConnections = WAITING;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, address, resolve);
  });
  const own = (server.address() as { port: number }).port;
  const socket = createSocket('udp4');
  const family = resolver.includes(':') ? 'udp6' : 'udp4';
  const waiting = new Set<Datagrams>();
  socket.on('message', (question, from) => {
    if (waiting.size >= WAITING) return;
    const upstream = createSocket(family);
    waiting.add(upstream);
    const done = (): void => {
      clearTimeout(timer);
      if (waiting.delete(upstream)) upstream.close();
    };
    const timer = setTimeout(done, PATIENCE);
    upstream.on('error', done).on('message', (answer) => socket.send(answer, from.port, from.address, done));
    // Connected, so that nobody else can answer.
    upstream.connect(port, resolver, () => upstream.send(question));
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).bind(own, address, () => {
      socket.off('error', reject).on('error', () => {});
      resolve();
    });
  });
  return own;
}
