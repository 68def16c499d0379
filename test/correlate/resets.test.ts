import { expect, test } from 'vitest';
import { run } from './dialogue.ts';

/** Round trip 40 ms. */
const OPEN = `
  0.000 c S  win=1000
  0.040 s SA win=1000
  0.0401 c A win=1000
`;

const ended = (script: string) => {
  const { connections, journeys } = run(script);
  expect(connections).toHaveLength(1);
  const { close, segments } = connections[0];
  return { close, ineffective: segments?.ineffectiveResets, journey: journeys[0] };
};

test('a RST that both sides did not heed is no evidence of the close', () => {
  const forged = `${OPEN} 0.05 c A len=10\n 0.06 s R seq=0\n 0.09 s A seq=0 ack=10 len=20\n 0.091 c A ack=20\n`;
  expect(ended(`${forged} 0.2 c FA\n 0.24 s FA\n 0.241 c A`)).toMatchObject({
    close: { how: 'fin-both', first: 'client', packets: [8, 9, 10] },
    ineffective: [5],
  });
  expect(ended(forged)).toMatchObject({ close: { how: 'open', packets: [] }, ineffective: [5] });
  expect(ended(`${forged} 0.3 s R`).close).toEqual({ how: 'reset', first: 'server', packets: [8] });
});

test('also where it claims to come from the side that only acknowledges', () => {
  const forged = `${OPEN} 0.05 s A len=500\n 0.06 c R seq=0\n 0.07 s A len=400\n 0.08 c A seq=0 ack=900\n`;
  expect(ended(`${forged} 0.12 s A len=300\n 0.121 c A seq=0 ack=1200`)).toMatchObject({
    close: { how: 'open' },
    ineffective: [5],
  });
  // Nothing new of the server's after the client went on: it may have taken the RST.
  expect(ended(forged)).toMatchObject({ close: { how: 'reset', first: 'client', packets: [5] }, ineffective: undefined });
});

test('data in flight and RSTs in answer to it do not save a connection', () => {
  const script = `${OPEN} 0.05 s A len=500\n 0.06 c R\n 0.061 s A len=500\n 0.062 s A len=500\n 0.0625 c R seq=0\n 0.063 c R seq=0`;
  expect(ended(script)).toMatchObject({ close: { how: 'reset', first: 'client', packets: [5] }, ineffective: undefined });
});

test('outside of the receiver’s window (RFC 5961): below what it has acknowledged, and beyond what it has announced', () => {
  const talk = `${OPEN} 0.05 c A len=10 win=1000\n 0.09 s A ack=10 win=1000\n`;
  expect(ended(`${talk} 0.1 c R seq=9`)).toMatchObject({ close: { how: 'open' }, ineffective: [6] });
  expect(ended(`${talk} 0.1 c R seq=10`)).toMatchObject({ close: { how: 'reset', packets: [6] }, ineffective: undefined });
  expect(ended(`${talk} 0.1 c R seq=1009`)).toMatchObject({ close: { how: 'reset', packets: [6] }, ineffective: undefined });
  expect(ended(`${talk} 0.1 c R seq=1010`)).toMatchObject({ close: { how: 'open' }, ineffective: [6] });
});

test('where the window’s scale is not known only what no window reaches lies outside', () => {
  const talk = '0.05 c A len=10 seq=0 ack=0 win=10\n 0.09 s A seq=0 ack=10 win=10\n';
  expect(ended(`${talk} 0.1 c R seq=1000000`)).toMatchObject({ close: { how: 'reset', packets: [3] } });
  expect(ended(`${talk} 0.1 c R seq=1100000000`)).toMatchObject({ close: { how: 'open' }, ineffective: [3] });
});

test('forged in both directions, and a FIN after it that closes first', () => {
  const script = `${OPEN} 0.05 c A len=10\n 0.06 s R seq=0\n 0.061 c R seq=10\n 0.09 s FA seq=0 ack=10 len=20\n 0.0901 c A seq=10 ack=21
    0.0902 c FA seq=10 ack=21 len=5\n 0.13 s A seq=21 ack=16`;
  expect(ended(script)).toMatchObject({
    close: { how: 'fin-both', first: 'server', packets: [7, 8, 9, 10] },
    ineffective: [5, 6],
  });
});

test('it is told in the journey', () => {
  const { journey } = ended(`${OPEN} 0.05 c A len=10\n 0.09 s A ack=10\n 0.1 c R seq=3\n 0.2 c FA seq=10\n 0.24 s FA\n 0.3 c A`);
  const close = journey.stages.find((s) => s.kind === 'close');
  expect(close?.packets).toEqual([7, 8, 9]);
  expect(close?.note?.en).toContain('RST in packet 6 did not end the connection');
});
