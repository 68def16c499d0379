import { particles } from '../text/particles.ts';
import type { Text } from '../text/text.ts';
import type { AttemptOutcome } from './attempt.ts';
import type { Endpoint, Evidence } from './model.ts';

/** What the sentences are made of; which of them apply depends on the join. */
interface Values {
  /** A host; where a request names one, the field of HTTP/2 and HTTP/3 that does. */
  name?: string;
  /** The name that the request itself uses, where it is another one. */
  otherName?: string | undefined;
  address?: string;
  mac?: string;
  client?: Endpoint;
  stream?: number;
  outcome?: AttemptOutcome;
}

/** What became of an attempt to connect, after a colon. */
export const ATTEMPT_SAYS: Record<AttemptOutcome, Text> = {
  used: { en: 'in use', ko: '사용됨' },
  unused: { en: 'opened, without a request', ko: '열렸지만 요청 없음' },
  refused: { en: 'refused', ko: '거부됨' },
  unreachable: { en: 'unreachable', ko: '도달할 수 없음' },
  unanswered: { en: 'no answer', ko: '응답 없음' },
  abandoned: { en: 'given up', ko: '포기함' },
};

/** One reason for a join. The sentence is made only when somebody reads it. */
class JoinEvidence implements Evidence {
  readonly join: Evidence['join'];
  readonly packets: number[];
  readonly values: Values;

  constructor(join: Evidence['join'], packets: number[], values: Values) {
    this.join = join;
    this.packets = packets;
    this.values = values;
  }

  get text(): Text {
    const { en, ko } = SENTENCES[this.join](this.values, this.packets);
    return { en, ko: particles(ko) };
  }
}

export const evidence = (join: Evidence['join'], packets: number[], values: Values): Evidence =>
  new JoinEvidence(join, packets, values);

/** What its sentence is made of: with these, join and packets `evidence` makes it again. */
export const valuesOf = (made: Evidence): Values => (made as JoinEvidence).values;

const macSentence = (v: Values): Text => ({
  en: `the next packet was sent to ${v.mac}, the MAC that answered for ${v.address}`,
  ko: `다음 패킷은 ${v.address}의 주인이라고 답한 MAC ${v.mac}(으)로 보내졌습니다`,
});

const SENTENCES: Record<Evidence['join'], (v: Values, packets: number[]) => Text> = {
  'next-hop-mac': macSentence,
  'resolver-mac': macSentence,
  'answer-address': (v, p) => ({
    en: `packet ${p[1]} answers ${v.name} with ${v.address}, to which the connection goes${v.otherName ? ` (the request names ${v.otherName})` : ''}`,
    ko: `${p[1]}번 패킷이 ${v.name}의 주소를 ${v.address}(으)로 답했고 연결은 그 주소로 갑니다${v.otherName ? ` (요청이 부르는 이름은 ${v.otherName})` : ''}`,
  }),
  'same-client': (v, p) =>
    v.mac
      ? {
          en: `packets ${p[0]} and ${p[1]} come from one network card (${v.mac}): ${v.otherName}, which asked, and ${v.address}, which connects, are one client`,
          ko: `${p[0]}번과 ${p[1]}번 패킷은 같은 랜 카드(${v.mac})가 보냈습니다: 물어본 ${v.otherName}와(과) 연결하는 ${v.address}은(는) 같은 클라이언트입니다`,
        }
      : {
          en: `taken for one client: ${v.otherName} asked in packet ${p[0]}, ${v.address} connects right after, and nobody else asked (packets here name no network card)`,
          ko: `같은 클라이언트로 봅니다: ${p[0]}번 패킷에서 ${v.otherName}이(가) 묻고 곧 ${v.address}이(가) 연결했으며 달리 물어본 곳이 없습니다 (이 캡처에는 랜 카드가 나오지 않습니다)`,
        },
  attempt: (v, p) => {
    const says = ATTEMPT_SAYS[v.outcome ?? 'unanswered'];
    return {
      en: `packet ${p[p.length - 1]} tried ${v.address} for the same purpose${p.length > 1 ? `, which packet ${p[0]} gives as an address of ${v.name}` : ''}: ${says.en}`,
      ko: `${p[p.length - 1]}번 패킷이 같은 목적으로 ${v.address}에도 연결하려 했습니다${p.length > 1 ? ` (${p[0]}번 패킷이 ${v.name}의 주소라고 답함)` : ''}: ${says.ko}`,
    };
  },
  sni: (v, p) => ({
    en: `the ClientHello in packet ${p[0]} names ${v.name}`,
    ko: `${p[0]}번 패킷의 ClientHello가 ${v.name}을(를) 지목합니다`,
  }),
  host: (v, p) => ({
    en: `the ${v.name ?? 'Host header'} in packet ${p[1]} is the name that packet ${p[0]} asked for`,
    ko: `${p[1]}번 패킷의 ${v.name ?? 'Host 헤더'}는 ${p[0]}번 패킷이 물어본 이름과 같습니다`,
  }),
  'same-connection': (v) => ({
    en: `request ${v.stream} on the connection that ${v.client?.address}:${v.client?.port} had opened already`,
    ko: `${v.client?.address}:${v.client?.port}이(가) 이미 열어 둔 연결의 ${v.stream}번째 요청입니다`,
  }),
  push: (_v, p) => ({
    en: `the server promised it in packet ${p[1]}, while answering the request in packet ${p[0]} (PUSH_PROMISE)`,
    ko: `${p[0]}번 패킷의 요청에 답하면서 서버가 ${p[1]}번 패킷에서 미리 보내겠다고 알렸습니다(PUSH_PROMISE)`,
  }),
  redirect: (_v, p) => ({
    en: `the answer in packet ${p[0]} redirected to this URL`,
    ko: `${p[0]}번 패킷의 응답이 이 URL로 리다이렉트했습니다`,
  }),
  referer: (_v, p) => ({
    en: `the request names the URL that packet ${p[0]} asked for as its Referer`,
    ko: `요청의 Referer가 ${p[0]}번 패킷이 요청한 URL입니다`,
  }),
};
