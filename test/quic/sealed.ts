import { createCipheriv, createHmac } from 'node:crypto';
import { Correlator } from '../../src/correlate/correlator.ts';
import type { Exchange, Journey, QuicConnection } from '../../src/correlate/model.ts';
import { TlsKeys } from '../../src/dissect/tls/key-log.ts';
import { batchOf, be16, be32, fromHex, join, u8 } from '../frames.ts';
import * as tls from '../tls/build.ts';
import * as b from './build.ts';
import { datagram, type Step } from './drive.ts';

/** QUIC packets beyond Initial, sealed by the RFCs' own words with AES-128-GCM, and the key log that opens them. */

const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);
export const RANDOM = filled(0x11);
export const SECRETS = {
  early: filled(0x21),
  clientHandshake: filled(0x22),
  serverHandshake: filled(0x23),
  client: filled(0x24),
  server: filled(0x25),
};
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export const KEY_LOG = [
  ['CLIENT_EARLY_TRAFFIC_SECRET', SECRETS.early],
  ['CLIENT_HANDSHAKE_TRAFFIC_SECRET', SECRETS.clientHandshake],
  ['SERVER_HANDSHAKE_TRAFFIC_SECRET', SECRETS.serverHandshake],
  ['CLIENT_TRAFFIC_SECRET_0', SECRETS.client],
  ['SERVER_TRAFFIC_SECRET_0', SECRETS.server],
]
  .map(([label, secret]) => `${label} ${hex(RANDOM)} ${hex(secret as Uint8Array)}\n`)
  .join('');

export function expandLabel(secret: Uint8Array, label: string, length: number): Uint8Array {
  const name = new TextEncoder().encode(`tls13 ${label}`);
  const info = join(be16(length), u8(name.length), name, u8(0, 1));
  return new Uint8Array(createHmac('sha256', secret).update(info).digest()).slice(0, length);
}

interface Sealing {
  secret: Uint8Array;
  number: number;
  frames: Uint8Array;
  dcid?: Uint8Array;
  /** Times that the keys were updated (RFC 9001 §6). */
  updates?: number;
  version?: number;
}

function seal(header: Uint8Array, numberAt: number, short: boolean, { secret, number, frames, updates = 0, version }: Sealing) {
  const prefix = version === b.VERSION_2 ? 'quicv2' : 'quic';
  let current = secret;
  for (let i = 0; i < updates; i++) current = expandLabel(current, `${prefix} ku`, 32);
  const nonce = expandLabel(current, `${prefix} iv`, 12);
  be32(number).forEach((byte, i) => {
    nonce[8 + i] ^= byte;
  });
  const cipher = createCipheriv('aes-128-gcm', expandLabel(current, `${prefix} key`, 16), nonce, { authTagLength: 16 });
  cipher.setAAD(header);
  const packet = join(header, cipher.update(frames), cipher.final(), cipher.getAuthTag());
  const hp = expandLabel(secret, `${prefix} hp`, 16);
  const mask = createCipheriv('aes-128-ecb', hp, null).update(packet.subarray(numberAt + 4, numberAt + 20));
  packet[0] ^= mask[0] & (short ? 0x1f : 0x0f);
  for (let i = numberAt; i < header.length; i++) packet[i] ^= mask[1 + i - numberAt];
  return packet;
}

const padded = (frames: Uint8Array): Uint8Array => join(frames, new Uint8Array(Math.max(0, 4 - frames.length)));

/** 1-RTT; its number takes two bytes. */
export function oneRtt(parts: Sealing): Uint8Array {
  const { dcid = u8(), number, updates = 0 } = parts;
  const header = join(u8(0x41 | ((updates & 1) << 2)), dcid, be16(number & 0xffff));
  return seal(header, 1 + dcid.length, true, { ...parts, frames: padded(parts.frames) });
}

