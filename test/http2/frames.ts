import type { Step } from '../http/dialogue.ts';

/** Frames as RFC 9113 §4.1 and §6 have them, made without any code of ours. */
export function frame(type: number, flags: number, stream: number, payload: Buffer | string = ''): Buffer {
  const body = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload;
  const head = Buffer.alloc(9);
  head.writeUIntBE(body.length, 0, 3);
  head[3] = type;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, body]);
}

export const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITY = 0x20;

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

/** Literal header fields without indexing, no Huffman code (RFC 7541 §6.2.2); names and values below 127 bytes. */
export function fields(list: Record<string, string>): Buffer {
  const parts = Object.entries(list).map(([name, value]) =>
    Buffer.concat([Buffer.from([0, name.length]), Buffer.from(name), long(value.length), Buffer.from(value, 'latin1')]),
  );
  return Buffer.concat(parts);
}

/** A string's length with a prefix of 7 bits (RFC 7541 §5.1). */
function long(length: number): Buffer {
  if (length < 127) return Buffer.from([length]);
  const octets = [127];
  let rest = length - 127;
  for (; rest >= 128; rest = Math.floor(rest / 128)) octets.push((rest % 128) | 0x80);
  octets.push(rest);
  return Buffer.from(octets);
}

export const data = (stream: number, body: Buffer | string, flags = 0): Buffer => frame(0, flags, stream, body);
export const headers = (stream: number, list: Record<string, string>, flags = END_HEADERS): Buffer =>
  frame(1, flags, stream, fields(list));
export const rst = (stream: number, code: number): Buffer => frame(3, 0, stream, u32(code));
export const settings = (...list: [id: number, value: number][]): Buffer =>
  frame(4, 0, 0, Buffer.concat(list.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), u32(value)]))));
export const settingsAck = (): Buffer => frame(4, 1, 0);
export const push = (stream: number, promised: number, list: Record<string, string>): Buffer =>
  frame(5, END_HEADERS, stream, Buffer.concat([u32(promised), fields(list)]));
export const ping = (text = '12345678', flags = 0): Buffer => frame(6, flags, 0, text);
export const goAway = (last: number, code: number, debug = ''): Buffer =>
  frame(7, 0, 0, Buffer.concat([u32(last), u32(code), Buffer.from(debug)]));
export const windowUpdate = (stream: number, increment: number): Buffer => frame(8, 0, stream, u32(increment));
export const continuation = (stream: number, payload: Buffer, flags = END_HEADERS): Buffer => frame(9, flags, stream, payload);

/** The request fields every request has; `more` adds to them or takes their place. */
export const asks = (path: string, more: Record<string, string> = {}): Record<string, string> => ({
  ':method': 'GET',
  ':scheme': 'http',
  ':authority': 'www.example.com',
  ':path': path,
  ...more,
});
export const answers = (status: number, more: Record<string, string> = {}): Record<string, string> => ({
  ':status': `${status}`,
  ...more,
});

export const c = (...frames: Buffer[]): Step => ({ side: 'client', bytes: Buffer.concat(frames) });
export const s = (...frames: Buffer[]): Step => ({ side: 'server', bytes: Buffer.concat(frames) });
