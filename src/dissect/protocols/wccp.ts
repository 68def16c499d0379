import { Fields } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, type Protocol } from '../protocol.ts';
import { byVersion } from './raw.ts';

/** Version 2 has flags, service, and the hash's bucket before the packet; version 1 has nothing. */
const REDIRECT = 4;
const FLAGS = 0;
const SERVICE = 1;
const BUCKET = 3;

/** No flags are known whose byte could begin an IPv4 packet. */
const lengthAt = (first: number): number => (first >> 4 === 4 ? 0 : REDIRECT);

function scan(p: Packets, row: number): number {
  if (p.end - p.at < REDIRECT) return p.lacks(row, REDIRECT);
  p.at += lengthAt(p.bytes[p.at]);
  return p.end > p.at ? byVersion(p) : 0;
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  const length = lengthAt(f.read(FLAGS, 1));
  if (length !== 0) {
    f.hex('wccp.redirect.flags', 'Flags', FLAGS, 1);
    f.number('wccp.redirect.service', 'Service', SERVICE, 1);
    f.number('wccp.redirect.bucket', 'Bucket', BUCKET, 1);
  }
  return f.layer('wccp', 'Web Cache Communication, redirected packet', length);
}

/** Packets that a router redirects to a web cache in GRE (draft-mclaggan-wccp-v2rev1 section 4.12). */
export const wccp: Protocol = { name: 'wccp', over: [etherType(0x883e)], scan, layer };
