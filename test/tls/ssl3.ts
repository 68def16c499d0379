import { createCipheriv, createHash } from 'node:crypto';
import { be16, fromHex, join, text, u8 } from '../frames.ts';
import * as b from './build.ts';
import type { Chunk } from './talk.ts';

/** A talk in SSL 3.0, which OpenSSL no longer has, by RFC 6101's own words. */

const md5 = (...parts: Uint8Array[]): Uint8Array =>
  createHash('md5')
    .update(join(...parts))
    .digest();
const sha = (...parts: Uint8Array[]): Uint8Array =>
  createHash('sha1')
    .update(join(...parts))
    .digest();

export const MASTER = fromHex('0badc0de'.repeat(12));
const CLIENT_RANDOM = new Uint8Array(32).fill(7);
const SERVER_RANDOM = new Uint8Array(32).fill(8);
export const KEY_LOG = `CLIENT_RANDOM ${'07'.repeat(32)} ${'0badc0de'.repeat(12)}\n`;

const repeated = (byte: number, count: number): Uint8Array => new Uint8Array(count).fill(byte);
const SALTS = ['A', 'BB', 'CCC', 'DDDD', 'EEEEE', 'FFFFFF', 'GGGGGGG', 'HHHHHHHH', 'IIIIIIIII'];
/** §6.2.2: "key_block = MD5(master_secret + SHA(`A' + master_secret + ServerHello.random + ClientHello.random)) + …" */
const BLOCK = join(...SALTS.map((salt) => md5(MASTER, sha(text(salt), MASTER, SERVER_RANDOM, CLIENT_RANDOM))));

const CIPHERS = new Map<number, [algorithm: string, keyBytes: number, blockBytes: number]>([
  [0x000a, ['des-ede3-cbc', 24, 8]],
  [0x002f, ['aes-128-cbc', 16, 16]],
  [0x0035, ['aes-256-cbc', 32, 16]],
]);

/** The records of both sides, with HMAC's elder (§5.2.3.1) over SHA-1 and padding that is not all one value (§5.2.3.2). */
export function ssl3Talk(suite: number, says: string[]): Chunk[] {
  const [algorithm, keyBytes, blockBytes] = CIPHERS.get(suite) ?? ['', 0, 0];
  const sides = [0, 1].map((i) => {
    const macKey = BLOCK.slice(20 * i, 20 * i + 20);
    const key = BLOCK.slice(40 + keyBytes * i, 40 + keyBytes * (i + 1));
    const ivAt = 40 + 2 * keyBytes + blockBytes * i;
    const cipher = createCipheriv(algorithm, key, BLOCK.slice(ivAt, ivAt + blockBytes)).setAutoPadding(false);
    let sequence = 0;
    return (type: number, content: Uint8Array): Uint8Array => {
      const number = join(repeated(0, 7), u8(sequence++));
      const inner = sha(macKey, repeated(0x36, 40), number, u8(type), be16(content.length), content);
      const data = join(content, sha(macKey, repeated(0x5c, 40), inner));
      const padding = blockBytes - 1 - (data.length % blockBytes);
      const filler = Uint8Array.from({ length: padding }, (_, at) => 200 + at);
      return b.record(type, cipher.update(join(data, filler, u8(padding))), 0x0300);
    };
  });
  const hello = b.handshake(1, b.clientHello({ version: 0x0300, random: CLIENT_RANDOM, suites: [suite] }));
  const answer = b.handshake(2, b.serverHello({ version: 0x0300, random: SERVER_RANDOM, suite }));
  const change = b.record(20, u8(1), 0x0300);
  const finished = b.handshake(20, repeated(0xf1, 36));
  return [
    { fromClient: true, bytes: b.record(22, hello, 0x0300) },
    { fromClient: false, bytes: b.record(22, join(answer, b.handshake(14, u8())), 0x0300) },
    { fromClient: true, bytes: join(b.record(22, b.handshake(16, repeated(3, 64)), 0x0300), change, sides[0](22, finished)) },
    { fromClient: false, bytes: join(change, sides[1](22, finished)) },
    ...says.map((what, i) => ({ fromClient: i % 2 === 0, bytes: sides[i % 2](23, text(what)) })),
  ];
}
