/** RFC 8484 §6. */
const DNS_MESSAGE = 'application/dns-message';
const SUBTYPE = 'application/'.length;
/** The longest message, in base64url (RFC 8484 §4.1). */
const CODED = /[?&]dns=([\w-]{16,87384})/;

/** Is this Content-Type that of a DNS message? Parameters do not matter. */
export function isDnsMessage(contentType: string | undefined): boolean {
  if (contentType === undefined || contentType.length < DNS_MESSAGE.length) return false;
  // Asked of every message: hardly any other type has a "d" there.
  if ((contentType.charCodeAt(SUBTYPE) | 0x20) !== 0x64) return false;
  return contentType.split(';', 1)[0].trimEnd().toLowerCase() === DNS_MESSAGE;
}

/** Does an Accept field ask for DNS messages? */
export function acceptsDnsMessage(accept: string | undefined): boolean {
  if (accept === undefined || accept.length < DNS_MESSAGE.length) return false;
  return accept.toLowerCase().includes(DNS_MESSAGE);
}

/** The question in a request's target (RFC 8484 §4.1), if there is one. */
export function dnsQuestionOf(method: string | undefined, target: string | undefined): Uint8Array | undefined {
  const coded = method === 'GET' || method === 'HEAD' ? CODED.exec(target ?? '')?.[1] : undefined;
  return coded === undefined ? undefined : Buffer.from(coded, 'base64url');
}
