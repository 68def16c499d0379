import { nameText } from '../dns/questions.ts';
import type { CaptureFacts } from '../facts.ts';
import { notVisible, skipped, unknown } from '../findings.ts';
import type { Advice, Finding } from '../rule.ts';
import { type Call, legsOf, lookupsOfLegs } from './legs.ts';

/** Resolvers that are told of where none of their own questions is seen. */
const MOST = 100;

const atTheResolver = (address: string): Advice => ({
  text: { en: `capture at the resolver ${address}`, ko: `리졸버 ${address}에서 캡처하세요` },
  command: 'tcpdump -i any -w resolver.pcap port 53',
});

/** One finding for each resolver that is asked here and whose own questions do not pass: the client's side of it. */
export function behindTheResolver(capture: CaptureFacts): Finding[] {
  return [...legsOf(capture).seenFromOutside].slice(0, MOST).map(([server, legs]) => {
    const packets = legs.slice(0, 4).map((leg) => leg.packet);
    if (legsOf(capture).silent.has(server))
      return unknown('asks-unseen', packets, {
        en: `${legs[0].client} asks ${server} (packet ${packets[0]}), which is on this host; no question of its own can be read here: it asks inside TLS, or of a program on this host`,
        ko: `${legs[0].client}에서 이 호스트의 ${server}에 물었습니다(${packets[0]}번 패킷). 그쪽에서 다시 묻는 것은 읽을 수 없습니다: TLS 안에서 묻거나 같은 호스트의 다른 프로그램에 묻습니다`,
      });
    return notVisible(
      'resolver-elsewhere',
      packets,
      {
        en: `${legs[0].client} asks ${server} (packet ${packets[0]}); what ${server} asks in turn does not pass where this was captured`,
        ko: `${legs[0].client}에서 ${server}에 물었습니다(${packets[0]}번 패킷). ${server}에서 다시 묻는 것은 캡처한 곳을 지나지 않습니다`,
      },
      atTheResolver(server),
    );
  });
}

/** One finding for each resolver that asks here without a client's question: at a name server. */
export function atTheNameServer(capture: CaptureFacts): Finding[] {
  const legs = legsOf(capture);
  const asking = new Set(legs.calls.map((call) => call.resolver));
  return [...legs.upstream]
    .filter(([resolver]) => !asking.has(resolver))
    .slice(0, MOST)
    .map(([resolver, list]) =>
      notVisible(
        'name-server',
        list.slice(0, 4).map((leg) => leg.packet),
        {
          en: `${resolver} asks ${list[0].server} for ${nameText(list[0].name).en} (packet ${list[0].packet}), but the question of the client for whom it does is not in the capture`,
          ko: `${resolver}에서 ${list[0].server}에 ${nameText(list[0].name).ko} 이름을 물었지만(${list[0].packet}번 패킷), 누구를 위해 묻는지 알려 줄 클라이언트의 질문은 캡처에 없습니다`,
        },
        atTheResolver(resolver),
      ),
    );
}

/** Where a resolver passes a call on to another one, that one does the asking. */
export function passedOn(capture: CaptureFacts, call: Call): Finding | undefined {
  const [leg] = legsOf(capture)
    .during(call)
    .filter((each) => legsOf(capture).forwarded.get(call.resolver)?.includes(each));
  if (leg === undefined) return undefined;
  return skipped('forwarded', [call.legs[0].packet, leg.packet], {
    en: `${call.resolver} passes the question of packet ${call.legs[0].packet} for ${call.name} on to ${leg.server} in packet ${leg.packet}, wanting recursion: it is a forwarder`,
    ko: `${call.resolver}에서 ${call.legs[0].packet}번 패킷의 ${call.name} 질문을 ${leg.packet}번 패킷으로 ${leg.server}에 재귀를 요청하며 넘겼습니다: 전달만 하는 서버입니다`,
  });
}

/** Every call of the capture, judged; and what can be said where there is none. */
export function perCall(capture: CaptureFacts, judge: (call: Call) => Finding): Finding[] {
  const found = legsOf(capture).calls.map((call) => {
    const finding = judge(call);
    return call.journey === undefined ? finding : { ...finding, journey: call.journey };
  });
  return [...found, ...behindTheResolver(capture), ...atTheNameServer(capture)];
}

export const aliasesOf = (capture: CaptureFacts, call: Call): string[] => [
  ...new Set(lookupsOfLegs(capture, call.legs).flatMap((l) => l.aliases)),
];

export const PER_CALL = ['resolver-elsewhere', 'asks-unseen', 'name-server'];
