import { contradicted, skipped, unknown } from '../findings.ts';
import { aConnection, bothDirections, connectionOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { sideText } from '../segments.ts';
import { closingOf } from './closing.ts';
import { closed, established } from './needs.ts';
import { closePackets, closeText } from './words.ts';

export const rule: JourneyRule = {
  id: 'R-FIN-6',
  chapter: 'close',
  scope: 'journey',
  statement: {
    en: 'Data sent before FIN may arrive after it and would be lost; TIME-WAIT is there for that',
    ko: 'FIN보다 먼저 보낸 데이터가 FIN보다 늦게 도착하면 사라지며, TIME-WAIT는 그것을 위해 있다',
  },
  reality: {
    en: 'FIN takes a sequence number behind all data, so that what comes late is delivered before it and what is lost is sent again (RFC 9293 §3.4, §3.10.7.4). TIME-WAIT is there for a lost last ACK and for old copies of packets of the same addresses and ports (RFC 9293 §3.6.1). Only a RST throws data away.',
    ko: 'FIN은 모든 데이터 뒤의 순서 번호를 차지하므로, 늦게 온 데이터는 FIN보다 먼저 전달되고 사라진 데이터는 다시 보냅니다 (RFC 9293 §3.4, §3.10.7.4). TIME-WAIT는 마지막 ACK가 사라질 때와, 같은 주소와 포트의 오래된 패킷 때문에 있습니다 (RFC 9293 §3.6.1). 데이터를 버리는 것은 RST뿐입니다.',
  },
  rfc: ['RFC 9293 §3.4', 'RFC 9293 §3.6.1', 'RFC 9293 §3.10.7.4'],
  vantages: ['client', 'server'],
  reasons: [
    'fin-in-sequence',
    'late-data-delivered',
    'all-before-it',
    'fin-unacknowledged',
    'no-fin',
    'left-open',
    'capture-ended',
    'not-established',
  ],
  needs: [aConnection, established, bothDirections, closed],
  check(subject) {
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const closing = closingOf(subject.capture, c);
    const { fin, first, acknowledged } = closing;
    const says = closeText(c, closing);
    const side =
      first !== undefined && fin[first] !== undefined && acknowledged[first] !== undefined
        ? first
        : fin.client !== undefined && acknowledged.client !== undefined
          ? 'client'
          : 'server';
    const own = fin[side];
    const answer = acknowledged[side];
    if (closing.kind === 'reset' || (fin.client === undefined && fin.server === undefined))
      return skipped('no-fin', closePackets(closing), { en: `there was no FIN: ${says.en}`, ko: `FIN이 없었습니다: ${says.ko}` });
    const taken = closing.delivered[side];
    if (own !== undefined && answer === undefined && taken !== undefined)
      return contradicted(
        'all-before-it',
        [taken.number, own.number].sort((a, b) => a - b),
        {
          en: `the FIN of ${sideText(c, side).en} in packet ${own.number} has the sequence number ${(own.end - 1) >>> 0}, and packet ${taken.number} acknowledges up to there: everything before the FIN has arrived, though the FIN itself is not acknowledged here`,
          ko: `${sideText(c, side).ko}가 ${own.number}번 패킷에서 보낸 FIN의 순서 번호는 ${(own.end - 1) >>> 0}이고, ${taken.number}번 패킷의 응답 번호가 바로 거기까지입니다: FIN에 대한 ACK는 보이지 않지만 FIN 앞의 것은 모두 도착했습니다`,
        },
      );
    if (own === undefined || answer === undefined)
      return unknown('fin-unacknowledged', closePackets(closing), {
        en: `no ACK of the FIN was captured, so whether everything before it arrived is not known: ${says.en}`,
        ko: `FIN에 대한 ACK가 잡히지 않아 그 앞의 것이 모두 도착했는지 알 수 없습니다: ${says.ko}`,
      });
    if (answer.acknowledgment !== own.end)
      return unknown('fin-unacknowledged', [own.number, answer.number], {
        en: `packet ${answer.number} acknowledges ${answer.acknowledgment}, more than the FIN in packet ${own.number} (up to ${own.end}): what was sent besides is not in this capture`,
        ko: `${answer.number}번 패킷의 응답 번호 ${answer.acknowledgment}이(가) ${own.number}번 패킷의 FIN(${own.end}까지)을 넘습니다: 그 밖에 보낸 것이 이 캡처에 없습니다`,
      });
    const last = (own.end - 1) >>> 0;
    const late = [...c.outOfOrder, ...c.retransmissions].find((each) => each > own.number && each < answer.number);
    return contradicted(late === undefined ? 'fin-in-sequence' : 'late-data-delivered', [own.number, late, answer.number], {
      en: `the FIN of ${sideText(c, side).en} in packet ${own.number} has the sequence number ${last}, behind all its data, and packet ${answer.number} acknowledges ${answer.acknowledgment}: everything before the FIN has arrived${late === undefined ? '' : `, what came after it in packet ${late} too`}`,
      ko: `${sideText(c, side).ko}가 ${own.number}번 패킷에서 보낸 FIN의 순서 번호는 모든 데이터 뒤의 ${last}이고, ${answer.number}번 패킷의 응답 번호는 ${answer.acknowledgment}입니다: FIN 앞의 것은 모두 도착했습니다${late === undefined ? '' : ` (그 뒤에 온 ${late}번 패킷까지)`}`,
    });
  },
};
