import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { fileText, type HopFinding, journeyOf } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import { together, topic } from '../../text/particles.ts';
import type { HopsRule } from '../rule.ts';
import { type Chain, chainsOf, ofChain, packetsIn, passage, type Place, type Seen } from './chains.ts';
import { isHere, limitName } from './ends.ts';
import { answersBySameRouter, onlyDirection, takesBothWays, twoRouters } from './links.ts';

/** Connections of each capture that are looked at. */
const LOOK = 20_000;

export const rule: HopsRule = {
  id: 'R-IP-6',
  chapter: 'ip',
  scope: 'hops',
  statement: {
    en: 'The reply comes back the way that the request went, reversed',
    ko: '응답은 요청이 간 길을 거꾸로 돌아온다',
  },
  reality: {
    en: 'Not necessarily: each router looks up each destination for itself, and networks hand traffic over where it suits them, so that the two ways often differ. The documents say both. A capture on one of them shows one direction alone, and the connection is in order all the same.',
    ko: '꼭 그렇지는 않습니다. 라우터는 목적지마다 따로 경로를 찾고, 네트워크들은 각자 유리한 곳에서 트래픽을 넘기므로 두 길은 흔히 다릅니다. 문서에는 두 가지 말이 다 있습니다. 한쪽 길에서 캡처하면 한 방향만 보이지만 연결은 정상입니다.',
  },
  rfc: ['RFC 1812 §5.2.4', 'RFC 3449 §1'],
  vantages: ['router', 'gateway-outside', 'client', 'server'],
  reasons: [
    'one-direction',
    'two-ways',
    'two-routers',
    'hop-counts-differ',
    'same-way',
    'one-direction-only',
    'partly-seen',
    'no-router-between',
    'no-reply',
    'not-at-all-places',
    'one-place',
    'no-connection',
  ],
  needs: [],
  check(hops) {
    const chains = chainsOf(hops);
    const inChain = new Set(chains.flatMap(({ places }) => places.map((place) => `${place.capture}.${place.connection.id}`)));
    const found = chains.map((chain) => judge(hops, chain));
    let seen: Lone | undefined;
    for (const capture of hops.captures) {
      let count = 0;
      for (const connection of capture.connections) {
        if (count++ >= LOOK) break;
        if (seen === undefined || (count <= COMPARED && isOnOneLink(seen))) seen = farther(seen, { capture, connection });
        if (inChain.has(`${capture.index}.${connection.id}`)) continue;
        const finding = atPlace(hops, { capture: capture.index, connection });
        if (finding !== undefined) found.push(finding);
      }
    }
    return found.length > 0 ? found : [nothing(seen)];
  },
};

function judge(hops: Hops, chain: Chain): HopFinding {
  const { places } = chain;
  const [first] = places;
  const [there, back] = [passage(hops, chain, true), passage(hops, chain, false)];
  const placed = places.map((place) => atPlace(hops, place));
  const decided = placed.find((each) => each?.verdict === 'contradicted');
  if (decided !== undefined) return atFirst(hops, decided, first);
  const onlyThere = places.find(({ connection: c }) => c.fromServer.packets === 0);
  const onlyBack = places.find(({ connection: c }) => c.fromClient.packets === 0);
  if (onlyThere !== undefined && onlyBack !== undefined) return twoWays(hops, onlyThere, onlyBack);
  const counts = differentCounts(hops, there, back, first);
  if (counts !== undefined) return counts;
  const open = placed.find((each) => each !== undefined);
  if (open !== undefined) return atFirst(hops, open, first);
  if (onlyThere !== undefined || onlyBack !== undefined) return missing(hops, chain, onlyThere ?? onlyBack ?? first);
  return asFarAsSeen(hops, chain, there, back);
}

/** Told where the connection begins, with its packets where they are. */
const atFirst = (hops: Hops, { journey: _, ...found }: HopFinding, first: Place): HopFinding =>
  ofChain(
    hops,
    found,
    found.packets.map((packet) => ({ capture: found.capture, packet })),
    first,
  );

