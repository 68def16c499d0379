import { confirmed, contradicted } from '../findings.ts';
import { nameText } from './questions.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { askingOf, packetsOfLookups, typesText, WITHOUT_QUESTION, withoutQuestion } from './asking.ts';
import { encryptedDns } from './encrypted.ts';

export const rule: JourneyRule = {
  id: 'R-DNS-7',
  chapter: 'dns',
  scope: 'journey',
  statement: { en: 'DNS uses UDP', ko: 'DNS는 UDP를 쓴다' },
  reality: {
    en: 'First and mostly; TCP is as much part of it (RFC 7766). A client whose answer was truncated asks again by TCP, which may have another transaction id. Zone transfers go by TCP (RFC 5936), and there is DNS over TLS, HTTPS and QUIC (RFC 7858, 8484, 9250).',
    ko: '처음에는, 그리고 대부분 그렇습니다. 하지만 TCP도 반드시 지원해야 합니다(RFC 7766). 응답이 잘리면 클라이언트는 TCP로 다시 묻고, 트랜잭션 ID가 달라지기도 합니다. 영역 전송은 TCP이고(RFC 5936), TLS, HTTPS, QUIC으로 나르는 DNS도 있습니다(RFC 7858, 8484, 9250).',
  },
  rfc: ['RFC 1035 §4.2', 'RFC 7766 §5', 'RFC 5936 §4.2'],
  vantages: ['client', 'gateway-inside', 'gateway-outside', 'resolver', 'name-server'],
  reasons: ['udp', 'truncated-then-tcp', 'tcp', 'dot', 'doh', ...WITHOUT_QUESTION],
  needs: [encryptedDns],
  check(subject) {
    const asking = askingOf(subject);
    if (asking.how !== 'own' && asking.how !== 'upstream') return withoutQuestion(subject, asking) as Finding;
    const { lookups } = asking;
    const [first] = lookups;
    const byTcp = lookups.filter((l) => l.transport === 'tcp');
    const cut = lookups.find((l) => l.truncated && l.transport === 'udp');
    if (byTcp.length > 0 && cut !== undefined)
      return contradicted('truncated-then-tcp', [cut.packet, cut.answerPacket, byTcp[0].packet, byTcp[0].answerPacket], {
        en: `the question for ${cut.name} in packet ${cut.packet} went by UDP; its answer in packet ${cut.answerPacket} was truncated (TC), so packet ${byTcp[0].packet} asks by TCP from port ${byTcp[0].client.port}`,
        ko: `${cut.name} 이름을 ${cut.packet}번 패킷에서 UDP로 물었지만 ${cut.answerPacket}번 응답이 잘려서(TC) ${byTcp[0].packet}번 패킷에서 TCP(${byTcp[0].client.port}번 포트)로 다시 물었습니다`,
      });
    if (byTcp.length > 0)
      return contradicted('tcp', packetsOfLookups(byTcp).slice(0, 8), {
        en: `${first.client.address} asked ${first.server.address} for ${nameText(first.name).en} by TCP in packet ${byTcp[0].packet}`,
        ko: `${first.client.address}에서 ${first.server.address}에 ${nameText(first.name).ko} 이름을 ${byTcp[0].packet}번 패킷에서 TCP로 물었습니다`,
      });
    const types = typesText(lookups);
    return confirmed('udp', packetsOfLookups(lookups).slice(0, 8), {
      en: `every question for ${nameText(first.name).en} went to ${first.server.address} by UDP: ${types.en}`,
      ko: `${nameText(first.name).ko}에 대한 질문은 모두 UDP로 ${first.server.address}에 갔습니다: ${types.ko}`,
    });
  },
};
