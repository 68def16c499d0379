import { hopsTaken } from '../addresses.ts';
import { contradicted, notVisible } from '../findings.ts';
import { Flag, type PacketFacts } from '../packet.ts';
import type { JourneyRule } from '../rule.ts';
import { beginningOf, endsOf, limitName, NO_PACKET, talks } from './ends.ts';

export const rule: JourneyRule = {
  id: 'R-IP-5',
  chapter: 'ip',
  scope: 'journey',
  statement: {
    en: 'On the way the packet passes thousands of routers',
    ko: '패킷은 가는 길에 수천 개의 라우터를 지난다',
  },
  reality: {
    en: 'Mostly 5 to 25. Every router takes one from the TTL, and it is an octet: no packet survives more than 254 routers (RFC 791 §3.1). Routers inside MPLS or a tunnel may not be counted.',
    ko: '대개 5~25개입니다. 라우터마다 TTL을 1씩 줄이는데 TTL은 한 바이트이므로, 254개보다 많은 라우터를 지나 살아남는 패킷은 없습니다 (RFC 791 §3.1). MPLS나 터널 안의 라우터는 세어지지 않을 수 있습니다.',
  },
  rfc: ['RFC 791 §3.1', 'RFC 1812 §5.3.1'],
  vantages: ['client', 'server'],
  reasons: ['few-routers', 'some-routers', 'nothing-from-afar', NO_PACKET],
  needs: [talks],
  check(subject) {
    const { capture } = subject;
    const ends = endsOf(subject);
    const packets = [ends?.fromServer, ends?.fromClient].filter((each) => each !== undefined);
    // What was sent here has passed none yet, and says nothing of the way.
    const far = packets.filter((each) => hopsTaken(each.hopLimit ?? 0) > 0);
    const counted = far.length === 0 && packets.length === 2 ? packets : far;
    if (counted.length === 0) {
      const server = ends?.server.address ?? '';
      return notVisible(
        'nothing-from-afar',
        packets.map((each) => each.number),
        {
          en: `nothing that came from afar is in this capture of the way to ${server}: no TTL tells how many routers there are`,
          ko: `${server}까지의 길에서 멀리서 온 패킷이 이 캡처에 없습니다. 라우터 수를 알려 줄 TTL이 없습니다`,
        },
        {
          text: {
            en: 'capture where answers arrive, or at the other end',
            ko: '응답이 도착하는 곳이나 반대쪽 끝에서 캡처하세요',
          },
          command: `tcpdump -i any -w both.pcap host ${server}`,
        },
      );
    }
    const each = counted.map((packet) => {
      const { initial } = beginningOf(capture, packet, packet === ends?.fromClient);
      return { packet, initial, passed: initial === undefined ? undefined : initial - (packet.hopLimit ?? 0) };
    });
    return contradicted(
      each.every(({ passed }) => passed !== undefined) ? 'few-routers' : 'some-routers',
      counted.map((packet) => packet.number),
      { en: each.map(english).join('; '), ko: each.map(korean).join('. ') },
    );
  },
};

interface Counted {
  packet: PacketFacts;
  initial: number | undefined;
  passed: number | undefined;
}

const isReset = ({ tcp }: PacketFacts): boolean => tcp !== undefined && (tcp.flags & Flag.rst) !== 0;

function english({ packet, initial, passed }: Counted): string {
  const what = `packet ${packet.number} (${isReset(packet) ? 'RST ' : ''}from ${packet.source})`;
  if (passed === undefined)
    return `${what} has ${limitName(packet)} ${packet.hopLimit} left; with at most 255 at its beginning it passed at most ${255 - (packet.hopLimit ?? 0)} routers`;
  return `${what} passed ${passed} router${passed === 1 ? '' : 's'}: ${limitName(packet)} ${packet.hopLimit} is left of ${initial}`;
}

function korean({ packet, initial, passed }: Counted): string {
  const what = `${packet.source}에서 온 ${packet.number}번 패킷${isReset(packet) ? '(RST)' : ''}`;
  if (passed === undefined)
    return `${what}에 남은 ${limitName(packet)} 값은 ${packet.hopLimit}입니다. 255에서 시작했더라도 지나온 라우터는 많아야 ${255 - (packet.hopLimit ?? 0)}개입니다`;
  return `${what}은 라우터 ${passed}개를 지났습니다 (${limitName(packet)}: 시작 ${initial}, 남은 값 ${packet.hopLimit})`;
}
