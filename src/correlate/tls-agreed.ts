import { cipherParameters } from '../dissect/tls/cipher-parameters.ts';
import { type ClientHello, cipherSuites, type ServerHello } from '../dissect/tls/handshake.ts';
import type { Secrets } from '../dissect/tls/key-log.ts';
import { isTls13 } from '../dissect/tls/names.ts';
import type { SealedReason } from './tls-session.ts';

/** RFC 7366. */
const ENCRYPT_THEN_MAC = 22;
/** Suites of early data that are tried: the session's own is offered first, as a rule. */
const EARLY_SUITES = 4;

/** What a ClientHello and its ServerHello say about protection. */
export interface Agreed {
  clientRandom: Uint8Array;
  serverRandom: Uint8Array;
  /** The server's answer; empty where it gave none. */
  sessionId: Uint8Array;
  /** 0 while no ServerHello was seen. */
  version: number;
  suite: number;
  encryptThenMac: boolean;
  /** 0 none, 1 DEFLATE (RFC 3749). */
  compression: number;
  /** The client begins with early data, which is sealed before a suite is agreed on: with one of these. */
  earlyData: boolean;
  earlySuites: number[];
  /** The connection's secrets, and `TlsKeys.version` when they were last looked for. */
  secrets: Secrets | undefined;
  lookedAt: number;
}

/** The client has begun a handshake. */
export function greeted(bytes: Uint8Array, hello: ClientHello): Agreed {
  const { randomAt, earlyData } = hello;
  const suites = earlyData
    ? cipherSuites(bytes, hello)
        .filter((suite) => suite >> 8 === 0x13)
        .slice(0, EARLY_SUITES)
    : [];
  return begun(bytes.slice(randomAt, randomAt + 32), suites);
}

/** In SSL 2.0's form: its challenge, the last bytes of it, is the random, with zeros before it (RFC 5246 appendix E.2). */
export function greetedOld(rest: Uint8Array, challengeBytes: number): Agreed | undefined {
  if (challengeBytes > 32 || rest.length < challengeBytes) return undefined;
  const clientRandom = new Uint8Array(32);
  clientRandom.set(rest.subarray(rest.length - challengeBytes), 32 - challengeBytes);
  return begun(clientRandom, []);
}

function begun(clientRandom: Uint8Array, earlySuites: number[]): Agreed {
  return {
    clientRandom,
    serverRandom: new Uint8Array(32),
    sessionId: new Uint8Array(0),
    version: 0,
    suite: -1,
    encryptThenMac: false,
    compression: 0,
    earlyData: earlySuites.length > 0,
    earlySuites,
    secrets: undefined,
    lookedAt: -1,
  };
}

/** What its ServerHello has added. */
export function answered(agreed: Agreed, bytes: Uint8Array, hello: ServerHello): Agreed {
  if (hello.randomAt < 0) return agreed;
  return {
    ...agreed,
    serverRandom: bytes.slice(hello.randomAt, hello.randomAt + 32),
    sessionId: bytes.slice(hello.sessionIdAt, hello.sessionIdEnd),
    // The secret of a session may be known by this id.
    lookedAt: agreed.secrets === undefined ? -1 : agreed.lookedAt,
    version: hello.version,
    suite: hello.cipherSuite,
    encryptThenMac: hello.extensions.some((extension) => extension.type === ENCRYPT_THEN_MAC),
    // Behind the suite; TLS 1.3 has none.
    compression: isTls13(hello.version) ? 0 : bytes[hello.suiteAt + 2],
  };
}

/** Bytes of a record that are no content, as far as they are always the same; `lead` stand before it. */
export function overheadOf(agreed: Agreed | undefined, lead: number): number {
  const parameters = cipherParameters(agreed?.suite ?? -1);
  const typed = isTls13(agreed?.version ?? 0) ? 1 : 0;
  return parameters === undefined ? 0 : lead + parameters.tagBytes + parameters.macBytes + typed;
}

/** Why a record stays sealed whose bytes are all there; `keyed`: its connection's secrets are known. */
export function reasonOf(agreed: Agreed | undefined, keyed: boolean): SealedReason {
  if (agreed === undefined) return 'no-client-hello';
  if (agreed.version === 0) return 'no-server-hello';
  if (!keyed) return 'no-keys';
  return cipherParameters(agreed.suite) === undefined ? 'cipher-not-supported' : 'keys-do-not-fit';
}
