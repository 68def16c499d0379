import type { Text } from '../text/text.ts';
import { type CertificateFacts, certificateFacts, chainFacts } from '../dissect/tls/certificate.ts';

export interface TlsSession {
  connection: number;
  clientHelloPacket?: number;
  /** Last packet that carries a piece of the ClientHello is `clientHelloPacket`; the first is here. */
  clientHelloFirstPacket?: number;
  /** Its rest was not captured: what it does not tell it may have told. */
  clientHelloCut?: boolean | undefined;
  serverHelloPacket?: number;
  helloRetryPacket?: number;
  clientHelloTime?: number;
  serverHelloTime?: number;
  /** First packet and time of application data in either direction, as far as records in the clear tell. */
  firstApplicationDataPacket?: number;
  firstApplicationDataTime?: number;
  /** When the handshake was over at this vantage (client's Finished sent), estimated from record types. */
  finishedPacket?: number;
  finishedTime?: number;
  /** When the client's Finished went out, up to TLS 1.2: it may ask at once (False Start, RFC 7918). */
  clientFinishedTime?: number;
  sni?: string;
  version?: string;
  cipher?: string;
  cipherId?: string;
  alpnOffered: string[];
  alpn?: string;
  /** False: the server's choice is encrypted, and no keys tell it (TLS 1.3). Absent before the ServerHello. */
  alpnVisible?: boolean;
  /** True, false, or absent where nothing in the clear decides it. */
  resumed?: boolean;
  /** TLS 1.3: the handshake rests on a key that both sides had, and that no earlier session gave. */
  externalPsk?: boolean | undefined;
  /** 0-RTT: "offered" where it is not visible whether the server took it. */
  earlyData?: 'offered' | 'accepted' | 'rejected' | undefined;
  /** Names of the server's certificate (TLS 1.2 and older, in the clear): subject CN and SANs. */
  certificateNames?: string[];
  /** The server's chain as it was sent, its own certificate first; nothing of it is verified. */
  certificates?: CertificateFacts[];
  /** The client's chain, where it was asked for one: empty where it had none. Up to TLS 1.2 in the clear. */
  clientCertificates?: CertificateFacts[] | undefined;
  /** Handshakes under the protection of an earlier one (TLS 1.2 and older), as far as keys show them. */
  renegotiations?: number | undefined;
  /**
   * DNS inside, as the ClientHello tells without keys: "dot" by port 853 or ALPN (RFC 7858), "doh-host" where the name is known to
   * serve DNS over HTTPS, which makes it likely.
   */
  encryptedDns?: 'dot' | 'doh-host' | undefined;
  /** FoxIO's fingerprint of the ClientHello. */
  ja4?: string;
  alerts: { packet: number; time: number; from: 'client' | 'server'; level: string; description: string }[];
  packets: number[];
  /** What else is to be said of the handshake. */
  note?: Text | undefined;
  /** What became of the encrypted records; absent where no keys were asked for. */
  decryption?: Decryption | undefined;
}

/** Why encrypted records stayed sealed. */
export type SealedReason =
  | 'no-client-hello'
  | 'no-server-hello'
  | 'no-keys'
  | 'cipher-not-supported'
  | 'bytes-missing'
  | 'keys-do-not-fit'
  | 'no-room';

/** Encrypted records of one connection: how many were opened, how many stayed sealed, why, and the first packet of each reason. */
export interface Decryption {
  opened: number;
  sealed: number;
  reasons: { why: SealedReason; records: number; packet: number }[];
  /** What TLS was found to carry: "http" (HTTP/1), "http2", "dns", "unknown". Absent while no application data was opened. */
  inside?: string;
  /** Sides of whose application data nothing was opened, for want of its keys; absent where there are none. */
  sealedSides?: { client: boolean; server: boolean };
}

/** Every key is there from the start, so that all sessions have one shape. */
export function newSession(connection: number): TlsSession {
  return {
    connection,
    clientHelloPacket: undefined,
    clientHelloFirstPacket: undefined,
    clientHelloCut: undefined,
    serverHelloPacket: undefined,
    helloRetryPacket: undefined,
    clientHelloTime: undefined,
    serverHelloTime: undefined,
    firstApplicationDataPacket: undefined,
    firstApplicationDataTime: undefined,
    finishedPacket: undefined,
    finishedTime: undefined,
    clientFinishedTime: undefined,
    sni: undefined,
    version: undefined,
    cipher: undefined,
    cipherId: undefined,
    alpnOffered: [],
    alpn: undefined,
    alpnVisible: undefined,
    resumed: undefined,
    externalPsk: undefined,
    earlyData: undefined,
    certificateNames: undefined,
    certificates: undefined,
    clientCertificates: undefined,
    renegotiations: undefined,
    encryptedDns: undefined,
    ja4: undefined,
    alerts: [],
    packets: [],
    note: undefined,
    decryption: undefined,
  };
}

/** A Certificate message: where its certificates lie, pairs of at and end. What came first counts. */
export function noteChain(session: TlsSession, fromClient: boolean, bytes: Uint8Array, ranges: number[]): void {
  if (fromClient) session.clientCertificates ??= chainFacts(bytes, ranges);
  else if (session.certificateNames === undefined && ranges.length >= 2) {
    session.certificateNames = certificateFacts(bytes, ranges[0], ranges[1])?.names ?? [];
    session.certificates = chainFacts(bytes, ranges);
  }
}
