import type { Exchange } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { type HopFinding, journeyOf } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { answerHead } from '../http-head.ts';
import { requestText } from '../proxied.ts';
import type { Finding, HopsRule } from '../rule.ts';
import { type Answer, answerOf, cacheCommand, storable } from './answers.ts';

/** URLs of a capture that are judged. */
const MOST_URLS = 10_000;
/** Requests for one URL that are looked at. */
const MOST_OF_ONE = 100;

export const rule: HopsRule = {
  id: 'R-CACHE-2',
  chapter: 'cache',
  scope: 'hops',
  statement: {
    en: 'Answers that can be used again are stored in the cache',
    ko: '다시 쓸 수 있는 응답은 캐시에 저장된다',
  },
  reality: {
    en: 'Cache-Control, ETag, Last-Modified and Vary say whether and for how long (RFC 9111 §3, §4.2): no-store forbids it, private leaves it to the browser. A browser that has the object asks nobody, and then no packet shows it.',
    ko: '저장해도 되는지, 얼마 동안인지는 Cache-Control, ETag, Last-Modified, Vary로 정해집니다 (RFC 9111 §3, §4.2). no-store는 금지하고 private은 브라우저에만 허용합니다. 브라우저가 이미 가지고 있으면 아무에게도 묻지 않아 패킷이 없습니다.',
  },
  rfc: ['RFC 9111 §3', 'RFC 9111 §4.2', 'RFC 9111 §5.2'],
  vantages: ['cache-front', 'cache-back', 'client'],
  reasons: ['stored', 'asked-again', 'not-storable', 'asked-once', 'no-cache-known', 'head-not-readable', 'not-said'],
  needs: [],
  check: (hops) => hops.captures.flatMap((capture) => ofCapture(hops, capture)),
};

function ofCapture(hops: Hops, capture: CaptureFacts): HopFinding[] {
  const byUrl = new Map<string, { exchange: Exchange; answer: Answer }[]>();
  for (const exchange of capture.exchanges) {
    if (exchange.method !== 'GET' || exchange.target === undefined) continue;
    const url = `${exchange.scheme}://${exchange.host}${exchange.target}`;
    const list = byUrl.get(url);
    if (list === undefined ? byUrl.size >= MOST_URLS : list.length >= MOST_OF_ONE) continue;
    const answer = answerOf(hops, capture, exchange);
    if (answer.from === 'sent-on' || answer.from === 'no-answer') continue;
    if (list === undefined) byUrl.set(url, [{ exchange, answer }]);
    else list.push({ exchange, answer });
  }
  return [...byUrl.values()].map((list) => judge(capture, list));
}

const STORED = new Set(['store', 'said-store', 'revalidated', 'said-revalidated']);
const isAskedAfter = ({ from }: Answer): boolean => from === 'revalidated' || from === 'said-revalidated';
const ASKED = new Set(['origin', 'said-origin']);

