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
  'authentication-info',
  'authorization',
  'cookie',
  'cookie2',
  'proxy-authentication-info',
  'proxy-authorization',
  'set-cookie',
  'set-cookie2',
]);

/** Names that programs give to credentials of their own: "X-Amz-Security-Token", "X-API-Key", "X-Session-ID", "X_CSRF_Token". */
const CREDENTIAL =
  /(^|[-_.])((?:csrf|xsrf|auth|access|id)?tokens?|jwt|secret|password|passwd|signature|api[-_]?key|access[-_]?key|auth[-_]?key|session[-_]?id)($|[-_.])/;

/** Credentials: their values are never shown as text. */
export function isSecret(header: string): boolean {
  const name = header.toLowerCase();
  return SECRET.has(name) || CREDENTIAL.test(name);
}
