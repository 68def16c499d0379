import type { Text } from './text.ts';

/** What a capture has lost. A number that is not there is not available, which is not the same as 0. */
export function dropsText(dropped: number | undefined, interfaceDropped: number | undefined): Text {
  const en = (n: number | undefined): string => (n === undefined ? 'not available' : String(n));
  const ko = (n: number | undefined): string => (n === undefined ? '알 수 없음' : `${n}개`);
  return {
    en:
      dropped === undefined
        ? `packets dropped by the kernel: not available; by the interface: ${en(interfaceDropped)}`
        : `${dropped} ${dropped === 1 ? 'packet' : 'packets'} dropped by the kernel, ${en(interfaceDropped)} by the interface`,
    ko: `잃은 패킷: 커널 ${ko(dropped)}, 인터페이스 ${ko(interfaceDropped)}`,
  };
}