function judge(capture: CaptureFacts, list: { exchange: Exchange; answer: Answer }[]): HopFinding {
  const [first] = list;
  const asked = requestText(first.exchange);
  const about = (of: Exchange, finding: Finding): HopFinding => {
    const journey = journeyOf(capture, of.connection, of.id);
    return { ...finding, capture: capture.index, ...(journey === undefined ? {} : { journey }) };
  };
  const hit = list.find(({ answer }) => STORED.has(answer.from));
  if (hit !== undefined) {
    const before = list.find(({ exchange, answer }) => exchange.id < hit.exchange.id && ASKED.has(answer.from));
    const says = 'says' in hit.answer && hit.answer.says !== undefined ? ` (${hit.answer.says})` : '';
    const packets = [before?.exchange.responsePacket, hit.exchange.requestPacket, hit.exchange.responsePacket];
    return about(
      hit.exchange,
      confirmed('stored', packets, {
        en: `${asked}: ${before === undefined ? '' : `the answer in packet ${before.exchange.responsePacket} was stored, and `}packet ${hit.exchange.responsePacket} ${isAskedAfter(hit.answer) ? 'gives the stored one after asking whether it still holds' : 'came out of the cache'}${says}`,
        ko: `${asked}: ${before === undefined ? '' : `${before.exchange.responsePacket}번 패킷의 응답이 저장되었고, `}${hit.exchange.responsePacket}번 패킷은 ${isAskedAfter(hit.answer) ? '아직 유효한지 물어본 뒤 저장된 것을 준 응답입니다' : '캐시에서 나온 응답입니다'}${says}`,
      }),
    );
  }
  const head = answerHead(capture, first.exchange);
  const packets = [first.exchange.responsePacket];
  if (head === undefined)
    return about(
      first.exchange,
      unknown('head-not-readable', packets, {
        en: `the head of the answer to ${asked} cannot be read from the packets`,
        ko: `${asked} 응답의 헤더를 패킷에서 읽을 수 없습니다`,
      }),
    );
  const { may, seconds, says } = storable(head);
  if (!may || first.exchange.status !== 200)
    return about(
      first.exchange,
      skipped('not-storable', packets, {
        en: `the answer to ${asked} in packet ${packets[0]} does not ask to be kept: status ${first.exchange.status}, ${says === '' ? 'no Cache-Control, ETag or Last-Modified' : says}`,
        ko: `${packets[0]}번 패킷의 ${asked} 응답에는 보관하라는 표시가 없습니다: 상태 ${first.exchange.status}, ${says === '' ? 'Cache-Control, ETag, Last-Modified 없음' : says}`,
      }),
    );
  if (list.length === 1)
    return about(
      first.exchange,
      skipped('asked-once', packets, {
        en: `${asked} may be stored (${says}), but was asked for only once: nothing shows whether it was`,
        ko: `${asked} 응답은 저장해도 되지만 (${says}) 한 번만 요청되어, 저장되었는지 드러나지 않습니다`,
      }),
    );
  const soon = list.slice(1).find(({ exchange }) => between(first.exchange, exchange) < seconds * 1e9);
  const known = list.some(({ answer }) => answer.from === 'said-origin' || ('says' in answer && answer.says !== undefined));
  if (soon !== undefined && known && ASKED.has(soon.answer.from))
    return about(
      soon.exchange,
      contradicted('asked-again', [packets[0], soon.exchange.requestPacket, soon.exchange.responsePacket], {
        en: `${asked}: the answer in packet ${packets[0]} might have been used for ${seconds} s (${says}), and the origin was asked again for packet ${soon.exchange.responsePacket}, ${(between(first.exchange, soon.exchange) / 1e9).toFixed(1)} s later`,
        ko: `${asked}: ${packets[0]}번 패킷의 응답은 ${seconds}초 동안 다시 쓸 수 있는데도 (${says}), ${(between(first.exchange, soon.exchange) / 1e9).toFixed(1)}초 뒤의 ${soon.exchange.responsePacket}번 패킷을 위해 원본에 다시 물었습니다`,
      }),
    );
  if (list.slice(1).every(({ answer }) => ASKED.has(answer.from)))
    return about(
      first.exchange,
      skipped('no-cache-known', packets, {
        en: `${asked} was asked for ${list.length} times and sent on each time: nothing says that there is a cache on the way`,
        ko: `${asked}: ${list.length}번 요청되었고 매번 그대로 넘겨졌습니다. 중간에 캐시가 있다는 표시가 없습니다`,
      }),
    );
  return about(
    first.exchange,
    notVisible(
      'not-said',
      packets,
      {
        en: `${asked} may be stored (${says}) and was asked for ${list.length} times, but no answer says whether it came out of a cache`,
        ko: `${asked} 응답은 저장해도 되고 (${says}) ${list.length}번 요청되었지만, 캐시에서 나왔는지는 적혀 있지 않습니다`,
      },
      {
        text: {
          en: 'capture before and behind the cache, and give both files',
          ko: '캐시의 앞과 뒤에서 캡처해 두 파일을 함께 주세요',
        },
        command: cacheCommand(capture, first.exchange),
      },
    ),
  );
}

const between = (a: Exchange, b: Exchange): number => (b.requestTime ?? 0) - (a.responseTime ?? 0);
