/** Request fields of which it is kept whether they were there. */
export const RequestField = {
  host: 1,
  userAgent: 2,
  accept: 4,
  acceptLanguage: 8,
  acceptEncoding: 16,
  connection: 32,
  keepAlive: 64,
  /** A proxy's words: Via, Forwarded, X-Forwarded-For, X-Real-IP. */
  sentOn: 128,
} as const;

/**
 * Where the parts of one head lie, and what decides framing and joins. Filled by `scanHead`, used again for the next head.
 * A range that is absent has `end` 0; a value's range is without the white space around it (RFC 9112 §5).
 */
export class Head {
  /** First byte of the start line (empty lines before it are skipped, RFC 9112 §2.2), and the byte behind the head. */
  at = 0;
  end = 0;
  lineEnd = 0;
  /** 9 for HTTP/0.9 (no version in the line), 10, 11. */
  version = 0;
  methodEnd = 0;
  targetAt = 0;
  targetEnd = 0;
  /** The target goes on behind the range (`partial` only). */
  targetCut = false;
  status = 0;
  statusAt = 0;
  reasonAt = 0;
  reasonEnd = 0;
  hostAt = 0;
  hostEnd = 0;
  refererAt = 0;
  refererEnd = 0;
  locationAt = 0;
  locationEnd = 0;
  contentTypeAt = 0;
  contentTypeEnd = 0;
  contentEncodingAt = 0;
  contentEncodingEnd = 0;
  upgradeAt = 0;
  upgradeEnd = 0;
  acceptAt = 0;
  acceptEnd = 0;
  /** Bits of `RequestField`. */
  fields = 0;
  lines = 0;
  /** -1: none. Two that differ, or one that is no number: `badLength`. */
  contentLength = -1;
  badLength = false;
  /** Any Transfer-Encoding but "identity", and whether its last coding is chunked (RFC 9112 §6.1). */
  transferEncoding = false;
  chunked = false;
  close = false;
  keepAlive = false;
  /** "Connection: upgrade" */
  connectionUpgrade = false;
  expectContinue = false;
  /** Known that no byte of the head is above 0x7f, and no line is folded: values are text as they stand. */
  plain = true;

  clear(): void {
    this.end = this.lineEnd = this.version = this.methodEnd = this.targetAt = this.targetEnd = 0;
    this.status = this.reasonAt = this.reasonEnd = 0;
    this.fields =
      this.acceptEnd =
      this.hostEnd =
      this.refererEnd =
      this.locationEnd =
      this.contentTypeEnd =
      this.contentEncodingEnd =
      this.upgradeEnd =
        0;
    this.lines = 0;
    this.contentLength = -1;
    this.badLength = this.transferEncoding = this.chunked = false;
    this.close = this.keepAlive = this.connectionUpgrade = this.expectContinue = this.targetCut = false;
    this.plain = true;
  }
}