/** 0-RTT (1) or Handshake (2). */
export function long(type: 1 | 2, parts: Sealing & { scid?: Uint8Array }): Uint8Array {
  const { version = b.VERSION_1, dcid = u8(), scid = u8(), number } = parts;
  const frames = padded(parts.frames);
  const bits = version === b.VERSION_2 ? (type + 1) & 3 : type;
  const ids = join(u8(dcid.length), dcid, u8(scid.length), scid);
  const before = join(u8(0xc1 | (bits << 4)), be32(version), ids, b.varint(2 + frames.length + 16, 2));
  return seal(join(before, be16(number)), before.length, false, { ...parts, version, frames });
}

export const CLIENT_ID = fromHex('c1c1c1c1');
export const SERVER_ID = fromHex('5e5e5e5e5e');

export const stream = (id: number, offset: number, data: Uint8Array, fin = false): Uint8Array =>
  join(u8(0x0e | (fin ? 1 : 0)), b.varint(id), b.varint(offset), b.varint(data.length), data);

const clientHello = (alpn: string): Uint8Array =>
  tls.handshake(
    1,
    tls.clientHello({
      random: RANDOM,
      suites: [0x1301],
      extensions: [tls.serverName('example.com'), tls.alpn(alpn), tls.versions(0x0304)],
    }),
  );
const extensions = (alpn: string): Uint8Array => {
  const list = tls.alpn(alpn);
  return tls.handshake(8, join(be16(list.length), list));
};
const FINISHED = tls.handshake(20, new Uint8Array(32));

/** ClientHello; ServerHello with the server's flight; the client's Finished. */
export const handshake = (alpn = 'h3'): Step[] => [
  ['>', b.firstInitial({ scid: CLIENT_ID, frames: b.crypto(0, clientHello(alpn)) })],
  [
    '<',
    b.initial({ dcid: CLIENT_ID, scid: SERVER_ID, keyId: b.ID, fromServer: true, frames: b.crypto(0, b.serverHello()) }),
    long(2, {
      secret: SECRETS.serverHandshake,
      dcid: CLIENT_ID,
      scid: SERVER_ID,
      number: 0,
      frames: b.crypto(0, join(extensions(alpn), FINISHED)),
    }),
  ],
  ['>', long(2, { secret: SECRETS.clientHandshake, dcid: SERVER_ID, scid: CLIENT_ID, number: 0, frames: b.crypto(0, FINISHED) })],
];

/** 1-RTT of the client and of the server. */
export const fromClient = (number: number, frames: Uint8Array, updates = 0): Step => [
  '>',
  oneRtt({ secret: SECRETS.client, dcid: SERVER_ID, number, frames, updates }),
];
export const fromServer = (number: number, frames: Uint8Array, updates = 0): Step => [
  '<',
  oneRtt({ secret: SECRETS.server, dcid: CLIENT_ID, number, frames, updates }),
];

export interface Story {
  connections: QuicConnection[];
  exchanges: Exchange[];
  journeys: Journey[];
  correlator: Correlator;
}

export function keysOf(log = KEY_LOG): TlsKeys {
  const keys = new TlsKeys();
  keys.readAll(new TextEncoder().encode(log));
  return keys;
}

/** What comes of datagrams a millisecond apart; `keys` null: none were asked for. */
export function tell(
  steps: (Step | { frame: Uint8Array })[],
  keys: TlsKeys | null = keysOf(),
  each?: (i: number) => void,
): Story {
  const connections: QuicConnection[] = [];
  const exchanges: Exchange[] = [];
  const journeys: Journey[] = [];
  const listener = {
    quic: (c: QuicConnection) => connections.push(c),
    exchange: (x: Exchange) => exchanges.push(x),
    journey: (j: Journey) => journeys.push(j),
  };
  const correlator = new Correlator(listener, keys === null ? {} : { keys });
  steps.forEach((step, i) => {
    each?.(i);
    const bytes = 'frame' in step ? step.frame : datagram(step);
    const batch = batchOf([{ time: 1_600_000_000_000_000_000n + BigInt(i) * 1_000_000n, bytes }]);
    batch.firstNumber = i + 1;
    correlator.batch(batch);
    batch.bytes.fill(0xaa);
  });
  correlator.end();
  return { connections, exchanges, journeys, correlator };
}
