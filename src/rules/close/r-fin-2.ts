import { confirmed, contradicted, unknown } from '../findings.ts';
import { aConnection, bothDirections, connectionOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { durationText } from '../segments.ts';
import { closingOf, other } from './closing.ts';
import { closed, established, SETTLED } from './needs.ts';
import { closePackets, closeText } from './words.ts';

export const rule: JourneyRule = {
  id: 'R-FIN-2',
  chapter: 'close',
  scope: 'journey',
  statement: {
    en: 'A connection is closed with four segments: FIN, ACK, FIN, ACK',
    ko: '연결은 FIN, ACK, FIN, ACK 네 세그먼트로 닫힌다',
  },
  reality: {
    en: 'Often with three, since the second FIN carries the ACK of the first; with two as long as one side does not close; or by RST (RFC 9293 §3.6, §3.10.4). Over TLS many clients send FIN, get a close_notify and answer it with RST.',
    ko: '두 번째 FIN이 첫 FIN의 ACK를 함께 실어 셋으로 닫히는 일이 많고, 한쪽이 닫지 않으면 둘뿐이며, RST로 끝나기도 합니다 (RFC 9293 §3.6, §3.10.4). TLS에서는 클라이언트가 FIN을 보내고 close_notify를 받은 뒤 RST로 답하는 일이 많습니다.',
  },
  rfc: ['RFC 9293 §3.6'],
  vantages: ['client', 'server'],
  reasons: [
    'four-segments',
    'three-segments',
    'two-segments',
    'simultaneous',
    'reset',
    'fin-then-reset',
    'close-notify-then-reset',
    'last-ack-missing',
    'left-open',
    'capture-ended',
    'capture-loss',
    'not-established',
  ],
  needs: [aConnection, established, bothDirections, closed],
  check(subject) {
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const closing = closingOf(subject.capture, c);
    const { kind, first, acknowledged, after, idle } = closing;
    const says = closeText(c, closing);
    const packets = closePackets(closing);
    if (kind === 'reset') return contradicted('reset', packets, says);
    if (kind === 'fin-then-reset')
      return contradicted(closing.closeNotify === undefined ? 'fin-then-reset' : 'close-notify-then-reset', packets, says);
    if (kind === 'simultaneous') return contradicted('simultaneous', packets, says);
    if (kind === 'one-side') {
      const goesOn =
        after < 1e6
          ? { en: ', which ends there', ko: ' (캡처가 거기서 끝납니다)' }
          : { en: `, which goes on for ${durationText(after)}`, ko: ` (캡처는 ${durationText(after)} 더 이어집니다)` };
      // A side that let the other's idle timeout pass without an answer has not closed; else the capture may just have ended.
      if (after >= SETTLED || (idle >= SETTLED && first !== undefined && acknowledged[first] !== undefined))
        return contradicted('two-segments', packets, {
          en: `${says.en}${goesOn.en}: two segments`,
          ko: `${says.ko}${goesOn.ko}: 세그먼트 둘입니다`,
        });
      return unknown('capture-ended', packets, {
        en: `${says.en}, but that ends ${durationText(after)} later: the rest may have followed`,
        ko: `${says.ko}. 하지만 캡처가 ${durationText(after)} 뒤에 끝나므로 나머지가 뒤따랐을 수 있습니다`,
      });
    }
    if (kind === 'three') {
      if (c.traits?.includes('capture-loss'))
        return unknown('capture-loss', packets, {
          en: `${says.en} as far as captured; but this capture lost packets, and an ACK between the FINs may be one of them`,
          ko: `잡힌 대로라면 ${says.ko}. 하지만 이 캡처는 패킷을 놓쳤고, 두 FIN 사이의 ACK를 놓쳤을 수 있습니다`,
        });
      return contradicted('three-segments', packets, says);
    }
    if (first !== undefined && acknowledged[other(first)] === undefined) return unknown('last-ack-missing', packets, says);
    return confirmed('four-segments', packets, says);
  },
};
