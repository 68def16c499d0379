import { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import { CERTIFICATE_PEM, KEY } from './identity.ts';

/** Bytes that one side put on the wire at once. */
export interface Chunk {
  fromClient: boolean;
  bytes: Uint8Array;
}

export interface Talk {
  chunks: Chunk[];
  /** The key log that the client wrote. */
  keyLog: string;
  protocol: string | null;
  cipher: string;
  reused: boolean;
  session: Buffer | undefined;
}

export interface TalkOptions {
  client?: tls.ConnectionOptions;
  server?: tls.TlsOptions;
  /** What each side says, in turn, the client first. */
  says: (string | Buffer)[];
  context?: tls.SecureContext;
}

/** One end of a wire without a network. */
class End extends Duplex {
  other: End | undefined;
  sent: (bytes: Buffer) => void = () => {};
  override _read(): void {}
  override _write(bytes: Buffer, _: string, done: () => void): void {
    this.sent(bytes);
    this.other?.push(bytes);
    setImmediate(done);
  }
  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }
}

/** OpenSSL talks TLS with itself, and everything that crosses the wire is written down. */
export function talk({ client, server, says, context }: TalkOptions): Promise<Talk> {
  const [a, b] = [new End(), new End()];
  a.other = b;
  b.other = a;
  const chunks: Chunk[] = [];
  a.sent = (bytes) => chunks.push({ fromClient: true, bytes: Uint8Array.from(bytes) });
  b.sent = (bytes) => chunks.push({ fromClient: false, bytes: Uint8Array.from(bytes) });
  const lines: Buffer[] = [];
  let session: Buffer | undefined;
  const secureContext = context ?? serverContext(server);
  return new Promise((resolve, reject) => {
    const served = new tls.TLSSocket(b, { isServer: true, secureContext, ...server });
    const asking = tls.connect({ socket: a, rejectUnauthorized: false, servername: 'www.example.test', ...client });
    asking.on('keylog', (line) => lines.push(line));
    asking.on('session', (each) => {
      session = each;
    });
    const result = { protocol: null as string | null, cipher: '', reused: false };
    let turn = 0;
    let heard = 0;
    const next = (): void => {
      if (turn === says.length) return void asking.end();
      (turn % 2 === 0 ? asking : served).write(says[turn]);
    };
    const hear = (socket: tls.TLSSocket, parity: number): void => {
      socket.on('data', (bytes: Buffer) => {
        heard += bytes.length;
        if (turn % 2 !== parity || heard < says[turn].length) return;
        turn++;
        heard = 0;
        next();
      });
      socket.on('error', reject);
    };
    hear(served, 0);
    hear(asking, 1);
    asking.once('secureConnect', () => {
      result.protocol = asking.getProtocol();
      result.cipher = asking.getCipher().standardName;
      result.reused = asking.isSessionReused();
      next();
    });
    served.once('end', () => served.end());
    asking.once('close', () => resolve({ chunks, keyLog: Buffer.concat(lines).toString('latin1'), session, ...result }));
  });
}

export function serverContext(options: tls.TlsOptions = {}): tls.SecureContext {
  return tls.createSecureContext({ key: KEY, cert: CERTIFICATE_PEM, ...options });
}
