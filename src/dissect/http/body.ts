import {
  brotliDecompressSync,
  constants,
  gunzipSync,
  inflateRawSync,
  inflateSync,
  type BrotliOptions,
  type ZlibOptions,
} from 'node:zlib';
import { type DecodedBody, dechunk } from './chunks.ts';
import { unzstd } from './zstd.ts';

export type { DecodedBody } from './chunks.ts';

/** What a decoded body may grow to where the caller names no limit. */
export const BODY_LIMIT = 8 * 1024 * 1024;
/** A body wrapped in more codings than this is not unwrapped: no sender does it, but bombs do. */
export const CODINGS_LIMIT = 4;

export interface Codings {
  /** Values of the fields, as sent. */
  transferEncoding?: string;
  contentEncoding?: string;
}

/** A captured message body as the receiver sees it: without chunks (RFC 9112 §7.1) and content codings (RFC 9110 §8.4). */
export function decodeBody(captured: Uint8Array, codings: Codings, limit: number = BODY_LIMIT): DecodedBody {
  const applied = [...listed(codings.contentEncoding), ...listed(codings.transferEncoding)].filter((c) => c !== 'identity');
  let body: DecodedBody = { bytes: captured, complete: true };
  if (applied.length > CODINGS_LIMIT) return { ...body, complete: false, problem: `${applied.length} codings on one body` };
  // The coding applied last is the first to undo.
  for (const coding of applied.reverse()) {
    const inner = undo(coding, body.bytes, limit);
    body = { bytes: inner.bytes, complete: body.complete && inner.complete, problem: body.problem ?? inner.problem };
    if (body.problem === undefined) delete body.problem;
    if (inner.bytes.length === 0 && !inner.complete) break;
  }
  if (body.bytes.length <= limit) return body;
  return { bytes: body.bytes.subarray(0, limit), complete: false, problem: body.problem ?? tooLarge(limit) };
}

function listed(value: string | undefined): string[] {
  return (value ?? '')
    .split(',')
    .map((part) => part.split(';')[0].trim().toLowerCase())
    .filter((part) => part !== '');
}

type Decoder = (bytes: Uint8Array, options: ZlibOptions & BrotliOptions) => Uint8Array;

const FLUSH: ZlibOptions = { finishFlush: constants.Z_SYNC_FLUSH };
const BROTLI_FLUSH: BrotliOptions = { finishFlush: constants.BROTLI_OPERATION_FLUSH };

function undo(coding: string, bytes: Uint8Array, limit: number): DecodedBody {
  if (bytes.length === 0) return { bytes, complete: true };
  switch (coding) {
    case 'chunked':
      return dechunk(bytes);
    case 'gzip':
    case 'x-gzip':
      return inflate(coding, gunzipSync, bytes, limit, FLUSH);
    case 'deflate': {
      // Named after zlib's format, but some senders leave its header out (RFC 9110 §8.4.1.2).
      const withHeader = (bytes[0] & 0x0f) === 8 && ((bytes[0] << 8) | bytes[1]) % 31 === 0;
      return inflate(coding, withHeader ? inflateSync : inflateRawSync, bytes, limit, FLUSH);
    }
    case 'br':
      return inflate(coding, brotliDecompressSync, bytes, limit, BROTLI_FLUSH);
    case 'zstd':
      return unzstd(bytes, limit);
    default:
      return {
        bytes,
        complete: false,
        problem: `unknown coding ${JSON.stringify(coding.slice(0, 40))}: these are the bytes as sent`,
      };
  }
}

const tooLarge = (limit: number): string => `larger than ${limit} bytes: only its beginning`;

function inflate(
  name: string,
  decode: Decoder,
  bytes: Uint8Array,
  limit: number,
  flush: ZlibOptions | BrotliOptions,
): DecodedBody {
  const options = { maxOutputLength: limit };
  try {
    return { bytes: decode(bytes, options), complete: true };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    const problem =
      code === 'ERR_BUFFER_TOO_LARGE'
        ? tooLarge(limit)
        : /BUF_ERROR|unexpected end/i.test(`${code} ${error}`)
          ? `${name} ends early`
          : `${name} is damaged`;
    return { bytes: beginning(decode, bytes, { ...options, ...flush }), complete: false, problem };
  }
}

/**
 * As much as can be decoded. zlib's synchronous functions give all or nothing, so this looks for the longest input that
 * decodes without complaint; each try costs at most `limit` bytes of output.
 */
function beginning(decode: Decoder, bytes: Uint8Array, options: ZlibOptions & BrotliOptions): Uint8Array {
  let best: Uint8Array = new Uint8Array(0);
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    // The whole first: most often the end is only missing.
    const length = bad > bytes.length ? bytes.length : (good + bad) >> 1;
    try {
      best = decode(bytes.subarray(0, length), options);
      good = length;
      if (best.length > 0.9 * (options.maxOutputLength ?? BODY_LIMIT)) return best;
    } catch {
      bad = length;
    }
  }
  return best;
}
