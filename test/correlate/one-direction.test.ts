import { describe, expect, test } from 'vitest';
import { correlate, dialogue } from './dialogue.ts';

const GET = '"GET /a HTTP/1.1\\r\\nHost: a.example\\r\\n\\r\\n"';
const ANSWER = '"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi"';
const WHOLE = `
  0.00 c S\n 0.10 s SA\n 0.11 c A
  0.20 c PA ${GET}\n 0.30 s PA ${ANSWER}\n 0.31 c A
  0.40 c FA\n 0.50 s FA\n 0.51 c A`;

/** As the capture of a tap on one direction has it. */
function only(side: 'c' | 's', script: string) {
  const kept = script.split('\n').map((line) => line.trim().split(/\s+/)[1] === side || line.trim() === '');
  const frames = dialogue(script).filter((_, i) => kept.filter((_, j) => script.split('\n')[j].trim() !== '')[i]);
  const { connections, journeys } = correlate(frames);
  expect([connections.length, journeys.length]).toEqual([1, 1]);
  return { connection: connections[0], journey: journeys[0] };
}

const notes = (journey: { stages: { kind: string; note?: { en: string } }[] }) =>
  journey.stages.flatMap((s) => (s.note === undefined ? [] : [`${s.kind}: ${s.note.en}`]));

describe('only what the client sent was captured', () => {
  test('the ACK shows that the handshake was finished, what it acknowledges that there was an answer', () => {
    const { connection, journey } = only('c', WHOLE);
    expect(connection.handshake).toEqual({ syn: [1], synAck: [], ack: 2, rtt: 110e6 });
    expect(connection.traits).toContain('one-direction');
    expect(journey.outcome).toBe('unknown');
    expect(notes(journey)).toEqual([
      'tcp: the answer to the SYN was not captured',
      'wait: nothing of the server was captured',
      'close: nothing of the server was captured',
    ]);
  });

  test('a handshake and no request', () => {
    expect(only('c', '0 c S\n 0.1 s SA\n 0.2 c A\n 1 c FA\n 1.1 s FA\n 1.2 c A').journey.outcome).toBe('no-request');
    const open = only('c', '0 c S\n 1 c S seq=-1\n 1.1 s SA\n 1.2 c A');
    expect([open.connection.close.how, open.journey.outcome]).toEqual(['open', 'unknown']);
  });

  test('a protocol that is not understood', () => {
    expect(only('c', '0 c S\n 0.1 s SA\n 0.2 c A\n 0.3 c PA len=9\n 0.4 s PA len=9\n 1 c FA\n 1.2 c A').journey.outcome).toBe(
      'unknown',
    );
  });

  test('SYNs alone are still unanswered, with data in them or not', () => {
    for (const data of ['', 'len=9']) {
      const { connection, journey } = only('c', `0 c S ${data}\n 1 c S seq=-1 ${data}`);
      expect([connection.close.how, journey.outcome]).toEqual(['unanswered', 'timed-out']);
    }
  });
});

describe('only what the server sent was captured', () => {
  test('the answer is whole, the handshake is not called failed', () => {
    const { connection, journey } = only('s', WHOLE);
    expect(connection.client.port).toBe(40000);
    expect(connection.handshake).toEqual({ syn: [], synAck: [1], ack: undefined, rtt: undefined });
    expect(journey.outcome).toBe('complete');
    expect(notes(journey)).toEqual(['tcp: the SYN was not captured', 'close: nothing of the client was captured']);
  });

  test('of a protocol that is not understood nothing is known', () => {
    expect(only('s', '0 c S\n 0.1 s SA\n 0.2 c A\n 0.3 c PA len=9\n 0.4 s PA len=9\n 1 c FA\n 1.2 s FA').journey.outcome).toBe(
      'unknown',
    );
  });
});

test('both directions, but the answer was lost by the capture: the client has acknowledged it', () => {
  const frames = dialogue(WHOLE);
  const { journeys } = correlate([...frames.slice(0, 4), ...frames.slice(5, 6)]);
  expect(journeys[0].outcome).toBe('unknown');
  expect(notes(journeys[0])).toEqual([expect.stringMatching(/^wait: the answer was not captured/)]);
});
