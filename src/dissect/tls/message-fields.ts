import { u24 } from '../bytes.ts';
import { Fields, hexText } from '../fields.ts';
import type { Field } from '../protocol.ts';
import { type CertificateFacts, certificateFacts } from './certificate.ts';
import { chainRanges } from './certificate-chain.ts';
import { certificateRanges, readExtensionList } from './handshake.ts';
import { clientHelloFields, extensionField, serverHelloFields } from './hello-fields.ts';
import { HandshakeType, handshakeTypeName, versionName } from './names.ts';
import { suiteName } from './suites.ts';

/** The handshake messages of one record; those that no header begins are encrypted, or go on from an earlier record. */
export function handshakes(
  bytes: Uint8Array,
  at: number,
  end: number,
  stop: number,
  fields: Field[],
  titles: string[],
  tls13 = false,
): void {
  do {
    const type = bytes[at];
    const known = end - at >= 4 ? handshakeTypeName(type) : undefined;
    const next = known === undefined ? stop : at + 4 + u24(bytes, at + 1);
    // A length that no message has: what looks like a type is encrypted.
    if (known === undefined || next - at > 1 << 18 || (next > stop && next - at > 1 << 17)) {
      const label = 'Encrypted Handshake Message, or part of one begun earlier';
      new Fields(bytes, at, end, fields).raw('tls.handshake', label, 0, end - at);
      titles.push('Encrypted Handshake Message');
      return;
    }
    fields.push(handshakeField(bytes, at, Math.min(next, end), next, known, titles, tls13));
    at = next;
  } while (at < end);
}

function handshakeField(
  bytes: Uint8Array,
  at: number,
  end: number,
  stop: number,
  name: string,
  titles: string[],
  tls13: boolean,
): Field {
  const children: Field[] = [];
  const f = new Fields(bytes, at, end, children);
  const type = bytes[at];
  const whole = end === stop;
  let title = name;
  f.number('tls.handshake.type', 'Handshake Type', 0, 1, (value) => `${name} (${value})`);
  f.number('tls.handshake.length', 'Length', 1, 3);
  if (type === HandshakeType.clientHello) {
    const hello = clientHelloFields(bytes, at + 4, end, whole, children);
    if (hello.serverName !== undefined) title = `${name} (SNI=${hello.serverName})`;
  } else if (type === HandshakeType.serverHello) {
    const hello = serverHelloFields(bytes, at + 4, end, whole, children);
    title = `${hello.helloRetryRequest ? 'Hello Retry Request' : name} (${versionName(hello.version)}${hello.cipherSuite >= 0 ? `, ${suiteName(hello.cipherSuite)}` : ''})`;
  } else if (type === HandshakeType.certificate) certificates(bytes, at + 4, end, children, tls13);
  else if (!body(f, type, whole, tls13) && end > at + 4) f.raw('tls.handshake.data', 'Data', 4, end - at - 4);
  if (!whole) title += ' (first part)';
  titles.push(title);
  return { name: 'tls.handshake', label: 'Handshake Protocol', at, end, value: type, text: title, children };
}

/** Messages that are seen in the clear with keys alone (RFC 8446 §4.3.1, §4.4, §4.6; RFC 5246 §7.4.9). False: shown as bytes. */
function body(f: Fields, type: number, whole: boolean, tls13: boolean): boolean {
  const end = f.end - f.at;
  switch (type) {
    case HandshakeType.encryptedExtensions:
      f.number('tls.handshake.extensions_length', 'Extensions Length', 4, 2);
      for (const extension of readExtensionList(f.bytes, f.at + 4, f.end)) f.list.push(extensionField(f.bytes, extension, false));
      return true;
    case HandshakeType.finished:
      if (!whole) return false;
      f.raw('tls.handshake.verify_data', 'Verify Data', 4, end - 4);
      return true;
    case KEY_UPDATE:
      f.number('tls.handshake.key_update.request_update', 'Key Update Request', 4, 1, (value) =>
        value === 1 ? '1 (update requested)' : `${value} (not requested)`,
      );
      return true;
    case HandshakeType.certificateVerify: {
      f.number('tls.handshake.sig_hash_alg', 'Signature Algorithm', 4, 2, (value) => hexText(value, 4));
      f.number('tls.handshake.sig_len', 'Signature Length', 6, 2);
      f.raw('tls.handshake.sig', 'Signature', 8, f.read(6, 2));
      return true;
    }
    case HandshakeType.certificateRequest: {
      if (!tls13) return false;
      const context = f.read(4, 1);
      f.number('tls.handshake.certificate_request_context_length', 'Certificate Request Context Length', 4, 1);
      f.number('tls.handshake.extensions_length', 'Extensions Length', 5 + context, 2);
      for (const extension of readExtensionList(f.bytes, f.at + 5 + context, f.end))
        f.list.push(extensionField(f.bytes, extension, false));
      return true;
    }
    case HandshakeType.newSessionTicket:
      f.number('tls.handshake.session_ticket_lifetime_hint', 'Session Ticket Lifetime', 4, 4, (value) => `${value} seconds`);
      if (tls13) {
        const nonce = f.read(12, 1);
        f.hex('tls.handshake.session_ticket_age_add', 'Session Ticket Age Add', 8, 4);
        f.number('tls.handshake.session_ticket_nonce_length', 'Session Ticket Nonce Length', 12, 1);
        f.number('tls.handshake.session_ticket_length', 'Session Ticket Length', 13 + nonce, 2);
      } else f.number('tls.handshake.session_ticket_length', 'Session Ticket Length', 8, 2);
      return true;
    default:
      return false;
  }
}

const KEY_UPDATE = 24;

function certificates(bytes: Uint8Array, at: number, end: number, fields: Field[], tls13: boolean): void {
  const f = new Fields(bytes, at, end, fields);
  const context = tls13 ? 1 + f.read(0, 1) : 0;
  if (tls13) f.number('tls.handshake.certificate_request_context_length', 'Certificate Request Context Length', 0, 1);
  f.number('tls.handshake.certificates_length', 'Certificates Length', context, 3);
  const ranges = tls13 ? chainRanges(bytes, at, end) : certificateRanges(bytes, at, end);
  for (let i = 0; i < ranges.length; i += 2) {
    const [from, to] = [ranges[i], ranges[i + 1]];
    const facts = certificateFacts(bytes, from, to);
    const names = (facts?.names ?? []).join(', ');
    f.number('tls.handshake.certificate_length', 'Certificate Length', from - 3 - at, 3);
    const field: Field = {
      name: 'tls.handshake.certificate',
      label: 'Certificate',
      at: from,
      end: to,
      value: names,
      text: names || facts?.subject || `${to - from} bytes`,
    };
    if (facts !== undefined) field.children = certificateFields(facts, from, to);
    fields.push(field);
  }
}

function certificateFields(facts: CertificateFacts, at: number, end: number): Field[] {
  const told: [name: string, label: string, value: string | undefined][] = [
    ['x509af.subject', 'Subject', facts.subject],
    ['x509af.issuer', 'Issuer', facts.issuer],
    ['x509af.notBefore', 'Not Before', facts.validFrom],
    ['x509af.notAfter', 'Not After', facts.validTo],
    ['x509af.subjectPublicKeyInfo', 'Public Key', [facts.keyType, facts.keyBits ?? facts.curve].filter(Boolean).join(' ')],
  ];
  return told.flatMap(([name, label, value]) => (value ? [{ name, label, at, end, value }] : []));
}
