import type { Packets } from '../dissect/packets.ts';
import { type LongHeader, PacketType } from '../dissect/quic/header.ts';
import { versionOf } from '../dissect/quic/versions.ts';
import { packetAddress } from './addresses.ts';
import type { Endpoint, Journey, QuicConnection } from './model.ts';

/** Flows of packets are numbered: TCP's from 0 on, QUIC's from here. */
const QUIC_FLOWS = 2 ** 30;

/** The flow of a QUIC connection's packets; and the connection of such a flow, undefined of another. */
export const quicFlow = (id: number): number => QUIC_FLOWS + (id % QUIC_FLOWS);
export const quicOfFlow = (flow: number): number | undefined => (flow >= QUIC_FLOWS ? flow - QUIC_FLOWS : undefined);

/** Under which an exchange over this QUIC connection has it in `connection`. */
export const exchangesOfQuic = (id: number): number => -1 - id;

/** The packets of a journey's connection. */
export const flowOf = ({ connection, quic }: Journey): number | undefined =>
  connection ?? (quic === undefined ? undefined : quicFlow(quic));

/** Who sent the first packet of a connection that was captured? Undefined: nothing in it tells. */
export function sender(h: LongHeader, opened: boolean): 'client' | 'server' | undefined {
  if (opened || h.onlyFromClient) return 'client';
  return h.type === PacketType.retry || h.type === PacketType.negotiation ? 'server' : undefined;
}

/** The record of a connection that begins with this packet. */
export function newQuicConnection(
  id: number,
  p: Packets,
  row: number,
  h: LongHeader,
  fromClient: boolean,
  clientKnown: boolean,
): QuicConnection {
  const source = endpoint(p, row, true);
  const destination = endpoint(p, row, false);
  const number = p.firstNumber + row;
  const time = p.time[row];
  return {
    id,
    client: fromClient ? source : destination,
    server: fromClient ? destination : source,
    clientKnown,
    firstPacket: number,
    lastPacket: number,
    firstTime: time,
    lastTime: time,
    fromClient: { packets: 0, payloadBytes: 0 },
    fromServer: { packets: 0, payloadBytes: 0 },
    version: versionOf(h.version).name,
    sni: undefined,
    encryptedClientHello: undefined,
    ja4: undefined,
    alpnOffered: [],
    alpn: undefined,
    tlsVersion: undefined,
    cipher: undefined,
    cipherId: undefined,
    resumed: undefined,
    negotiationPacket: undefined,
    retryPacket: undefined,
    helloRetryPacket: undefined,
    clientHelloPacket: undefined,
    clientHelloTime: undefined,
    serverHelloPacket: undefined,
    serverHelloTime: undefined,
    earlyDataPacket: undefined,
    finishedPacket: undefined,
    finishedTime: undefined,
    alpnVisible: undefined,
    certificateNames: undefined,
    certificates: undefined,
    keyUpdates: undefined,
    close: undefined,
    http3: undefined,
    decryption: undefined,
  };
}

function endpoint(p: Packets, row: number, source: boolean): Endpoint {
  const version = p.ipVersion[row];
  const at = p.ipAt[row] + (version === 4 ? (source ? 12 : 16) : source ? 8 : 24);
  return { address: packetAddress(p.bytes, at, version), port: source ? p.sourcePort[row] : p.destinationPort[row] };
}
