import { hostPort } from '../../correlate/host-names.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, notVisible, skipped, unknown } from '../findings.ts';
import { exchangeOf, openedBy } from '../needs.ts';
import { mayBeSeveral } from '../origin.ts';
import type { Finding, JourneyRule, JourneySubject } from '../rule.ts';
import { askingOf, atTheClient, nameless, nameOf, packetsOfLookups, WITHOUT_QUESTION, withoutQuestion } from './asking.ts';
import { encryptedKind } from './encrypted.ts';
import { questionOf } from './questions.ts';

export const rule: JourneyRule = {
  id: 'R-DNS-6',
  chapter: 'dns',
  scope: 'journey',
  statement: {
    en: 'Where no query is seen, the address came from a cache, the hosts file, a literal address, or encrypted DNS',
    ko: '질의가 보이지 않으면 주소는 캐시, hosts 파일, 주소를 직접 쓴 URL, 암호화된 DNS에서 온 것이다',
  },
  reality: {
    en: 'Which of them is not in the packets, apart from an answer that came earlier and a literal address: it is state of the host. A stub on the same machine (127.0.0.53) is asked over the loopback interface, which captures of a network card do not have.',
    ko: '앞서 온 응답과 주소를 직접 쓴 경우 말고는 어느 것인지 패킷에 없습니다. 컴퓨터의 상태이기 때문입니다. 같은 컴퓨터의 스텁(127.0.0.53)에는 루프백으로 묻기 때문에 네트워크 카드에서 잡은 캡처에는 없습니다.',
  },
  rfc: ['RFC 1034 §5.3.1', 'RFC 7858', 'RFC 8484', 'RFC 6761 §6.3'],
  vantages: ['client'],
  reasons: [
    'nameless',
    'asked',
    'kept',
    'literal',
    'encrypted',
    'host-state',
    'no-name',
    'expired',
    'maybe-several-clients',
    ...WITHOUT_QUESTION,
  ],
  needs: [],
  check(subject) {
    const { capture, journey } = subject;
    const asking = askingOf(subject);
    const connection = openedBy(subject);
    const first = connection?.first ?? 0;
    if (asking.how === 'own')
      return skipped('asked', packetsOfLookups(asking.lookups).slice(0, 8), {
        en: `the query is seen: packet ${asking.lookups[0].packet} asks for ${asking.lookups[0].name}`,
        ko: `질의가 보입니다: ${asking.lookups[0].packet}번 패킷에서 ${asking.lookups[0].name} 이름을 물었습니다`,
      });
    if (asking.how === 'literal')
      return confirmed('literal', [first, exchangeOf(subject)?.requestPacket], {
        en: `no query, because the URL has the address ${journey.name} itself`,
        ko: `URL에 ${journey.name} 주소가 그대로 있어서 질의가 없습니다`,
      });
    if (asking.how === 'earlier') return fromEarlier(subject, asking.lookup.index, first);
    if (asking.how !== 'none' || connection === undefined) return withoutQuestion(subject, asking) as Finding;
    const name = nameOf(subject);
    if (name === undefined)
      return notVisible(
        'no-name',
        [first],
        {
          en: `no query is in the capture, and nothing says by which name, if any, the client knew ${hostPort(connection.server)}: it may be a literal address, or one of its configuration`,
          ko: `캡처에 질의가 없고, 클라이언트가 ${hostPort(connection.server)} 주소를 어떤 이름으로 알았는지도 알 수 없습니다: 주소를 그대로 썼거나 설정에 있던 주소일 수 있습니다`,
        },
        hostState(connection.server.address),
      );
    const encrypted = encryptedBefore(capture, connection.client.address, capture.timeOf(first));
    if (encrypted !== undefined)
      return notVisible(
        'encrypted',
        [encrypted.packet, first],
        {
          en: `no query for ${name} is in the capture, and ${connection.client.address} has encrypted DNS to ${encrypted.server} open (packet ${encrypted.packet}): likely it asked there, or it knew the name`,
          ko: `캡처에 ${name} 질의가 없고, ${connection.client.address}에서 ${encrypted.server} 서버로 암호화된 DNS 연결을 열어 두었습니다(${encrypted.packet}번 패킷): 거기서 물었거나 이미 알고 있었을 것입니다`,
        },
        hostState(name),
      );
    return notVisible(
      'host-state',
      [first],
      {
        en: `no query for ${name} is in the capture before packet ${first}: whether a cache, the hosts file, a stub on the loopback interface or an earlier answer gave ${connection.server.address} only the host itself can tell`,
        ko: `${first}번 패킷 앞에 ${name} 질의가 없습니다: ${connection.server.address} 주소가 캐시, hosts 파일, 루프백의 스텁, 이전 응답 가운데 어디서 왔는지는 그 컴퓨터에서 확인해야 압니다`,
      },
      hostState(name),
    );
  },
};

