import { hostPort } from '../../correlate/host-names.ts';
import type { Endpoint, Lookup, QuicConnection } from '../../correlate/model.ts';
import { OTHER_TLS } from '../../correlate/tls-services.ts';
import { askingOf } from '../dns/asking.ts';
import { isMulticast } from '../dns/questions.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { toProxy, tunnelOf } from '../http/by-proxy.ts';
import { connectionOf, exchangeOf, quicOf, tlsOf } from '../needs.ts';
import type { Finding, JourneyRule, JourneySubject } from '../rule.ts';

export const rule: JourneyRule = {
  id: 'R-URL-2',
  chapter: 'names',
  scope: 'journey',
  statement: {
    en: 'The scheme decides the port: http 80, https 443; DNS is asked at port 53',
    ko: '스킴이 포트를 정한다: http는 80, https는 443. DNS는 53번 포트에 묻는다',
  },
  reality: {
    en: 'Where the URL names no other port (RFC 9110 §4.2). HTTP/3 is UDP port 443; encrypted DNS uses 853 and 443; mDNS 5353 and LLMNR 5355; a proxy has a port of its own, and what stands behind a balancer often has 8080.',
    ko: 'URL에 다른 포트가 없을 때 그렇습니다(RFC 9110 §4.2). HTTP/3은 UDP 443번, 암호화된 DNS는 853번과 443번, mDNS는 5353번, LLMNR는 5355번을 씁니다. 프록시에는 자기 포트가 있고, 로드 밸런서 뒤의 서버는 8080번을 쓰기도 합니다.',
  },
  rfc: ['RFC 9110 §4.2', 'RFC 1035 §4.2', 'RFC 7858 §3.1'],
  vantages: ['client', 'server'],
  reasons: [
    'as-stated',
    'http-elsewhere',
    'https-elsewhere',
    'swapped',
    'dns-elsewhere',
    'proxy',
    'other-service',
    'multicast',
    'nothing-sent',
  ],
  needs: [],
  check(subject) {
    const asking = askingOf(subject);
    const lookups = asking.how === 'own' || asking.how === 'upstream' || asking.how === 'multicast' ? asking.lookups : [];
    const dns = lookups.find((l) => !isMulticast(l));
    const connection = connectionOf(subject);
    const quic = quicOf(subject);
    if ((connection === undefined && quic === undefined) || (dns !== undefined && dns.server.port !== 53))
      return forDns(lookups, dns);
    if (connection === undefined) return forQuic(quic as QuicConnection, dns);
    const server = hostPort(connection.server);
    const host = connection.server.address;
    const { port } = connection.server;
    const syn = connection.handshake?.syn[0] ?? connection.firstPacket;
    const asked =
      dns === undefined
        ? { en: '', ko: '' }
        : { en: `; DNS was asked at port 53 (packet ${dns.packet})`, ko: `. DNS는 53번 포트에 물었습니다(${dns.packet}번 패킷)` };
    const exchange = exchangeOf(subject);
    const tls = tlsOf(subject);
    const content = contentOf(subject);
    const shown = exchange?.requestPacket ?? tls?.clientHelloPacket;
    const tunnel = tunnelOf(subject);
    if (tunnel !== undefined)
      return contradicted('proxy', [syn, tunnel.requestPacket, shown], {
        en: `packet ${shown} goes through the tunnel that CONNECT ${tunnel.target} (packet ${tunnel.requestPacket}) has opened at the proxy ${server}: the port is the proxy's`,
        ko: `${shown}번 패킷은 CONNECT ${tunnel.target}(${tunnel.requestPacket}번 패킷)으로 프록시 ${server}에 연 터널을 지납니다: 포트는 프록시의 것입니다`,
      });
    if (content === 'http') return forHttp(subject, [dns?.packet, syn, shown], connection.server, asked);
    if (content === 'tls') {
      if (port === 443)
        return confirmed('as-stated', [dns?.packet, syn, shown], {
          en: `TLS at port 443 of ${host} (packet ${shown ?? syn}): https${asked.en}`,
          ko: `${host}의 443번 포트에서 TLS를 썼습니다(${shown ?? syn}번 패킷): https${asked.ko}`,
        });
      if (port === 853)
        return contradicted('dns-elsewhere', [syn, shown], {
          en: `${server} is asked by DNS over TLS at port 853, not 53`,
          ko: `${server}에는 DNS over TLS로 물었습니다: 53번이 아니라 853번 포트`,
        });
      if (port === 80)
        return contradicted('swapped', [syn, shown], {
          en: `packet ${shown} sends a ClientHello to port 80 of ${host}: TLS where http is expected`,
          ko: `${shown}번 패킷은 ${host}의 80번 포트에 ClientHello를 보냈습니다: http가 있을 곳에 TLS가 있습니다`,
        });
      const service = OTHER_TLS[port];
      if (service !== undefined)
        return skipped('other-service', [syn, shown], {
          en: `port ${port} of ${host} is for ${service} inside TLS by its number: no web request`,
          ko: `${host}의 ${port}번 포트는 번호로 보아 TLS로 감싼 ${service}입니다: 웹 요청이 아닙니다`,
        });
      const web = exchange !== undefined || tls?.alpnOffered.some((p) => p === 'h2' || p.startsWith('http/'));
      if (web)
        return contradicted('https-elsewhere', [syn, shown], {
          en: `HTTPS at port ${port} of ${host} (packet ${shown}), not 443: the URL names the port`,
          ko: `443번이 아니라 ${host}의 ${port}번 포트에서 HTTPS를 썼습니다(${shown}번 패킷): URL에 포트가 있습니다`,
        });
    }
    if (content === 'dns')
      return (port === 53 ? confirmed : contradicted)(port === 53 ? 'as-stated' : 'dns-elsewhere', [syn], {
        en: `the connection to ${server} carries DNS over TCP`,
        ko: `${server} 연결은 TCP로 DNS를 나릅니다`,
      });
    if (connection.fromClient.payloadBytes + connection.fromServer.payloadBytes === 0)
      return skipped('nothing-sent', [dns?.packet, syn], {
        en: `no byte was sent to ${server}: what the port is for cannot be compared with what it carries${asked.en}`,
        ko: `${server}에는 한 바이트도 보내지 않았습니다: 포트와 내용을 비교할 수 없습니다${asked.ko}`,
      });
    if (content === undefined && connection.handshake !== undefined && ![80, 443, 8080].includes(port))
      return skipped('other-service', [syn], {
        en: `what goes to ${server} is no web request: neither HTTP nor TLS`,
        ko: `${server}에 간 내용은 HTTP도 TLS도 아니므로 웹 요청이 아닙니다`,
      });
    return unknown('other-service', [syn], {
      en: `what goes to ${server} is neither HTTP nor a web client's TLS as far as it can be read`,
      ko: `${server}에 간 내용은 읽을 수 있는 한 HTTP도 웹 클라이언트의 TLS도 아닙니다`,
    });
  },
};

