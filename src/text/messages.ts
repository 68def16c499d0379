import { particles } from './particles.ts';
import type { Language, Text } from './text.ts';

/** A text with its {blanks} filled in. */
export function fill(text: Text, language: Language, values: Record<string, string | number>): string {
  const filled = text[language].replace(/\{(\w+)\}/g, (blank, name) => String(values[name] ?? blank));
  return language === 'ko' ? particles(filled) : filled;
}

/** By kind of stage. */
export const STAGE = {
  arp: { en: 'ARP lookup', ko: 'ARP 주소 찾기' },
  ndp: { en: 'NDP lookup', ko: 'NDP 주소 찾기' },
  dns: { en: 'DNS lookup', ko: 'DNS 조회' },
  tcp: { en: 'TCP connect', ko: 'TCP 연결' },
  tls: { en: 'TLS handshake', ko: 'TLS 핸드셰이크' },
  send: { en: 'Send request', ko: '요청 보내기' },
  wait: { en: 'Wait for answer', ko: '응답 대기' },
  receive: { en: 'Receive answer', ko: '응답 받기' },
  idle: { en: 'Idle', ko: '유휴' },
  close: { en: 'Close', ko: '연결 종료' },
} satisfies Record<string, Text>;

/** A few letters for legends and narrow columns. */
export const STAGE_SHORT = {
  arp: { en: 'ARP', ko: 'ARP' },
  ndp: { en: 'NDP', ko: 'NDP' },
  dns: { en: 'DNS', ko: 'DNS' },
  tcp: { en: 'TCP', ko: 'TCP' },
  tls: { en: 'TLS', ko: 'TLS' },
  send: { en: 'send', ko: '보내기' },
  wait: { en: 'wait', ko: '대기' },
  receive: { en: 'receive', ko: '받기' },
  idle: { en: 'idle', ko: '유휴' },
  close: { en: 'close', ko: '종료' },
} satisfies Record<string, Text>;

/** The letter that a stage's bar is drawn with: a bar tells its stage without colour. */
export const STAGE_MARK = {
  arp: 'a',
  ndp: 'n',
  dns: 'd',
  tcp: 't',
  tls: 's',
  send: '>',
  wait: 'w',
  receive: '<',
  idle: '-',
  close: 'x',
} satisfies Record<string, string>;

/** What happens in a stage, for somebody who sees it for the first time. */
export const STAGE_MEANING = {
  arp: { en: 'which network card (MAC) has this IPv4 address?', ko: '이 IPv4 주소를 가진 랜 카드(MAC)는?' },
  ndp: { en: 'which network card (MAC) has this IPv6 address?', ko: '이 IPv6 주소를 가진 랜 카드(MAC)는?' },
  dns: { en: 'which address has this name?', ko: '이 이름의 주소는?' },
  tcp: { en: 'SYN, SYN-ACK, ACK: a connection is opened', ko: 'SYN, SYN-ACK, ACK: 연결을 연다' },
  tls: { en: 'keys are agreed on, the server shows who it is', ko: '암호 키를 정하고 서버가 신원을 밝힌다' },
  send: { en: 'the request travels to the server', ko: '요청이 서버로 간다' },
  wait: { en: 'until the first byte of the answer', ko: '응답의 첫 바이트가 올 때까지' },
  receive: { en: 'from the first to the last byte of the answer', ko: '응답의 첫 바이트부터 마지막 바이트까지' },
  idle: { en: 'nothing of this request is on the wire', ko: '이 요청의 패킷이 오가지 않는다' },
  close: { en: 'FIN or RST: the connection ends', ko: 'FIN 또는 RST: 연결이 끝난다' },
} satisfies Record<string, Text>;

