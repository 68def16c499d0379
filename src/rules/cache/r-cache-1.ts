import { hostPort } from '../../correlate/host-names.ts';
import type { Exchange } from '../../correlate/model.ts';
import type { Text } from '../../text/text.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { across, fileText, type HopFinding, journeyOf } from '../hop-text.ts';
import type { HopJoin, Hops } from '../hops.ts';
import { sealedSide } from '../needs.ts';
import { requestText } from '../proxied.ts';
import type { Finding, HopsRule } from '../rule.ts';
import { answerOf, cacheCommand, serverOf } from './answers.ts';

/** Requests judged in one capture; those beyond are not judged. */
const MOST = 100_000;

export const rule: HopsRule = {
  id: 'R-CACHE-1',
  chapter: 'cache',
  scope: 'hops',
  statement: {
    en: 'With the object in the cache, the origin server is not asked',
    ko: '캐시에 있는 객체는 원본 서버에 묻지 않고 캐시가 응답한다',
  },
  reality: {
    en: 'So it is while the stored answer is fresh (RFC 9111 §4.2). A stale one is asked after with its ETag or date, and 304 says that it still holds (§4.3): the origin is asked, but the body is not sent again. It is the cache that decides, on the request, not the firewall on packets.',
    ko: '저장된 응답이 유효한 동안은 그렇습니다 (RFC 9111 §4.2). 기한이 지난 것은 ETag나 날짜로 다시 물어보고 304로 아직 유효하다는 답을 받습니다 (§4.3): 원본 서버에 묻기는 하지만 본문은 다시 오지 않습니다. 이를 정하는 것은 패킷을 보는 방화벽이 아니라 요청을 보는 캐시입니다.',
  },
  rfc: ['RFC 9111 §4', 'RFC 9111 §4.3', 'RFC 9111 §5.1', 'RFC 9211'],
  vantages: ['cache-front', 'cache-back', 'client'],
  reasons: [
    'origin-not-asked',
    'says-so',
    'revalidated',
    'not-in-cache',
    'says-not-in-cache',
    'sent-on-by-proxy',
    'no-answer',
    'one-direction',
    'head-not-readable',
    'not-said',
  ],
  needs: [],
  check: (hops) =>
    hops.captures.flatMap((capture) => {
      const found: HopFinding[] = [];
      for (const exchange of capture.exchanges) {
        if (found.length >= MOST) break;
        found.push(judge(hops, capture, exchange));
      }
      return found;
    }),
};