/** What one capture alone shows: a direction that is missing, or answers that go to another router. */
function atPlace(hops: Hops, { capture: index, connection: c }: Place): HopFinding | undefined {
  const capture = hops.captures[index];
  const journey = journeyOf(capture, c.id);
  const about = { capture: index, ...(journey === undefined ? {} : { journey }) };
  const file = fileText(hops, index);
  const ends = `${hostPort(c.client)} → ${hostPort(c.server)}`;
  const two = twoRouters(capture, c);
  if (two !== undefined)
    return {
      ...about,
      ...contradicted('two-routers', [two.request, two.answer], {
        en: `${ends}: packet ${two.request} of ${file} passes ${two.owners[0]} (${two.macs[0]}), the answer in packet ${two.answer} passes ${two.owners[1]} (${two.macs[1]}): two routers, two ways`,
        ko: `${ends}: ${file}의 ${two.request}번 패킷은 ${two.owners[0]}(${two.macs[0]}), 그 응답인 ${two.answer}번 패킷은 ${two.owners[1]}(${two.macs[1]}) 쪽으로 지나갑니다. 라우터가 다르므로 길도 다릅니다`,
      }),
    };
  const only = onlyDirection(capture, c);
  if (only === undefined) return undefined;
  const from = only.source === c.client.address && only.sourcePort === c.client.port ? c.client : c.server;
  const text = {
    en: `${file} has only what ${hostPort(from)} sends; packet ${only.number} acknowledges what comes from the other side`,
    ko: `${file}에는 ${hostPort(from)}에서 보낸 것만 있습니다. ${only.number}번 패킷은 상대가 보낸 것에 대한 확인 응답입니다`,
  };
  if (takesBothWays(capture, only))
    return {
      ...about,
      ...contradicted('one-direction', [only.number], {
        en: `${text.en}, and that does not pass here, though frames of both directions of this link are captured: it takes another way`,
        ko: `${text.ko}. 이 링크의 양방향 프레임이 잡혔는데도 상대의 패킷은 여기를 지나지 않습니다. 다른 길로 갑니다`,
      }),
    };
  return {
    ...about,
    ...unknown(
      'one-direction-only',
      [only.number],
      {
        en: `${text.en}: it takes another way, or the capture left it out`,
        ko: `${text.ko}. 상대의 패킷이 다른 길로 갔거나 캡처에서 빠졌습니다`,
      },
      {
        text: {
          en: 'capture here without a filter, and at the client at the same time',
          ko: '여기서 필터 없이, 클라이언트에서도 동시에 캡처하세요',
        },
        command: `tcpdump -i any -w client.pcap host ${c.server.address}`,
      },
    ),
  };
}

/** An answer that some place or all lack, and nothing that shows that it came to the client. */
function missing(hops: Hops, { places }: Chain, lacking: Place): HopFinding {
  const [first] = places;
  const server = hostPort(first.connection.server);
  const answered = places.find(({ connection: c }) => c.fromServer.packets > 0 && c.fromClient.packets > 0);
  const at = { capture: lacking.capture, packet: lacking.connection.firstPacket };
  if (answered === undefined)
    return ofChain(
      hops,
      skipped('no-reply', [], {
        en: `nothing of ${server} answers this connection`,
        ko: `이 연결에는 ${server}의 응답이 없습니다`,
      }),
      [at],
      first,
    );
  return ofChain(
    hops,
    unknown('not-at-all-places', [], {
      en: `both directions of the connection to ${server} pass ${fileText(hops, answered.capture)}, one alone passes ${fileText(hops, lacking.capture)}: the other one takes another way from there, or was lost`,
      ko: `${server}에 대한 연결의 두 방향이 ${fileText(hops, answered.capture)} 지점을 지나지만 ${fileText(hops, lacking.capture)} 지점은 한 방향만 지납니다. 나머지는 다른 길로 갔거나 도중에 사라졌습니다`,
    }),
    [{ capture: answered.capture, packet: answered.connection.firstPacket }, at],
    first,
  );
}

function twoWays(hops: Hops, there: Place, back: Place): HopFinding {
  const [a, b] = [there.connection.firstPacket, back.connection.firstPacket];
  const finding = contradicted('two-ways', [], {
    en: `the requests pass ${fileText(hops, there.capture)} (packet ${a}) and the answers do not; these pass ${fileText(hops, back.capture)} (packet ${b}), where no request is`,
    ko: `요청은 ${fileText(hops, there.capture)}(${a}번 패킷)을 지나고 응답은 지나지 않습니다. 응답은 요청이 없는 ${fileText(hops, back.capture)}(${b}번 패킷)을 지납니다`,
  });
  const seen = [
    { capture: there.capture, packet: a },
    { capture: back.capture, packet: b },
  ];
  return ofChain(hops, finding, seen, there);
}

/** Between two places that both directions pass there are as many routers one way as the other, if it is one way. */
function differentCounts(hops: Hops, there: Seen[], back: Seen[], at: Place): HopFinding | undefined {
  const returning = new Map(back.map((each) => [each.place, each]));
  const both = there.filter(({ place }) => returning.has(place));
  const [near, far] = [both[0], both[both.length - 1]];
  if (near === undefined || near === far) return undefined;
  const [out, home] = [returning.get(far.place) as Seen, returning.get(near.place) as Seen];
  const going = (near.packet.hopLimit ?? 0) - (far.packet.hopLimit ?? 0);
  const coming = (out.packet.hopLimit ?? 0) - (home.packet.hopLimit ?? 0);
  if (going === coming) return undefined;
  const files = [fileText(hops, near.place.capture), fileText(hops, far.place.capture)];
  const name = limitName(near.packet);
  const finding = contradicted('hop-counts-differ', [], {
    en: `between ${files[0]} and ${files[1]} the request passes ${going} routers (${name} ${near.packet.hopLimit} to ${far.packet.hopLimit}) and the answer ${coming} (${out.packet.hopLimit} to ${home.packet.hopLimit}): two ways`,
    ko: `${files[0]}, ${files[1]} 사이에서 요청은 라우터 ${going}개(${name} ${near.packet.hopLimit} → ${far.packet.hopLimit}), 응답은 ${coming}개(${out.packet.hopLimit} → ${home.packet.hopLimit})를 지납니다. 두 길이 다릅니다`,
  });
  return ofChain(hops, finding, packetsIn([near, far, out, home]), at);
}

