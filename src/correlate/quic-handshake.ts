import type { Message } from '../dissect/quic/crypto-stream.ts';
import { certificateFacts, chainFacts } from '../dissect/tls/certificate.ts';
import { chainRanges, inflateCertificate } from '../dissect/tls/certificate-chain.ts';
import { protocolNames, readExtensionList } from '../dissect/tls/handshake.ts';
import { ExtensionType, HandshakeType } from '../dissect/tls/names.ts';
import type { QuicConnection } from './model.ts';

const COMPRESSED_CERTIFICATE = 25;

/** A message of the handshake's encrypted part (RFC 8446 §4.3, §4.4): what the record wants to know of it. */
export function noteHandshake(
  record: QuicConnection,
  fromClient: boolean,
  { type, bytes }: Message,
  packet: number,
  time: number,
): void {
  if (type === HandshakeType.finished && fromClient) {
    record.finishedPacket ??= packet;
    record.finishedTime ??= time;
  }
  if (fromClient) return;
  if (type === HandshakeType.encryptedExtensions) {
    record.alpnVisible = true;
    for (const extension of readExtensionList(bytes, 4, bytes.length))
      if (extension.type === ExtensionType.alpn) record.alpn = protocolNames(bytes, extension.dataAt, extension.end)[0];
  } else if (type === HandshakeType.certificate) chain(record, bytes, 4, bytes.length);
  else if (type === COMPRESSED_CERTIFICATE) {
    const inflated = inflateCertificate(bytes, 4, bytes.length);
    if (inflated !== undefined) chain(record, inflated, 0, inflated.length);
  }
}

function chain(record: QuicConnection, bytes: Uint8Array, at: number, end: number): void {
  const ranges = chainRanges(bytes, at, end);
  if (record.certificateNames !== undefined || ranges.length < 2) return;
  record.certificateNames = certificateFacts(bytes, ranges[0], ranges[1])?.names ?? [];
  record.certificates = chainFacts(bytes, ranges);
}
