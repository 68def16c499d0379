import { Fields, named } from '../fields.ts';
import { ipProtocols } from '../names.ts';
import type { Packets } from '../packets.ts';
import { type FieldContext, type Layer, type Protocol, udpPort } from '../protocol.ts';
import { byIpProtocol } from '../tables.ts';
import { cutOr } from './vxlan.ts';

/** Logarithm of the identity's length, and its kind. */
const IDENTITY = 0;
/** The signature's length in words of four, and its hash. */
const SIGNATURE = 1;
const OPERATION = 2;
const NEXT = 3;
const TIME = 4;
const HEADER = 8;
const FORWARD = 1;

const operations: Record<number, string> = {
  0: 'nothing',
  1: 'forward',
  2: 'echo request',
  3: 'echo reply',
  4: 'message of the day',
};

/** Identities are at most 16 bytes. */
const headerLength = (identity: number, signature: number): number => HEADER + (1 << (identity >> 4)) + (signature >> 4) * 4;

const claims = (p: Packets): boolean => cutOr(p, HEADER, looks);
const looks = (p: Packets): boolean => p.bytes[p.at + IDENTITY] >> 4 <= 4 && (p.bytes[p.at + OPERATION] & 15) <= 4;

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const length = headerLength(bytes[at + IDENTITY], bytes[at + SIGNATURE]);
  if (p.end - at < length) return p.lacks(row, length);
  p.at = at + length;
  return (bytes[at + OPERATION] & 15) === FORWARD && p.end > p.at ? byIpProtocol[bytes[at + NEXT]] : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const length = headerLength(f.read(IDENTITY, 1), f.read(SIGNATURE, 1));
  f.hex('ayiya.identity_kind', 'Kind of identity', IDENTITY, 1);
  f.hex('ayiya.signature_kind', 'Kind of signature', SIGNATURE, 1);
  f.bits('ayiya.opcode', 'Operation', OPERATION, 1, 0x0f, named(operations));
  f.number('ayiya.nextheader', 'Next header', NEXT, 1, named(ipProtocols));
  f.number('ayiya.epoch', 'Time', TIME, 4, (value) => new Date(value * 1000).toISOString());
  const identity = f.has(0, 1) ? 1 << (f.read(IDENTITY, 1) >> 4) : 0;
  f.raw('ayiya.identity', 'Identity', HEADER, identity);
  f.raw('ayiya.signature', 'Signature', HEADER + identity, length - HEADER - identity);
  return f.layer('ayiya', `Anything In Anything, ${operations[f.read(OPERATION, 1) & 15] ?? 'unknown'}`, length);
}

/** Anything In Anything (draft-massar-v6ops-ayiya): IPv6 in UDP, as tunnel brokers had it. */
export const ayiya: Protocol = { name: 'ayiya', over: [udpPort(5072)], scan, claims, layer };