function judge(hops: Hops, capture: CaptureFacts, exchange: Exchange): HopFinding {
  const journey = journeyOf(capture, exchange.connection, exchange.id);
  const here = (finding: Finding): HopFinding => ({
    ...finding,
    capture: capture.index,
    ...(journey === undefined ? {} : { journey }),
  });
  if (exchange.sealed !== undefined) return here(sealedSide(capture, exchange));
  const asked = requestText(exchange);
  const own = [exchange.requestPacket, exchange.responsePacket];
  const server = serverOf(capture, exchange);
  const cache = server === undefined ? '?' : hostPort(server);
  const answer = answerOf(hops, capture, exchange);
  switch (answer.from) {
    case 'store': {
      const behind = fileText(hops, answer.watched);
      return here(
        confirmed('origin-not-asked', own, {
          en: `${cache} answered ${asked} (packet ${exchange.requestPacket}) in packet ${exchange.responsePacket}, and ${behind} shows no such request behind it meanwhile: the answer came out of the cache`,
          ko: `${asked} 요청(${exchange.requestPacket}번 패킷)에 ${cache} 쪽에서 ${exchange.responsePacket}번 패킷으로 응답했고, 그동안 뒤쪽의 ${behind}에는 그런 요청이 없습니다. 캐시에서 나온 응답입니다`,
        }),
      );
    }
    case 'said-store':
      return here(
        confirmed('says-so', own, {
          en: `the answer to ${asked} in packet ${exchange.responsePacket} says that it came out of a cache: ${answer.says}`,
          ko: `${exchange.responsePacket}번 패킷의 ${asked} 응답에 캐시에서 나왔다고 적혀 있습니다: ${answer.says}`,
        }),
      );
    case 'said-revalidated':
      return here(
        contradicted('revalidated', own, {
          en: `the answer to ${asked} in packet ${exchange.responsePacket} says that it was in the cache and the origin was asked whether it still holds: ${answer.says}`,
          ko: `${exchange.responsePacket}번 패킷의 ${asked} 응답에 캐시에 있던 것을 원본에 다시 확인했다고 적혀 있습니다: ${answer.says}`,
        }),
      );
    case 'said-origin':
      return here(
        skipped('says-not-in-cache', own, {
          en: `the answer to ${asked} in packet ${exchange.responsePacket} says that it did not come out of the cache unasked: ${answer.says}`,
          ko: `${exchange.responsePacket}번 패킷의 ${asked} 응답에 캐시에서 바로 나온 것이 아니라고 적혀 있습니다: ${answer.says}`,
        }),
      );
    case 'revalidated':
      return across(
        contradicted('revalidated', own, {
          en: `${asked} was in the cache, and the origin was asked after all: ${sentOn(hops, answer.join, answer.back).en}, which answered 304; only the body was spared`,
          ko: `${asked}의 응답은 캐시에 있었지만 원본 서버에 다시 물었습니다: ${sentOn(hops, answer.join, answer.back).ko}. 답은 304이고, 본문만 다시 오지 않았습니다`,
        }),
        answer.join,
        [answer.back.requestPacket, answer.back.responsePacket],
        journey,
      );
    case 'origin':
      return across(
        skipped('not-in-cache', own, {
          en: `${asked} was not answered from a cache: ${sentOn(hops, answer.join, answer.back).en}`,
          ko: `${asked} 요청은 캐시에서 응답하지 않았습니다: ${sentOn(hops, answer.join, answer.back).ko}`,
        }),
        answer.join,
        [answer.back.requestPacket, answer.back.responsePacket],
        journey,
      );
    case 'sent-on':
      return here(
        skipped('sent-on-by-proxy', own, {
          en: `${asked} in packet ${exchange.requestPacket} is a request that a proxy sent on: it is the asking, not the cache`,
          ko: `${exchange.requestPacket}번 패킷의 ${asked}: 프록시가 넘긴 요청입니다. 캐시가 응답한 것이 아니라 원본에 묻는 쪽입니다`,
        }),
      );
    case 'no-answer':
      if (capture.connections.get(exchange.connection)?.traits?.includes('one-direction'))
        return here(
          unknown('one-direction', own, {
            en: `only one direction of the connection with ${asked} is in this capture: the answer went another way, or was not captured`,
            ko: `${asked} 요청이 있는 연결은 한 방향만 캡처되었습니다: 응답은 다른 길로 갔거나 잡히지 않았습니다`,
          }),
        );
      return here(
        skipped('no-answer', own, { en: `${asked} got no answer in this capture`, ko: `이 캡처에는 ${asked}의 응답이 없습니다` }),
      );
    case 'unreadable':
      return here(
        unknown('head-not-readable', own, {
          en: `the head of the answer to ${asked} cannot be read from the packets`,
          ko: `${asked} 응답의 헤더를 패킷에서 읽을 수 없습니다`,
        }),
      );
    case 'not-said':
      return here(
        notVisible(
          'not-said',
          own,
          {
            en: `the answer to ${asked} in packet ${exchange.responsePacket} does not say whether a cache gave it (no Age, X-Cache or Cache-Status), and ${hops.captures.length > 1 ? `none of these captures shows a request that is surely the one sent on by ${cache}` : `no capture behind ${cache} is here`}`,
            ko: `${exchange.responsePacket}번 패킷의 ${asked} 응답에는 캐시가 준 것인지 적혀 있지 않고 (Age, X-Cache, Cache-Status 없음), ${hops.captures.length > 1 ? `${cache} 쪽에서 넘긴 것이 분명한 요청도 이 캡처들에 없습니다` : `${cache} 뒤쪽의 캡처도 없습니다`}`,
          },
          {
            text: {
              en: 'capture before and behind the cache, and give both files',
              ko: '캐시의 앞과 뒤에서 캡처해 두 파일을 함께 주세요',
            },
            command: cacheCommand(capture, exchange),
          },
        ),
      );
  }
}

/** "it was sent on from 10.0.0.1:5 to 10.0.0.11:80 in packet 7 of back.pcap" */
export function sentOn(hops: Hops, join: HopJoin, back: Exchange): Text {
  const connection = hops.captures[join.to].connections.get(back.connection);
  const file = fileText(hops, join.to);
  const [from, to] = connection === undefined ? ['?', '?'] : [hostPort(connection.client), hostPort(connection.server)];
  return {
    en: `packet ${back.requestPacket} of ${file} is the same request, sent on from ${from} to ${to}`,
    ko: `${file}의 ${back.requestPacket}번 패킷이 그 요청을 넘긴 것입니다 (${from} → ${to})`,
  };
}
