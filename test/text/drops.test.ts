import { expect, test } from 'vitest';
import { dropsText } from '../../src/text/drops.ts';

test('none lost is said, and is not the same as not known', () => {
  expect(dropsText(0, 0)).toEqual({
    en: '0 packets dropped by the kernel, 0 by the interface',
    ko: '잃은 패킷: 커널 0개, 인터페이스 0개',
  });
  expect(dropsText(1, undefined).en).toBe('1 packet dropped by the kernel, not available by the interface');
  expect(dropsText(undefined, undefined)).toEqual({
    en: 'packets dropped by the kernel: not available; by the interface: not available',
    ko: '잃은 패킷: 커널 알 수 없음, 인터페이스 알 수 없음',
  });
});
