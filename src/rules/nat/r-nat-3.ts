import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { across, fileText, type HopFinding, samePacketText } from '../hop-text.ts';
import type { Hops } from '../hops.ts';
import type { HopsRule } from '../rule.ts';
import { NO_TRANSLATION_REASONS, noTranslation, principal, sourceTranslations } from './sides.ts';
import type { Crossing } from './translations.ts';

export const rule: HopsRule = {
  id: 'R-NAT-3',
  chapter: 'nat',
  scope: 'hops',
  statement: {
    en: 'The gateway writes each mapping into its table, and translates the reply back by it',
    ko: '게이트웨이는 변환을 표에 적어 두고, 돌아오는 응답을 그 표에 따라 다시 바꾼다',
  },
  reality: {
    en: 'The packets show the translation in both directions; the table itself is state of the gateway (Linux: conntrack -L), in no packet (RFC 3022 §2.2).',
    ko: '패킷으로는 두 방향의 변환이 보입니다. 표 자체는 게이트웨이의 상태라서 (Linux: conntrack -L) 어떤 패킷에도 없습니다 (RFC 3022 §2.2).',
  },
  rfc: ['RFC 3022 §2.2', 'RFC 5382'],
  vantages: ['gateway-inside', 'gateway-outside'],
  reasons: ['translated-back', 'not-delivered', 'no-reply', 'reply-not-joined', 'one-of-two-shows-it', ...NO_TRANSLATION_REASONS],
  needs: [],
  check(hops) {
    const found = principal(sourceTranslations(hops))
      .filter((c) => c.protocol !== 'ICMP')
      .map((each) => judge(hops, each));
    return found.length > 0 ? found : [noTranslation(hops)];
  },
};

function judge(hops: Hops, c: Crossing): HopFinding {
  const [before, after] = [hostPort(c.near.client), hostPort(c.far.client)];
  const add = (finding: ReturnType<typeof confirmed>, far: (number | undefined)[]): HopFinding =>
    across(finding, c.join, far, c.journey);
  if (c.incoming !== undefined) {
    const same = samePacketText(hops, c.join, c.incoming);
    return add(
      confirmed('translated-back', [c.incoming.from], {
        en: `${same.en}: the reply to ${after} was delivered to ${before}`,
        ko: `${same.ko}. ${after} 앞으로 온 응답이 ${before}에 전달되었습니다`,
      }),
      [c.incoming.to],
    );
  }
  const reply = replyAt(hops, c, 'far');
  const delivered = replyAt(hops, c, 'near');
  const [near, far] = [fileText(hops, c.join.from), fileText(hops, c.join.to)];
  if (reply === undefined && delivered === undefined)
    return add(
      skipped('no-reply', [c.outgoing?.from], {
        en: `nothing came back to ${after}: there was no reply to translate`,
        ko: `${after} 앞으로 돌아온 것이 없어 되돌릴 응답이 없었습니다`,
      }),
      [c.outgoing?.to],
    );
  if (reply === undefined || delivered === undefined) {
    if (reply !== undefined)
      return add(
        contradicted('not-delivered', [c.outgoing?.from], {
          en: `packet ${reply} of ${far} is a reply to ${after}; nothing of it appears in ${near}`,
          ko: `${far}의 ${reply}번 패킷은 ${after} 앞으로 온 응답이지만 ${near}에는 나타나지 않습니다`,
        }),
        [c.outgoing?.to, reply],
      );
    return add(
      unknown('one-of-two-shows-it', [delivered], {
        en: `packet ${delivered} of ${near} is a reply to ${before} that ${far} does not show: it came another way, or was not captured there`,
        ko: `${near}의 ${delivered}번 패킷은 ${before} 앞으로 온 응답인데 ${far}에는 없습니다. 다른 길로 왔거나 거기서 잡히지 않았습니다`,
      }),
      [],
    );
  }
  return add(
    unknown('reply-not-joined', [delivered], {
      en: `replies are in both captures (packet ${delivered} of ${near}, packet ${reply} of ${far}), but which is which is not clear`,
      ko: `두 캡처에 모두 응답이 있지만 (${near}의 ${delivered}번, ${far}의 ${reply}번 패킷) 어느 것이 같은 패킷인지 분명하지 않습니다`,
    }),
    [reply],
  );
}

/** The first packet towards the client on one side. */
function replyAt(hops: Hops, { join, near, far }: Crossing, side: 'near' | 'far'): number | undefined {
  const capture = hops.captures[side === 'near' ? join.from : join.to];
  const id = side === 'near' ? join.fromId : join.toId;
  if (join.kind === 'lookup') return capture.lookups.get(id)?.answerPacket;
  const { client } = side === 'near' ? near : far;
  return capture
    .packetsOf(id, undefined, undefined, 50)
    .find(
      (number) =>
        capture.packet(number)?.destination === client.address && capture.packet(number)?.destinationPort === client.port,
    );
}
