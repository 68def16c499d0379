import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted } from '../findings.ts';
import { across, fileText, type HopFinding, journeyOf, samePacketText } from '../hop-text.ts';
import type { Hops, PacketPair } from '../hops.ts';
import type { HopsRule } from '../rule.ts';
import { tells } from '../seen-flows.ts';
import { isOwn, resetsFrom } from './own-packets.ts';
import { NO_TRANSLATION_REASONS, noTranslation, principal, sourceTranslations } from './sides.ts';
import type { Crossing } from './translations.ts';

/** Connections of which the RSTs are looked at, in each capture. */
const MAX_LOOKED_AT = 100_000;

export const rule: HopsRule = {
  id: 'R-NAT-8',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: 'The mapping lives as long as it is needed',
    ko: '변환 표의 항목은 필요한 동안 유지된다',
  },
  reality: {
    en: 'Tables time out and are lost: gateways may forget an idle connection (RFC 5382 §5 wants at least two hours and four minutes, many wait less). Then the gateway itself answers the server with RST, and the next packet from inside gets another port, of which the server knows nothing.',
    ko: '표의 항목은 시간이 지나면 사라지거나 한꺼번에 없어지기도 합니다. 쉬고 있는 연결은 게이트웨이가 잊을 수 있고(RFC 5382 §5는 최소 2시간 4분을 요구하지만 더 짧은 곳이 많음), 그러면 게이트웨이가 직접 서버에 RST로 답하며, 안에서 나가는 다음 패킷은 서버가 모르는 다른 포트를 받습니다.',
  },
  rfc: ['RFC 5382 §5', 'RFC 4787 §4.3'],
  vantages: ['gateway-inside', 'gateway-outside'],
  reasons: ['kept', 'another-port', 'gateway-reset', ...NO_TRANSLATION_REASONS],
  needs: [],
  check(hops) {
    const lost = hops.captures.flatMap((capture) => ownResets(hops, capture));
    const byConnection = new Map<string, Crossing[]>();
    for (const each of principal(sourceTranslations(hops))) {
      const key = `${each.join.kind} ${each.join.from} ${each.join.fromId} ${each.join.to}`;
      const list = byConnection.get(key);
      if (list === undefined) byConnection.set(key, [each]);
      else list.push(each);
    }
    const reset = new Set(lost.map(({ capture, connection }) => `${capture} ${connection}`));
    const found: HopFinding[] = lost.map(({ connection: _, ...finding }) => finding);
    for (const list of byConnection.values()) {
      if (list.length > 1) found.push(moved(hops, list));
      else if (!list.some((c) => reset.has(`${c.join.to} ${c.join.toId}`))) found.push(kept(hops, list[0]));
    }
    return found.length > 0 ? found : [noTranslation(hops)];
  },
};

/** The gateway's own RST among packets that it forwarded: same address, but a hop limit that nobody has counted down. */
function ownResets(hops: Hops, capture: CaptureFacts): (HopFinding & { connection: number })[] {
  const found: (HopFinding & { connection: number })[] = [];
  let count = 0;
  for (const c of capture.connections) {
    if (count++ >= MAX_LOOKED_AT) break;
    if (!c.history.includes('R') || c.client.address.includes(':')) continue;
    const before = c.handshake?.syn[0];
    const own = resetsFrom(capture, c, 'client').find((number) => isOwn(capture, number));
    if (before === undefined || own === undefined || isOwn(capture, before) || !tells(capture.packet(before))) continue;
    found.push({ ...ownReset(hops, capture, c, before, own), connection: c.id });
  }
  return found;
}

function ownReset(hops: Hops, capture: CaptureFacts, c: Connection, before: number, reset: number): HopFinding {
  const limit = (number: number): number | undefined => capture.packet(number)?.hopLimit;
  const client = hostPort(c.client);
  const file = fileText(hops, capture.index);
  const asked = capture
    .packetsOf(c.id, undefined, capture.timeOf(reset), 10_000)
    .filter((n) => n < reset && capture.packet(n)?.source === c.server.address)
    .at(-1);
  const journey = journeyOf(capture, c.id);
  return {
    capture: capture.index,
    ...contradicted('gateway-reset', [before, asked, reset], {
      en: `packet ${reset} of ${file} is a RST from ${client} with hop limit ${limit(reset)}, while the connection's SYN in packet ${before} had ${limit(before)}: the gateway itself sent it${asked === undefined ? '' : ` in answer to packet ${asked}`}, because it no longer knew whose port this was`,
      ko: `${file}의 ${reset}번 패킷은 ${client}의 RST인데 TTL이 ${limit(reset)}이고, 같은 연결의 SYN(${before}번 패킷)은 ${limit(before)}이었습니다. 게이트웨이가 그 포트의 주인을 더는 알지 못해 직접 보낸 것입니다${asked === undefined ? '' : ` (${asked}번 패킷에 대한 답)`}`,
    }),
    ...(journey === undefined ? {} : { journey }),
  };
}

