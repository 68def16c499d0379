import { createHmac } from 'node:crypto';
import { be16, join, u8 } from '../frames.ts';
import * as b from './build.ts';
import type { Chunk } from './talk.ts';

const MASTER = Buffer.alloc(48, 0x4d);
const NULL_SHA256 = 0x003b;
const RANDOMS = [Buffer.alloc(32, 7), Buffer.alloc(32, 8)];

/** P_SHA256 of RFC 5246 §5 with the label "key expansion": both MAC keys. */
function macKeys(): Buffer[] {
  const hmac = (data: Buffer): Buffer => createHmac('sha256', MASTER).update(data).digest();
  const seed = Buffer.concat([Buffer.from('key expansion'), RANDOMS[1], RANDOMS[0]]);
  const a1 = hmac(seed);
  return [hmac(Buffer.concat([a1, seed])), hmac(Buffer.concat([hmac(a1), seed]))];
}

export const SEALED_KEYS = `CLIENT_RANDOM ${RANDOMS[0].toString('hex')} ${MASTER.toString('hex')}\n`;

/** Seals whatever shall stand in TLS records (TLS_RSA_WITH_NULL_SHA256: a MAC and no encryption), behind a handshake of its own. */
export class Sealer {
  private readonly keys = macKeys();
  private readonly sequences = [0n, 0n];

  handshake(...extensions: Uint8Array[]): Chunk[] {
    const hello = b.handshake(1, b.clientHello({ random: RANDOMS[0], suites: [NULL_SHA256], extensions }));
    const answer = b.handshake(2, b.serverHello({ random: RANDOMS[1], suite: NULL_SHA256 }));
    const finished = b.handshake(20, new Uint8Array(12));
    return [
      { fromClient: true, bytes: b.record(22, hello) },
      { fromClient: false, bytes: join(b.record(22, answer), b.record(22, b.handshake(14, u8()))) },
      { fromClient: true, bytes: join(b.changeCipherSpec, this.record(true, 22, finished)) },
      { fromClient: false, bytes: join(b.changeCipherSpec, this.record(false, 22, finished)) },
    ];
  }

  record(fromClient: boolean, type: number, content: Uint8Array): Uint8Array {
    const side = fromClient ? 0 : 1;
    const sequence = Buffer.alloc(8);
    sequence.writeBigUInt64BE(this.sequences[side]++);
    const head = join(sequence, u8(type, 3, 3), be16(content.length));
    const mac = createHmac('sha256', this.keys[side]).update(head).update(content).digest();
    return b.record(type, join(content, mac));
  }
}
