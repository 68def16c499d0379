import { hostPort } from '../../correlate/host-names.ts';
import type { Lookup } from '../../correlate/model.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { connectionOf, openedBy } from '../needs.ts';
import { sentHere } from '../origin.ts';
import type { Finding, JourneyRule, JourneySubject } from '../rule.ts';
import { askingOf, atTheClient, nameOf, packetsOfLookups, patient, WITHOUT_QUESTION, withoutQuestion } from './asking.ts';
import { firstFrom, questionsOf } from './questions.ts';

/** A client that has just been told an address goes there at once; later it may have learnt another one meanwhile. */
const FRESH = 5e9;

export const rule: JourneyRule = {
  id: 'R-DNS-4',
  chapter: 'dns',
  scope: 'journey',
  statement: {
    en: 'The answer carries the address that is then used',
    ko: '응답에는 그다음에 쓰일 주소가 들어 있다',
  },
  reality: {
    en: 'Often after CNAME records, and as one of several addresses, of which the client picks one (RFC 6724, RFC 8305). An answer may also say that the name does not exist (NXDOMAIN), that it has no such record (NODATA, RFC 2308 §2), or that the resolver failed (SERVFAIL).',
    ko: '흔히 CNAME 레코드를 거치고, 주소가 여럿이면 클라이언트가 하나를 고릅니다(RFC 6724, RFC 8305). 이름이 없거나(NXDOMAIN), 그런 레코드가 없거나(NODATA, RFC 2308 §2), 리졸버가 실패했다고(SERVFAIL) 답하기도 합니다.',
  },
  rfc: ['RFC 1035 §3.4.1', 'RFC 1034 §3.6.2', 'RFC 2308 §2', 'RFC 6724'],
  vantages: ['client', 'gateway-inside', 'gateway-outside'],
  reasons: [
    'address-used',
    'other-address',
    'name-error',
    'no-data',
    'server-failed',
    'unanswered',
    'truncated',
    'no-connection',
    'connection-elsewhere',
    'not-an-address',
    ...WITHOUT_QUESTION,
  ],
  needs: [],
  check(subject) {
    const { capture, journey } = subject;
    const asking = askingOf(subject);
    const opened = openedBy(subject);
    if (asking.how === 'none') {
      const other = otherAddress(subject);
      if (other !== undefined) return other;
    }
    if (asking.how !== 'own' && asking.how !== 'earlier')
      return withoutQuestion(subject, asking) ?? unknown('unanswered', [], { en: journey.name, ko: journey.name });
    const lookup = journey.lookup === undefined ? undefined : capture.lookups.get(journey.lookup);
    if (opened === undefined || lookup === undefined)
      return withoutConnection(subject, asking.how === 'own' ? asking.lookups : [asking.lookup]);
    const { first } = opened;
    const { address } = opened.server;
    if (!lookup.addresses.includes(address))
      return unknown('other-address', [lookup.packet, lookup.answerPacket, first], {
        en: `the address ${address} stands in no answer for ${lookup.name} that was captured`,
        ko: `캡처된 ${lookup.name}의 응답에는 ${address} 주소가 없습니다`,
      });
    const via = lookup.aliases.length === 0 ? '' : ` by way of ${lookup.aliases.join(', ')}`;
    const viaKo = lookup.aliases.length === 0 ? '' : ` (별칭 ${lookup.aliases.join(', ')} 경유)`;
    const among = lookup.addresses.length === 1 ? '' : `, one of ${lookup.addresses.length} addresses`;
    const amongKo = lookup.addresses.length === 1 ? '' : ` (주소 ${lookup.addresses.length}개 가운데 하나)`;
    return confirmed('address-used', [lookup.packet, lookup.answerPacket, first], {
      en: `the answer in packet ${lookup.answerPacket} gives ${address} for ${lookup.name}${via}${among}; packet ${first} goes to ${hostPort(opened.server)}`,
      ko: `${lookup.answerPacket}번 응답이 ${lookup.name}의 주소로 ${address} 값을 주었고${viaKo}${amongKo}, ${first}번 패킷이 ${hostPort(opened.server)}에 갔습니다`,
    });
  },
};

