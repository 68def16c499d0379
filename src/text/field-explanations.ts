import type { Text } from './text.ts';

/** What a field means, for somebody who sees it for the first time; by Wireshark's name. */
const MEANINGS: Record<string, Text> = {
  'ip.ttl': {
    en: 'routers this packet may still pass: each takes one off, at 0 it is dropped (RFC 791)',
    ko: '앞으로 지날 수 있는 라우터 수: 라우터마다 1씩 줄고 0이 되면 버려집니다 (RFC 791)',
  },
};

export const explainField = (name: string): Text | undefined => MEANINGS[name];
