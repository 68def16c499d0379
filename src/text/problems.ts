import { countedText, isCounted } from './counted.ts';
import { particles } from './particles.ts';
import type { Language } from './text.ts';

/** What a problem of this code means, in Korean; the details that follow are numbers and names. */
export const KOREAN: Record<string, string> = {
  'truncated-file': '파일이 중간에 끝났습니다',
  'bad-record-length': '패킷 기록의 길이가 말이 되지 않습니다',
  'bad-block-length': '블록의 길이가 말이 되지 않습니다',
  'bad-block': '블록을 읽을 수 없습니다',
  'clock-fraction': '초의 소수 부분이 1초 이상입니다',
  'clock-step-back': '패킷의 시각이 앞 패킷보다 이릅니다',
  'inexact-times': '첫 패킷에서 너무 먼 시각이라 나노초까지 정확하지는 않습니다',
  'unknown-link-type': '해석하지 않는 링크 계층입니다',
  'newer-version': '알려진 것보다 새로운 버전입니다',
  'unsupported-version': '지원하지 않는 버전의 구역입니다',
  'too-many-interfaces': '인터페이스가 너무 많습니다',
  'too-many-names': '이름이 너무 많아 나머지는 뺐습니다',
  'too-many-secrets': '복호화 비밀이 너무 많아 나머지는 뺐습니다',
  'spool-overrun': '캡처가 분석보다 너무 앞서가서 그 사이를 잃었습니다',
  'bad-gzip': 'gzip이 깨져 있습니다',
  'no-kernel-timestamps': '커널의 시각이 아니어서 시각이 정확하지 않습니다',
  'clock-set': '캡처하는 동안 시계가 바뀌었습니다',
  'key-log-empty': '키 로그가 비어 있어 아무것도 열 수 없습니다',
  'key-log-unfinished': '키 로그로 준 파이프를 쓰는 쪽이 몇 초가 지나도 닫지 않았습니다',
  'key-log-without-keys': '키 로그에 키 로그 형식의 줄이 없습니다',
  'key-log-exposed': '키 로그를 주인이 아닌 사람도 읽을 수 있습니다',
  'file-shrank': '읽는 동안 파일이 줄어들었습니다',
  'read-error': '파일을 읽지 못했습니다',
  spool: '패킷을 다시 읽을 수 없습니다',
};

/** A problem's sentence for people. */
export function problemText(problem: { code: string; message: string; korean?: string | undefined }, language: Language): string {
  if (language === 'en') return problem.message;
  const count = Number.parseInt(problem.message, 10);
  if (isCounted(problem.code) && count > 0) return countedText(problem.code, count, language);
  const korean = KOREAN[problem.code];
  const detail = problem.korean ?? problem.message;
  return particles(korean === undefined ? detail : `${korean} (${detail})`);
}
