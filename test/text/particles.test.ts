import { expect, test } from 'vitest';
import { object, subject, together, topic, toward } from '../../src/text/particles.ts';

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
