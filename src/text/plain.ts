import type { Text } from './text.ts';

/** What the line mode says. */
export const PLAIN = {
  welcome: {
    en: 'Type a command and Enter; help lists them, quit ends.',
    ko: '명령을 쓰고 Enter를 누르세요. help는 명령 목록, quit은 끝입니다.',
  },
  list: { en: 'the journeys, from number N on', ko: '여정 목록. N번부터' },
  more: { en: 'the next lines; an empty line does it too', ko: '다음 줄들. 빈 줄도 같다' },
  open: {
    en: 'one journey: its stages and how long they took; N alone will do',
    ko: '여정 하나: 단계와 걸린 시간. 번호만 써도 된다',
  },
  next: { en: 'the next journey', ko: '다음 여정' },
  previous: { en: 'the journey before', ko: '이전 여정' },
  packets: { en: 'packets of the journey that was opened, or all', ko: '연 여정의 패킷, 또는 전체' },
  packet: { en: 'every field of packet N', ko: 'N번 패킷의 모든 필드' },
  filter: {
    en: 'only what matches: words, outcome == reset, stage.dns > 100ms; nothing: all',
    ko: '맞는 것만: 글자, outcome == reset, stage.dns > 100ms. 없으면 전체',
  },
  verdicts: { en: 'what the book says of the journey', ko: '여정에 대한 규칙의 판정' },
  why: { en: 'why the parts of the journey belong together', ko: '여정의 부분들을 하나로 묶은 근거' },
  wireshark: { en: 'its Wireshark display filter', ko: '여정의 Wireshark 표시 필터' },
  problems: { en: 'what is wrong: with the capture file, and on the wire', ko: '캡처 파일의 문제와 통신의 문제' },
  summary: { en: 'packets, journeys, bytes by protocol', ko: '패킷, 여정, 프로토콜별 바이트' },
  language: { en: '한국어로', ko: 'in English' },
  help: { en: 'this list', ko: '이 목록' },
  quit: { en: 'end', ko: '끝' },
  unknown: {
    en: 'There is no command "{word}"; help lists them.',
    ko: '"{word}"(이)라는 명령은 없습니다. help로 목록을 보세요.',
  },
  shownMore: { en: '{from} to {to} of {all}; more shows the next.', ko: '{all}개 중 {from}~{to}. 다음은 more.' },
  shownAll: { en: '{from} to {to} of {all}.', ko: '{all}개 중 {from}~{to}.' },
  nothing: { en: 'Nothing here.', ko: '여기에는 없습니다.' },
  noSuch: { en: 'There is no number "{word}"; there are {all}.', ko: '"{word}"번은 없습니다. 모두 {all}개입니다.' },
  noPacket: {
    en: 'Packet "{word}" cannot be shown; there are {all}.',
    ko: '"{word}"번 패킷을 보여 줄 수 없습니다. 모두 {all}개입니다.',
  },
  connection: { en: 'from {client} to {server}', ko: '{client}에서 {server}(으)로' },
  stage: { en: '{stage}: {took}, {n} packets', ko: '{stage}: {took}, 패킷 {n}개' },
  reused: { en: 'reused', ko: '재사용' },
  fromTo: { en: '{from} to {to}', ko: '{from}에서 {to}(으)로' },
  openFirst: { en: 'Open a journey first: open 1.', ko: '먼저 여정을 여세요: open 1.' },
  noVerdicts: { en: 'No rule has anything to say.', ko: '판정이 없습니다.' },
  alsoIn: { en: 'The same packet is {n} of {file}.', ko: '같은 패킷이 {file}에서는 {n}번입니다.' },
  inPackets: { en: 'packets {list}', ko: '패킷 {list}' },
} satisfies Record<string, Text>;
