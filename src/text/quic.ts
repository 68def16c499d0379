import type { Text } from './text.ts';

/** Words about QUIC connections. */
export const QUIC = {
  connection: { en: 'QUIC connection {id}, version {version}', ko: 'QUIC 연결 {id}, 버전 {version}' },
  client: { en: 'client {packets} packets, {bytes} B', ko: '클라이언트 패킷 {packets}개, {bytes} B' },
  server: { en: 'server {packets} packets, {bytes} B', ko: '서버 패킷 {packets}개, {bytes} B' },
  rolesGuessed: {
    en: 'which side is the client is a guess from the ports',
    ko: '어느 쪽이 클라이언트인지는 포트로 추정함',
  },
  notClosed: { en: 'no CONNECTION_CLOSE was read', ko: '읽을 수 있는 CONNECTION_CLOSE 없음' },
  endHidden: { en: 'how it ended is not visible without keys', ko: '어떻게 끝났는지는 키가 없어 보이지 않음' },
  onlyAlpn: { en: 'ALPN {alpn} (the only one offered)', ko: 'ALPN {alpn}(이것만 제안됨)' },
  hiddenAlpn: {
    en: 'ALPN not visible without keys (offered: {offered})',
    ko: '키가 없어 ALPN이 보이지 않음(제안: {offered})',
  },
  opened: { en: 'decrypted: {n} packets', ko: '복호화: 패킷 {n}개' },
  hidden: { en: 'what it carries is not visible without keys', ko: '안의 내용은 키가 없어 보이지 않음' },
} satisfies Record<string, Text>;
