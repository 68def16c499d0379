import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recordsOf } from '../fixtures/truth.ts';

// What tshark says of HTTP/2 in captures made by others. They lie beside the project; without them nothing is compared.

const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = existsSync(join(captures, 'manifest.json'));

interface Section {
  frame: number;
  stream: number;
  promised?: number;
  method?: string;
  authority?: string;
  path?: string;
  scheme?: string;
  status?: string;
  contentType?: string;
  contentLength?: string;
  headerCount: number;
}
interface Oracle {
  http2?: { headers?: Section[]; resets?: { frame: number; stream: number }[]; dataEnds?: { frame: number; stream: number }[] };
}

const files = (): { file: string; oracle: NonNullable<Oracle['http2']> }[] =>
  !present
    ? []
    : (JSON.parse(readFileSync(join(captures, 'manifest.json'), 'utf8')).captures as { file: string }[])
        .filter(({ file }) => existsSync(join(captures, 'oracle', `${file}.json`)))
        .map(({ file }) => ({
          file,
          oracle: (JSON.parse(readFileSync(join(captures, 'oracle', `${file}.json`), 'utf8')) as Oracle).http2,
        }))
        .flatMap(({ file, oracle }) => (oracle?.headers === undefined ? [] : [{ file, oracle }]));

/** CONTINUATION: tshark tells of one frame's fields alone. */
const IN_PIECES = new Set(['http2/h2c-continuation.pcap 14']);

/** An answer that was on its way when the client took its request back: nobody reads it any more. */
const AFTER_RESET = new Set(['dns/dns-over-h2c-get.pcap 21']);

describe.skipIf(!present)('as tshark reads it', () => {
  test.each(files())('$file', async ({ file, oracle }) => {
    const { exchanges } = await recordsOf(join(captures, file));
    const http2 = exchanges.filter((x) => x.version === '2');
    for (const theirs of oracle.headers ?? []) {
      const what = `${theirs.method ?? theirs.status} stream ${theirs.stream} @${theirs.frame}`;
      const request = theirs.method !== undefined;
      const ours = http2.find(
        (x) =>
          x.stream === (theirs.promised ?? theirs.stream) &&
          // Inside TLS tshark names the last packet of the record, we those of the frame's own bytes.
          (x.scheme === 'https'
            ? (request ? x.method : `${x.status}`) === (theirs.method ?? theirs.status)
            : [x.requestPacket, x.requestHeadPacket, x.responsePacket, x.responseHeadPacket].includes(theirs.frame)),
      );
      if (AFTER_RESET.has(`${file} ${theirs.frame}`)) continue;
      expect(ours, what).toBeDefined();
      if (ours === undefined) continue;
      if (request)
        expect([ours.method, ours.target, ours.host, ours.scheme], what).toEqual([
          theirs.method,
          theirs.path,
          theirs.authority,
          theirs.scheme,
        ]);
      else expect([ours.status, ours.contentType], what).toEqual([Number(theirs.status), theirs.contentType]);
      if (!IN_PIECES.has(`${file} ${theirs.frame}`))
        expect((request ? ours.http2?.requestFields : ours.http2?.responseFields)?.fields, what).toBe(theirs.headerCount);
      if (!request && ours.complete && theirs.contentLength !== undefined)
        expect(ours.responseBodyBytes, what).toBe(Number(theirs.contentLength));
    }
    for (const { frame, stream } of (oracle.dataEnds ?? []).filter((e) => !AFTER_RESET.has(`${file} ${e.frame - 1}`)))
      expect(
        http2.some((x) => x.stream === stream && (x.responseEndPacket === frame || x.requestEndPacket === frame)),
        `end of stream ${stream} @${frame}`,
      ).toBe(true);
  });
});
