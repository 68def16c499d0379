import type { Text } from '../text/text.ts';
import type { Model, ScreenName } from './model.ts';

export type JumpTarget = 'request' | 'response' | 'lookup' | 'syn' | 'close';

export type Message =
  | { kind: 'resize'; width: number; height: number }
  | { kind: 'changed' }
  | { kind: 'move'; by: number }
  | { kind: 'page'; by: number }
  | { kind: 'edge'; to: 'first' | 'last' }
  | { kind: 'sibling'; by: number }
  | { kind: 'enter' | 'back' | 'left' | 'right' | 'tab' | 'help' | 'language' | 'suspend' | 'redraw' | 'pause' | 'reopen' }
  | { kind: 'palette' | 'wireshark' | 'copy' | 'write' | 'mark' | 'sort' | 'scan' | 'mouse' }
  | { kind: 'find'; by: number }
  | { kind: 'complete'; by: number }
  | { kind: 'click'; x: number; y: number }
  | { kind: 'done'; said: Text }
  | { kind: 'ask-overwrite'; path: string }
  | { kind: 'show'; screen: ScreenName }
  | { kind: 'jump'; to: JumpTarget }
  | { kind: 'quit'; code: number }
  | { kind: 'filter' }
  | { kind: 'type'; text: string }
  | { kind: 'erase' | 'erase-all' | 'accept' | 'cancel' };

export interface Key {
  /** Names as `Press.name` has them. */
  keys: string[];
  message: Message;
  /** A line of the help. */
  help: Text;
  /** A word or two for the line of hints at the bottom; absent: not hinted at. */
  hint?: Text;
  /** The English hint where only ASCII is drawn. */
  plainHint?: string;
  /** Screens on which it does something; absent: all. */
  on?: ScreenName[];
  /** Those on which it is hinted at, where not all of these. */
  hintOn?: ScreenName[];
  /** Of a live capture only. */
  live?: boolean;
}

export interface KeyGroup {
  title: Text;
  keys: Key[];
}

const show = (number: string, screen: ScreenName, en: string, ko: string): Key => ({
  keys: [number],
  message: { kind: 'show', screen },
  help: { en, ko },
});

const jump = (name: string, to: JumpTarget, en: string, ko: string): Key => ({
  keys: [name],
  message: { kind: 'jump', to },
  help: { en, ko },
});

