import type { TlsSession } from '../correlate/model.ts';
import type { CertificateFacts } from '../dissect/tls/certificate.ts';
import { fill } from '../text/messages.ts';
import { safe } from '../text/safe.ts';
import type { Language, Text } from '../text/text.ts';
import { sealedTexts, TLS } from '../text/tls.ts';

/** What is known of a connection's TLS, for people: a line of facts, one of the certificate, and one for what stayed sealed. */
export function tlsLines(t: TlsSession, language: Language): string {
  const say = (text: Text, values: Record<string, string | number> = {}): string => fill(text, language, values);
  const facts = [t.version, t.cipher].filter((fact) => fact !== undefined);
  if (facts.length === 0) return t.clientHelloPacket === undefined ? `   ${say(TLS.noHandshake)}\n` : '';
  if (t.resumed) facts.push(say(TLS.resumed));
  if (t.externalPsk) facts.push(say(TLS.externalPsk));
  if (t.earlyData !== undefined) facts.push(say(EARLY[t.earlyData]));
  if (t.renegotiations !== undefined) facts.push(say(TLS.renegotiated, { n: t.renegotiations }));
  facts.push(alpnText(t, say));
  const opened = t.decryption?.opened ?? 0;
  if (opened > 0) facts.push(say(TLS.opened, { n: opened }));
  else if (t.alpnVisible) facts.push(say(TLS.hiddenContent));
  if (t.encryptedDns === 'dot') facts.push(say(TLS.dot));
  else if (t.encryptedDns === 'doh-host' && opened === 0) facts.push(say(TLS.dohHost));
  const lines = [facts.join('  ')];
  for (const [chain, text] of [
    [t.certificates, TLS.certificate],
    [t.clientCertificates, TLS.clientCertificate],
  ] as const) {
    const certificate = chain?.[0];
    if (certificate !== undefined) lines.push(say(text, certificateWords(certificate)));
  }
  if (t.clientCertificates?.length === 0) lines.push(say(TLS.noClientCertificate));
  for (const text of sealedTexts(t.decryption?.reasons)) lines.push(text[language]);
  return lines.map((line) => `   ${safe(line)}\n`).join('');
}

const EARLY = { offered: TLS.earlyOffered, accepted: TLS.earlyAccepted, rejected: TLS.earlyRejected };

/** By `Decryption.inside`. */
const INSIDE: Record<string, Text> = { http: TLS.insideHttp, http2: TLS.insideHttp2, dns: TLS.insideDns };

export const certificateWords = (certificate: CertificateFacts): Record<string, string> => ({
  subject: certificate.subject || certificate.names.join(', '),
  issuer: certificate.issuer,
  from: certificate.validFrom?.slice(0, 10) ?? '?',
  to: certificate.validTo?.slice(0, 10) ?? '?',
  key: [certificate.keyType, certificate.curve ?? certificate.keyBits].filter((part) => part !== undefined).join(' '),
});

function alpnText(t: TlsSession, say: (text: Text, values?: Record<string, string>) => string): string {
  if (t.alpn !== undefined) return say(TLS.alpn, { alpn: t.alpn });
  if (t.alpnVisible !== false) return say(TLS.noAlpn);
  const inside = t.decryption?.inside;
  if (inside !== undefined) {
    const read = say(INSIDE[inside] ?? TLS.insideUnknown, {});
    if (t.alpnOffered.length === 0 && t.clientHelloCut) return say(TLS.openedAlpnCut, { inside: read });
    return t.alpnOffered.length === 0
      ? say(TLS.openedAlpnUnoffered, { inside: read })
      : say(TLS.openedAlpn, { offered: t.alpnOffered.join(', '), inside: read });
  }
  if (t.alpnOffered.length === 0 && t.clientHelloCut) return say(TLS.alpnCut);
  return t.alpnOffered.length === 0 ? say(TLS.hiddenAlpnUnoffered) : say(TLS.hiddenAlpn, { offered: t.alpnOffered.join(', ') });
}
