/** Decodes a body of zeros that was compressed to almost nothing; how much it would become is the last argument, in MiB. */
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { BODY_LIMIT, decodeBody } from '../../src/dissect/http/body.ts';

const size = Number(process.argv[2]) << 20;
const zeros = Buffer.alloc(1 << 20);
/** Small parts one after the other: the bomb itself is never there in full. */
const gzipped = Buffer.concat(new Array<Buffer>(size >> 20).fill(gzipSync(zeros)));
const bodies: [string, Uint8Array][] = [
  ['gzip', gzipped],
  ['gzip, gzip', gzipSync(gzipped)],
  ['gzip, gzip, gzip', gzipSync(gzipSync(gzipped))],
  ['gzip, gzip, gzip, gzip, gzip', gzipped],
  ['deflate', deflateSync(zeros)],
  ['br', brotliCompressSync(zeros, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } })],
];
for (const [contentEncoding, body] of bodies) {
  for (let i = 0; i < 4; i++) {
    const { bytes } = decodeBody(body, { contentEncoding });
    if (bytes.length > Math.max(BODY_LIMIT, body.length)) throw new Error(`${contentEncoding}: ${bytes.length} bytes`);
  }
}
console.log(JSON.stringify({ record: 'capture', packets: bodies.length, problems: [] }));
