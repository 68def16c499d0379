import type { Language } from './text.ts';

/** What a problem of this code means, in Korean; the details that follow are numbers and names. */
const KOREAN: Record<string, string> = {
  'truncated-file': '파일이 중간에 끝났습니다',
  'bad-record-length': '패킷 기록의 길이가 말이 되지 않습니다',
  'bad-block-length': '블록의 길이가 말이 되지 않습니다',
  'bad-block': '블록을 읽을 수 없습니다',
  'clock-fraction': '초의 소수 부분이 1초 이상입니다',
  'clock-step-back': '패킷의 시각이 앞 패킷보다 이릅니다',
  'inexact-times': '첫 패킷에서 너무 먼 시각이라 나노초까지 정확하지는 않습니다',
  'clock-steps': '시각이 거꾸로 간 패킷 수',
  'unknown-link-type': '해석하지 않는 링크 계층입니다',
  'unknown-link-types': '해석하지 않는 링크 계층의 패킷 수',
  'cut-packets': '캡처할 때 잘린 패킷이 있습니다',

  'bad-gzip': 'gzip이 깨져 있습니다',
  'no-kernel-timestamps': '커널의 시각이 아니어서 시각이 정확하지 않습니다',
  'clock-set': '캡처하는 동안 시계가 바뀌었습니다',
  'file-shrank': '읽는 동안 파일이 줄어들었습니다',
  'read-error': '파일을 읽지 못했습니다',
  spool: '패킷을 다시 읽을 수 없습니다',
};

/** A problem's sentence for people. */
export function problemText(problem: { code: string; message: string }, language: Language): string {
  const korean = KOREAN[problem.code];
  return language === 'ko' && korean !== undefined ? `${korean} (${problem.message})` : problem.message;
}
