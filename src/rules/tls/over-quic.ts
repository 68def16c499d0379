import { hostPort } from '../../correlate/host-names.ts';
import type { QuicConnection } from '../../correlate/model.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { requestText } from '../http/needs.ts';
import { exchangeOf, keyLogAdvice } from '../needs.ts';
import type { Finding, JourneySubject } from '../rule.ts';

const hostOf = ({ sni, server }: QuicConnection): string => sni ?? hostPort(server);

/** R-TLS-2: QUIC has no clear form (RFC 9001 §5), but its first packets can be opened by anybody. */
export function requestOverQuic(subject: JourneySubject, quic: QuicConnection): Finding {
  const x = exchangeOf(subject);
  const data = x?.requestPacket ?? subject.journey.stages.find(({ kind }) => kind === 'send')?.packets[0];
  const packets = [quic.clientHelloPacket ?? quic.firstPacket, data];
  const host = hostOf(quic);
  if (data === undefined)
    return skipped('no-request', packets, {
      en: `nothing that may be a request was sent to ${host} over QUIC behind its handshake`,
      ko: `${host}와(과) 한 QUIC 핸드셰이크 뒤에 요청일 수 있는 것을 보내지 않았습니다`,
    });
  const opened =
    x === undefined
      ? { en: '', ko: '' }
      : {
          en: ` (opened here with your keys: ${requestText(x)})`,
          ko: ` (여기서는 주신 키로 열었습니다: ${requestText(x)})`,
        };
  return confirmed('sealed-by-quic', packets, {
    en: `QUIC seals every packet: what packet ${data} carries to ${host} nobody on the path can read (RFC 9001 §5)${opened.en}`,
    ko: `QUIC은 모든 패킷을 봉합니다: ${data}번 패킷이 ${host}에 나르는 것은 경로 위의 누구도 읽을 수 없습니다 (RFC 9001 §5)${opened.ko}`,
  });
}

/** R-TLS-3: the version is in the ALPN (RFC 9114 §3.1), of which the server's choice is encrypted. */
export function versionOverQuic(subject: JourneySubject, quic: QuicConnection): Finding {
  const x = exchangeOf(subject);
  const { alpnOffered, alpn, clientHelloPacket } = quic;
  const host = hostOf(quic);
  if (x?.requestPacket !== undefined)
    return contradicted('other-version', [x.requestPacket], {
      en: `the request to ${x.host ?? host} in packet ${x.requestPacket} is HTTP/${x.version}`,
      ko: `${x.host ?? host}에 보낸 ${x.requestPacket}번 패킷의 요청은 HTTP/${x.version}입니다`,
    });
  const packets = [clientHelloPacket ?? quic.firstPacket, quic.serverHelloPacket];
  if (clientHelloPacket === undefined)
    return unknown('mid-stream', packets, {
      en: `the ClientHello to ${host} was not captured: which protocols it offered is not known`,
      ko: `${host}에 보낸 ClientHello가 캡처되지 않아 어떤 프로토콜을 내놓았는지 알 수 없습니다`,
    });
  const list = alpnOffered.map((each) => `"${each}"`).join(', ');
  if (alpnOffered.length > 0 && alpnOffered.every((each) => /^h3(-|$)/.test(each)))
    return contradicted('alpn-h3', packets, {
      en: `the client offered nothing but ${list} to ${host} in packet ${clientHelloPacket}: HTTP/3 (RFC 9114)`,
      ko: `클라이언트는 ${clientHelloPacket}번 패킷에서 ${host}에 ${list}만 내놓았습니다: HTTP/3입니다 (RFC 9114)`,
    });
  if (alpn !== undefined || alpnOffered.length === 0)
    return skipped('not-http', packets, {
      en: `the QUIC connection to ${host} carries ${alpn === undefined ? 'what no ALPN names' : `"${alpn}"`}: no HTTP of the web`,
      ko: `${host}(으)로 연 QUIC 연결은 ${alpn === undefined ? 'ALPN에 이름이 없는 것' : `"${alpn}"`}을(를) 싣고 있습니다: 웹의 HTTP가 아닙니다`,
    });
  return notVisible(
    'alpn-encrypted',
    packets,
    {
      en: `the client offered ${list} to ${host} in packet ${clientHelloPacket}; what the server chose is encrypted`,
      ko: `클라이언트는 ${clientHelloPacket}번 패킷에서 ${host}에 ${list} 중에 고르게 했습니다. 서버가 고른 것은 암호화되어 있습니다`,
    },
    keyLogAdvice,
  );
}

/** R-TLS-4: the ClientHello is in Initial packets, whose keys come from their own connection id (RFC 9001 §5.2). */
export function nameOverQuic(quic: QuicConnection, asked: { packet: number; name: string } | undefined): Finding {
  const { sni, clientHelloPacket: hello, encryptedClientHello } = quic;
  const question =
    asked === undefined
      ? { en: '', ko: '' }
      : {
          en: `; the DNS question in packet ${asked.packet} has told it before`,
          ko: `. 그 전에 ${asked.packet}번 패킷의 DNS 질문이 이미 말했습니다`,
        };
  if (sni !== undefined && !encryptedClientHello)
    return contradicted('sni-in-clear', [hello, asked?.packet], {
      en: `the ClientHello in packet ${hello} names "${sni}" (SNI), in an Initial packet that anybody on the path can open: its keys come from its own connection id (RFC 9001 §5.2)${question.en}`,
      ko: `${hello}번 패킷의 ClientHello에 "${sni}"이(가) 있습니다 (SNI). Initial 패킷의 키는 그 패킷의 연결 ID에서 나오므로 경로 위의 누구나 열 수 있습니다 (RFC 9001 §5.2)${question.ko}`,
    });
  if (asked !== undefined)
    return contradicted('name-in-dns', [asked.packet, hello], {
      en: `the DNS question in packet ${asked.packet} asks for "${asked.name}" in the clear${sni === undefined ? '' : ', whatever the ClientHello hides'}`,
      ko: `${asked.packet}번 패킷의 DNS 질문이 "${asked.name}"을(를) 그대로 묻습니다${sni === undefined ? '' : ' (ClientHello가 무엇을 숨기든)'}`,
    });
  if (sni !== undefined)
    return unknown('encrypted-client-hello', [hello], {
      en: `the ClientHello in packet ${hello} has an encrypted_client_hello extension: "${sni}" is the real name if that is only there for show (GREASE), else a public name in front of the real one; the packets do not tell which`,
      ko: `${hello}번 패킷의 ClientHello에 encrypted_client_hello 확장이 있습니다: 그것이 눈속임(GREASE)이라면 "${sni}"이(가) 진짜 이름이고, 아니라면 진짜 이름을 가리는 공개 이름입니다. 어느 쪽인지 패킷으로는 알 수 없습니다`,
    });
  if (hello === undefined)
    return unknown('mid-stream', [quic.firstPacket], {
      en: `the ClientHello to ${hostPort(quic.server)} was not captured, so whether it named the site is not known`,
      ko: `${hostPort(quic.server)}에 보낸 ClientHello가 캡처되지 않아, 사이트 이름을 적었는지 알 수 없습니다`,
    });
  return confirmed('no-name', [hello], {
    en: `neither the ClientHello in packet ${hello} nor anything else of this journey names the site; only the address ${quic.server.address} is seen`,
    ko: `${hello}번 패킷의 ClientHello에도 이 여정의 다른 곳에도 사이트 이름이 보이지 않습니다. 주소 ${quic.server.address}만 보입니다`,
  });
}
