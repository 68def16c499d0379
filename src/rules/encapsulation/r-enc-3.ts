import { confirmed, skipped, unknown } from '../findings.ts';
import { bothDirections, connectionOf, exchangeOf, readableRequest } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';

const SHOWN = 12;
/** Where no SYN tells it (RFC 9293 §3.7.1). */
const DEFAULT_MSS = 1460;

export const rule: JourneyRule = {
  id: 'R-ENC-3',
  chapter: 'encapsulation',
  scope: 'journey',
  statement: {
    en: 'A message that is larger than a segment is cut into several and put together again',
    ko: '세그먼트보다 큰 메시지는 여러 개로 나뉘어 가고 받는 쪽에서 다시 합쳐진다',
  },
  reality: {
    en: 'TCP cuts at the maximum segment size that each side tells in its SYN (RFC 9293 §3.7.1). Captures often show larger ones: network cards cut and join them (TSO, GRO), so these never were on the wire.',
    ko: 'TCP는 양쪽이 SYN에서 알린 최대 세그먼트 크기(MSS)로 나눕니다 (RFC 9293 §3.7.1). 캡처에는 더 큰 것이 자주 보이는데, 랜 카드가 나누고 합치는 것(TSO, GRO)이라 선 위에 그런 패킷은 없었습니다.',
  },
  rfc: ['RFC 9293 §3.7.1', 'RFC 9293 §3.4'],
  vantages: ['client', 'server'],
  reasons: ['cut-and-joined', 'fits-in-one', 'sent-in-pieces', 'super-segments', 'capture-loss', 'unfinished'],
  needs: [readableRequest, bothDirections],
  check(subject) {
    const { capture } = subject;
    const connection = connectionOf(subject);
    const exchange = exchangeOf(subject);
    if (connection === undefined || exchange === undefined) throw new Error('no exchange');
    const response = exchange.responsePackets.length >= exchange.requestPackets.length;
    const packets = response ? exchange.responsePackets : exchange.requestPackets;
    const count = response ? exchange.responsePacketCount : exchange.requestPacketCount;
    const what = response ? { en: 'answer', ko: '응답' } : { en: 'request', ko: '요청' };
    const sizes = packets.map((each) => capture.packet(each)?.payloadLength ?? 0);
    const largest = Math.max(0, ...sizes);
    const syn = connection.handshake?.[response ? 'syn' : 'synAck'][0];
    const mss = (syn === undefined ? undefined : capture.packet(syn)?.tcp?.options.mss) ?? DEFAULT_MSS;
    if (connection.traits?.includes('super-segments') || largest > mss)
      return unknown('super-segments', packets.filter((_, i) => sizes[i] > mss).slice(0, SHOWN), {
        en: `packets of up to ${largest} bytes of data are larger than the maximum segment of ${mss}: a network card cuts or joins them, so how the ${what.en} was cut on the wire this capture does not show`,
        ko: `데이터가 최대 ${largest}바이트인 패킷은 최대 세그먼트 ${mss}바이트보다 큽니다: 랜 카드가 나누거나 합친 것이라, ${what.ko}이 선 위에서 어떻게 나뉘었는지는 이 캡처로 알 수 없습니다`,
      });
    if (!exchange.whole || connection.traits?.includes('capture-loss'))
      return unknown('capture-loss', packets.slice(0, SHOWN), {
        en: `bytes of the ${what.en} were not captured`,
        ko: `${what.ko}의 일부 바이트가 캡처되지 않았습니다`,
      });
    // A FIN by itself, behind an answer that ends with the connection, carries nothing.
    const filled = sizes.filter((each) => each > 0).length;
    if (count <= 1 || (count === packets.length && filled <= 1))
      return skipped('fits-in-one', packets, {
        en: `request and answer have one packet each, the answer ${sizes[0] ?? 0} bytes of data; a segment holds ${mss}`,
        ko: `요청과 응답이 패킷 하나씩이고 응답의 데이터는 ${sizes[0] ?? 0}바이트입니다. 세그먼트 하나에 ${mss}바이트까지 들어갑니다`,
      });
    const sent = sizes.reduce((sum, each) => sum + each, 0);
    if (exchange.complete === true && count === packets.length && sent <= mss)
      return skipped('sent-in-pieces', packets.slice(0, SHOWN), {
        en: `the ${what.en} came in ${count} segments because its sender wrote it in pieces: with ${sent} bytes together it would have fitted into one, which holds ${mss}`,
        ko: `${what.ko} 하나가 세그먼트 ${count}개로 온 것은 보내는 쪽이 나누어 썼기 때문입니다: 모두 합쳐 ${sent}바이트라서 ${mss}바이트까지 담는 세그먼트 하나에 들어갈 수 있었습니다`,
      });
    if (exchange.complete !== true)
      return unknown('unfinished', packets.slice(0, SHOWN), {
        en: `the ${what.en} does not come to its end in this capture`,
        ko: `이 캡처에서는 ${what.ko}이 끝나지 않습니다`,
      });
    const body = response ? exchange.responseBodyBytes : exchange.requestBodyBytes;
    return confirmed('cut-and-joined', packets.slice(0, SHOWN), {
      en: `the ${what.en} came in ${count} segments of at most ${largest} bytes (the other side takes ${mss}) and was put together: ${body === 0 ? 'a head without a body' : `a body of ${body} bytes`}`,
      ko: `${what.ko}은 최대 ${largest}바이트인 세그먼트 ${count}개로 왔고 (상대가 받는 최대는 ${mss}) ${body === 0 ? '합쳐졌습니다 (본문 없이 헤더만)' : `본문 ${body}바이트로 합쳐졌습니다`}`,
    });
  },
};
