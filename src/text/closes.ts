import type { Text } from './text.ts';

/** How a connection ended, as records have it. */
interface Close {
  how: 'fin-both' | 'fin-client-only' | 'fin-server-only' | 'reset' | 'open' | 'refused' | 'unreachable' | 'unanswered' | string;
  first?: 'client' | 'server' | undefined;
}

const HOW: Record<string, Text> = {
  'fin-both': { en: 'FIN by both', ko: '양쪽 FIN' },
  'fin-client-only': { en: 'FIN by the client only', ko: '클라이언트만 FIN' },
  'fin-server-only': { en: 'FIN by the server only', ko: '서버만 FIN' },
  reset: { en: 'reset', ko: 'RST로 끊김' },
  open: { en: 'not closed here', ko: '닫히지 않음' },
  refused: { en: 'refused', ko: '거부됨' },
  unreachable: { en: 'unreachable', ko: '도달할 수 없음' },
  unanswered: { en: 'no answer', ko: '응답 없음' },
};
const FIRST = {
  client: { en: ', client first', ko: ', 클라이언트가 먼저' },
  server: { en: ', server first', ko: ', 서버가 먼저' },
};

/** "FIN by both, client first". */
export function closeText({ how, first }: Close): Text {
  const said = HOW[how] ?? { en: how, ko: how };
  const who = first === undefined || (how !== 'fin-both' && how !== 'reset') ? { en: '', ko: '' } : FIRST[first];
  return { en: said.en + who.en, ko: said.ko + who.ko };
}