/** By outcome of a journey. */
export const OUTCOME = {
  complete: { en: 'complete', ko: '완료' },
  refused: { en: 'refused', ko: '연결 거부' },
  'timed-out': { en: 'timed out', ko: '시간 초과' },
  reset: { en: 'reset', ko: '리셋(RST)' },
  'dns-failed': { en: 'DNS failed', ko: 'DNS 실패' },
  'tls-failed': { en: 'TLS failed', ko: 'TLS 실패' },
  'in-progress': { en: 'in progress', ko: '진행 중' },
  unanswered: { en: 'no answer', ko: '응답 없음' },
  incomplete: { en: 'cut short', ko: '도중에 끊김' },
  'no-request': { en: 'no request', ko: '요청 없음' },
  unknown: { en: 'unknown', ko: '알 수 없음' },
  'no-connection': { en: 'lookup only', ko: '조회만 함' },
} satisfies Record<string, Text>;

/** How the journeys are sorted. */
export const SORTED = {
  start: { en: 'sorted by start', ko: '시작 순' },
  duration: { en: 'sorted by duration, longest first', ko: '시간 순, 긴 것부터' },
  stage: { en: 'sorted by the stage that took longest', ko: '가장 오래 걸린 단계 순' },
  status: { en: 'sorted by status, highest first', ko: '상태 순, 큰 것부터' },
  bytes: { en: 'sorted by bytes, most first', ko: '바이트 순, 많은 것부터' },
  name: { en: 'sorted by name', ko: '이름 순' },
} satisfies Record<string, Text>;

/** Names of the screens, as the title bar shows them. */
export const SCREEN = {
  journeys: { en: 'Journeys', ko: '여정' },
  timeline: { en: 'Timeline', ko: '타임라인' },
  packets: { en: 'Packets', ko: '패킷 목록' },
  packet: { en: 'Packet', ko: '패킷' },
  problems: { en: 'Problems', ko: '문제' },
  summary: { en: 'Summary', ko: '요약' },
  book: { en: 'Book', ko: '책' },
  waterfall: { en: 'Waterfall', ko: '폭포' },
  ladder: { en: 'Ladder', ko: '사다리' },
  connections: { en: 'Connections', ko: '연결' },
  dns: { en: 'DNS', ko: 'DNS' },
  stream: { en: 'Stream', ko: '스트림' },
  compare: { en: 'Compare', ko: '비교' },
  lens: { en: 'Lens', ko: '렌즈' },
} satisfies Record<string, Text>;

/** The same where room is scarce: four cells or little more. */
export const SCREEN_SHORT = {
  journeys: { en: 'Jrny', ko: '여정' },
  timeline: { en: 'Time', ko: '시간' },
  packets: { en: 'Pkts', ko: '패킷' },
  packet: { en: 'Pkt', ko: '필드' },
  problems: { en: 'Prob', ko: '문제' },
  summary: { en: 'Sum', ko: '요약' },
  book: { en: 'Book', ko: '책' },
  waterfall: { en: 'Fall', ko: '폭포' },
  ladder: { en: 'Ladr', ko: '왕복' },
  connections: { en: 'Conn', ko: '연결' },
  dns: { en: 'DNS', ko: 'DNS' },
  stream: { en: 'Said', ko: '대화' },
  compare: { en: 'Diff', ko: '비교' },
  lens: { en: 'Lens', ko: '렌즈' },
} satisfies Record<string, Text>;

