import type { Connection, TlsSession } from '../../correlate/model.ts';
import { mayBeWeb } from '../../correlate/tls-services.ts';
import { parseClientHello } from '../../dissect/tls/handshake.ts';
import { ExtensionType } from '../../dissect/tls/names.ts';
import { u16 } from '../../dissect/bytes.ts';
import type { CaptureFacts } from '../facts.ts';
import { unknown } from '../findings.ts';
import type { Finding } from '../rule.ts';
import { type Segment, segmentsOf } from '../segments.ts';

/** Packets from the ClientHello's first on in which it is looked for: with key shares of some kilobytes it takes a few. */
const LOOK = 24;
const RECORD_HEADER = 5;
const MESSAGE_HEADER = 4;

/** The whole ClientHello was read: what is not in its record was not in it either. */
export const helloWhole = (tls: TlsSession): boolean => tls.ja4 !== undefined;

/** What a ClientHello of which the capture has a part does not tell. */
export const helloCut = (packets: (number | undefined)[], packet: number | undefined): Finding =>
  unknown('hello-cut', packets, {
    en: `the ClientHello in packet ${packet} was not captured whole: what else it says is not known`,
    ko: `${packet}번 패킷의 ClientHello가 온전히 캡처되지 않아 나머지에 무엇이 있는지 알 수 없습니다`,
  });

export interface ClientHelloFacts {
  earlyData: boolean;
  encryptedClientHello: boolean;
}

/** What the ClientHello offers beyond the session's record; undefined where its bytes are not all there. */
export function clientHelloFacts(capture: CaptureFacts, c: Connection, tls: TlsSession): ClientHelloFacts | undefined {
  const first = tls.clientHelloFirstPacket ?? tls.clientHelloPacket;
  if (first === undefined) return undefined;
  const start = segmentsOf(capture, c, [first])[0];
  if (start === undefined) return undefined;
  const then = segmentsOf(capture, c, capture.packetsFrom(c.id, first, LOOK));
  const bytes = handshakeBytes(streamOf(then.filter((each) => each.fromClient === start.fromClient)));
  if (bytes === undefined) return undefined;
  const hello = parseClientHello(bytes, MESSAGE_HEADER, bytes.length);
  const types = hello.extensions.map((each) => each.type);
  return {
    earlyData: types.includes(ExtensionType.earlyData),
    encryptedClientHello: types.includes(ExtensionType.encryptedClientHello),
  };
}

/** The bytes of one side in order, from the first segment on, as far as they follow each other. */
export function streamOf(segments: Segment[]): Uint8Array {
  const origin = segments[0]?.sequence ?? 0;
  const placed = segments
    .filter((each) => each.payload.length > 0)
    .map((each) => ({ at: (each.sequence - origin) | 0, payload: each.payload }))
    .sort((a, b) => a.at - b.at);
  const parts: Uint8Array[] = [];
  let end = 0;
  for (const { at, payload } of placed) {
    if (at > end) break;
    if (at + payload.length <= end) continue;
    parts.push(payload.subarray(end - at));
    end = at + payload.length;
  }
  const all = new Uint8Array(end);
  let to = 0;
  for (const part of parts) {
    all.set(part, to);
    to += part.length;
  }
  return all;
}

/** The first handshake message with its header, out of the records that carry it. */
function handshakeBytes(stream: Uint8Array): Uint8Array | undefined {
  const parts: number[] = [];
  let at = 0;
  while (at + RECORD_HEADER <= stream.length && stream[at] === 22) {
    const end = Math.min(stream.length, at + RECORD_HEADER + u16(stream, at + 3));
    for (let i = at + RECORD_HEADER; i < end; i++) parts.push(stream[i]);
    at = end;
    if (parts.length < MESSAGE_HEADER) continue;
    const need = MESSAGE_HEADER + ((parts[1] << 16) | (parts[2] << 8) | parts[3]);
    if (parts.length >= need) return Uint8Array.from(parts.slice(0, need));
  }
  return undefined;
}

/** NULL ciphers encrypt nothing (RFC 5246 §6.2.3.1). */
export const encryptsNothing = (tls: TlsSession): boolean => /WITH_NULL|_NULL_/.test(tls.cipher ?? '');

/** The name in a text of the reader. */
export const hostText = (c: Connection, tls: TlsSession | undefined): string => tls?.sni ?? c.server.address;

/** TLS that carries something else than HTTP, as far as port and ALPN tell. */
export const notHttp = (c: Connection, tls: TlsSession): boolean => !mayBeWeb(tls, c.server.port);

/** The connection's beginning is there, but its packets were cut short when they were captured. */
export const isCut = (c: Connection): boolean =>
  c.handshake !== undefined && c.handshake.syn.length > 0 && (c.traits?.includes('cut-payload') ?? false);
