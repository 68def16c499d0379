import { confirmed, contradicted, unknown } from '../findings.ts';
import { aConnection, bothDirections, connectionOf } from '../needs.ts';
import type { JourneyRule } from '../rule.ts';
import { closingOf } from './closing.ts';
import { closed, established, knownRoles } from './needs.ts';
import { closePackets, closeText } from './words.ts';

export const rule: JourneyRule = {
  id: 'R-FIN-1',
  chapter: 'close',
  scope: 'journey',
  statement: { en: 'The client closes first', ko: '클라이언트가 먼저 닫는다' },
  reality: {
    en: 'Either side may (RFC 9293 §3.6). With "Connection: close", with bodies that end with the connection and with idle timeouts it is mostly the server (RFC 9112 §9.6).',
    ko: '어느 쪽이든 먼저 닫을 수 있습니다 (RFC 9293 §3.6). "Connection: close"일 때, 본문이 연결과 함께 끝날 때, 유휴 시간이 지났을 때는 대개 서버가 먼저 닫습니다 (RFC 9112 §9.6).',
  },
  rfc: ['RFC 9293 §3.6', 'RFC 9112 §9.6'],
  vantages: ['client', 'server'],
  reasons: [
    'client-first',
    'client-reset',
    'server-first',
    'server-idle-timeout',
    'server-reset',
    'reset-by-another',
    'simultaneous',
    'left-open',
    'capture-ended',
    'not-established',
    'roles-unknown',
  ],
  needs: [aConnection, established, bothDirections, closed, knownRoles],
  check(subject) {
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const closing = closingOf(subject.capture, c);
    const { kind, first, idle } = closing;
    const says = closeText(c, closing);
    const packets = closePackets(closing);
    if (kind === 'simultaneous') return contradicted('simultaneous', packets, says);
    if (kind === 'reset' && first === 'client' && closing.foreign !== undefined)
      return unknown('reset-by-another', packets, says);
    if (first === 'client') return confirmed(kind === 'reset' ? 'client-reset' : 'client-first', packets, says);
    if (kind === 'reset') return contradicted('server-reset', packets, says);
    return contradicted(idle >= 1e9 ? 'server-idle-timeout' : 'server-first', packets, says);
  },
};