/** Heads of columns and labels. */
export const LABEL = {
  start: { en: 'Start', ko: '시작' },
  startUtc: { en: 'Start UTC', ko: '시작 UTC' },
  request: { en: 'Request', ko: '요청' },
  method: { en: 'Method', ko: '메서드' },
  status: { en: 'Code', ko: '상태' },
  outcome: { en: 'Outcome', ko: '결과' },
  total: { en: 'Total', ko: '전체' },
  bytes: { en: 'Bytes', ko: '바이트' },
  stages: { en: 'Stages', ko: '단계' },
  stage: { en: 'Stage', ko: '단계' },
  startMs: { en: 'Start ms', ko: '시작 ms' },
  tookMs: { en: 'Took ms', ko: '소요 ms' },
  packets: { en: 'Packets', ko: '패킷' },
  number: { en: 'No.', ko: '번호' },
  time: { en: 'Time s', ko: '시간 s' },
  source: { en: 'Source', ko: '보낸 곳' },
  destination: { en: 'Destination', ko: '받는 곳' },
  protocol: { en: 'Proto', ko: '종류' },
  length: { en: 'Len', ko: '길이' },
  info: { en: 'Info', ko: '내용' },
  evidence: { en: 'Why these belong together', ko: '하나로 묶은 근거' },
  reused: { en: 'reused', ko: '재사용' },
  offset: { en: 'Offset', ko: '위치' },
  packet: { en: 'Packet', ko: '패킷' },
  problem: { en: 'Problem', ko: '문제' },
  message: { en: 'What was found', ko: '내용' },
  protocols: { en: 'Bytes by protocol', ko: '프로토콜별 바이트' },
  stageTimes: {
    en: 'Stage times: number, about half and 90 % within, most; {range}',
    ko: '단계별 시간: 횟수, 절반과 90 %가 대략 이 안, 최대, 분포 {range}',
  },
  packetRate: { en: 'Packets per second', ko: '초당 패킷 수' },
  legend: { en: 'Letters of the bars', ko: '막대 글자의 뜻' },
  book: { en: 'Book', ko: '책' },
  end: { en: 'End', ko: '끝' },
  way: { en: 'Way', ko: '길' },
  bytesPane: { en: 'Bytes', ko: '바이트' },
} satisfies Record<string, Text>;

