import { hostPort } from '../../correlate/host-names.ts';
import { confirmed, contradicted, unknown } from '../findings.ts';
import { aConnection, connectionOf } from '../needs.ts';
import type { PacketFacts } from '../packet.ts';
import type { JourneyRule } from '../rule.ts';

/** Packets of the connection that are looked at. */
const LOOKED_AT = 64;
const SHOWN = 8;

export const rule: JourneyRule = {
  id: 'R-ENC-2',
  chapter: 'encapsulation',
  scope: 'journey',
  statement: {
    en: 'Each layer verifies its header before it takes it off',
    ko: '각 계층은 자기 헤더를 검사하고 나서 떼어 낸다',
  },
  reality: {
    en: 'Receivers check the IP and TCP checksums (RFC 1122 §3.2.1.2, RFC 9293 §3.1); IPv6 has none of its own (RFC 8200). Outgoing packets are captured before the network card fills their checksums in: that is no error.',
    ko: '받는 쪽은 IP와 TCP의 검사합을 확인합니다 (RFC 1122 §3.2.1.2, RFC 9293 §3.1). IPv6 헤더에는 검사합이 없습니다 (RFC 8200). 나가는 패킷은 랜 카드가 검사합을 채우기 전에 잡히므로 틀려 보여도 오류가 아닙니다.',
  },
  rfc: ['RFC 1122 §3.2.1.2', 'RFC 9293 §3.1', 'RFC 8200 §8.1'],
  vantages: ['client', 'server'],
  reasons: ['checksums-good', 'checksum-bad', 'offload', 'not-verifiable'],
  needs: [aConnection],
  check(subject) {
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const numbers = subject.capture.packetsOf(connection.id, undefined, undefined, LOOKED_AT);
    const packets = numbers.map((each) => subject.capture.packet(each)).filter((each) => each !== undefined);
    const fromClient = (p: PacketFacts): boolean =>
      p.source === connection.client.address && p.sourcePort === connection.client.port;
    const good = packets.filter((p) => p.checksum === 'good' && p.ipChecksum !== 'bad');
    const bad = packets.filter((p) => p.checksum === 'bad' || p.ipChecksum === 'bad');
    const unfilled = packets.filter((p) => p.checksum === 'unfilled' || p.ipChecksum === 'unfilled');
    const client = hostPort(connection.client);
    const server = hostPort(connection.server);
    const first = (list: PacketFacts[]): number[] => list.slice(0, SHOWN).map((p) => p.number);
    if (bad.length > 0) {
      // One side's only, while the other's are right: that side's host is where the capture was taken, and its card fills them in.
      const side = fromClient(bad[0]);
      const oneSided = bad.every((p) => fromClient(p) === side) && good.every((p) => fromClient(p) !== side);
      const local = unfilled.some((p) => fromClient(p) === side) || subject.capture.vantage.kind === (side ? 'client' : 'server');
      if (oneSided && (local || bad.length === packets.filter((p) => fromClient(p) === side).length))
        return unknown('offload', first(bad), {
          en: `checksums of what ${side ? client : server} sends are not right in the capture (packet ${bad[0].number}): it was taken there, before the network card fills them in`,
          ko: `${side ? client : server}에서 보내는 패킷의 검사합이 맞지 않습니다 (${bad[0].number}번): 랜 카드가 채우기 전에 그곳에서 잡은 것입니다`,
        });
      return contradicted('checksum-bad', first(bad), {
        en: `the ${bad[0].ipChecksum === 'bad' ? 'IP header' : 'TCP'} checksum of packet ${bad[0].number} from ${fromClient(bad[0]) ? client : server} is wrong: it was damaged on the way, or made so`,
        ko: `${fromClient(bad[0]) ? client : server}에서 온 ${bad[0].number}번 패킷의 ${bad[0].ipChecksum === 'bad' ? 'IP 헤더' : 'TCP'} 검사합이 틀립니다: 오다가 망가졌거나 일부러 그렇게 만든 것입니다`,
      });
    }
    if (good.length > 0) {
      const left =
        unfilled.length === 0
          ? ['', '']
          : [
              `; ${unfilled.length} outgoing ones are left to the network card`,
              `. 나가는 ${unfilled.length}개는 랜 카드가 채울 몫으로 비어 있습니다`,
            ];
      return confirmed('checksums-good', first(good), {
        en: `the checksums of ${good.length} packets between ${client} and ${server} are right${left[0]}`,
        ko: `${client}와(과) ${server} 사이 패킷 ${good.length}개의 검사합이 맞습니다${left[1]}`,
      });
    }
    if (unfilled.length > 0)
      return unknown('offload', first(unfilled), {
        en: `every checksum in the capture is left to a network card (packet ${unfilled[0].number}): what was on the wire is not in it`,
        ko: `캡처의 검사합이 모두 랜 카드가 채울 몫으로 비어 있습니다 (${unfilled[0].number}번): 선 위의 값은 캡처에 없습니다`,
      });
    return unknown('not-verifiable', numbers.slice(0, SHOWN), {
      en: `the packets between ${client} and ${server} were captured in part only: a checksum needs all of a packet`,
      ko: `${client}와(과) ${server} 사이의 패킷이 일부만 잡혔습니다: 검사합은 패킷 전체가 있어야 확인할 수 있습니다`,
    });
  },
};
