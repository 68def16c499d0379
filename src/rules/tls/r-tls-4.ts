import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, quicOf, tlsOf } from '../needs.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { clientHelloFacts, helloCut, helloWhole } from './clear.ts';
import { nameOverQuic } from './over-quic.ts';

/** Lookups that anybody on the path can read. */
const CLEAR_LOOKUPS = new Set(['udp', 'tcp', 'mdns', 'llmnr']);

export const rule: JourneyRule = {
  id: 'R-TLS-4',
  chapter: 'tls',
  scope: 'journey',
  statement: { en: 'Nobody on the path sees the name of the site', ko: '경로 위의 누구도 사이트 이름을 볼 수 없다' },
  reality: {
    en: 'TLS encrypts the request, but the ClientHello names the host in the clear (SNI, RFC 6066 §3), the DNS question does before, and up to TLS 1.2 the certificate does. Encrypted Client Hello (draft-ietf-tls-esni) with encrypted DNS hides it.',
    ko: 'TLS는 요청을 암호화하지만, ClientHello가 호스트 이름을 그대로 적고(SNI, RFC 6066 §3) 그 전의 DNS 질문과 TLS 1.2까지의 인증서에도 이름이 보입니다. ECH(draft-ietf-tls-esni)와 암호화된 DNS를 함께 쓰면 숨겨집니다.',
  },
  rfc: ['RFC 6066 §3', 'draft-ietf-tls-esni'],
  vantages: ['client', 'gateway-inside', 'gateway-outside', 'router', 'last-router', 'balancer-front'],
  reasons: [
    'sni-in-clear',
    'host-in-clear',
    'name-in-dns',
    'certificate-in-clear',
    'encrypted-client-hello',
    'no-name',
    'hello-cut',
    'no-tls',
    'literal-address',
    'mid-stream',
  ],
  needs: [],
  check(subject) {
    const { capture, journey } = subject;
    const lookup = journey.lookup === undefined ? undefined : capture.lookups.get(journey.lookup);
    const asked = lookup !== undefined && CLEAR_LOOKUPS.has(lookup.transport) ? lookup : undefined;
    const quic = quicOf(subject);
    if (quic !== undefined) return nameOverQuic(quic, asked);
    const c = connectionOf(subject);
    if (c === undefined) return aConnection(subject) as Finding;
    const tls = tlsOf(subject);
    const exchange = exchangeOf(subject);
    const clear = exchange?.scheme === 'http' && exchange.requestPacket !== undefined ? exchange : undefined;
    if (clear?.host !== undefined && isAddress(clear.host))
      return skipped('literal-address', [clear.requestPacket], {
        en: `the request in packet ${clear.requestPacket} is for the address ${clear.host}: there is no name to see`,
        ko: `${clear.requestPacket}번 패킷의 요청은 주소 ${clear.host}에 하는 것입니다: 볼 이름이 없습니다`,
      });
    if (exchange?.scheme === 'http' && exchange.host !== undefined && exchange.requestPacket !== undefined)
      return contradicted('host-in-clear', [exchange.requestPacket], {
        en: `the request in packet ${exchange.requestPacket} names "${exchange.host}" in clear text (Host): there is no TLS`,
        ko: `${exchange.requestPacket}번 패킷의 요청이 "${exchange.host}"을(를) 평문으로 적고 있습니다 (Host): TLS가 없습니다`,
      });
    const hello = tls?.clientHelloPacket;
    const hidden = tls === undefined ? undefined : clientHelloFacts(capture, c, tls)?.encryptedClientHello;
    const question =
      asked === undefined
        ? { en: '', ko: '' }
        : {
            en: `; the DNS question in packet ${asked.packet} has told it before`,
            ko: `. 그 전에 ${asked.packet}번 패킷의 DNS 질문이 이미 말했습니다`,
          };
    if (tls?.sni !== undefined && hidden !== true)
      return contradicted('sni-in-clear', [hello, asked?.packet], {
        en: `the ClientHello in packet ${hello} names "${tls.sni}" in the clear (SNI): everybody on the path sees it${question.en}`,
        ko: `${hello}번 패킷의 ClientHello가 "${tls.sni}"을(를) 그대로 적고 있습니다 (SNI): 경로 위의 누구나 봅니다${question.ko}`,
      });
    if (asked !== undefined)
      return contradicted('name-in-dns', [asked.packet, hello], {
        en: `the DNS question in packet ${asked.packet} asks for "${asked.name}" in the clear${tls?.sni === undefined ? '' : `, whatever the ClientHello hides`}`,
        ko: `${asked.packet}번 패킷의 DNS 질문이 "${asked.name}"을(를) 그대로 묻습니다${tls?.sni === undefined ? '' : ' (ClientHello가 무엇을 숨기든)'}`,
      });
    if (tls?.sni !== undefined)
      return unknown('encrypted-client-hello', [hello], {
        en: `the ClientHello in packet ${hello} has an encrypted_client_hello extension: "${tls.sni}" is the real name if that is only there for show (GREASE), else a public name in front of the real one; the packets do not tell which`,
        ko: `${hello}번 패킷의 ClientHello에 encrypted_client_hello 확장이 있습니다: 그것이 눈속임(GREASE)이라면 "${tls.sni}"이(가) 진짜 이름이고, 아니라면 진짜 이름을 가리는 공개 이름입니다. 어느 쪽인지 패킷으로는 알 수 없습니다`,
      });
    if (clear !== undefined)
      return skipped('no-name', [clear.requestPacket], {
        en: `the request in packet ${clear.requestPacket} is in clear text but names no host; only the address ${c.server.address} is seen`,
        ko: `${clear.requestPacket}번 패킷의 요청은 평문이지만 호스트를 적지 않았습니다. 주소 ${c.server.address}만 보입니다`,
      });
    if (tls === undefined)
      return skipped('no-tls', [c.firstPacket], {
        en: `neither TLS nor an HTTP request is on the connection to ${c.server.address} port ${c.server.port}`,
        ko: `${c.server.address}의 ${c.server.port}번 포트로 연 연결에는 TLS도 HTTP 요청도 없습니다`,
      });
    const whole = hello === undefined || helloWhole(tls);
    const names = tls.certificateNames ?? [];
    // A certificate that only keys have opened is not seen on the path.
    if (names.length > 0 && tls.version !== 'TLS 1.3')
      return contradicted('certificate-in-clear', [tls.serverHelloPacket], {
        en: `${whole ? 'the ClientHello names no host, but ' : ''}the server's certificate behind packet ${tls.serverHelloPacket} ${whole ? 'does' : 'names the site'}, in the clear: ${names.slice(0, 3).join(', ')}`,
        ko: `${whole ? 'ClientHello에는 이름이 없지만 ' : ''}${tls.serverHelloPacket}번 패킷부터 오는 서버 인증서에 이름이 그대로 보입니다: ${names.slice(0, 3).join(', ')}`,
      });
    if (hello === undefined)
      return unknown('mid-stream', [c.firstPacket], {
        en: `the ClientHello to ${c.server.address} is older than the capture, so whether it named the site is not known`,
        ko: `${c.server.address}에 보낸 ClientHello가 캡처보다 오래되어, 사이트 이름을 적었는지 알 수 없습니다`,
      });
    if (!whole) return helloCut([hello], hello);
    return confirmed('no-name', [hello], {
      en: `neither the ClientHello in packet ${hello} nor anything else of this journey names the site in the clear; only the address ${c.server.address} is seen`,
      ko: `${hello}번 패킷의 ClientHello에도 이 여정의 다른 곳에도 사이트 이름이 그대로 보이지 않습니다. 주소 ${c.server.address}만 보입니다`,
    });
  },
};

/** A host that is an address, with or without a port. */
const isAddress = (host: string): boolean => /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:.]+\])(:\d*)?$/.test(host);
