import { fill } from './messages.ts';
import type { Text } from './text.ts';

/** Words about TLS: what was seen, what was opened with keys, what stays hidden and why. */
export const TLS = {
  alpn: { en: 'ALPN {alpn}', ko: 'ALPN {alpn}' },
  noAlpn: { en: 'no ALPN', ko: 'ALPN 없음' },
  hiddenAlpn: {
    en: 'ALPN not visible without keys (offered: {offered}), so the HTTP version is unknown',
    ko: '키가 없어 ALPN이 보이지 않음(제안: {offered}), 그래서 HTTP 버전도 알 수 없음',
  },
  hiddenAlpnUnoffered: {
    en: 'no ALPN offered; what it carries is not visible without keys',
    ko: 'ALPN 제안 없음. 안의 내용은 키가 없어 보이지 않음',
  },
  openedAlpn: {
    en: 'ALPN not visible without the keys of the handshake (offered: {offered}); it carries {inside}',
    ko: '핸드셰이크의 키가 없어 ALPN이 보이지 않음(제안: {offered}). 안의 내용: {inside}',
  },
  openedAlpnUnoffered: { en: 'no ALPN offered; it carries {inside}', ko: 'ALPN 제안 없음. 안의 내용: {inside}' },
  openedAlpnCut: {
    en: 'ALPN not known: the ClientHello was cut short in the capture; it carries {inside}',
    ko: 'ALPN 알 수 없음: ClientHello가 캡처에서 잘렸습니다. 안의 내용: {inside}',
  },
  insideHttp: { en: 'HTTP/1', ko: 'HTTP/1' },
  insideHttp2: { en: 'HTTP/2', ko: 'HTTP/2' },
  insideDns: { en: 'DNS', ko: 'DNS' },
  insideUnknown: { en: 'no HTTP', ko: 'HTTP 아님' },
  alpnCut: {
    en: 'ALPN not known: the ClientHello was cut short in the capture',
    ko: 'ALPN 알 수 없음: ClientHello가 캡처에서 잘렸습니다',
  },
  noHandshake: {
    en: 'TLS whose handshake is not in this capture: no key log can open it',
    ko: 'TLS. 핸드셰이크가 이 캡처에 없어 어떤 키 로그로도 열 수 없습니다',
  },
  hiddenContent: {
    en: 'requests not visible without keys',
    ko: '키가 없어 요청은 보이지 않음',
  },
  dot: { en: 'DNS over TLS (by port 853 or ALPN)', ko: 'DNS over TLS(853번 포트 또는 ALPN)' },
  dohHost: {
    en: 'likely DNS over HTTPS: the name is known to serve it',
    ko: 'DNS over HTTPS일 가능성 높음: 이를 제공하는 이름으로 알려짐',
  },
  resumed: { en: 'resumed', ko: '세션 재개' },
  externalPsk: { en: 'pre-shared key', ko: '사전 공유 키' },
  earlyOffered: { en: 'early data (0-RTT)', ko: '조기 데이터(0-RTT)' },
  earlyAccepted: { en: 'early data (0-RTT) accepted', ko: '조기 데이터(0-RTT) 받아들여짐' },
  earlyRejected: { en: 'early data (0-RTT) rejected', ko: '조기 데이터(0-RTT) 거절됨' },
  certificate: {
    en: 'certificate: {subject}, issued by {issuer}, {from} to {to}, {key}',
    ko: '인증서: {subject}, 발급자 {issuer}, {from}부터 {to}까지, {key}',
  },
  clientCertificate: {
    en: 'client certificate: {subject}, issued by {issuer}, {from} to {to}, {key}',
    ko: '클라이언트 인증서: {subject}, 발급자 {issuer}, {from}부터 {to}까지, {key}',
  },
  noClientCertificate: {
    en: 'the server asked for a client certificate and got none',
    ko: '서버가 클라이언트 인증서를 요구했지만 받지 못함',
  },
  renegotiated: { en: 'renegotiated {n} times', ko: '재협상 {n}번' },
  opened: { en: 'decrypted: {n} records', ko: '복호화: 레코드 {n}개' },
  sealed: {
    en: 'not decrypted: {n} records, from packet {packet} on: {why}',
    ko: '복호화하지 못함: {packet}번 패킷부터 레코드 {n}개, {why}',
  },
  sealedPackets: {
    en: 'not decrypted: {n} packets, from packet {packet} on: {why}',
    ko: '복호화하지 못함: {packet}번 패킷부터 {n}개, {why}',
  },
} satisfies Record<string, Text>;

/** Why records stayed sealed, by the codes of the report. */
export const SEALED: Record<string, Text> = {
  'no-client-hello': { en: 'the ClientHello was not captured', ko: 'ClientHello가 캡처되지 않았습니다' },
  'no-server-hello': { en: 'the ServerHello was not captured', ko: 'ServerHello가 캡처되지 않았습니다' },
  'no-keys': {
    en: 'the key log has no keys of this connection for them',
    ko: '키 로그에 이 연결의 이 레코드를 열 키가 없습니다',
  },
  'cipher-not-supported': { en: 'the cipher suite is not supported', ko: '지원하지 않는 암호 스위트입니다' },
  'bytes-missing': { en: 'bytes of them were not captured', ko: '일부 바이트가 캡처되지 않았습니다' },
  'keys-do-not-fit': { en: 'the keys do not fit, or the bytes were changed', ko: '키가 맞지 않거나 바이트가 바뀌었습니다' },
  'no-room': { en: 'too much was waiting at once', ko: '한꺼번에 기다리는 것이 너무 많았습니다' },
};

/** What of a connection's TLS the keys at hand did not open: one sentence for each reason. */
export function sealedTexts(
  reasons: readonly { why: string; records: number; packet: number }[] = [],
  sealed: Text = TLS.sealed,
): Text[] {
  return reasons.map(({ why, records, packet }) => {
    const say = (language: 'en' | 'ko'): string => fill(sealed, language, { n: records, packet, why: SEALED[why][language] });
    return { en: say('en'), ko: say('ko') };
  });
}
