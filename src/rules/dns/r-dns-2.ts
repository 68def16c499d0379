import { confirmed, contradicted, unknown } from '../findings.ts';
import type { JourneyRule } from '../rule.ts';
import { askedItself, ownLookups, typesText, WITHOUT_QUESTION } from './asking.ts';
import { encryptedDns } from './encrypted.ts';
import { wantsRecursion } from './questions.ts';

export const rule: JourneyRule = {
  id: 'R-DNS-2',
  chapter: 'dns',
  scope: 'journey',
  statement: {
    en: 'The query is one message for one name and one type, by UDP to port 53, and wants recursion',
    ko: '질의는 이름 하나와 타입 하나를 묻는 메시지이고, UDP 53번 포트로 가며, 재귀를 요청한다',
  },
  reality: {
    en: 'One message has one question (RFC 9619), but a client sends two or three: A, AAAA, and HTTPS (RFC 9460), often from one port. After a truncated answer it goes by TCP (RFC 7766); encrypted DNS uses 853 or 443 (RFC 7858, RFC 8484).',
    ko: '한 메시지에 질문은 하나지만(RFC 9619), 클라이언트는 A, AAAA, HTTPS(RFC 9460)로 두세 개를 보냅니다. 같은 포트를 쓰기도 합니다. 응답이 잘리면 TCP로 다시 묻고(RFC 7766), 암호화된 DNS는 853이나 443번을 씁니다(RFC 7858, RFC 8484).',
  },
  rfc: ['RFC 1035 §4.1', 'RFC 9619', 'RFC 7766 §5', 'RFC 9460'],
  vantages: ['client', 'gateway-inside', 'gateway-outside', 'resolver'],
  reasons: ['as-written', 'tcp', 'other-port', 'several-questions', 'flags-unknown', 'dot', 'doh', ...WITHOUT_QUESTION],
  needs: [encryptedDns, askedItself],
  check(subject) {
    const lookups = ownLookups(subject);
    const [first] = lookups;
    const types = typesText(lookups);
    const byTcp = lookups.filter((l) => l.transport === 'tcp');
    const packets = lookups.map((l) => l.packet);
    if (byTcp.length > 0) {
      const cut = lookups.find((l) => l.truncated);
      const why = cut === undefined ? '' : ` after the answer in packet ${cut.answerPacket} was truncated`;
      const because = cut === undefined ? '' : ` (${cut.answerPacket}번 응답이 잘렸기 때문)`;
      return contradicted('tcp', [cut?.packet, cut?.answerPacket, ...byTcp.map((l) => l.packet)], {
        en: `${first.client.address} asked for ${first.name} (${types.en}); packet ${byTcp[0].packet} asks by TCP${why}. Name, type, port and RD are as stated, UDP is not all of it`,
        ko: `${first.client.address}에서 ${first.name} 이름을 물었습니다(${types.ko}). ${byTcp[0].packet}번 패킷은 TCP로 물었습니다${because}. 이름, 타입, 포트, RD는 말한 대로지만 UDP만 쓴 것은 아닙니다`,
      });
    }
    const elsewhere = lookups.find((l) => l.server.port !== 53);
    if (elsewhere !== undefined)
      return contradicted('other-port', [elsewhere.packet], {
        en: `packet ${elsewhere.packet} asks ${elsewhere.server.address} at port ${elsewhere.server.port}, not 53`,
        ko: `${elsewhere.packet}번 패킷은 ${elsewhere.server.address}의 53번이 아닌 ${elsewhere.server.port}번 포트에 물었습니다`,
      });
    const several = lookups.find((l, i) => lookups.some((other, j) => j > i && other.packet === l.packet));
    if (several !== undefined)
      return contradicted('several-questions', [several.packet], {
        en: `packet ${several.packet} has several questions in one message`,
        ko: `${several.packet}번 패킷에는 한 메시지에 질문이 여럿 있습니다`,
      });
    if (lookups.some((l) => wantsRecursion(l) === undefined))
      return unknown('flags-unknown', packets, {
        en: 'the flags of the question are not known',
        ko: '질문의 플래그를 알 수 없습니다',
      });
    const ports = new Set(lookups.map((l) => l.client.port));
    const one = ports.size === 1 && lookups.length > 1;
    return confirmed('as-written', packets, {
      en: `${first.client.address} asked ${first.server.address}, UDP port 53, for ${first.name} with RD set: ${types.en}${one ? `, all from port ${first.client.port}` : ''}`,
      ko: `${first.client.address}에서 ${first.server.address}의 UDP 53번 포트로 ${first.name} 이름을 RD를 켜고 물었습니다: ${types.ko}${one ? ` (모두 ${first.client.port}번 포트에서)` : ''}`,
    });
  },
};
