import { X509Certificate } from 'node:crypto';
import { ipv6, u32 } from '../bytes.ts';

/** Names kept of one certificate, and certificates whose facts are remembered; the oldest are forgotten first. */
export const NAME_LIMIT = 64;
export const CERTIFICATE_LIMIT = 512;
/** Longer certificates are read every time. */
const REMEMBERED_BYTES = 16_384;

/** What a certificate says (RFC 5280 §4.1). Nothing of it is verified. */
export interface CertificateFacts {
  /** "CN=www.example.com, O=Example". */
  subject: string;
  issuer: string;
  /** The subject's common name and the subject alternative names (RFC 6125 §6.4), each once. */
  names: string[];
  /** Subject alternative names of other kinds, with their kind as OpenSSL writes it: "email:alice@example.com", "URI:…". */
  otherNames?: string[] | undefined;
  /** ISO 8601 in UTC; absent where the date makes no sense. */
  validFrom?: string | undefined;
  validTo?: string | undefined;
  /** "rsa", "ec", "ed25519", …; absent where OpenSSL does not know the key. */
  keyType?: string | undefined;
  keyBits?: number | undefined;
  /** Of elliptic curve keys, as OpenSSL names it: "prime256v1". */
  curve?: string | undefined;
}

/** Of "DNS:a.example, IP Address:192.0.2.1"; Node puts values with odd characters in quotes, as JSON. */
const ALTERNATIVE = /(?:^|, )([A-Za-z ]+):("(?:[^"\\]|\\.)*"|[^,]*)/g;
const HOST_KINDS = new Set(['DNS', 'IP Address']);

/** By the certificate's length and signature, where two of one issuer differ. */
const known = new Map<number, { der: Buffer; facts: CertificateFacts | undefined }>();

/**
 * What the certificate in DER at these bytes says; undefined where OpenSSL cannot read it. Reading costs 0.1 ms, so a
 * certificate is read once and known when it comes again.
 */
export function certificateFacts(bytes: Uint8Array, at: number, end: number): CertificateFacts | undefined {
  const der = Buffer.from(bytes.buffer, bytes.byteOffset + at, end - at);
  if (der.length < 4 || der.length > REMEMBERED_BYTES) return readFacts(der);
  const key = u32(bytes, end - 4) * REMEMBERED_BYTES + der.length;
  const last = known.get(key);
  if (last?.der.equals(der)) return last.facts;
  const facts = readFacts(der);
  if (known.size >= CERTIFICATE_LIMIT) known.delete(known.keys().next().value as number);
  known.set(key, { der: Buffer.from(der), facts });
  return facts;
}

/** What all of them say, the server's own first: `ranges` are pairs of at and end. */
export function chainFacts(bytes: Uint8Array, ranges: number[]): CertificateFacts[] {
  const chain: CertificateFacts[] = [];
  for (let i = 0; i + 1 < ranges.length; i += 2) {
    const facts = certificateFacts(bytes, ranges[i], ranges[i + 1]);
    if (facts !== undefined) chain.push(facts);
  }
  return chain;
}

function readFacts(der: Buffer): CertificateFacts | undefined {
  try {
    const certificate = new X509Certificate(der);
    return {
      subject: nameLine(certificate.subject),
      issuer: nameLine(certificate.issuer),
      ...namesOf(certificate),
      validFrom: dateOf(certificate.validFrom),
      validTo: dateOf(certificate.validTo),
      ...keyOf(certificate),
    };
  } catch {
    return undefined;
  }
}

/** Node gives one line for each part. */
const nameLine = (name: string | undefined): string => (name ?? '').split('\n').join(', ');

function dateOf(text: string): string | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('.000Z', 'Z');
}

function keyOf(certificate: X509Certificate): Pick<CertificateFacts, 'keyType' | 'keyBits' | 'curve'> {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = certificate.publicKey;
    return {
      keyType: asymmetricKeyType,
      keyBits: asymmetricKeyDetails?.modulusLength,
      curve: asymmetricKeyDetails?.namedCurve,
    };
  } catch {
    return {};
  }
}

function namesOf(certificate: X509Certificate): Pick<CertificateFacts, 'names' | 'otherNames'> {
  const names = new Set<string>();
  const others = new Set<string>();
  for (const line of certificate.subject?.split('\n') ?? []) if (line.startsWith('CN=')) names.add(line.slice(3));
  for (const [, kind, value] of (certificate.subjectAltName ?? '').matchAll(ALTERNATIVE)) {
    if (names.size + others.size >= NAME_LIMIT) break;
    const plain = value.startsWith('"') ? String(JSON.parse(value)) : value;
    if (!HOST_KINDS.has(kind)) others.add(`${kind}:${plain}`);
    else names.add(kind === 'DNS' ? plain : addressText(plain));
  }
  return { names: [...names], otherNames: others.size > 0 ? [...others] : undefined };
}

/** OpenSSL writes IPv6 addresses in full: "2001:DB8:0:0:0:0:0:1". */
function addressText(text: string): string {
  const groups = text.split(':').map((group) => Number.parseInt(group, 16));
  return groups.length === 8 ? ipv6(Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 255])), 0) : text;
}
