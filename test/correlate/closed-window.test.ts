import { expect, test } from 'vitest';
import { run } from './dialogue.ts';

const OPEN = '0.0 c S\n 0.1 s SA\n 0.1 c A\n';
const stuck = (script: string) => {
  const { connections, journeys } = run(script);
  const { stages } = journeys[0];
  return {
    traits: connections[0].traits,
    stages: stages.map((s) => [s.kind, s.start / 1e6, s.end / 1e6, s.packets]),
    notes: stages.map((s) => s.note?.en ?? ''),
  };
};
const SERVER = 'the server’s receive window was 0 from packet 6 on and did not open again';

const POST = `${OPEN} 0.2 c PA "POST /a HTTP/1.1\\r\\nHost: a.example\\r\\nContent-Length: 5000\\r\\n\\r\\n"\n 0.21 c A len=1000\n 0.25 s A win=0\n`;
const PROBES = '0.5 c A len=1\n 0.51 s A ack=1059 win=0\n 1.5 c A seq=1059 len=1\n 1.51 s A ack=1059 win=0\n';

test('an upload that the server stops for good: the client was sending all the time', () => {
  const found = stuck(`${POST}${PROBES} 9.0 c R seq=1059`);
  expect(found.traits).toContain('window-stays-closed');
  expect(found.stages.slice(2, 5)).toEqual([
    // The first probe's byte is the request's next one.
    ['send', 200, 500, [4, 5, 7]],
    ['send', 500, 9000, [6, 7, 8, 9, 10]],
    ['close', 9000, 9000, [11]],
  ]);
  expect(found.notes[3]).toBe(SERVER);
});

test('it opened again, or the client had said that this was all', () => {
  expect(stuck(`${POST}${PROBES} 2.0 s A ack=1059 win=9000`).traits).not.toContain('window-stays-closed');
  expect(stuck(`${OPEN} 0.2 c FA len=9\n 0.25 s A win=0\n 0.3 s FA`).traits).not.toContain('window-stays-closed');
});

test('a download that the client stops', () => {
  const found = stuck(
    `${OPEN} 0.2 c PA "GET /a HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n"\n 0.3 s PA "HTTP/1.1 200 OK\\r\\nContent-Length: 5000\\r\\n\\r\\n"
     0.31 c A win=0\n 5.0 c R`,
  );
  expect(found.stages.at(-2)).toEqual(['receive', 300, 5000, [5]]);
  expect(found.notes.at(-2)).toBe(
    'the answer did not come to its end; the client’s receive window was 0 from packet 6 on and did not open again',
  );
});

test('a protocol that is not understood', () => {
  const found = stuck(`${OPEN} 0.2 c PA len=9\n 0.3 s PA len=9\n 0.4 s A win=0\n 7.0 c A win=9\n`);
  expect(found.stages.at(-1)).toEqual(['send', 400, 7000, [6]]);
  expect(found.notes.at(-1)).toBe(SERVER);
});
