import type { Text } from './text.ts';

/** How journeys went wrong: what happened, in a few words. */
export const TROUBLE = {
  'dns-failed': { en: 'names that could not be looked up', ko: '찾지 못한 이름' },
  refused: { en: 'connections that were refused', ko: '거부된 연결' },
  'timed-out': { en: 'connections that nobody answered', ko: '아무도 응답하지 않은 연결' },
  'tls-failed': { en: 'TLS handshakes that failed', ko: '실패한 TLS 핸드셰이크' },
  reset: { en: 'broken off by RST', ko: 'RST로 끊긴 여정' },
  unanswered: { en: 'requests without an answer', ko: '응답이 없는 요청' },
  incomplete: { en: 'answers that were cut short', ko: '도중에 끊긴 응답' },
  'client-errors': { en: 'answers 400 to 499: the request was not accepted', ko: '400~499 응답: 요청이 받아들여지지 않음' },
  'server-errors': { en: 'answers 500 to 599: the server failed', ko: '500~599 응답: 서버 쪽 실패' },
} satisfies Record<string, Text>;

export const TROUBLE_SAYS = {
  about: { en: 'About', ko: '대상' },
  count: { en: 'Count', ko: '횟수' },
  file: { en: 'file', ko: '파일' },
  journeys: { en: 'journey', ko: '여정' },
  segments: { en: 'TCP', ko: 'TCP' },
  sealed: { en: 'TLS', ko: 'TLS' },
  unopened: { en: 'connections not decrypted whole: {why}', ko: '다 복호화하지 못한 연결: {why}' },
  firstOfThem: {
    en: 'Enter shows packet {packet}, the first of them; connections and streams tell each',
    ko: 'Enter를 누르면 첫 패킷인 {packet}번이 나옵니다. 연결마다의 이유는 타임라인과 스트림에 있습니다',
  },
  atByte: { en: 'at byte {n}', ko: '{n}번째 바이트' },
  listed: {
    en: 'Enter lists them; the same with / in the journeys: {filter}',
    ko: 'Enter를 누르면 목록이 나옵니다. 여정에서 /로 찾으려면: {filter}',
  },
  listedPackets: {
    en: 'Enter lists them; the same with / in the packets: {filter}',
    ko: 'Enter를 누르면 목록이 나옵니다. 패킷에서 /로 찾으려면: {filter}',
  },
  noTrouble: {
    en: 'Nothing is wrong with this capture, and nothing went wrong on the wire.',
    ko: '이 캡처에는 문제가 없고, 통신에도 잘못된 것이 없습니다.',
  },
} satisfies Record<string, Text>;
