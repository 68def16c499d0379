import { transportErrorName } from '../dissect/quic/frame-names.ts';
import { type FrameReader, FrameType } from '../dissect/quic/frames.ts';
import { http3ErrorName } from '../dissect/http3/names.ts';
import { safe } from '../text/safe.ts';
import type { Text } from '../text/text.ts';

/** How a connection was closed by one side (RFC 9000 §10.2). */
export interface QuicClose {
  from: 'client' | 'server';
  /** "NO_ERROR", "CRYPTO_ERROR (TLS alert …)", of the application "H3_NO_ERROR"; numbers where they have no name. */
  code: string;
  /** It is the application's, not the transport's. */
  application: boolean;
  /** The peer's own words. */
  reason?: string;
  /** No error was named. */
  clean: boolean;
  packet: number;
  time: number;
}

const REASON_BYTES = 256;
const REASON_SHOWN = 60;
const H3_NO_ERROR = 0x100;

/** The CONNECTION_CLOSE frame at hand. `alpn`: whose codes the application's are. */
export function closeOf(
  fromClient: boolean,
  frames: FrameReader,
  bytes: Uint8Array,
  alpn: string | undefined,
  packet: number,
  time: number,
): QuicClose {
  const application = frames.type === FrameType.closeApplication;
  const [code] = frames.values;
  const http3 = application && (alpn === undefined || alpn.startsWith('h3'));
  const { dataAt, dataEnd } = frames;
  const phrase = Buffer.from(bytes.subarray(dataAt, Math.min(dataEnd, dataAt + REASON_BYTES))).toString('utf8');
  return {
    from: fromClient ? 'client' : 'server',
    code: http3 ? http3ErrorName(code) : application ? `0x${code.toString(16)}` : transportErrorName(code),
    application,
    ...(phrase === '' ? {} : { reason: phrase }),
    clean: code === 0 || (http3 && code === H3_NO_ERROR),
    packet,
    time,
  };
}

/** Whose it was, its code, and the first of the peer's own words. */
export function quicCloseText(closed: QuicClose): Text {
  const who = closed.from === 'client' ? '클라이언트' : '서버';
  const said = closed.reason === undefined ? '' : `, “${safe(closed.reason.slice(0, REASON_SHOWN))}”`;
  return {
    en: `the ${closed.from}’s CONNECTION_CLOSE (${closed.code}${said})`,
    ko: `${who}의 CONNECTION_CLOSE (${closed.code}${said})`,
  };
}