function moved(hops: Hops, list: Crossing[]): HopFinding {
  const inOrder = [...list].sort((p, q) => (p.outgoing?.from ?? 0) - (q.outgoing?.from ?? 0));
  const [one, other] = [inOrder[0], inOrder[inOrder.length - 1]];
  const pair = other.outgoing ?? other.incoming;
  const same = pair === undefined ? { en: '', ko: '' } : samePacketText(hops, other.join, pair);
  const far = hops.captures[other.join.to];
  const after = far.connections.get(other.join.toId);
  const refused = after === undefined ? undefined : resetsFrom(far, after, 'server')[0];
  const [inside, first, then] = [hostPort(one.near.client), hostPort(one.far.client), hostPort(other.far.client)];
  return across(
    contradicted('another-port', [(one.outgoing ?? one.incoming)?.from, pair?.from], {
      en: `${same.en}: ${inside} was ${first} outside until then, and leaves as ${then} now; the gateway had lost the mapping${refused === undefined ? '' : `, and ${hostPort(one.near.server)} knows no such connection: RST in packet ${refused} of ${fileText(hops, other.join.to)}`}`,
      ko: `${same.ko}. 안쪽의 ${inside}: 그때까지 바깥에서 ${first} → 이제는 ${then}. 게이트웨이가 표의 항목을 잃었습니다${refused === undefined ? '' : `. ${hostPort(one.near.server)} 쪽은 그런 연결을 몰라 RST로 답했습니다 (${fileText(hops, other.join.to)}의 ${refused}번 패킷)`}`,
    }),
    one.join,
    [(one.outgoing ?? one.incoming)?.to, pair?.to, refused],
    one.journey,
  );
}

/** The first and last packet that both sides show, and how many. Where both have as many as the other there is nothing to compare. */
function endsOf(hops: Hops, { join, outgoing }: Crossing): { first?: PacketPair; last?: PacketPair; count: number } {
  const near = hops.captures[join.from].connections.get(join.fromId);
  const far = hops.captures[join.to].connections.get(join.toId);
  const packets = (c: Connection | undefined): number => (c?.fromClient.packets ?? 0) + (c?.fromServer.packets ?? 0);
  const isWhole = join.kind === 'connection' && near !== undefined && far !== undefined && packets(near) === packets(far);
  if (isWhole && join.by === 'sequence-numbers' && outgoing?.from === near.firstPacket && outgoing.to === far.firstPacket)
    return { first: outgoing, last: { from: near.lastPacket, to: far.lastPacket, fromClient: true }, count: packets(near) };
  const { pairs } = join;
  return { first: pairs[0], last: pairs.at(-1), count: pairs.length };
}

function kept(hops: Hops, c: Crossing): HopFinding {
  const { first, last, count } = endsOf(hops, c);
  const [near, far] = [fileText(hops, c.join.from), fileText(hops, c.join.to)];
  const [before, after] = [hostPort(c.near.client), hostPort(c.far.client)];
  const where = near === far ? { en: near, ko: near } : { en: `${near} and ${far}`, ko: `${near}, ${far}` };
  return across(
    confirmed('kept', [first?.from, last?.from], {
      en: `all ${count} packets that both sides show (${where.en}) have ${before} inside and ${after} outside, from packet ${first?.from} to ${last?.from}`,
      ko: `양쪽에 보이는 패킷 ${count}개 모두 (${where.ko}, ${first?.from}번부터 ${last?.from}번까지) 안쪽은 ${before}, 바깥쪽은 ${after}입니다`,
    }),
    c.join,
    [first?.to, last?.to],
    c.journey,
  );
}
