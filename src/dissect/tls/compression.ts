import { constants, inflateRawSync } from 'node:zlib';

/** RFC 3749. */
export const DEFLATE = 1;
const WINDOW = 32_768;
const ZLIB_HEADER = 2;
/** What a record's content may become (RFC 5246 §6.2.2). */
const CONTENT_LIMIT = 16_384 + 1024;

/** Takes DEFLATE off one direction's records: each goes on with the dictionary that those before it have left. */
export class Decompressor {
  private history: Buffer = Buffer.alloc(0);
  private begun = false;

  /** Undefined where the bytes are no continuation: nothing after it can be read either. */
  content(bytes: Uint8Array): Uint8Array | undefined {
    const data = this.begun ? bytes : bytes.subarray(ZLIB_HEADER);
    const { history } = this;
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: CONTENT_LIMIT };
    try {
      const content = inflateRawSync(data, history.length > 0 ? { ...options, dictionary: history } : options);
      const all = Buffer.concat([history, content]);
      this.history = all.subarray(Math.max(0, all.length - WINDOW));
      this.begun = true;
      return content;
    } catch {
      return undefined;
    }
  }
}