const hostState = (name: string) => ({
  text: {
    en: `look at the host itself: "getent hosts ${name}", "resolvectl query ${name}", and capture the loopback interface too`,
    ko: `컴퓨터에서 직접 확인하세요: "getent hosts ${name}", "resolvectl query ${name}". 루프백 인터페이스도 함께 캡처하세요`,
  },
  command: "tcpdump -i any -w client.pcap 'port 53 or port 853 or port 443'",
});

function fromEarlier(subject: JourneySubject, index: number, first: number): Finding {
  const { capture } = subject;
  const lookup = capture.lookups.get(index);
  if (lookup === undefined) return unknown('no-name', [first], { en: 'no lookup', ko: '조회 없음' });
  const packets = [lookup.packet, lookup.answerPacket, first];
  const q = questionOf(capture, lookup);
  if (mayBeSeveral(capture, lookup.packet))
    return notVisible(
      'maybe-several-clients',
      packets,
      {
        en: `${lookup.client.address} may be several hosts behind one address: the answer in packet ${lookup.answerPacket} may have been another one's`,
        ko: `${lookup.client.address} 주소를 여러 컴퓨터가 함께 쓸 수 있습니다: ${lookup.answerPacket}번 응답은 다른 컴퓨터의 것일 수 있습니다`,
      },
      atTheClient(lookup.server.address),
    );
  if (q?.expires !== undefined && capture.timeOf(first) > q.expires)
    return notVisible(
      'expired',
      packets,
      {
        en: `the only answer for ${lookup.name}, in packet ${lookup.answerPacket}, had run out before packet ${first}: what gave the address again only the host itself can tell`,
        ko: `${lookup.name}의 유일한 응답(${lookup.answerPacket}번)은 ${first}번 패킷 전에 TTL이 지났습니다: 주소를 어디서 다시 얻었는지는 그 컴퓨터에서 확인해야 압니다`,
      },
      hostState(lookup.name),
    );
  if (nameOf(subject) === undefined) return nameless(lookup, packets);
  return confirmed('kept', packets, {
    en: `no query, because the answer for ${lookup.name} in packet ${lookup.answerPacket} still held when packet ${first} was sent: it was kept`,
    ko: `${first}번 패킷을 보낼 때 ${lookup.answerPacket}번의 ${lookup.name} 응답이 아직 유효해서 다시 묻지 않았습니다: 캐시에 있던 것입니다`,
  });
}

const encryptedConnections = new WeakMap<
  CaptureFacts,
  Map<string, { packet: number; time: number; server: string; until: number }>
>();

/** The first DNS over TLS, or TLS to a known DoH host, of this client, if it was open by then. */
function encryptedBefore(capture: CaptureFacts, client: string, time: number) {
  let found = encryptedConnections.get(capture);
  if (found === undefined) {
    found = new Map();
    for (const tls of capture.encryptedDns()) {
      const connection = capture.connections.get(tls.connection);
      if (connection === undefined || encryptedKind(connection.server.port, tls) === undefined) continue;
      const { address } = connection.client;
      const known = found.get(address);
      if (known === undefined || connection.firstTime < known.time)
        found.set(address, {
          packet: connection.firstPacket,
          time: connection.firstTime,
          server: hostPort(connection.server),
          until: connection.lastTime,
        });
    }
    encryptedConnections.set(capture, found);
  }
  const each = found.get(client);
  return each !== undefined && each.time < time ? each : undefined;
}
