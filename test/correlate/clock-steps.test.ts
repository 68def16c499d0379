import { expect, test } from 'vitest';
import { ClockSteps, STEP_LIMIT } from '../../src/correlate/clock-steps.ts';
import { answer, query } from '../dns/build.ts';
import { type Captured, packetsOf, tcpFrame, udpFrame } from '../frames.ts';
import { correlate, run } from './dialogue.ts';

const GET = '"GET /a HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n"';
const ANSWER = '"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi"';
const rtt = (script: string) => run(script).connections[0].handshake?.rtt;

test('a round trip is measured only where the clock ran on', () => {
  expect(rtt('5.0 c S\n 5.1 s SA\n 5.2 c A')).toBe(200e6);
  expect(rtt('5.0 c S\n 1.1 s SA\n 1.2 c A')).toBeUndefined();
  // Later than the SYN all the same, but by how much nobody knows.
  expect(rtt('5.0 c S\n 1.1 s SA\n 9.2 c A')).toBeUndefined();
  // Captured by two processors, a little out of order.
  expect(rtt('5.0 c S\n 5.1 s SA\n 5.0999 c A')).toBe(99.9e6);
});

test('packets of two interfaces, each in order, are no clock that runs backwards', () => {
  const at = (ms: number): bigint => 1_600_000_000_000_000_000n + BigInt(ms) * 1_000_000n;
  const p = packetsOf([10, 250, 20, 260, 5].map((ms) => ({ bytes: tcpFrame({}), time: at(ms) })));
  p.firstNumber = 1;
  const steps = new ClockSteps();
  steps.rows(p, 0, 5, Uint32Array.of(0, 1, 0, 1, 0));
  expect([steps.between(0, 4), steps.between(4, 5)]).toEqual([0, 5]);
});

test('so is a lookup', () => {
  const at = (ms: number): bigint => 1_600_000_000_000_000_000n + BigInt(ms) * 1_000_000n;
  const ask = udpFrame({ from: '10.0.0.1:5000', to: '10.0.0.9:53', payload: query(7, 'a.example') });
  const tell = udpFrame({ from: '10.0.0.9:53', to: '10.0.0.1:5000', payload: answer(7, 'a.example', ['192.0.2.1']) });
  const took = (ms: number) =>
    correlate([
      { bytes: ask, time: at(500) },
      { bytes: tell, time: at(ms) },
    ]).lookups[0].took;
  expect(took(530)).toBe(30e6);
  expect(took(400)).toBeUndefined();
});

test('a stage across the place says that its time is not known; the others do not', () => {
  const { journeys } = run(`5.0 c S\n 5.1 s SA\n 5.1 c A\n 5.2 c PA ${GET}\n 1.0 s PA ${ANSWER}\n 1.1 c FA\n 1.2 s FA`);
  const told = journeys[0].stages.filter((s) => s.note?.en.includes('the capture’s clock ran backwards in packet 5'));
  expect(told.map((s) => s.kind)).toEqual(['wait']);
});

test('steps are kept up to a limit', () => {
  const frames: Captured[] = Array.from({ length: 3000 }, (_, i) => ({
    bytes: tcpFrame({}),
    time: 1_600_000_000_000_000_000n + BigInt(i % 2 === 0 ? 1_000_000_000 : 0),
  }));
  const steps = new ClockSteps();
  const p = packetsOf(frames);
  p.firstNumber = 1;
  steps.rows(p, 0, frames.length, new Uint32Array(frames.length));
  expect(steps.between(0, 1)).toBe(0);
  expect(steps.between(1, 2)).toBe(2);
  expect(steps.between(2, 3)).toBe(0);
  expect(steps.between(2 * STEP_LIMIT - 1, 2 * STEP_LIMIT)).toBe(2 * STEP_LIMIT);
  expect(steps.between(2 * STEP_LIMIT, 3000)).toBe(0);
});