/** Every key, what it does, and what the help says of it. */
export const KEYS: readonly KeyGroup[] = [
  {
    title: { en: 'Screens', ko: '화면' },
    keys: [
      show('1', 'journeys', 'journeys: what was asked for', '여정: 무엇을 요청했나'),
      show('2', 'timeline', 'timeline: where its time went', '타임라인: 시간이 어디에 쓰였나'),
      show('3', 'packets', 'packets', '패킷 목록'),
      show('4', 'packet', 'one packet: fields and bytes', '패킷 하나: 필드와 바이트'),
      show('5', 'problems', 'problems: of the capture, and on the wire', '문제: 캡처 파일과 통신'),
      show('6', 'summary', 'summary with charts', '요약과 차트'),
      show('7', 'book', 'the book: what it says, and your packets', '책: 문서의 말과 실제 패킷'),
      show('8', 'waterfall', 'waterfall: the requests of the page', '폭포: 페이지의 요청들'),
      show('9', 'ladder', 'ladder: packets as arrows between hosts', '사다리: 호스트 사이를 오가는 패킷'),
      show('0', 'connections', 'connections: RTT, bytes, what was sent again', '연결: RTT, 바이트, 재전송'),
      show('D', 'dns', 'DNS: questions and answers', 'DNS: 질문과 응답'),
      show('f', 'stream', 'follow the stream: what was said', '스트림 따라가기: 주고받은 내용'),
      show('d', 'compare', 'compare two journeys that m has marked', 'm으로 표시한 여정 둘 비교'),
      show('e', 'lens', 'lens: the layers of a packet, to scale', '렌즈: 패킷의 계층을 크기대로'),
    ],
  },
  {
    title: { en: 'Look closer and go back', ko: '들어가기와 나오기' },
    keys: [
      {
        keys: ['Enter'],
        message: { kind: 'enter' },
        help: { en: 'open what is selected; in a packet: un/fold', ko: '고른 것을 연다. 패킷에서는 펼치거나 접는다' },
        hint: { en: 'open', ko: '열기' },
      },
      {
        keys: ['Right', 'l'],
        message: { kind: 'right' },
        help: { en: 'the same; in a packet: unfold', ko: '같은 일. 패킷에서는 필드를 펼친다' },
      },
      {
        keys: ['Esc', 'Backspace', 'h'],
        message: { kind: 'back' },
        help: { en: 'go back; in the list: show all again', ko: '뒤로 간다. 목록에서는 필터를 푼다' },
        hint: { en: 'back', ko: '뒤로' },
      },
      {
        keys: ['Tab'],
        message: { kind: 'tab' },
        help: {
          en: 'stage/journey/all; fields/bytes; journey/capture',
          ko: '단계/여정/전체, 필드/바이트, 여정/캡처',
        },
        hint: { en: 'more', ko: '전환' },
        on: ['packets', 'packet', 'book'],
      },
      {
        keys: ['J'],
        message: { kind: 'sibling', by: 1 },
        help: { en: 'next journey or packet, without going back', ko: '돌아가지 않고 다음 여정이나 패킷으로' },
        hint: { en: 'next', ko: '다음' },
        on: ['timeline', 'packet'],
      },
      {
        keys: ['K'],
        message: { kind: 'sibling', by: -1 },
        help: { en: 'previous journey or packet', ko: '이전 여정이나 패킷으로' },
        on: ['timeline', 'packet'],
      },
      {
        keys: ['Left'],
        message: { kind: 'left' },
        help: { en: 'go back; in a packet: fold', ko: '뒤로 간다. 패킷에서는 필드를 접는다' },
      },
      {
        keys: ['/'],
        message: { kind: 'filter' },
        help: {
          en: 'filter: words, ip.addr == …, stage.dns > 9ms',
          ko: '필터: 글자, ip.addr == …, stage.dns > 9ms',
        },
        hint: { en: 'filter', ko: '필터' },
        on: ['journeys', 'packets', 'connections', 'dns', 'book', 'waterfall', 'problems'],
      },
      {
        keys: ['n'],
        message: { kind: 'find', by: 1 },
        help: { en: 'next match or mark; book: next contradiction', ko: '다음 일치나 표시. 책에서는 다음 "다름"' },
        hint: { en: 'next ✗', ko: '다음 다름' },
        plainHint: 'next x',
        on: ['journeys', 'packets', 'book'],
        hintOn: ['book'],
      },
      {
        keys: ['N'],
        message: { kind: 'find', by: -1 },
        help: { en: 'previous one', ko: '그 이전 줄' },
        on: ['journeys', 'packets', 'book'],
      },
      {
        keys: ['s'],
        message: { kind: 'sort' },
        help: { en: 'sort by start, time, stage, status, bytes, name', ko: '정렬: 시작, 시간, 단계, 상태, 바이트, 이름' },
        hint: { en: 'sort', ko: '정렬' },
        on: ['journeys'],
      },
    ],
  },
  {
    title: { en: 'Move', ko: '움직이기' },
    keys: [
      { keys: ['j', 'Down'], message: { kind: 'move', by: 1 }, help: { en: 'down', ko: '아래로' } },
      { keys: ['k', 'Up'], message: { kind: 'move', by: -1 }, help: { en: 'up', ko: '위로' } },
      { keys: ['PgDn', 'Space', 'Ctrl-F'], message: { kind: 'page', by: 1 }, help: { en: 'a page down', ko: '한 쪽 아래로' } },
      { keys: ['PgUp', 'b', 'Ctrl-B'], message: { kind: 'page', by: -1 }, help: { en: 'a page up', ko: '한 쪽 위로' } },
      { keys: ['Ctrl-D'], message: { kind: 'page', by: 0.5 }, help: { en: 'half a page down', ko: '반 쪽 아래로' } },
      { keys: ['Ctrl-U'], message: { kind: 'page', by: -0.5 }, help: { en: 'half a page up', ko: '반 쪽 위로' } },
      { keys: ['g', 'Home'], message: { kind: 'edge', to: 'first' }, help: { en: 'to the first row', ko: '맨 처음으로' } },
      {
        keys: ['G', 'End'],
        message: { kind: 'edge', to: 'last' },
        help: { en: 'to the last row; live: follow what comes', ko: '맨 끝으로. 라이브에서는 새로 오는 것을 따라간다' },
      },
    ],
  },
  {
    title: { en: 'Jump to a packet of the journey', ko: '여정의 패킷으로 건너뛰기' },
    keys: [
      jump('r', 'request', 'its request', '요청'),
      jump('R', 'response', 'the first packet of the answer', '응답의 첫 패킷'),
      jump('Q', 'lookup', 'the DNS question', 'DNS 질문'),
      jump('S', 'syn', 'the SYN', 'SYN'),
      jump('X', 'close', 'the FIN or RST', 'FIN 또는 RST'),
    ],
  },
  {
    title: { en: 'Take along', ko: '가져가기' },
    keys: [
      {
        keys: ['F'],
        message: { kind: 'wireshark' },
        help: { en: 'Wireshark display filter of what is selected', ko: '고른 것의 Wireshark 표시 필터' },
      },
      {
        keys: ['y'],
        message: { kind: 'copy' },
        help: { en: 'copy URL, filter or address; again: the next', ko: 'URL, 필터, 주소 복사. 또 누르면 다음 것' },
      },
      {
        keys: ['m'],
        message: { kind: 'mark' },
        help: { en: 'mark a journey or packet, or take the mark away', ko: '여정이나 패킷에 표시하거나 지운다' },
      },
      {
        keys: ['w'],
        message: { kind: 'write' },
        help: {
          en: 'write packets to a file: marked, else in front',
          ko: '패킷을 파일로: 표시한 것, 없으면 앞에 보이는 것',
        },
      },
    ],
  },
  {
    title: { en: 'Program', ko: '프로그램' },
    keys: [
      {
        keys: [':'],
        message: { kind: 'palette' },
        help: { en: 'find an action by its name', ko: '이름으로 동작 찾기' },
        hint: { en: 'actions', ko: '동작' },
      },
      {
        keys: ['p'],
        message: { kind: 'pause' },
        help: { en: 'hold the screen still; the capture goes on', ko: '화면을 멈춘다. 캡처는 계속된다' },
        hint: { en: 'pause', ko: '일시정지' },
        live: true,
      },
      {
        keys: ['L'],
        message: { kind: 'language' },
        help: { en: '한국어로', ko: 'in English' },
        hint: { en: '한국어', ko: 'English' },
        plainHint: 'Korean',
      },
      {
        keys: ['M'],
        message: { kind: 'mouse' },
        help: { en: 'mouse on or off (off: select text as usual)', ko: '마우스 켜기/끄기 (끄면 글자를 긁을 수 있다)' },
      },
      { keys: ['?'], message: { kind: 'help' }, help: { en: 'this help', ko: '이 안내' }, hint: { en: 'help', ko: '안내' } },
      { keys: ['Ctrl-L'], message: { kind: 'redraw' }, help: { en: 'draw the screen again', ko: '화면을 다시 그린다' } },
      {
        keys: ['Ctrl-R'],
        message: { kind: 'reopen' },
        help: { en: 'read the capture and its key log again', ko: '캡처와 키 로그를 다시 읽는다' },
      },
      {
        keys: ['Ctrl-Z'],
        message: { kind: 'suspend' },
        help: { en: 'pause; the shell command fg goes on', ko: '잠시 멈춘다. 셸 명령 fg로 돌아온다' },
      },
      { keys: ['q'], message: { kind: 'quit', code: 0 }, help: { en: 'quit', ko: '끝내기' }, hint: { en: 'quit', ko: '끝' } },
      { keys: ['Ctrl-C'], message: { kind: 'quit', code: 130 }, help: { en: 'quit at once', ko: '바로 끝내기' } },
    ],
  },
];

