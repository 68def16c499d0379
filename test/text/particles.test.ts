import { expect, test } from 'vitest';
import { object, particles, subject, together, topic, toward } from '../../src/text/particles.ts';

test('particles follow the sound of the last digit, letter or syllable', () => {
  expect(topic('192.0.2.1')).toBe('192.0.2.1은');
  expect(topic('192.0.2.2')).toBe('192.0.2.2는');
  expect(subject('203.0.113.2:25770')).toBe('203.0.113.2:25770이');
  expect(subject('[2001:db8::5]')).toBe('[2001:db8::5]가');
  expect(object('서버')).toBe('서버를');
  expect(object('패킷')).toBe('패킷을');
  expect(together('port 80')).toBe('port 80과');
  expect(toward('10.0.0.11')).toBe('10.0.0.11로');
  expect(toward('10.0.0.13')).toBe('10.0.0.13으로');
  expect(toward('10.0.0.12')).toBe('10.0.0.12로');
  expect(toward('길')).toBe('길로');
});

test.each([
  // Hangul: by the last syllable's batchim; ㄹ takes 로.
  ['파일을(를)', '파일을'],
  ['캡처을(를)', '캡처를'],
  ['서울(으)로', '서울로'],
  ['부산(으)로', '부산으로'],
  ['대구(으)로', '대구로'],
  // Digits as they are read: 이, 삼, 칠, 십.
  ['192.0.2.2은(는)', '192.0.2.2는'],
  ['192.0.2.3이(가)', '192.0.2.3이'],
  ['10.0.0.7(으)로', '10.0.0.7로'],
  ['10.0.0.10(으)로', '10.0.0.10으로'],
  // Letters by name, words as they sound.
  ['SSL와(과)', 'SSL과'],
  ['URL(으)로', 'URL로'],
  ['DNS와(과)', 'DNS와'],
  ['a.example.com이(가)', 'a.example.com이'],
  ['a.example.net을(를)', 'a.example.net을'],
  ['a.example.org을(를)', 'a.example.org를'],
  ['websocket(으)로', 'websocket으로'],
  ['tcpdump은(는)', 'tcpdump는'],
  ['02:00:00:00:00:0a(으)로', '02:00:00:00:00:0a로'],
  // Brackets and quotes are not read.
  ['"이름"(이)라는', '"이름"이라는'],
  ['주소(2)이(가)', '주소(2)가'],
  ['[2001:db8::1]:443을(를)', '[2001:db8::1]:443을'],
  // Several in one sentence; nothing before.
  ['가을(를) 본 산이(가)', '가를 본 산이'],
  ['을(를)', '를'],
])('%s', (written, read) => {
  expect(particles(written)).toBe(read);
});
