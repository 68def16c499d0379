import { contradicted, skipped, unknown } from '../findings.ts';
import { quicOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';

/** How lookups travel in UDP. */
const UDP = new Set<string>(['udp', 'mdns', 'llmnr']);

export const rule: JourneyRule = {
  id: 'R-ENC-5',
  chapter: 'encapsulation',
  scope: 'journey',
  statement: {
    en: 'The UDP header holds port numbers only',
    ko: 'UDP 헤더에는 포트 번호만 있다',
  },
  reality: {
    en: 'It has 8 bytes: source port, destination port, length and checksum (RFC 768).',
    ko: '8바이트이며 출발지 포트, 목적지 포트, 길이, 검사합이 있습니다 (RFC 768).',
  },
  rfc: ['RFC 768'],
  vantages: ['client', 'gateway-inside', 'gateway-outside', 'router', 'resolver', 'server'],
  reasons: ['length-and-checksum', 'no-udp', 'cut'],
  needs: [],
  check(subject) {
    const { capture, journey } = subject;
    const lookup = journey.lookup === undefined ? undefined : capture.lookups.get(journey.lookup);
    const number = lookup !== undefined && UDP.has(lookup.transport) ? lookup.packet : quicOf(subject)?.firstPacket;
    if (number === undefined)
      return skipped('no-udp', [], {
        en: `${journey.name}: nothing of this journey went over UDP`,
        ko: `${journey.name}: 이 여정에는 UDP로 간 것이 없습니다`,
      });
    const packet = capture.packet(number);
    const length = packet?.field('udp.length');
    const checksum = packet?.field('udp.checksum');
    if (packet === undefined || length === undefined || checksum === undefined)
      return unknown('cut', [number], {
        en: `the UDP header of packet ${number} was not captured whole`,
        ko: `${number}번 패킷의 UDP 헤더가 다 잡히지 않았습니다`,
      });
    return contradicted('length-and-checksum', [number], {
      en: `packet ${number} has ports ${packet.sourcePort} and ${packet.destinationPort}, and behind them length ${length.value} (bytes ${length.at}–${length.end - 1}) and checksum ${checksum.text ?? checksum.value} (bytes ${checksum.at}–${checksum.end - 1})`,
      ko: `${number}번 패킷에는 포트 ${packet.sourcePort}, ${packet.destinationPort} 뒤에 길이 ${length.value} (바이트 ${length.at}–${length.end - 1})와 검사합 ${checksum.text ?? checksum.value} (바이트 ${checksum.at}–${checksum.end - 1})도 있습니다`,
    });
  },
};
