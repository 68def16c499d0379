/** Fields of an answer that tell of caches (RFC 9111, RFC 9211), and those that proxies in use write. */
const CACHE_FIELDS = new Set([
  'age',
  'cache-control',
  'cache-status',
  'cf-cache-status',
  'etag',
  'expires',
  'last-modified',
  'vary',
  'via',
  'x-cache',
  'x-cache-status',
  'x-proxy-cache',
]);
/** Longer values are cut: they go into sentences. */
const MAX_VALUE = 200;

export const tellsOfCaches = (name: string): boolean => CACHE_FIELDS.has(name);

/** A field's values so far and one more, as one (RFC 9110 §5.3). */
export const joined = (known: string | undefined, value: string): string =>
  (known === undefined ? value : `${known}, ${value}`).slice(0, MAX_VALUE);

/** "age: 12" and the like, one a line, of these fields. */
export function cacheFields(fields: ReadonlyMap<string, string>): string {
  let text = '';
  for (const [name, value] of fields)
    if (CACHE_FIELDS.has(name))
      text += `${text === '' ? '' : '\n'}${name}: ${value.slice(0, MAX_VALUE).replace(/[\r\n]+/g, ' ')}`;
  return text;
}

/** The same of a whole head of HTTP/1. */
export function cacheFieldsOf(bytes: Uint8Array, at: number, end: number): string {
  const fields = new Map<string, string>();
  for (const line of Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at)
    .toString('latin1')
    .split(/\r?\n/)) {
    const colon = line.indexOf(':');
    const name = colon > 0 ? line.slice(0, colon).toLowerCase() : '';
    if (CACHE_FIELDS.has(name)) fields.set(name, joined(fields.get(name), line.slice(colon + 1).trim()));
  }
  return cacheFields(fields);
}

export function readCacheFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const line of text.split('\n')) {
    const colon = line.indexOf(': ');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 2));
  }
  return fields;
}
