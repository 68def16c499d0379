import { hostPort } from '../../correlate/host-names.ts';
import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, skipped, unknown } from '../findings.ts';
import { bothDirections, connectionOf, fromItsBeginning } from '../needs.ts';
import type { Finding, JourneyRule } from '../rule.ts';
import { durationText, packetsText, serverText } from '../segments.ts';

/** One SYN without an answer says nothing before a second one was due (RFC 6298 §2: 1 s at first). */
const PATIENCE = 3e9;

export const rule: JourneyRule = {
  id: 'R-TCP-7',
  chapter: 'tcp',
  scope: 'journey',
  statement: {
    en: 'A connection can be refused, or time out',
    ko: '연결은 거부되거나 시간이 다 되어 실패할 수 있다',
  },
  reality: {
    en: 'A RST answers the SYN where nobody listens (RFC 9293 §3.5.2), an ICMP error where a router or firewall refuses, silence where it drops: the SYN is then sent again until the client gives up. In a race of several addresses (RFC 8305) a losing SYN is no error.',
    ko: '듣는 프로그램이 없으면 SYN에 RST가 오고(RFC 9293 §3.5.2), 라우터나 방화벽이 거절하면 ICMP 오류가 오며, 버리면 아무것도 오지 않아 포기할 때까지 SYN을 다시 보냅니다. 여러 주소로 동시에 시도할 때(RFC 8305) 진 SYN은 오류가 아닙니다.',
  },
  rfc: ['RFC 9293 §3.5.2', 'RFC 6298', 'RFC 8305'],
  vantages: ['client'],
  reasons: ['refused', 'refused-by-icmp', 'timed-out', 'one-unanswered', 'established', 'attempt-failed'],
  needs: [fromItsBeginning, bothDirections],
  check(subject) {
    const { capture, journey } = subject;
    const connection = connectionOf(subject);
    if (connection === undefined) throw new Error('no connection');
    const own = failure(capture, connection);
    if (own !== undefined) return own;
    for (const attempt of journey.attempts ?? []) {
      if (attempt.outcome !== 'refused' && attempt.outcome !== 'unreachable' && attempt.outcome !== 'unanswered') continue;
      const other = capture.connections.get(attempt.connection);
      const found = other === undefined ? undefined : failure(capture, other);
      if (found?.verdict !== 'confirmed') continue;
      return confirmed('attempt-failed', [...found.packets, ...(connection.handshake?.synAck.slice(0, 1) ?? [])], {
        en: `${found.says.en}; the attempt at ${hostPort(connection.server)} succeeded`,
        ko: `${found.says.ko}. 다른 주소(${hostPort(connection.server)})로 한 시도는 성공했습니다`,
      });
    }
    const { syn, synAck } = connection.handshake ?? { syn: [], synAck: [] };
    return skipped('established', [syn[0], synAck[0]], {
      en: `${serverText(connection).en} accepted the connection with SYN+ACK in packet ${synAck[0]}: neither refused nor timed out`,
      ko: `${serverText(connection).ko}가 ${synAck[0]}번 패킷의 SYN+ACK로 연결을 받아들였습니다: 거부도 시간 초과도 아닙니다`,
    });
  },
};

/** What became of a connection that did not come about. */
function failure(capture: CaptureFacts, c: Connection): Finding | undefined {
  const syns = c.handshake?.syn ?? [];
  if (c.handshake === undefined || c.handshake.synAck.length > 0 || syns.length === 0) return undefined;
  const server = serverText(c);
  if (c.close.how === 'refused')
    return confirmed('refused', [syns[0], c.close.packets[0]], {
      en: `${server.en} refused the SYN in packet ${syns[0]} with RST in packet ${c.close.packets[0]}: nobody listens there, or a firewall answers so`,
      ko: `${server.ko}가 ${syns[0]}번 패킷의 SYN을 ${c.close.packets[0]}번 패킷의 RST로 거부했습니다: 거기서 듣는 프로그램이 없거나 방화벽이 그렇게 답합니다`,
    });
  const error = c.segments?.icmpErrors?.[0];
  if (c.close.how === 'unreachable' && error !== undefined) {
    const from = capture.packet(error)?.source;
    return confirmed('refused-by-icmp', [syns[0], error], {
      en: `the SYN to ${server.en} in packet ${syns[0]} was refused by an ICMP error from ${from ?? 'a router'} in packet ${error}`,
      ko: `${server.ko}에 보낸 ${syns[0]}번 패킷의 SYN은 ${error}번 패킷의 ICMP 오류로 거절되었습니다 (보낸 곳: ${from ?? '라우터'})`,
    });
  }
  const waited = capture.lastTime - capture.timeOf(syns[0]);
  if (syns.length === 1 && waited < PATIENCE)
    return unknown('one-unanswered', syns, {
      en: `one SYN went to ${server.en} in packet ${syns[0]}; the capture ends ${durationText(waited)} later, before it is known whether an answer comes`,
      ko: `${syns[0]}번 패킷에서 ${server.ko}에 SYN을 한 번 보냈고, 응답이 올지 알기 전에(${durationText(waited)} 뒤) 캡처가 끝납니다`,
    });
  return confirmed('timed-out', syns.slice(0, 8), {
    en: `no answer to ${syns.length === 1 ? 'the SYN' : `${syns.length} SYNs`} to ${server.en} (${packetsText(syns).en}) in the ${durationText(waited)} that the capture goes on`,
    ko: `${server.ko}에 보낸 SYN ${syns.length}개(${packetsText(syns).ko})에 캡처가 이어진 ${durationText(waited)} 동안 응답이 없었습니다`,
  });
}
