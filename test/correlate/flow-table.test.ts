import { expect, test } from 'vitest';
import { FlowTable } from '../../src/correlate/flow-table.ts';
import { Stacks } from '../../src/dissect/stacks.ts';
import { packetsOf, tcpFrame } from '../frames.ts';

const VALUE = 12;
const stacks = new Stacks();

/** Deterministic numbers below n. */
function numbers(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

test.each([
  ['IPv4', (n: number) => `10.0.0.${n + 1}`],
  ['IPv6', (n: number) => `[2001:db8::${(n + 1).toString(16)}]`],
])('%s: every flow is found again from both sides while others come and go', (_, address) => {
  const table = new FlowTable(16);
  const known = new Map<string, number>();
  const random = numbers(7);
  for (let round = 0; round < 12_000; round++) {
    const [host, port] = [random(40), random(60)];
    const ends = [`${address(host)}:${1000 + port}`, `${address(99)}:80`];
    const turned = random(2) === 1;
    const p = packetsOf([tcpFrame({ from: ends[turned ? 1 : 0], to: ends[turned ? 0 : 1] })], 1, stacks);
    const key = `${host} ${port}`;
    const slot = table.find(p, 0);
    expect(slot >= 0).toBe(known.has(key));
    if (slot < 0) {
      const made = table.insert();
      table.page(made).words[table.base(made) + VALUE] = round;
      known.set(key, round);
    } else {
      expect(table.page(slot).words[table.base(slot) + VALUE]).toBe(known.get(key));
      if (random(3) === 0) {
        table.remove(slot);
        known.delete(key);
      }
    }
    expect(table.count).toBe(known.size);
  }
  expect(table.slots()).toHaveLength(known.size);
});

test('"reversed" tells the direction of the row, relative to the first packet', () => {
  const table = new FlowTable(16);
  const there = packetsOf([tcpFrame({ from: '10.0.0.1:1', to: '10.0.0.2:2' })]);
  const back = packetsOf([tcpFrame({ from: '10.0.0.2:2', to: '10.0.0.1:1' })]);
  expect(table.find(there, 0)).toBe(-1);
  const slot = table.insert();
  expect([table.find(back, 0), table.reversed]).toEqual([slot, true]);
  expect([table.find(there, 0), table.reversed]).toEqual([slot, false]);
});