/** While a filter is typed; every other character is added to it. */
export const TYPING: KeyGroup = {
  title: { en: 'While typing', ko: '글자를 쓰는 동안' },
  keys: [
    {
      keys: ['Tab', 'Down'],
      message: { kind: 'complete', by: 1 },
      help: { en: 'complete the word; next proposal', ko: '낱말 완성, 다음 제안' },
      hint: { en: 'complete', ko: '완성' },
    },
    { keys: ['S-Tab', 'Up'], message: { kind: 'complete', by: -1 }, help: { en: 'previous proposal', ko: '이전 제안' } },
    { keys: ['Enter'], message: { kind: 'accept' }, help: { en: 'keep it', ko: '적용' }, hint: { en: 'keep', ko: '적용' } },
    {
      keys: ['Esc'],
      message: { kind: 'cancel' },
      help: { en: 'as it was before', ko: '취소' },
      hint: { en: 'cancel', ko: '취소' },
    },
    { keys: ['Backspace'], message: { kind: 'erase' }, help: { en: 'erase a character', ko: '한 글자 지우기' } },
    { keys: ['Ctrl-U'], message: { kind: 'erase-all' }, help: { en: 'erase all', ko: '모두 지우기' } },
    { keys: ['Ctrl-C'], message: { kind: 'quit', code: 130 }, help: { en: 'quit at once', ko: '바로 끝내기' } },
    { keys: ['Ctrl-Z'], message: { kind: 'suspend' }, help: { en: 'pause', ko: '잠시 멈춘다' } },
  ],
};

