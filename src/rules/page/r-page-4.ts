import { hostPort } from '../../correlate/host-names.ts';
import { atTheClient } from '../dns/asking.ts';
import { confirmed, contradicted, notVisible, skipped, unknown } from '../findings.ts';
import { aConnection, connectionOf, exchangeOf, keyLogAdvice, tlsOf } from '../needs.ts';
import { mayBeSeveral } from '../origin.ts';
import type { JourneyRule } from '../rule.ts';
import { connectionsLike } from './connections.ts';
import { requestAt } from '../names/request-at.ts';

/** Connections to the same host that are looked back upon. */
const BACK = 64;

export const rule: JourneyRule = {
  id: 'R-PAGE-4',
  chapter: 'page',
  scope: 'journey',
  statement: {
    en: 'Requests to the same server go over one TCP connection, without a new handshake',
    ko: '같은 서버에 보내는 요청은 새 핸드셰이크 없이 한 TCP 연결을 다시 쓴다',
  },
  reality: {
    en: 'HTTP/1.1 keeps connections open by default (RFC 9112 §9.3), but one connection answers in order, so clients open several at once. "Connection: close", an idle timeout, or another program open a new one as well.',
    ko: 'HTTP/1.1은 기본으로 연결을 유지하지만(RFC 9112 §9.3), 한 연결은 순서대로만 답하므로 클라이언트가 여러 연결을 동시에 엽니다. "Connection: close", 유휴 시간 초과, 다른 프로그램 때문에도 새 연결이 열립니다.',
  },
  rfc: ['RFC 9112 §9.3', 'RFC 9112 §9.4'],
  vantages: ['client', 'server'],
  reasons: [
    'reused',
    'opened-beside',
    'closed-before',
    'first-connection',
    'no-request',
    'no-connection',
    'quic',
    'mid-stream',
    'maybe-several-clients',
    'no-keys',
  ],
  needs: [aConnection],
  check(subject) {
    const { capture, journey } = subject;
    const connection = connectionOf(subject);
    if (connection === undefined) return unknown('no-connection', [], { en: journey.name, ko: journey.name });
    const x = exchangeOf(subject);
    const server = hostPort(connection.server);
    const syn = connection.handshake?.syn[0];
    if (x !== undefined && x.stream > 1 && reusedHere(journey.stages))
      return confirmed('reused', [syn ?? connection.firstPacket, x.requestPacket], {
        en: `the request in packet ${requestAt(x)} goes over the connection from port ${connection.client.port} to ${server} that was open already (${syn === undefined ? 'opened before the capture' : `SYN in packet ${syn}`}): no new handshake`,
        ko: `${requestAt(x)}번 패킷의 요청은 이미 열려 있던 ${connection.client.port}번 포트와 ${server}의 연결로 갔습니다(${syn === undefined ? '캡처 전에 열림' : `SYN ${syn}번`}): 새 핸드셰이크가 없습니다`,
      });
    const web = x !== undefined || tlsOf(subject) !== undefined || /^http/.test(connection.application ?? '');
    if (connection.fromClient.payloadBytes === 0 || !web)
      return skipped('no-request', [syn ?? connection.firstPacket], {
        en: `no web request went over the connection to ${server}`,
        ko: `${server} 연결로는 웹 요청이 가지 않았습니다`,
      });
    if (syn === undefined)
      return unknown('mid-stream', [connection.firstPacket], {
        en: `the connection to ${server} is older than the capture: whether it was opened for this is not known`,
        ko: `${server} 연결은 캡처보다 먼저 열렸습니다: 이 요청을 위해 열었는지 알 수 없습니다`,
      });
    const list = connectionsLike(capture, connection.id, journey.name);
    const at = list.findIndex((each) => each.connection === connection.id);
    const before = list.slice(Math.max(0, at - BACK), Math.max(0, at)).reverse();
    const open = before.find((each) => each.closed > connection.firstTime);
    const earlier = open ?? before[0];
    if (earlier !== undefined) {
      const packets = [earlier.packet, syn];
      if (mayBeSeveral(capture, syn))
        return notVisible(
          'maybe-several-clients',
          packets,
          {
            en: `${connection.client.address} opened another connection to ${server}, but may be several hosts behind one address (NAT)`,
            ko: `${connection.client.address}에서 ${server}에 연결을 또 열었지만, 여러 컴퓨터가 함께 쓰는 주소(NAT)일 수 있습니다`,
          },
          atTheClient(connection.server.address),
        );
      if (open !== undefined)
        return contradicted('opened-beside', packets, {
          en: `packet ${syn} opens a new connection to ${server} from port ${connection.client.port}, although the one of packet ${earlier.packet} was still open`,
          ko: `${earlier.packet}번 패킷에서 연 연결이 아직 열려 있는데도 ${syn}번 패킷이 ${connection.client.port}번 포트에서 ${server}에 새 연결을 열었습니다`,
        });
      return contradicted('closed-before', packets, {
        en: `packet ${syn} opens a new connection to ${server}: the one of packet ${earlier.packet} had been closed ${((connection.firstTime - earlier.closed) / 1e9).toFixed(3)} s before`,
        ko: `${syn}번 패킷이 ${server}에 새 연결을 열었습니다: ${earlier.packet}번 패킷에서 연 연결은 ${((connection.firstTime - earlier.closed) / 1e9).toFixed(3)}초 전에 닫혔습니다`,
      });
    }
    const tls = tlsOf(subject);
    if (tls !== undefined && x === undefined)
      return notVisible(
        'no-keys',
        [syn, tls.clientHelloPacket],
        {
          en: `the first connection to ${server}; how many requests it carries is inside TLS`,
          ko: `${server}에 연 첫 연결입니다. 요청이 몇 개인지는 TLS 안에 있습니다`,
        },
        keyLogAdvice,
      );
    return skipped('first-connection', [syn, x?.requestPacket], {
      en: `the first connection for ${journey.name} to ${server} in this capture (SYN in packet ${syn}): there was none to use again`,
      ko: `이 캡처에서 ${journey.name}에 요청하려고 ${server}에 연 첫 연결입니다(SYN ${syn}번): 다시 쓸 연결이 없었습니다`,
    });
  },
};

const reusedHere = (stages: { kind: string; reused: boolean }[]): boolean => stages.some((s) => s.kind === 'tcp' && s.reused);
