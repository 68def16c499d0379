import { u16 } from '../bytes.ts';
import { Fields, named, namedHex, wrong } from '../fields.ts';
import type { Packets } from '../packets.ts';
import { etherType, type FieldContext, type Layer, linkType, type Protocol } from '../protocol.ts';
import { byLinkType } from '../tables.ts';

const VERSION_AND_TYPE = 0;
const CODE = 1;
const SESSION = 2;
const LENGTH = 4;
const HEADER = 6;
const PPP_LINK = 9;

const codes: Record<number, string> = {
  0: 'session data',
  7: 'active discovery offer (PADO)',
  9: 'active discovery initiation (PADI)',
  25: 'active discovery request (PADR)',
  101: 'session confirmation (PADS)',
  167: 'termination (PADT)',
};
const tags: Record<number, string> = {
  0: 'End of list',
  257: 'Service name',
  258: 'Access concentrator name',
  259: 'Host mark',
  260: 'Access concentrator cookie',
  261: 'Vendor',
  272: 'Relay session',
  288: 'Largest payload',
  513: 'Service name error',
  514: 'Access concentrator error',
  515: 'Error',
};

function scan(p: Packets, row: number): number {
  const { at, bytes } = p;
  if (p.end - at < HEADER) return p.lacks(row, HEADER);
  const wire = at + HEADER + u16(bytes, at + LENGTH);
  if (wire < p.wire) p.wire = wire;
  if (p.end > p.wire) p.end = p.wire;
  p.at = at + HEADER;
  return bytes[at + CODE] === 0 ? byLinkType[PPP_LINK] : 0;
}

function scanDiscovery(p: Packets, row: number): 0 {
  scan(p, row);
  if (p.reason[row] === 0) p.at = p.end;
  return 0;
}

function header(f: Fields): void {
  f.bits('pppoe.version', 'Version', VERSION_AND_TYPE, 1, 0xf0);
  f.bits('pppoe.type', 'Type', VERSION_AND_TYPE, 1, 0x0f);
  f.number('pppoe.code', 'Code', CODE, 1, named(codes));
  f.hex('pppoe.session_id', 'Session', SESSION, 2);
  f.number('pppoe.payload_length', 'Payload length', LENGTH, 2);
}

function layer(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  header(f);
  return f.layer('pppoes', 'PPP over Ethernet, session', HEADER);
}

function layerDiscovery(bytes: Uint8Array, at: number, { end }: FieldContext): Layer {
  const f = new Fields(bytes, at, end);
  header(f);
  for (let i = HEADER; f.has(i, 4); ) {
    const length = f.read(i + 2, 2);
    const tag = f.group('pppoed.tag', tags[f.read(i, 2)] ?? 'Tag', i, 4 + length);
    if (!f.has(i, 4 + length)) wrong(tag, `tag length ${length} does not fit`);
    const inner = f.under(tag);
    inner.number('pppoed.tag.type', 'Type', i, 2, namedHex(tags, 4));
    inner.number('pppoed.tag.length', 'Length', i + 2, 2);
    inner.raw('pppoed.tag.data', 'Data', i + 4, length);
    i += 4 + length;
  }
  return f.layer('pppoed', `PPP over Ethernet, ${codes[f.read(CODE, 1)] ?? 'discovery'}`, f.length);
}

/** PPP over Ethernet, session stage (RFC 2516 section 6). */
export const pppoeSession: Protocol = { name: 'pppoes', over: [etherType(0x8864), linkType(51)], scan, layer };

/** PPP over Ethernet, discovery stage (RFC 2516 section 5). */
export const pppoeDiscovery: Protocol = { name: 'pppoed', over: [etherType(0x8863)], scan: scanDiscovery, layer: layerDiscovery };
