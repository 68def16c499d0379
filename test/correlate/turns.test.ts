import { expect, test } from 'vitest';
import { addTurn, inPacketOrder, type Turn } from '../../src/correlate/turns.ts';
import { run } from './dialogue.ts';

const OPEN = '0.0 c S\n 0.1 s SA\n 0.1 c A\n';
const SSH = { server: '10.0.0.2:22' };

/** The stages of the one journey: kind, start and end in milliseconds, packets. */
function stages(script: string, ends = {}) {
  const { journeys } = run(script, ends);
  expect(journeys).toHaveLength(1);
  return journeys[0].stages.map((s) => [s.kind, s.start / 1e6, s.end / 1e6, s.packets]);
}

test('the server speaks first: its greeting was waited for, the client’s pause is idle', () => {
  const script = `${OPEN} 0.5 s PA "SSH-2.0-a\\r\\n"\n 0.6 c PA "SSH-2.0-b\\r\\n"\n 0.7 s PA len=9\n 5.7 c PA len=9\n 5.9 s PA len=9`;
  expect(stages(script, SSH)).toEqual([
    ['tcp', 0, 100, [1, 2, 3]],
    ['wait', 100, 500, [4]],
    ['receive', 500, 500, [4]],
    ['idle', 500, 600, []],
    ['send', 600, 600, [5]],
    ['wait', 600, 700, [6]],
    ['receive', 700, 700, [6]],
    ['idle', 700, 5700, []],
    ['send', 5700, 5700, [7]],
    ['wait', 5700, 5900, [8]],
    ['receive', 5900, 5900, [8]],
  ]);
  const notes = run(script, SSH).journeys[0].stages.filter((s) => s.kind !== 'tcp' && s.kind !== 'idle');
  for (const { note } of notes) expect(note?.en).toMatch(/^estimate: /);
  const { har } = run(script, SSH).journeys[0];
  expect(har).toMatchObject({ connect: 100, send: 0, wait: 700, receive: 0, blocked: 5100, total: 5900 });
});

test('where the capture began later nobody knows what the first answer was an answer to', () => {
  expect(stages('0.5 s PA len=9 seq=0\n 0.6 s PA len=9\n 0.9 c PA len=5 seq=0', SSH)).toEqual([
    ['receive', 500, 600, [1, 2]],
    ['idle', 600, 900, []],
    ['send', 900, 900, [3]],
  ]);
});

test('behind a hole: turns are those of the packets, not of when the bytes were put in order', () => {
  const script = `${OPEN} 0.2 c PA len=9\n 0.3 s PA len=9 seq=10\n 0.35 c PA len=9\n 0.4 s PA len=10 seq=0`;
  expect(stages(script, SSH)).toEqual([
    ['tcp', 0, 100, [1, 2, 3]],
    ['idle', 100, 200, []],
    ['send', 200, 200, [4]],
    ['wait', 200, 300, [5]],
    ['receive', 300, 300, [5]],
    ['idle', 300, 350, []],
    ['send', 350, 350, [6]],
    ['wait', 350, 400, [7]],
    ['receive', 400, 400, [7]],
  ]);
});

test('many turns: those beyond the first are told together, with what each kind took', () => {
  const turns = Array.from({ length: 50 }, (_, i) => `${i + 1} c PA len=1\n ${i + 1.25} s PA len=1`).join('\n');
  const { journeys } = run(`${OPEN}${turns}`, SSH);
  const last = journeys[0].stages.at(-1);
  // 32 turns are 16 seconds; what follows begins at 17.
  expect([last?.kind, (last?.start ?? 0) / 1e6, (last?.end ?? 0) / 1e6, last?.packetCount]).toEqual(['idle', 17000, 50250, 68]);
  expect(last?.note?.en).toBe(
    'estimate: 68 further turns together: send 0.000 ms, wait 8500.000 ms, receive 0.000 ms, idle 24750.000 ms',
  );
});

test('a tunnel: what each side sends, and silence as idle', () => {
  const ask = '"CONNECT a.example:9443 HTTP/1.1\\r\\nHost: a.example:9443\\r\\n\\r\\n"';
  const script = `${OPEN} 0.2 c PA ${ask}\n 0.3 s PA "HTTP/1.1 200 OK\\r\\n\\r\\n"
    0.4 s PA len=5\n 0.5 s PA len=5\n 4.5 s PA len=5\n 4.6 c PA len=5\n 4.7 s PA len=5`;
  expect(run(script).journeys[0].name).toBe('a.example:9443');
  expect(stages(script).slice(2)).toEqual([
    ['send', 200, 200, [4]],
    ['wait', 200, 300, [5]],
    ['receive', 300, 300, [5]],
    ['idle', 300, 400, []],
    ['receive', 400, 500, [6, 7]],
    ['idle', 500, 4500, []],
    ['receive', 4500, 4500, [8]],
    ['idle', 4500, 4600, []],
    ['send', 4600, 4600, [9]],
    ['wait', 4600, 4700, [10]],
    ['receive', 4700, 4700, [10]],
  ]);
});

test('turns after a packet: nothing of those before it is left', () => {
  const turns: Turn[] = [];
  for (let i = 1; i <= 60; i++) addTurn(turns, i % 2 === 1, i, i * 1e6);
  for (const after of [0, 10, 32, 33, 40, 59]) {
    const packets = inPacketOrder(turns, after).flatMap((turn) => turn.packets);
    expect(packets).toEqual(Array.from({ length: 60 - after }, (_, i) => after + 1 + i));
  }
  const [rest] = inPacketOrder(turns, 40);
  expect([rest.start, rest.end, rest.packetCount]).toEqual([41e6, 60e6, 20]);
});
