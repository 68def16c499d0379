import { confirmed, contradicted, unknown } from '../findings.ts';
import { bothDirections, connectionOf, endpointText, fromItsBeginning } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';

export const rule: JourneyRule = {
  id: 'R-TCP-1',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'A connection begins with SYN, SYN+ACK, ACK, in that order',
    ko: '연결은 SYN, SYN+ACK, ACK의 순서로 시작한다',
  },
  reality: {
    en: 'So it is (RFC 9293 §3.5). SYNs are sent again when they are lost, a refused one is answered by RST, QUIC has none of the three.',
    ko: '실제로 그렇습니다 (RFC 9293 §3.5). SYN이 사라지면 다시 보내고, 거부되면 RST가 오며, QUIC에는 이 셋이 없습니다.',
  },
  rfc: ['RFC 9293 §3.5'],
  vantages: ['client', 'server'],
  reasons: ['three-way', 'refused', 'unanswered', 'simultaneous-open', 'no-ack'],
  needs: [fromItsBeginning, bothDirections],
  check(subject) {
    const connection = connectionOf(subject);
    if (connection?.handshake === undefined) return unknown('no-ack', [], { en: 'no handshake', ko: '핸드셰이크 없음' });
    const { syn, synAck, ack } = connection.handshake;
    const client = endpointText(connection.client);
    const server = endpointText(connection.server);
    if (connection.close.how === 'refused')
      return contradicted('refused', [...syn, ...connection.close.packets], {
        en: `${client} sent its SYN in packet ${syn[0]}; ${server} refused it with RST in packet ${connection.close.packets[0]}`,
        ko: `${client}가 ${syn[0]}번 패킷에서 SYN을 보냈지만 ${server}가 ${connection.close.packets[0]}번 패킷에서 RST로 거부했습니다`,
      });
    if (synAck.length === 0)
      return contradicted('unanswered', syn, {
        en: `${client} sent ${syn.length} SYN to ${server} (packet ${syn.join(', ')}); no SYN+ACK came`,
        ko: `${client}가 ${server}에 SYN을 ${syn.length}번 보냈지만 (${syn.join(', ')}번 패킷) SYN+ACK가 오지 않았습니다`,
      });
    if (connection.traits?.includes('simultaneous-open'))
      return contradicted('simultaneous-open', [...syn, ...synAck], {
        en: `${client} and ${server} both sent a SYN: a simultaneous open`,
        ko: `${client}와 ${server}가 모두 SYN을 보냈습니다: 동시 열기`,
      });
    if (ack === undefined)
      return unknown('no-ack', [...syn, ...synAck], {
        en: `SYN in packet ${syn[0]} and SYN+ACK in packet ${synAck[0]} are there, the third segment is not in the capture`,
        ko: `${syn[0]}번의 SYN과 ${synAck[0]}번의 SYN+ACK는 있지만 세 번째 세그먼트가 캡처에 없습니다`,
      });
    return confirmed('three-way', [syn.at(-1), synAck[0], ack], {
      en: `${client} sent SYN in packet ${syn.at(-1)}, ${server} SYN+ACK in packet ${synAck[0]}, ${client} ACK in packet ${ack}`,
      ko: `${client}가 ${syn.at(-1)}번 패킷에서 SYN을, ${server}가 ${synAck[0]}번에서 SYN+ACK를, ${client}가 ${ack}번에서 ACK를 보냈습니다`,
    });
  },
};
