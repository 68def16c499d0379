import type { Text } from '../../text/text.ts';
import { COMMUNICATION_FLOW } from './communication-flow.ts';
import { KOREA_TO_US } from './korea-to-us.ts';
import { NETWORK_FLOW } from './network-flow.ts';
import { TCP_IP } from './tcp-ip.ts';
import { TRAFFIC_HANDLING } from './traffic-handling.ts';

/** The five documents whose claims the rules judge; their titles are Korean. */
export const DOCUMENTS: readonly { id: string; title: string; claims: string }[] = [
  { id: '000', title: '네트워크 플로우', claims: NETWORK_FLOW },
  { id: '001', title: '네트워크 트래픽 처리 흐름', claims: TRAFFIC_HANDLING },
  { id: '002', title: '네트워크 통신 흐름', claims: COMMUNICATION_FLOW },
  { id: '003', title: '한국 PC에서 미국 PC로 통신하는 과정', claims: KOREA_TO_US },
  { id: '004', title: 'TCP/IP 프로토콜', claims: TCP_IP },
];

/** How true the document's sentence is as written, whatever a capture shows. */
export const STATUS_SAYS = {
  T: { en: 'true as written', ko: '쓰인 그대로 맞음' },
  S: {
    en: 'simplified: true in the textbook case, often otherwise today',
    ko: '단순화됨: 교과서에서는 맞지만 오늘날은 다를 때가 많음',
  },
  W: { en: 'wrong as written', ko: '쓰인 그대로는 틀림' },
  I: { en: 'at odds with another sentence of the documents', ko: '문서의 다른 문장과 어긋남' },
  N: { en: 'packets alone do not decide it', ko: '패킷만으로는 판정할 수 없음' },
} satisfies Record<string, Text>;
export type Status = keyof typeof STATUS_SAYS;

export interface Claim {
  /** "003-51": the document and a running number. */
  id: string;
  document: string;
  /** Lines of the document: "44", "225-240", "127,130". */
  lines: string;
  status: Status[];
  rules: string[];
}

/** Claims that no rule judges, and why no packet can decide them. */
export const NO_PACKET_DECIDES: Readonly<Record<string, Text>> = {
  '000-18': {
    en: 'no packet can decide which part of a host made it: whether the browser or the operating system sends is seen in the process table and its sockets only (browsers do run DNS, TLS and QUIC themselves)',
    ko: '패킷을 호스트의 어느 부분이 만들었는지는 패킷으로 알 수 없습니다. 브라우저가 보내는지 운영체제가 보내는지는 프로세스와 소켓 목록에서만 보입니다 (DNS, TLS, QUIC은 브라우저가 직접 하기도 합니다)',
  },
  '000-23': {
    en: 'no packet can decide how its bits travelled: a capture is taken above the cable or radio, where signals are bytes already',
    ko: '비트가 어떤 신호로 갔는지는 패킷으로 알 수 없습니다. 캡처는 케이블이나 전파 위, 신호가 이미 바이트가 된 곳에서 잡힙니다',
  },
  '003-28': {
    en: 'no packet can decide it: the physical layer has no bytes of its own in a capture (preamble and signals are gone)',
    ko: '패킷으로 알 수 없습니다. 물리 계층은 캡처에 남는 바이트가 없습니다 (프리앰블과 신호는 이미 사라진 뒤입니다)',
  },
};

/** All of them, in the documents' order. */
export const CLAIMS: readonly Claim[] = DOCUMENTS.flatMap(({ id: document, claims }) =>
  claims
    .trim()
    .split('\n')
    .map((line): Claim => {
      const [id, lines, status, ...rules] = line.split(' ');
      return { id, document, lines, status: [...status] as Status[], rules: rules.filter((each) => each !== '-') };
    }),
);

/** The claims that a rule decides. */
export const claimsOf = (rule: string): Claim[] => CLAIMS.filter(({ rules }) => rules.includes(rule));
