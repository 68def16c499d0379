/** Wireshark's field names of header lines that have one; the others are "http.request.line" and "http.response.line". */
const NAMES = new Set(
  `accept accept-encoding accept-language authorization cache-control connection content-encoding content-type cookie date host
  last-modified location proxy-authenticate proxy-authorization referer server set-cookie transfer-encoding upgrade user-agent
  www-authenticate x-forwarded-for`.split(/\s+/),
);

const OTHERS: Record<string, string> = { 'content-length': 'http.content_length' };

export function fieldName(header: string, response: boolean): string {
  const name = header.toLowerCase();
  if (NAMES.has(name)) return `http.${name.replaceAll('-', '_')}`;
  return OTHERS[name] ?? (response ? 'http.response.line' : 'http.request.line');
}

const SECRET = new Set([
  'authorization',
  'cookie',
  'cookie2',
  'proxy-authorization',
  'set-cookie',
  'set-cookie2',
  'x-amz-security-token',
  'x-api-key',
  'x-auth-token',
]);

/** Credentials: their values are never shown as text. */
export const isSecret = (header: string): boolean => SECRET.has(header.toLowerCase());
