import { hostPort } from '../correlate/host-names.ts';
import type { QuicConnection } from '../correlate/model.ts';
import { quicCloseText } from '../correlate/quic-close.ts';
import { fill } from '../text/messages.ts';
import { QUIC } from '../text/quic.ts';
import { safe } from '../text/safe.ts';
import type { Language, Text } from '../text/text.ts';
import { sealedTexts, TLS } from '../text/tls.ts';
import { certificateWords } from './tls-lines.ts';

/** Connections whose lines wait for the end of the capture. */
const KEPT = 100_000;

/** What is known of a QUIC connection, for people: who with whom, how much, how it ended, and of its TLS as of a TCP connection's. */
export function quicLines(q: QuicConnection, language: Language): string {
  const say = (text: Text, values: Record<string, string | number> = {}): string => fill(text, language, values);
  const opened = q.decryption?.opened ?? 0;
  const first = [
    `${hostPort(q.client)} → ${hostPort(q.server)}`,
    say(QUIC.connection, { id: q.id, version: q.version }),
    say(QUIC.client, { packets: q.fromClient.packets, bytes: q.fromClient.payloadBytes }),
    say(QUIC.server, { packets: q.fromServer.packets, bytes: q.fromServer.payloadBytes }),
  ];
  if (!q.clientKnown) first.push(say(QUIC.rolesGuessed));
  if (q.close !== undefined) first.push(quicCloseText(q.close)[language]);
  else first.push(say(opened > 0 ? QUIC.notClosed : QUIC.endHidden));
  const facts = [q.tlsVersion, q.cipher].filter((fact) => fact !== undefined);
  if (q.resumed) facts.push(say(TLS.resumed));
  if (q.earlyDataPacket !== undefined) facts.push(say(TLS.earlyOffered));
  if (q.sni !== undefined) facts.push(`SNI ${q.sni}`);
  const alpn = alpnText(q);
  if (alpn !== undefined) facts.push(say(...alpn));
  facts.push(opened > 0 ? say(QUIC.opened, { n: opened }) : say(QUIC.hidden));
  const lines = [first.join('  '), facts.join('  ')];
  const certificate = q.certificates?.[0];
  if (certificate !== undefined) lines.push(say(TLS.certificate, certificateWords(certificate)));
  for (const text of sealedTexts(q.decryption?.reasons, TLS.sealedPackets)) lines.push(text[language]);
  return lines.map((line) => `   ${safe(line)}\n`).join('');
}

/** The server's choice is encrypted; where one protocol alone was offered, a server that goes on has taken it. */
function alpnText({
  alpn,
  alpnVisible,
  alpnOffered,
  clientHelloPacket,
}: QuicConnection): [Text, Record<string, string>?] | undefined {
  const offered = alpnOffered.join(', ');
  if (alpn !== undefined) return alpnVisible ? [TLS.alpn, { alpn }] : [QUIC.onlyAlpn, { alpn }];
  if (offered !== '') return [QUIC.hiddenAlpn, { offered }];
  return clientHelloPacket === undefined ? undefined : [TLS.noAlpn];
}

/** What a text report says of QUIC connections under their journeys; of a large capture's the newest. */
export class QuicLines {
  private readonly language: Language;
  private readonly lines = new Map<number, string>();

  constructor(language: Language) {
    this.language = language;
  }

  add(q: QuicConnection): void {
    this.lines.set(q.id, quicLines(q, this.language));
    if (this.lines.size > KEPT) this.lines.delete(this.lines.keys().next().value as number);
  }

  of(id: number): string {
    return this.lines.get(id) ?? '';
  }
}