function withoutConnection(subject: JourneySubject, lookups: Lookup[]): Finding {
  const { capture, journey } = subject;
  const packets = packetsOfLookups(lookups).slice(0, 12);
  const { name } = lookups[0];
  const wanted = lookups.filter((l) => l.type === 'A' || l.type === 'AAAA');
  if (wanted.length === 0)
    return skipped('not-an-address', packets, {
      en: `${name} was asked for ${lookups[0].type}, which is no address`,
      ko: `${name}에 대해 주소가 아닌 ${lookups[0].type} 레코드를 물었습니다`,
    });
  const told = wanted.find((l) => l.addresses.length > 0);
  if (told !== undefined) {
    if (sentHere(capture, told.packet) === false)
      return notVisible(
        'connection-elsewhere',
        packets,
        {
          en: `the answer in packet ${told.answerPacket} gives ${told.addresses[0]}; the connection of ${journey.client} does not pass where this was captured`,
          ko: `${told.answerPacket}번 응답이 ${told.addresses[0]} 주소를 주었지만, ${journey.client}의 연결은 캡처한 곳을 지나지 않습니다`,
        },
        atTheClient(told.addresses[0]),
      );
    return skipped('no-connection', packets, {
      en: `the answer in packet ${told.answerPacket} gives ${told.addresses[0]} for ${name}, and no connection to it follows in this capture`,
      ko: `${told.answerPacket}번 응답이 ${name}의 주소로 ${told.addresses[0]} 값을 주었지만, 이 캡처에는 뒤따른 연결이 없습니다`,
    });
  }
  const answered = wanted.filter((l) => l.answerPacket !== undefined);
  if (answered.length === 0)
    return (patient(lookups) ? skipped : unknown)('unanswered', packets, {
      en: `${name} was asked for ${packets.length === 1 ? 'once, in' : `${packets.length} times, from`} packet ${packets[0]}${packets.length === 1 ? '' : ' on'}, and no answer is in the capture`,
      ko: `${packets[0]}번 패킷${packets.length === 1 ? '에서' : `부터 ${packets.length}번`} ${name} 이름을 물었지만 캡처에 응답이 없습니다`,
    });
  const cut = answered.find((l) => l.truncated);
  if (cut !== undefined)
    return unknown('truncated', packets, {
      en: `the answer in packet ${cut.answerPacket} was truncated, and no whole one is in the capture`,
      ko: `${cut.answerPacket}번 응답은 잘렸고, 온전한 응답은 캡처에 없습니다`,
    });
  const at = answered.map((l) => l.answerPacket).join(', ');
  const error = answered.find((l) => l.rcode === 'NXDOMAIN');
  if (error !== undefined)
    return contradicted('name-error', packets, {
      en: `the answer in packet ${error.answerPacket} says NXDOMAIN: the name ${name} does not exist, no address came`,
      ko: `${error.answerPacket}번 응답은 NXDOMAIN입니다: ${name} 이름은 존재하지 않으며 주소도 오지 않았습니다`,
    });
  const failed = answered.find((l) => l.rcode !== 'NOERROR');
  if (failed !== undefined)
    return contradicted('server-failed', packets, {
      en: `the answer in packet ${failed.answerPacket} says ${failed.rcode}: the resolver ${failed.server.address} gives no address for ${name}`,
      ko: `${failed.answerPacket}번 응답은 ${failed.rcode}입니다: 리졸버 ${failed.server.address}에서 ${name}의 주소를 주지 않았습니다`,
    });
  return contradicted('no-data', packets, {
    en: `the answers in packet ${at} say NOERROR without an address: ${name} exists but has no ${answered.map((l) => l.type).join(' or ')} record (NODATA)`,
    ko: `${at}번 응답은 NOERROR이지만 주소가 없습니다: ${name} 이름은 있어도 ${answered.map((l) => l.type).join(', ')} 레코드가 없습니다 (NODATA)`,
  });
}

/** The name was asked for just before, whole answers came, and the connection goes somewhere else. */
function otherAddress(subject: JourneySubject): Finding | undefined {
  const { capture } = subject;
  const connection = connectionOf(subject);
  const name = nameOf(subject);
  const syn = connection?.handshake?.syn[0];
  if (connection === undefined || syn === undefined || name === undefined) return undefined;
  const opened = capture.timeOf(syn);
  const family = connection.server.address.includes(':') ? 'AAAA' : 'A';
  const asked = questionsOf(capture, connection.client.address, name);
  let told: Lookup | undefined;
  for (let i = firstFrom(asked, opened - FRESH); i < asked.length && asked[i].start < opened; i++) {
    const lookup = capture.lookups.get(asked[i].index);
    if (lookup === undefined || lookup.type !== family) continue;
    if (lookup.end === undefined || lookup.truncated || lookup.addresses.includes(connection.server.address)) return undefined;
    if (lookup.addresses.length > 0 && lookup.end < opened) told = lookup;
  }
  if (told === undefined) return undefined;
  return contradicted('other-address', [told.packet, told.answerPacket, syn], {
    en: `the answer in packet ${told.answerPacket} gives ${told.addresses.slice(0, 4).join(', ')} for ${told.name}, and packet ${syn} goes to ${hostPort(connection.server)} instead`,
    ko: `${told.answerPacket}번 응답은 ${told.name}의 주소로 ${told.addresses.slice(0, 4).join(', ')} 값을 주었지만, ${syn}번 패킷은 ${hostPort(connection.server)}에 갔습니다`,
  });
}
