import { X509Certificate } from 'node:crypto';
import { ipv6, u32 } from '../bytes.ts';

/** Names kept of one certificate, and certificates whose names are remembered; the oldest are forgotten first. */
export const NAME_LIMIT = 64;
export const CERTIFICATE_LIMIT = 512;
/** Longer certificates are read every time. */
const REMEMBERED_BYTES = 16_384;

/** Of "DNS:a.example, IP Address:192.0.2.1"; Node puts values with odd characters in quotes, as JSON. */
const ALTERNATIVE = /(?:^|, )(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g;

/** By the certificate's length and signature, where two of one issuer differ. */
const known = new Map<number, { der: Buffer; names: string[] }>();

/**
 * The names a server's certificate is for: the subject's common name and the subject alternative names (RFC 6125 §6.4),
 * each once. Empty when it cannot be read. Reading costs 0.1 ms, so a certificate is read once and known when it comes again.
 */
export function certificateNames(bytes: Uint8Array, at: number, end: number): string[] {
  const der = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at);
  if (der.length < 4 || der.length > REMEMBERED_BYTES) return readNames(der);
  const key = u32(bytes, end - 4) * REMEMBERED_BYTES + der.length;
  const last = known.get(key);
  if (last?.der.equals(der)) return last.names;
  const names = readNames(der);
  if (known.size >= CERTIFICATE_LIMIT) known.delete(known.keys().next().value as number);
  known.set(key, { der: Buffer.from(der), names });
  return names;
}

function readNames(der: Buffer): string[] {
  const names = new Set<string>();
  try {
    const certificate = new X509Certificate(der);
    for (const line of certificate.subject?.split('\n') ?? []) if (line.startsWith('CN=')) names.add(line.slice(3));
    for (const [, kind, value] of (certificate.subjectAltName ?? '').matchAll(ALTERNATIVE)) {
      if (names.size >= NAME_LIMIT) break;
      const plain = value.startsWith('"') ? String(JSON.parse(value)) : value;
      names.add(kind === 'DNS' ? plain : addressText(plain));
    }
  } catch {
    // Not a certificate that OpenSSL takes: no names.
  }
  return [...names];
}

/** OpenSSL writes IPv6 addresses in full: "2001:DB8:0:0:0:0:0:1". */
function addressText(text: string): string {
  const groups = text.split(':').map((group) => Number.parseInt(group, 16));
  return groups.length === 8 ? ipv6(Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255])), 0) : text;
}