/** By what it carries, not by its port. What a CONNECT opened belongs to the proxy. */
function contentOf(subject: JourneySubject): 'http' | 'tls' | 'dns' | undefined {
  const exchange = exchangeOf(subject);
  if (exchange?.scheme === 'http') return 'http';
  if (tlsOf(subject) !== undefined) return 'tls';
  const carried = connectionOf(subject)?.application;
  if (exchange !== undefined || carried === 'http' || carried === 'http2') return 'http';
  return carried === 'dns' || carried === 'tls' ? carried : undefined;
}

function forHttp(
  subject: JourneySubject,
  packets: (number | undefined)[],
  end: Endpoint,
  asked: { en: string; ko: string },
): Finding {
  const { address: host, port } = end;
  const exchange = exchangeOf(subject);
  const at = exchange?.requestPacket ?? packets[1];
  if (port === 80)
    return confirmed('as-stated', packets, {
      en: `HTTP in clear text at port 80 of ${host} (packet ${at})${asked.en}`,
      ko: `${host}의 80번 포트에서 평문 HTTP를 썼습니다(${at}번 패킷)${asked.ko}`,
    });
  if (exchange !== undefined && toProxy(subject))
    return contradicted('proxy', packets, {
      en: `packet ${at} asks the proxy at ${hostPort(end)} for ${exchange.target}: the port is the proxy's`,
      ko: `${at}번 패킷은 프록시 ${hostPort(end)}에 ${exchange.target} 대상을 요청했습니다: 포트는 프록시의 것입니다`,
    });
  if (port === 443)
    return contradicted('swapped', packets, {
      en: `packet ${at} sends HTTP in clear text to port 443 of ${host}`,
      ko: `${at}번 패킷은 ${host}의 443번 포트에 평문 HTTP를 보냈습니다`,
    });
  return contradicted('http-elsewhere', packets, {
    en: `HTTP at port ${port} of ${host} (packet ${at}), not 80: the port is decided by the URL or the configuration, not by the scheme`,
    ko: `80번이 아니라 ${host}의 ${port}번 포트에서 HTTP를 썼습니다(${at}번 패킷): 포트는 스킴이 아니라 URL이나 설정이 정했습니다`,
  });
}

function forQuic({ firstPacket, server }: QuicConnection, dns: Lookup | undefined): Finding {
  const asked =
    dns === undefined
      ? { en: '', ko: '' }
      : { en: `; DNS was asked at port 53 (packet ${dns.packet})`, ko: `. DNS는 53번 포트에 물었습니다(${dns.packet}번 패킷)` };
  const usual = server.port === 443;
  return (usual ? confirmed : contradicted)(usual ? 'as-stated' : 'https-elsewhere', [dns?.packet, firstPacket], {
    en: `QUIC (HTTP/3) at UDP port ${server.port} of ${server.address}${usual ? '' : ', not 443'} (packet ${firstPacket}): https${asked.en}`,
    ko: `${server.address}의 UDP ${server.port}번 포트에서 QUIC(HTTP/3)을 썼습니다${usual ? '' : '. 443번이 아닙니다'}(${firstPacket}번 패킷): https${asked.ko}`,
  });
}

function forDns(lookups: readonly Lookup[], dns: Lookup | undefined): Finding {
  const [first] = lookups;
  if (dns === undefined)
    return skipped('multicast', first === undefined ? [] : [first.packet], {
      en: `no DNS server was asked${first === undefined ? '' : `: packet ${first.packet} goes to port ${first.server.port} by ${first.transport}`}`,
      ko: `DNS 서버에 묻지 않았습니다${first === undefined ? '' : `: ${first.packet}번 패킷은 ${first.transport} 방식으로 ${first.server.port}번 포트에 갔습니다`}`,
    });
  if (dns.server.port !== 53)
    return contradicted('dns-elsewhere', [dns.packet], {
      en: `packet ${dns.packet} asks DNS at port ${dns.server.port} of ${dns.server.address}, not 53`,
      ko: `${dns.packet}번 패킷은 ${dns.server.address}의 53번이 아닌 ${dns.server.port}번 포트에 DNS로 물었습니다`,
    });
  return confirmed('as-stated', [dns.packet, dns.answerPacket], {
    en: `packet ${dns.packet} asks DNS at port 53 of ${dns.server.address}; no connection followed`,
    ko: `${dns.packet}번 패킷은 ${dns.server.address}의 53번 포트에 DNS로 물었습니다. 뒤따른 연결은 없습니다`,
  });
}
