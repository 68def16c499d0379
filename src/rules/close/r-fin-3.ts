import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { aConnection, bothDirections, connectionOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { acknowledges, clientText, durationText } from '../segments.ts';
import { closingOf } from './closing.ts';
import { closed, established, knownRoles, SETTLED } from './needs.ts';
import { requestsOn } from './requests.ts';
import { closePackets, closeText } from './words.ts';

export const rule: JourneyRule = {
  id: 'R-FIN-3',
  chapter: 'close',
  scope: 'journey',
  statement: {
    en: "After the client's FIN the server may finish sending",
    ko: '클라이언트가 FIN을 보낸 뒤에도 서버는 보내던 것을 마저 보낼 수 있다',
  },
  reality: {
    en: 'TCP allows it (half-close, RFC 9293 §3.6). A client that has closed its socket altogether answers late data with RST, and many HTTP servers take a FIN for a client that has given up and stop.',
    ko: 'TCP는 허용합니다 (반만 닫기, RFC 9293 §3.6). 하지만 소켓을 완전히 닫은 클라이언트는 늦게 온 데이터에 RST로 답하고, 많은 HTTP 서버는 FIN을 클라이언트가 포기한 것으로 보고 그만둡니다.',
  },
  rfc: ['RFC 9293 §3.6'],
  vantages: ['client', 'server'],
  reasons: [
    'data-after-fin',
    'data-refused',
    'answer-abandoned',
    'nothing-left',
    'already-under-way',
    'server-first',
    'no-fin',
    'left-open',
    'capture-ended',
    'not-established',
    'roles-unknown',
  ],
  needs: [aConnection, established, bothDirections, closed, knownRoles],
  check(subject) {
    const { capture } = subject;
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const closing = closingOf(capture, c);
    const { fin, first, dataAfter, reset, kind } = closing;
    const client = fin.client;
    const says = closeText(c, closing);
    if (client === undefined || kind === 'reset')
      return skipped('no-fin', closePackets(closing), {
        en: `no FIN of the client: ${says.en}`,
        ko: `클라이언트의 FIN이 없습니다: ${says.ko}`,
      });
    if (first === 'server')
      return skipped('server-first', closePackets(closing), {
        en: `the server had finished before: ${says.en}`,
        ko: `서버가 먼저 끝냈습니다: ${says.ko}`,
      });
    const late = dataAfter.filter((each) => !each.fromClient);
    const bytes = late.reduce((sum, each) => sum + each.length, 0);
    const knowing = late.find((each) => acknowledges(each, client.end));
    if (late.length > 0 && reset?.fromClient && reset.number > late[0].number)
      return contradicted('data-refused', [client.number, late[0].number, reset.number], {
        en: `the server sent ${bytes} more bytes${closing.closeNotify === undefined ? '' : ' (a TLS alert by its looks: close_notify)'} after the FIN of ${clientText(c).en} (packet ${client.number}) in packet ${late[0].number}, but the client, whose socket was closed already, answered with RST in packet ${reset.number}: they were not taken`,
        ko: `${clientText(c).ko}의 FIN(${client.number}번) 뒤에 서버가 ${late[0].number}번 패킷부터 ${bytes}바이트를 더 보냈지만${closing.closeNotify === undefined ? '' : ' (모양으로 보아 TLS 알림 close_notify)'}, 이미 소켓을 닫은 클라이언트가 ${reset.number}번 패킷의 RST로 답했습니다: 받아들이지 않았습니다`,
      });
    if (knowing !== undefined)
      return confirmed('data-after-fin', [client.number, ...late.slice(0, 3).map((each) => each.number)], {
        en: `the server sent ${bytes} bytes after the FIN of ${clientText(c).en} (packet ${client.number}), from packet ${late[0].number} on, ${durationText(late[0].time - client.time)} later, and packet ${knowing.number} acknowledges that FIN`,
        ko: `${clientText(c).ko}의 FIN(${client.number}번) 뒤에 서버가 ${late[0].number}번 패킷부터 (${durationText(late[0].time - client.time)} 뒤) ${bytes}바이트를 보냈고, ${knowing.number}번 패킷은 그 FIN에 응답합니다`,
      });
    const open = requestsOn(capture, c).incomplete;
    if (open !== undefined && (fin.server !== undefined || reset !== undefined))
      return contradicted('answer-abandoned', closePackets(closing), {
        en: `the answer to ${open.method ?? 'the request'} in packet ${open.requestPacket} was not at its end when the FIN of the client came (packet ${client.number}), and the server closed without sending the rest: ${says.en}`,
        ko: `클라이언트의 FIN(${client.number}번)이 왔을 때 ${open.requestPacket}번 패킷의 요청에 대한 응답이 끝나지 않았지만, 서버는 나머지를 보내지 않고 닫았습니다: ${says.ko}`,
      });
    if (late.length > 0)
      return unknown('already-under-way', [client.number, late[0].number], {
        en: `the data in packet ${late[0].number} passed after the client's FIN in packet ${client.number} but does not acknowledge it: it was under way already`,
        ko: `${late[0].number}번 패킷의 데이터는 클라이언트의 FIN(${client.number}번) 뒤에 지나갔지만 그 FIN에 응답하지 않습니다: 이미 오는 중이었습니다`,
      });
    if (kind === 'one-side' && closing.after < SETTLED)
      return unknown('capture-ended', closePackets(closing), {
        en: `${says.en}, which ends ${durationText(closing.after)} later: the server may have sent more`,
        ko: `${says.ko}. 캡처가 ${durationText(closing.after)} 뒤에 끝나므로 서버가 더 보냈을 수 있습니다`,
      });
    return skipped('nothing-left', closePackets(closing), {
      en: `the server sent nothing more: ${says.en}`,
      ko: `서버는 더 보내지 않았습니다: ${says.ko}`,
    });
  },
};
