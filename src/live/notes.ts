import type { HelperEvent } from '../helper/protocol.ts';
import type { Text } from '../text/text.ts';

/** What is told about a capture under way. */
export const notes = {
  lost: (name: string, words: string): Text => ({ en: `${name}: ${words}`, ko: `${name}: 캡처할 수 없게 되었습니다 (${words})` }),
  notKept: (path: string, words: string): Text => ({
    en: `${path} is not written any further: ${words}`,
    ko: `${path}에 더 쓰지 못합니다: ${words}`,
  }),
  end(event: HelperEvent & { event: 'end' }): Text | undefined {
    const { reason, message } = event;
    if (reason === 'spool' || reason === 'program')
      return { en: `capture ended: ${message}`, ko: `캡처가 끝났습니다: ${message}` };
    if (reason === 'interfaces')
      return { en: 'capture ended: no interface is left', ko: '캡처가 끝났습니다: 남은 인터페이스가 없습니다' };
    return undefined;
  },
  noKernelTimes: {
    en: 'cap has neither the kernel’s times nor packets’ original lengths nor counts of lost packets: times are rough',
    ko: 'cap은 커널의 시각도, 패킷의 원래 길이도, 잃은 패킷 수도 알려 주지 않아 시각이 정확하지 않습니다',
  } satisfies Text,
};

export function lastWords(code: number | null, signal: string | null, words: string): Text {
  const why = `${signal ?? `exit code ${code}`}${words.trim() === '' ? '' : `: ${words.trim()}`}`;
  return { en: `the capture helper ended (${why})`, ko: `캡처 도우미가 끝났습니다 (${why})` };
}