/** A key as the terminal reports it: a name from the table, and its character where it has one. */
export interface Press {
  name: string;
  character?: string;
}

// A Korean keyboard in Hangul mode: the same keys, two-set layout.
const HANGUL = 'ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ';
const LATIN = 'qwertyuiopasdfghjklzxcvbnm';
const keyOf = (name: string): string => {
  const at = name.length === 1 ? HANGUL.indexOf(name) : -1;
  return at < 0 ? name : LATIN[at];
};

const index = (groups: readonly KeyGroup[]): Map<string, Message> =>
  new Map(groups.flatMap((group) => group.keys.flatMap((key) => key.keys.map((name) => [name, key.message] as const))));
/** The groups as they are in force: those of the table, with other keys where the configuration says so. */
let groups = KEYS;
let messages = index(KEYS);
export const keyGroups = (): readonly KeyGroup[] => groups;
export function bindKeys(bound: readonly KeyGroup[]): void {
  groups = bound;
  messages = index(bound);
}

const typing = index([TYPING]);

export function messageOf(press: Press, model: Model): Message | undefined {
  if (model.typing !== undefined) {
    return typing.get(press.name) ?? (press.character === undefined ? undefined : { kind: 'type', text: press.character });
  }
  return messages.get(keyOf(press.name));
}

/** What the bottom line offers on a screen, most useful first. */
export function hints(model: Model): Key[] {
  if (model.typing !== undefined) return TYPING.keys.filter((key) => key.hint !== undefined);
  const screen = model.screen;
  return groups
    .flatMap((group) => group.keys)
    .filter(
      (key) =>
        key.hint !== undefined && ((key.hintOn ?? key.on)?.includes(screen) ?? true) && (!key.live || model.follow !== undefined),
    );
}
