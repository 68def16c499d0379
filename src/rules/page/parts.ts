import { bareName, hostPort, plainName } from '../../correlate/host-names.ts';
import type { Exchange, Journey } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { skipped, unknown } from '../findings.ts';
import { responseHeadCut } from '../http-head.ts';
import { bothDirections, connectionOf, exchangeOf, readableRequest } from '../needs.ts';
import type { Finding, JourneySubject, Need } from '../rule.ts';
import { requestAt } from '../names/request-at.ts';

/** A request that names another one's URL as its Referer. */
export interface Part {
  journey: number;
  url: string;
  host: string;
  connection: number;
  packet: number;
  start: number;
  end: number;
  status: number | undefined;
  method: string | undefined;
}

/** Parts that are remembered of one page. */
const MOST = 1000;

/** Pages of which the parts are remembered at once. */
const PAGES = 200;
const known = new WeakMap<CaptureFacts, { count: number; parts: Map<number, Part[]> }>();

/** What was fetched because of a page, by its Referer, in order of asking. */
export function partsOf(capture: CaptureFacts, page: number): readonly Part[] {
  let found = known.get(capture);
  if (found?.count !== capture.journeys.count || found.parts.size >= PAGES) {
    found = { count: capture.journeys.count, parts: new Map() };
    known.set(capture, found);
  }
  let list = found.parts.get(page);
  if (list === undefined) {
    list = capture
      .journeysUnder(page)
      .slice(0, MOST)
      .flatMap((j) => partOf(j, j.exchange === undefined ? undefined : capture.exchanges.get(j.exchange)) ?? []);
    list.sort((a, b) => a.start - b.start || a.packet - b.packet);
    found.parts.set(page, list);
  }
  return list;
}

function partOf(journey: Journey, x: Exchange | undefined): Part | undefined {
  if (x?.requestPacket === undefined || x.requestTime === undefined) return undefined;
  return {
    journey: journey.id,
    url: journey.url ?? x.target ?? '',
    host: plainName(bareName(x.host) ?? journey.name),
    connection: x.connection,
    packet: x.requestPacket,
    start: x.requestTime,
    end: x.responseEndTime ?? x.responseTime ?? Number.POSITIVE_INFINITY,
    status: x.status,
    method: x.method,
  };
}

export const isHtml = (x: Exchange | undefined): boolean => /^(text\/html|application\/xhtml\+xml)\b/i.test(x?.contentType ?? '');

/** The journey fetched an HTML page that can be read. */
export const aPage: Need<JourneySubject> = (subject): Finding | undefined => {
  const lacking = readableRequest(subject);
  if (lacking !== undefined) return lacking;
  const x = exchangeOf(subject);
  if (x?.status !== undefined && x.status >= 200 && x.status < 300 && isHtml(x)) return undefined;
  const connection = connectionOf(subject);
  const oneWay = x !== undefined && x.status === undefined ? bothDirections(subject) : undefined;
  if (oneWay !== undefined) return oneWay;
  if (x !== undefined && x.contentType === undefined && responseHeadCut(subject.capture, x))
    return unknown('head-cut', [x.requestPacket, x.responsePacket], {
      en: `the headers of the answer in packet ${x.responsePacket} were not captured whole: whether it is an HTML page is not known`,
      ko: `${x.responsePacket}번 패킷의 응답 헤더가 온전히 캡처되지 않아 HTML 페이지인지 알 수 없습니다`,
    });
  const what =
    x?.status === undefined
      ? 'no answer'
      : `${x.status}${x.contentType === undefined ? ', no Content-Type' : ` ${x.contentType}`}`;
  const whatKo =
    x?.status === undefined
      ? '응답 없음'
      : `${x.status}${x.contentType === undefined ? ', Content-Type 없음' : ` ${x.contentType}`}`;
  return skipped('not-a-page', [x?.requestPacket, x?.responsePacket], {
    en: `the request in packet ${x === undefined ? 0 : requestAt(x)} to ${connection === undefined ? subject.journey.name : hostPort(connection.server)} fetched no HTML page (${what})`,
    ko: `${connection === undefined ? subject.journey.name : hostPort(connection.server)}에 보낸 ${x === undefined ? 0 : requestAt(x)}번 패킷의 요청은 HTML 페이지를 가져온 것이 아닙니다 (${whatKo})`,
  });
};

/** And other requests name it as their Referer. */
export const withParts: Need<JourneySubject> = (subject): Finding | undefined => {
  const lacking = aPage(subject);
  if (lacking !== undefined || partsOf(subject.capture, subject.journey.id).length > 0) return lacking;
  const x = exchangeOf(subject);
  // Whose URL is not known, that nobody can name.
  const oneWay = subject.journey.url === undefined ? bothDirections(subject) : undefined;
  if (oneWay !== undefined) return oneWay;
  return skipped('nothing-followed', [x?.requestPacket, x?.responsePacket], {
    en: `no other request names ${subject.journey.url ?? subject.journey.name} as its Referer: this client fetched the page alone, or does not say for what it fetches`,
    ko: `${subject.journey.url ?? subject.journey.name} 주소를 Referer로 밝힌 다른 요청이 없습니다: 클라이언트가 이 페이지만 가져왔거나, 무엇 때문에 가져오는지 밝히지 않았습니다`,
  });
};

export const WITH_PARTS = [
  'not-a-page',
  'head-cut',
  'one-direction',
  'nothing-followed',
  'no-request',
  'no-keys',
  'no-connection',
  'quic',
];

/** Most parts that were under way at the same moment, and which. */
export function atOnce(parts: readonly { start: number; end: number }[]): number[] {
  let most: number[] = [];
  let open: number[] = [];
  for (let i = 0; i < parts.length; i++) {
    open = open.filter((j) => parts[j].end > parts[i].start);
    open.push(i);
    if (open.length > most.length) most = [...open];
  }
  return most;
}