/** Every link from the client's to the server's was captured, and both directions pass each: only then it is one way. */
function asFarAsSeen(hops: Hops, chain: Chain, there: Seen[], back: Seen[]): HopFinding {
  const [first] = chain.places;
  const server = hostPort(first.connection.server);
  const shown = packetsIn([...there, ...back]);
  const files = [...new Set(chain.places.map(({ capture }) => fileText(hops, capture)))].join(', ');
  const isWhole =
    there.length === chain.places.length &&
    back.length === there.length &&
    isHere(there[0]?.packet) &&
    isHere(back[0]?.packet) &&
    chain.places.every(({ capture, connection }) => answersBySameRouter(hops.captures[capture], connection)) &&
    [there, back].every((seen) => seen.every((each, i) => i === 0 || fall(seen[i - 1], each) <= 1));
  const count = there.length === 0 ? 0 : fall(there[0], there[there.length - 1]);
  if (isWhole && count > 0)
    return ofChain(
      hops,
      confirmed('same-way', [], {
        en: `both directions of the connection to ${server} pass every link that there is, ${files}: ${count} router${count === 1 ? '' : 's'} each way`,
        ko: `${server}에 대한 연결의 두 방향이 모든 링크(${files})를 다 지납니다. 라우터는 양쪽 모두 ${count}개입니다`,
      }),
      shown,
      first,
    );
  if (isWhole)
    return ofChain(
      hops,
      skipped('no-router-between', [], {
        en: `no router lies between client and server ${server}: there is one way only`,
        ko: `클라이언트와 서버 ${server} 사이에 라우터가 없어 길이 하나뿐입니다`,
      }),
      shown,
      first,
    );
  return ofChain(
    hops,
    notVisible(
      'partly-seen',
      [],
      {
        en: `both directions of the connection to ${server} pass ${files}; the links between and beyond were not captured`,
        ko: `${server}에 대한 연결의 두 방향이 ${files} 지점을 지납니다. 그 사이와 너머의 링크는 잡히지 않았습니다`,
      },
      routerAdvice(first.connection.server.address),
    ),
    shown,
    first,
  );
}

const fall = (a: Seen, b: Seen): number => (a.packet.hopLimit ?? 0) - (b.packet.hopLimit ?? 0);

const routerAdvice = (server: string) => ({
  text: {
    en: 'capture on the links between the routers at the same time, and give all files to one check',
    ko: '라우터 사이의 링크에서도 동시에 캡처해 모든 파일을 한 번에 검사하세요',
  },
  command: `tcpdump -i <router> -w router.pcap host ${server}`,
});

/** A connection that is in one capture alone. */
interface Lone {
  capture: CaptureFacts;
  connection: Connection;
}

/** Connections of each capture among which one is looked for whose ends are not on one link. */
const COMPARED = 200;

function isOnOneLink({ capture, connection: { handshake } }: Lone): boolean {
  return [handshake?.syn[0], handshake?.synAck[0]].every((n) => n !== undefined && isHere(capture.packet(n)));
}

const farther = (known: Lone | undefined, other: Lone): Lone => (known === undefined || !isOnOneLink(other) ? other : known);

function nothing(seen: Lone | undefined): HopFinding {
  if (seen === undefined)
    return {
      capture: 0,
      ...skipped('no-connection', [], { en: 'no connection is in this capture', ko: '이 캡처에는 연결이 없습니다' }),
    };
  const { capture, connection: c } = seen;
  const [syn, synAck] = [c.handshake?.syn[0], c.handshake?.synAck[0]];
  const server = hostPort(c.server);
  if (isOnOneLink(seen))
    return {
      capture: capture.index,
      ...skipped('no-router-between', [syn, synAck], {
        en: `${hostPort(c.client)} and ${server} share a link, by their hop limits: there is one way only`,
        ko: `TTL로 보아 ${together(hostPort(c.client))} ${topic(server)} 한 링크에 있습니다. 길이 하나뿐입니다`,
      }),
    };
  return {
    capture: capture.index,
    ...notVisible(
      'one-place',
      [syn ?? c.firstPacket, synAck],
      {
        en: `one place alone shows which packets pass it, and not which ways those to and from ${server} take elsewhere`,
        ko: `한 곳에서는 그곳을 지나는 패킷만 보입니다. ${server} 쪽으로 가고 오는 패킷의 나머지 길은 알 수 없습니다`,
      },
      routerAdvice(c.server.address),
    ),
  };
}
