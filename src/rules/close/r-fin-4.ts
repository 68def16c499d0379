import { confirmed, contradicted, skipped, unknown } from '../findings.ts';
import { aConnection, bothDirections, bothHalves, connectionOf, exchangeOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { clientText, durationText, serverText } from '../segments.ts';
import { closingOf } from './closing.ts';
import { established, SETTLED } from './needs.ts';
import { requestAfter, requestsOn } from './requests.ts';
import { closePackets, closeText } from './words.ts';

export const rule: JourneyRule = {
  id: 'R-FIN-4',
  chapter: 'close',
  scope: 'journey',
  statement: { en: 'After the response the connection is closed', ko: '응답이 끝나면 연결을 닫는다' },
  reality: {
    en: 'In HTTP/1.0. Since HTTP/1.1 the connection stays open for further requests unless one side says "Connection: close" (RFC 9112 §9.3); HTTP/2 always keeps it (RFC 9113 §9.1). A program that ends, as curl does, closes at once.',
    ko: 'HTTP/1.0에서는 그랬습니다. HTTP/1.1부터는 한쪽이 "Connection: close"라고 하지 않으면 다음 요청을 위해 열어 두고(RFC 9112 §9.3), HTTP/2는 늘 열어 둡니다(RFC 9113 §9.1). curl처럼 끝나는 프로그램은 바로 닫습니다.',
  },
  rfc: ['RFC 9112 §9.3', 'RFC 9113 §9.1'],
  vantages: ['client'],
  reasons: ['closed', 'reused', 'kept-idle', 'left-open', 'no-response', 'no-data', 'capture-ended', 'not-established'],
  needs: [aConnection, established, bothDirections, bothHalves],
  check(subject) {
    const { capture } = subject;
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const exchange = exchangeOf(subject);
    const closing = closingOf(capture, c);
    const ends = { en: `${clientText(c).en} and ${serverText(c).en}`, ko: `${clientText(c).ko}와 ${serverText(c).ko}` };
    if (exchange !== undefined) {
      const end = exchange.responseEndPacket;
      if (!exchange.complete || end === undefined)
        return skipped('no-response', [exchange.requestPacket, exchange.responsePacket], {
          en: `there is no whole response to ${exchange.method ?? 'the request'} ${exchange.target ?? ''} that a close could follow`,
          ko: `${exchange.method ?? ''} ${exchange.target ?? ''} 요청에 대한 온전한 응답이 없어 그 뒤의 닫기를 말할 수 없습니다`,
        });
      const next = requestAfter(requestsOn(capture, c), end);
      if (next !== undefined)
        return contradicted('reused', [end, next], {
          en: `the response ended in packet ${end}, and the same connection carried the next request in packet ${next}`,
          ko: `응답이 ${end}번 패킷에서 끝났고, 같은 연결이 ${next}번 패킷에서 다음 요청을 실었습니다`,
        });
    } else if (c.fromServer.payloadBytes === 0)
      return skipped('no-data', [c.firstPacket, c.lastPacket], {
        en: `the server sent no data on the connection of ${ends.en}: there was no response`,
        ko: `${ends.ko}의 연결에서 서버가 보낸 데이터가 없습니다: 응답이 없었습니다`,
      });
    const packets = [exchange?.responseEndPacket ?? closing.lastData?.number, ...closePackets(closing)];
    if (closing.kind === 'open') {
      if (closing.after < SETTLED)
        return unknown('capture-ended', [packets[0], c.lastPacket], {
          en: `the connection of ${ends.en} is still open when the capture ends, ${durationText(closing.after)} after its last packet ${c.lastPacket}`,
          ko: `${ends.ko}의 연결은 마지막 패킷(${c.lastPacket}번)에서 ${durationText(closing.after)} 뒤 캡처가 끝날 때 아직 열려 있습니다`,
        });
      return contradicted('left-open', [packets[0], c.lastPacket], {
        en: `the connection of ${ends.en} stays open: nothing closes it in the ${durationText(closing.after)} that the capture goes on after packet ${c.lastPacket}`,
        ko: `${ends.ko}의 연결은 열린 채로 있습니다: ${c.lastPacket}번 패킷 뒤로 캡처가 이어진 ${durationText(closing.after)} 동안 아무도 닫지 않습니다`,
      });
    }
    const says = closeText(c, closing);
    if (closing.idle >= SETTLED)
      return contradicted('kept-idle', packets, {
        en: `the connection stayed open for ${durationText(closing.idle)} after the last data (packet ${closing.lastData?.number ?? c.firstPacket}) before it was closed: ${says.en}`,
        ko: `마지막 데이터(${closing.lastData?.number ?? c.firstPacket}번) 뒤 ${durationText(closing.idle)} 동안 열려 있다가 닫혔습니다: ${says.ko}`,
      });
    return confirmed('closed', packets, {
      en: `closed ${durationText(closing.idle)} after the last data: ${says.en}`,
      ko: `마지막 데이터에서 ${durationText(closing.idle)} 뒤에 닫혔습니다: ${says.ko}`,
    });
  },
};
