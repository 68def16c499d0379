import { u16 } from '../../dissect/bytes.ts';
import { topic } from '../../text/particles.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import type { CaptureRule, Finding } from '../rule.ts';
import { type Ask, asksOf, type Group, groupsOf, MAX_GROUPS, NO_QUESTION_REASONS, noQuestion, numbersOf } from './asks.ts';

const ZERO = '00:00:00:00:00:00';
const SHOWN = 8;

export const rule: CaptureRule = {
  id: 'R-ARP-3',
  chapter: 'arp',
  scope: 'capture',
  statement: {
    en: 'An ARP request holds hardware type 1, protocol type 0x0800, lengths 6 and 4, operation 1, the asker’s MAC and IP addresses, target MAC 0 and the IP address asked for',
    ko: 'ARP 요청에는 하드웨어 종류 1, 프로토콜 종류 0x0800, 길이 6과 4, 동작 1, 묻는 쪽의 MAC과 IP 주소, 대상 MAC 0, 찾는 IP 주소가 들어 있다',
  },
  reality: {
    en: 'So it is on Ethernet. The target MAC of a request is of no use and may hold anything (RFC 826); probes have sender address 0.0.0.0, announcements ask for their own address (RFC 5227 §2.1.1, §3).',
    ko: '이더넷에서는 그렇습니다. 요청의 대상 MAC은 쓰이지 않으므로 0이 아니어도 됩니다 (RFC 826). 주소를 쓰기 전에 확인하는 probe는 보내는 쪽 주소가 0.0.0.0이고, 알림(announcement)은 자기 주소를 묻습니다 (RFC 5227 §2.1.1, §3).',
  },
  rfc: ['RFC 826', 'RFC 5227 §2.1.1', 'RFC 5227 §3'],
  vantages: ['client', 'gateway-inside', 'router', 'last-router'],
  reasons: [
    'all-fields',
    'target-mac-given',
    'sender-differs',
    'other-fields',
    'probe',
    'announcement',
    'cut',
    ...NO_QUESTION_REASONS,
  ],
  needs: [],
  check(capture) {
    if (asksOf(capture).length === 0) return [noQuestion(capture)];
    return [
      ...groupsOf(capture).map((group) => judge(capture, group)),
      ...groupsOf(capture, 'probe').map(probe),
      ...groupsOf(capture, 'announcement').map(announcement),
    ].slice(0, MAX_GROUPS);
  },
};

function judge(capture: CaptureFacts, { mac, address, target, asks }: Group): Finding {
  const packets = asks.map((ask) => ask.packet).slice(0, SHOWN);
  const who = {
    en: `${address} asks for ${target} in packet ${numbersOf(packets)}`,
    ko: `${address}에서 ${target} 주소를 찾는 ${numbersOf(packets)}번 패킷`,
  };
  for (const ask of asks) {
    const strange = fieldsOf(capture, ask);
    if (strange === undefined)
      return unknown('cut', [ask.packet], {
        en: `packet ${ask.packet} was not captured whole`,
        ko: `${ask.packet}번 패킷이 다 잡히지 않았습니다`,
      });
    if (strange.length > 0)
      return contradicted('other-fields', [ask.packet], {
        en: `${who.en}; packet ${ask.packet} has ${strange.join(', ')}`,
        ko: `${who.ko}: ${ask.packet}번 패킷의 값이 다릅니다 (${strange.join(', ')})`,
      });
    const frameFrom = capture.packet(ask.packet)?.sourceMac;
    if (frameFrom !== undefined && frameFrom !== ask.mac)
      return contradicted('sender-differs', [ask.packet], {
        en: `packet ${ask.packet} asks in the name of ${ask.mac} for ${target}, but its frame comes from ${frameFrom}: somebody asks for somebody else`,
        ko: `${ask.packet}번 패킷은 ${ask.mac} 이름으로 ${target} 주소를 찾지만 프레임을 보낸 것은 ${frameFrom}입니다. 다른 장비가 대신 물은 것입니다`,
      });
  }
  const given = asks.find((ask) => ask.targetMac !== ZERO);
  if (given !== undefined)
    return contradicted('target-mac-given', [given.packet], {
      en: `packet ${given.packet}, in which ${address} asks for ${target}, has target MAC ${given.targetMac} and not zeros, which is allowed: nobody looks at that field of a request; all other fields are as written`,
      ko: `${address}에서 ${target} 주소를 찾는 ${given.packet}번 패킷의 대상 MAC은 0이 아니라 ${given.targetMac}입니다. 요청의 이 필드는 아무도 보지 않으므로 괜찮습니다. 나머지 필드는 쓰인 대로입니다`,
    });
  return confirmed('all-fields', packets, {
    en: `${who.en}: hardware type 1, protocol type 0x0800, lengths 6 and 4, operation 1, sender ${mac} and ${address}, target MAC 0, target ${target}`,
    ko: `${who.ko}: 하드웨어 종류 1, 프로토콜 종류 0x0800, 길이 6과 4, 동작 1, 보내는 쪽 ${mac}와(과) ${address}, 대상 MAC 0, 대상 ${target}`,
  });
}

/** Fields that are not as the statement has them; undefined where they are not at hand. */
function fieldsOf(capture: CaptureFacts, ask: Ask): string[] | undefined {
  const packet = capture.packet(ask.packet);
  const layer = packet?.layers.find((each) => each.protocol === 'arp');
  if (packet === undefined || layer === undefined || layer.end - layer.at < 28) return undefined;
  const hardware = u16(packet.bytes, layer.at);
  const protocol = u16(packet.bytes, layer.at + 2);
  return [
    ...(hardware === 1 ? [] : [`hardware type ${hardware}`]),
    ...(protocol === 0x0800 ? [] : [`protocol type 0x${protocol.toString(16).padStart(4, '0')}`]),
  ];
}

function probe({ mac, target, asks }: Group): Finding {
  const packets = asks.map((ask) => ask.packet).slice(0, SHOWN);
  return skipped('probe', packets, {
    en: `packet ${numbersOf(packets)} is a probe: ${mac} asks whether anybody has ${target} before it takes the address, so its sender address is 0.0.0.0`,
    ko: `${numbersOf(packets)}번 패킷은 probe입니다. ${topic(mac)} ${target} 주소를 쓰기 전에 이미 쓰는 곳이 있는지 물으므로 보내는 쪽 주소가 0.0.0.0입니다`,
  });
}

function announcement({ mac, target, asks }: Group): Finding {
  const packets = asks.map((ask) => ask.packet).slice(0, SHOWN);
  return skipped('announcement', packets, {
    en: `packet ${numbersOf(packets)} is no question: ${mac} announces that it has ${target}`,
    ko: `${numbersOf(packets)}번 패킷은 질문이 아니라 ${mac}에서 ${target} 주소를 쓴다고 알리는 것입니다`,
  });
}
