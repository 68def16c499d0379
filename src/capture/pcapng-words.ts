import type { Words } from './batch.ts';

// Pieces of what is told of pcapng blocks.

export const LEFT_OUT: Words = { en: 'left out', ko: '뺐음' };
export const and = (what: Words, then: Words): Words => ({ en: `${what.en}; ${then.en}`, ko: `${what.ko}. ${then.ko}` });
export const notDescribed = (id: number, described: number): string =>
  `인터페이스 ${id}, 구역에는 인터페이스가 ${described}개만 있음`;

export const blockAt = (where: number, what: Words): Words => ({
  en: `pcapng block at ${where}: ${what.en}`,
  ko: `위치 ${where}의 pcapng 블록: ${what.ko}`,
});

export const tooLarge = (captured: number, length: number): Words => ({
  en: `a packet of ${captured} bytes in a block of ${length}`,
  ko: `${length}바이트 블록 안에 ${captured}바이트의 패킷`,
});
