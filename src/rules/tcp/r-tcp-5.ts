import type { Connection } from '../../correlate/model.ts';
import { confirmed, skipped, unknown } from '../findings.ts';
import type { CaptureFacts } from '../facts.ts';
import { aConnection, connectionOf } from '../needs.ts';
import { Flag } from '../packet.ts';
import type { JourneyRule } from '../rule.ts';
import { durationText, has, packetsText, type Segment, segmentOf, segmentsOf } from '../segments.ts';

/** Packets before a repeat among which its first copy is looked for. */
const LOOK = 400;
/** RFC 5681 §3.2: this many duplicates ask for a segment. */
const DUPLICATES = 3;

export const rule: JourneyRule = {
  id: 'R-TCP-5',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'Lost data is repaired by sending it again (one document adds: or by a NAK)',
    ko: '사라진 데이터는 다시 보내서 고친다 (한 문서는 "NAK 또는"을 덧붙인다)',
  },
  reality: {
    en: 'By sending again, after the timer (RFC 6298) or sooner when duplicate ACKs or SACK tell of a hole (RFC 5681 §3.2, RFC 6675, RFC 8985). There is no NAK in TCP.',
    ko: '타이머가 끝난 뒤(RFC 6298), 또는 중복 ACK나 SACK가 빈 곳을 알리면 더 일찍(RFC 5681 §3.2, RFC 6675, RFC 8985) 다시 보냅니다. TCP에 NAK는 없습니다.',
  },
  rfc: ['RFC 9293 §3.8', 'RFC 6298', 'RFC 5681 §3.2'],
  vantages: ['client', 'server'],
  reasons: ['fast-retransmission', 'retransmission', 'syn-again', 'spurious', 'no-loss', 'capture-loss'],
  needs: [aConnection],
  check(subject) {
    const { capture } = subject;
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const spurious = new Set(connection.segments?.spuriousRetransmissions ?? []);
    const fast = new Set(connection.segments?.fastRetransmissions ?? []);
    const repeats = connection.retransmissions;
    const needed = repeats.filter((each) => !spurious.has(each));
    const ends = `${connection.client.address}:${connection.client.port} ↔ ${connection.server.address}:${connection.server.port}`;
    if (repeats.length === 0) {
      if (connection.traits?.includes('capture-loss'))
        return unknown('capture-loss', [connection.firstPacket, connection.lastPacket], {
          en: `nothing was sent again on ${ends} as far as this capture shows, but it lost packets itself`,
          ko: `이 캡처에서는 ${ends} 연결에서 다시 보낸 것이 보이지 않지만, 캡처가 패킷을 놓쳤습니다`,
        });
      return skipped('no-loss', [connection.firstPacket, connection.lastPacket], {
        en: `nothing was sent again on ${ends}, as far as this capture shows`,
        ko: `이 캡처에서 보이는 한 ${ends} 연결에서 다시 보낸 것이 없습니다`,
      });
    }
    if (needed.length === 0)
      return skipped('spurious', repeats.slice(0, 4), {
        en: `${packetsText(repeats).en} sent again what had arrived already: a retransmission, but nothing was lost`,
        ko: `${packetsText(repeats).ko}이 이미 도착한 것을 다시 보냈습니다: 재전송이지만 사라진 것은 없습니다`,
      });
    const chosen =
      needed.find((each) => fast.has(each)) ??
      needed.find((each) => (dataOf(capture, connection, each)?.length ?? 0) > 0) ??
      needed[0];
    const again = segmentOf(capture, connection, chosen);
    if (again === undefined)
      return unknown('capture-loss', [chosen], {
        en: `packet ${chosen} cannot be read again`,
        ko: `${chosen}번 패킷을 다시 읽을 수 없습니다`,
      });
    const what = has(again, Flag.syn)
      ? has(again, Flag.ack)
        ? 'SYN+ACK'
        : 'SYN'
      : has(again, Flag.fin) && again.length === 0
        ? 'FIN'
        : '';
    const first = firstCopy(capture, connection, again);
    const bytes = { en: what === '' ? `${again.length} bytes` : what, ko: what === '' ? `${again.length}바이트` : what };
    const who = again.fromClient ? { en: 'client', ko: '클라이언트' } : { en: 'server', ko: '서버' };
    const before =
      first === undefined
        ? { en: 'the first copy is not in this capture', ko: '첫 번째 것은 이 캡처에 없습니다' }
        : {
            en: `first sent in packet ${first.number}, ${durationText(again.time - first.time)} before`,
            ko: `처음에는 ${durationText(again.time - first.time)} 전에 ${first.number}번 패킷에서 보냈습니다`,
          };
    const standing = standingAcks(capture, connection, again, first);
    // With SACK one is enough: its blocks show the hole (RFC 6675, RFC 8985).
    const enough = connection.traits?.includes('sack') ? 1 : DUPLICATES;
    const isFast = fast.has(chosen) || standing.length > enough;
    const duplicates = standing.slice(-DUPLICATES).map((each) => each.number);
    const why = isFast
      ? {
          en: `duplicate ACKs asked for it (${packetsText(duplicates).en})`,
          ko: `중복 ACK가 요청했습니다 (${packetsText(duplicates).ko})`,
        }
      : { en: 'no acknowledgment of it had come', ko: '이에 대한 응답이 오지 않았기 때문입니다' };
    const answered = connection.close.how !== 'unanswered';
    return confirmed(
      isFast ? 'fast-retransmission' : what.startsWith('SYN') ? 'syn-again' : 'retransmission',
      [first?.number, ...(isFast ? duplicates : []), chosen],
      {
        en: `the ${who.en} sent ${bytes.en} from sequence number ${again.sequence} again in packet ${chosen} (${before.en}): ${why.en}; no NAK is involved, TCP has none${needed.length > 1 ? `; ${needed.length} retransmissions in all` : ''}${answered ? '' : '; no answer came to any of them'}`,
        ko: `${who.ko}가 ${chosen}번 패킷에서 다시 보낸 것: 순서 번호 ${again.sequence}부터 ${bytes.ko} (${before.ko}). ${why.ko}. NAK를 받아서가 아닙니다(TCP에는 NAK가 없습니다)${needed.length > 1 ? `. 재전송은 모두 ${needed.length}번입니다` : ''}${answered ? '' : '. 어느 것에도 응답이 오지 않았습니다'}`,
      },
    );
  },
};

/** ACKs from the other side that stood still at the lost segment, the first of them included (RFC 5681 §2). */
function standingAcks(capture: CaptureFacts, c: Connection, again: Segment, first: Segment | undefined): Segment[] {
  const before = segmentsOf(capture, c, capture.packetsFrom(c.id, again.number, -LOOK));
  return before.filter(
    (each) =>
      each.fromClient !== again.fromClient &&
      each.length === 0 &&
      (each.flags & (Flag.syn | Flag.fin | Flag.rst | Flag.ack)) === Flag.ack &&
      each.acknowledgment === again.sequence &&
      (first === undefined || each.number > first.number),
  );
}

const dataOf = (capture: CaptureFacts, c: Connection, number: number): Segment | undefined => segmentOf(capture, c, number);

function firstCopy(capture: CaptureFacts, c: Connection, again: Segment): Segment | undefined {
  const before = segmentsOf(capture, c, capture.packetsFrom(c.id, again.number, -LOOK));
  return before.find(
    (each) =>
      each.fromClient === again.fromClient &&
      each.end !== each.sequence &&
      ((each.sequence - again.sequence) | 0) <= 0 &&
      ((each.end - again.sequence) | 0) > 0,
  );
}
