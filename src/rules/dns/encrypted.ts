import { hostPort } from '../../correlate/host-names.ts';
import type { TlsSession } from '../../correlate/model.ts';
import { contradicted, notVisible } from '../findings.ts';
import { connectionOf, exchangeOf, keyLogAdvice, tlsOf } from '../needs.ts';
import type { Finding, JourneySubject, Need } from '../rule.ts';

export const DOT_PORT = 853;

/** Does this connection carry DNS inside TLS? By its port (RFC 7858 §3.1) or ALPN, or by the name of a known DoH host. */
export function encryptedKind(serverPort: number, tls: TlsSession | undefined): 'dot' | 'doh-host' | undefined {
  if (tls === undefined) return undefined;
  if (serverPort === DOT_PORT) return 'dot';
  return tls.encryptedDns === 'doh-host' && serverPort !== 443 ? undefined : tls.encryptedDns;
}

/** A journey that is itself DNS in TLS or HTTPS: not by UDP, not at port 53. */
export const encryptedDns: Need<JourneySubject> = (subject): Finding | undefined => {
  const connection = connectionOf(subject);
  if (connection === undefined) return undefined;
  const server = hostPort(connection.server);
  const tls = tlsOf(subject);
  const exchange = exchangeOf(subject);
  if (exchange?.contentType?.startsWith('application/dns-message'))
    return contradicted('doh', [exchange.requestPacket, exchange.responsePacket], {
      en: `the request in packet ${exchange.requestPacket} to ${server} is DNS over HTTP (application/dns-message, RFC 8484): TCP port ${connection.server.port}, not UDP port 53`,
      ko: `${exchange.requestPacket}번 패킷에서 ${server}에 보낸 요청은 HTTP로 나르는 DNS입니다 (application/dns-message, RFC 8484): UDP 53번이 아니라 TCP ${connection.server.port}번 포트`,
    });
  if (exchange !== undefined) return undefined;
  const kind = encryptedKind(connection.server.port, tls);
  if (kind === undefined) return undefined;
  const packets = [connection.handshake?.syn[0], tls?.clientHelloPacket];
  const { port } = connection.server;
  if (kind === 'dot')
    return contradicted('dot', packets, {
      en: `the connection to ${server} is DNS over TLS by its ${port === DOT_PORT ? 'port' : 'ALPN'} (RFC 7858): TCP port ${port}, not UDP port 53`,
      ko: `${server} 연결은 ${port === DOT_PORT ? '포트로' : 'ALPN으로'} 보아 DNS over TLS입니다 (RFC 7858): UDP 53번이 아니라 TCP ${port}번 포트`,
    });
  return notVisible(
    'doh',
    packets,
    {
      en: `${tls?.sni} is known to serve DNS over HTTPS (RFC 8484); whether names are asked for inside this TLS connection cannot be read`,
      ko: `${tls?.sni} 호스트는 DNS over HTTPS(RFC 8484)를 제공하는 곳으로 알려져 있습니다. 이 TLS 연결 안에서 이름을 묻는지는 읽을 수 없습니다`,
    },
    keyLogAdvice,
  );
};
