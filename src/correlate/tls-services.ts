import type { TlsSession } from './tls-session.ts';

/** Services inside TLS that have a port of their own, besides https (IANA service names). */
export const OTHER_TLS: Readonly<Record<number, string>> = {
  465: 'SMTP',
  563: 'NNTP',
  636: 'LDAP',
  853: 'DNS',
  989: 'FTP',
  990: 'FTP',
  992: 'Telnet',
  993: 'IMAP',
  994: 'IRC',
  995: 'POP3',
  3269: 'LDAP',
  3389: 'RDP',
  5061: 'SIP',
  5223: 'XMPP',
  5349: 'STUN',
  5671: 'AMQP',
  6514: 'syslog',
  6697: 'IRC',
  8883: 'MQTT',
};

/** ALPN ids of HTTP (IANA), over QUIC "hq" of its drafts and tests too. */
const isWeb = (alpn: string): boolean => /^(h2|h3|hq|http\/|spdy\/)/.test(alpn);

/** May this carry a web request, as far as can be told without its keys? By the protocol agreed on or offered, else by the port. */
export function mayBeWeb({ alpn, alpnOffered, encryptedDns }: TlsSession, port: number): boolean {
  if (encryptedDns === 'dot') return false;
  if (alpn !== undefined) return isWeb(alpn);
  return alpnOffered.length > 0 ? alpnOffered.some(isWeb) : OTHER_TLS[port] === undefined;
}
