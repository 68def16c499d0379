import type { TlsSession } from './model.ts';

/** Every key is there from the start, so that all sessions have one shape. */
export function newSession(connection: number): TlsSession {
  return {
    connection,
    clientHelloPacket: undefined,
    clientHelloFirstPacket: undefined,
    serverHelloPacket: undefined,
    helloRetryPacket: undefined,
    clientHelloTime: undefined,
    serverHelloTime: undefined,
    firstApplicationDataPacket: undefined,
    firstApplicationDataTime: undefined,
    finishedPacket: undefined,
    finishedTime: undefined,
    sni: undefined,
    version: undefined,
    cipher: undefined,
    cipherId: undefined,
    alpnOffered: [],
    alpn: undefined,
    resumed: undefined,
    certificateNames: undefined,
    alerts: [],
    packets: [],
    decryption: undefined,
  };
}