/** Sentences, with blanks. */
export const SAY = {
  ourFault: { en: 'this is a fault of wirebook itself', ko: 'wirebook 자체의 오류입니다' },
  live: { en: 'LIVE', ko: '라이브' },
  paused: { en: 'PAUSED, {n} unseen', ko: '일시정지, 안 본 패킷 {n}' },
  captureEnded: { en: 'capture ended', ko: '캡처 끝남' },
  dropped: { en: 'dropped {n}', ko: '유실 {n}' },
  notAvailable: { en: 'not available', ko: '알 수 없음' },
  reading: { en: 'reading {percent}', ko: '읽는 중 {percent}' },
  packetCount: { en: '{n} packets', ko: '패킷 {n}개' },
  journeyCount: { en: '{n} journeys', ko: '여정 {n}개' },
  onePacket: { en: '1 packet', ko: '패킷 1개' },
  oneJourney: { en: '1 journey', ko: '여정 1개' },
  problemCount: { en: 'problems: {n} (key 5)', ko: '문제 {n}개 (5번 키)' },
  noJourneys: {
    en: 'No web request, name lookup or connection was found in this capture.',
    ko: '이 캡처에는 웹 요청도, 이름 조회도, 연결도 없습니다.',
  },
  noneMatches: { en: 'No journey matches the filter.', ko: '필터에 맞는 여정이 없습니다.' },
  noJourneysKey: { en: 'Press 3 to see all of its packets.', ko: '3을 누르면 모든 패킷을 볼 수 있습니다.' },
  noJourneysYet: { en: 'Reading: nothing found so far.', ko: '읽는 중: 아직 찾은 것이 없습니다.' },
  noMatch: {
    en: 'No journey matches "{filter}". Press Esc to see all.',
    ko: '"{filter}"에 맞는 여정이 없습니다. Esc를 누르면 모두 보입니다.',
  },
  noJourney: { en: 'No journey is selected. Press 1 for the list.', ko: '고른 여정이 없습니다. 1을 누르면 목록이 나옵니다.' },
  noPackets: { en: 'No packets here. Press Tab to see more.', ko: '여기에는 패킷이 없습니다. Tab을 누르면 더 볼 수 있습니다.' },
  noPacket: { en: 'No packet is selected. Press 3 for the list.', ko: '고른 패킷이 없습니다. 3을 누르면 목록이 나옵니다.' },
  bytesMissing: { en: 'no bytes', ko: '바이트 없음' },
  changedFile: {
    en: 'The file has changed since it was opened: the bytes of these packets are gone.',
    ko: '파일을 연 뒤에 파일이 바뀌었습니다. 이 패킷들의 바이트는 이제 없습니다.',
  },
  notKept: {
    en: 'The bytes of these packets could not be kept, so they cannot be shown. Press 5 to see why.',
    ko: '이 패킷들의 바이트를 보관하지 못해 보여 줄 수 없습니다. 5를 누르면 이유를 볼 수 있습니다.',
  },
  noStatistics: { en: 'Nothing to count yet.', ko: '아직 셀 것이 없습니다.' },
  noStages: { en: 'No stages are known.', ko: '알려진 단계가 없습니다.' },
  noStream: { en: 'what is selected has no TCP connection', ko: '고른 것에 TCP 연결이 없습니다' },
  twoToCompare: {
    en: 'mark two journeys with m (or mark one and select another), then d',
    ko: '여정 두 개를 m으로 표시하거나, 하나를 표시하고 다른 하나를 고른 뒤 d를 누르세요',
  },
  nothingToJump: { en: 'this journey has no such packet', ko: '이 여정에는 그런 패킷이 없습니다' },
  noPacketsOfVerdict: { en: 'no packets belong to this verdict', ko: '이 판정에는 패킷이 없습니다' },
  bookOfStage: { en: 'the book here: {tally} (7 shows it)', ko: '책과 비교: {tally} (7을 누르면 보입니다)' },
  noPacketsOfStage: { en: 'This stage has no packets of its own.', ko: '이 단계에는 패킷이 없습니다.' },
  noPacketOfProblem: { en: 'This problem names no packet.', ko: '이 문제는 특정 패킷에 관한 것이 아닙니다.' },
  quitWithQ: { en: 'This is the first screen. Press q to quit.', ko: '첫 화면입니다. 끝내려면 q를 누르세요.' },
  firstOne: { en: 'This is the first one.', ko: '첫 번째입니다.' },
  lastOne: { en: 'This is the last one.', ko: '마지막입니다.' },
  onlyFirst: { en: 'the first {shown} of {n}', ko: '전체 {n}개 중 처음 {shown}개' },
  ofStage: { en: 'Packets of stage {stage}', ko: '{stage} 단계의 패킷' },
  ofEvidence: { en: 'Packets that show: {evidence}', ko: '근거가 되는 패킷: {evidence}' },
  ofJourney: { en: 'All packets of {name}', ko: '{name}의 모든 패킷' },
  ofCapture: { en: 'All packets of the capture', ko: '캡처의 모든 패킷' },
  sinceJourney: { en: 'time since the start of the journey', ko: '시간은 여정의 시작부터' },
  sinceCapture: { en: 'time since the first packet', ko: '시간은 첫 패킷부터' },
  captured: { en: '{n} bytes', ko: '{n}바이트' },
  capturedOf: { en: '{n} of {wire} bytes captured', ko: '{wire}바이트 중 {n}바이트 캡처됨' },
  byteRange: { en: 'bytes {from}{dash}{to}', ko: '바이트 {from}{dash}{to}' },
  oneByte: { en: 'byte {from}', ko: '바이트 {from}' },
  plaintext: { en: 'plaintext', ko: '평문' },
  beyond: { en: '{mark} = after the end of this axis', ko: '{mark} = 이 축보다 뒤' },
  filter: { en: 'Filter: ', ko: '필터: ' },
  palettePrompt: { en: 'Action: ', ko: '동작: ' },
  filePrompt: { en: 'Write packets to: ', ko: '패킷을 쓸 파일: ' },
  overwritePrompt: { en: '{file} exists. Overwrite? (y/n) ', ko: '{file}이(가) 이미 있습니다. 덮어쓸까요? (y/n) ' },
  paletteTitle: { en: 'Actions', ko: '동작' },
  paletteClose: { en: 'Enter does it, Esc closes', ko: 'Enter 실행, Esc 닫기' },
  noAction: { en: 'no action of this name', ko: '그런 동작이 없습니다' },
  noCompletion: { en: 'Nothing known begins so.', ko: '그렇게 시작하는 것이 없습니다.' },
  wiresharkFilter: { en: 'Wireshark filter', ko: 'Wireshark 필터' },
  wiresharkClose: { en: 'y copies, Esc closes', ko: 'y 복사, Esc 닫기' },
  noWireshark: { en: 'There is no display filter for this.', ko: '이것을 위한 표시 필터가 없습니다.' },
  fieldValue: { en: 'value', ko: '값' },
  url: { en: 'URL', ko: 'URL' },
  hostName: { en: 'name', ko: '이름' },
  serverAddress: { en: 'server address', ko: '서버 주소' },
  sourceAddress: { en: 'source', ko: '보낸 곳' },
  destinationAddress: { en: 'destination', ko: '받는 곳' },
  copied: { en: 'Copied {what}: {text}', ko: '{what} 복사함: {text}' },
  copyAgain: { en: ' (y again: {what})', ko: ' (y를 또 누르면 {what})' },
  nothingToCopy: { en: 'Nothing is selected that could be copied.', ko: '복사할 것이 없습니다.' },
  tooLongToCopy: { en: 'This is too long for the clipboard of a terminal.', ko: '터미널 클립보드에 넣기에는 너무 깁니다.' },
  cannotWrite: { en: 'Packets of this capture cannot be written.', ko: '이 캡처의 패킷은 파일로 쓸 수 없습니다.' },
  nothingToWrite: { en: 'There are no packets to write.', ko: '파일로 쓸 패킷이 없습니다.' },
  written: { en: '{n} packets written to {file}', ko: '패킷 {n}개를 {file}에 썼습니다' },
  newKeys: { en: 'the key log has grown: Ctrl-R reads again', ko: '키 로그가 늘어남: Ctrl-R로 다시 읽기' },
  readAgain: { en: 'read again from the beginning', ko: '처음부터 다시 읽었습니다' },
  noReadAgain: {
    en: 'only a saved capture can be read again; here keys are followed as they come',
    ko: '저장된 캡처만 다시 읽을 수 있습니다. 여기서는 키가 오는 대로 따라 읽습니다',
  },
  notWritten: { en: '{file} cannot be written: {why}', ko: '{file}을(를) 쓸 수 없습니다: {why}' },
  marked: {
    en: 'Marked: {journeys} journeys, {packets} packets. w writes them to a file.',
    ko: '표시: 여정 {journeys}개, 패킷 {packets}개. w로 파일에 씁니다.',
  },
  mouseOn: {
    en: 'Mouse on: click selects, the wheel scrolls. Shift selects text.',
    ko: '마우스 켬: 클릭은 선택, 휠은 스크롤. 글자는 Shift로 긁습니다.',
  },
  mouseOff: { en: 'Mouse off.', ko: '마우스 끔.' },
  configProblem: { en: '{file}, line {line}, column {column}: {what}', ko: '{file} {line}번째 줄 {column}번째 글자: {what}' },
  nothingToFind: {
    en: 'Nothing to look for: type a filter with / or mark rows with m.',
    ko: '찾을 것이 없습니다. /로 필터를 쓰거나 m으로 표시하세요.',
  },
  lastMatch: { en: 'Nothing further down.', ko: '아래에는 더 없습니다.' },
  firstMatch: { en: 'Nothing further up.', ko: '위에는 더 없습니다.' },
  findAgain: { en: 'Not found up to here; press again to go on.', ko: '여기까지는 없습니다. 다시 누르면 계속 찾습니다.' },
  filtered: { en: 'filter "{filter}": {n} of {all}', ko: '필터 "{filter}": {all}개 중 {n}개' },
  tooSmall: {
    en: 'The terminal is too small: {width}x{height} are needed.',
    ko: '터미널이 너무 작습니다. 적어도 {width}x{height}이어야 합니다.',
  },
  helpTitle: { en: 'Keys', ko: '키 안내' },
  helpClose: { en: 'Esc closes, j and k scroll', ko: 'Esc 닫기, j k 스크롤' },
  processUnknown: { en: 'process unknown', ko: '프로세스 알 수 없음' },
  untilNow: { en: 'so far', ko: '지금까지' },
} satisfies Record<string, Text>;
