import { describe, expect, test } from 'vitest';
import type { Connection } from '../../src/correlate/model.ts';
import { correlate, dialogue, run } from './dialogue.ts';

/** Round trip 40 ms, scaling in use. */
const OPEN = `
  0.000 c S  scale=7 mss=1460 id=1
  0.040 s SA scale=2 mss=1460 id=101
  0.0401 c A id=2
`;

/** The one connection of a script, as numbers by kind; kinds without packets are left out. */
function kinds(script: string): Record<string, number[]> {
  const { connections } = run(script);
  expect(connections).toHaveLength(1);
  return kindsOf(connections[0]);
}

function kindsOf(c: Connection): Record<string, number[]> {
  const all: Record<string, number[]> = { ...c.segments };
  if (c.retransmissions.length > 0) all.retransmissions = c.retransmissions;
  if (c.outOfOrder.length > 0) all.outOfOrder = c.outOfOrder;
  if (c.duplicateAcks.length > 0) all.duplicateAcks = c.duplicateAcks;
  return all;
}

const traits = (script: string): string[] => run(script).connections[0].traits ?? [];

describe('why a segment was sent again', () => {
  const LOST = `${OPEN} 0.05 s A len=100 id=102\n 0.051 s A seq=200 len=100 id=104`;

  test('by the timer', () => {
    expect(kinds(`${OPEN} 0.05 s A len=100 id=102\n 0.30 s A seq=0 len=100 id=103`)).toEqual({ retransmissions: [5] });
  });

  test('fast: two duplicate ACKs ask for it; one does not', () => {
    const acks = '0.052 c A ack=100\n 0.053 c A ack=100\n 0.054 c A ack=100 id=7';
    expect(kinds(`${LOST}\n ${acks}\n 0.095 s A seq=100 len=100 id=105`)).toEqual({
      previousNotCaptured: [5],
      duplicateAcks: [7, 8],
      retransmissions: [9],
      fastRetransmissions: [9],
    });
    expect(kinds(`${LOST}\n 0.052 c A ack=100\n 0.053 c A ack=100\n 0.095 s A seq=100 len=100 id=105`)).toEqual({
      previousNotCaptured: [5],
      duplicateAcks: [7],
      retransmissions: [8],
    });
  });

  test('fast: the segment that SACK leaves out; behind what it reports it is the timer', () => {
    const acks = '0.052 c A ack=100 sack=200-300\n 0.053 c A ack=100 sack=200-400';
    const sent = `${LOST}\n 0.0511 s A seq=300 len=100 id=105`;
    expect(kinds(`${sent}\n 0.0515 c A ack=100\n ${acks}\n 0.095 s A seq=150 len=50 id=106`)).toMatchObject({
      duplicateAcks: [8, 9],
      fastRetransmissions: [10],
    });
    expect(kinds(`${sent}\n 0.0515 c A ack=100\n ${acks}\n 0.4 s A seq=150 len=50 id=106`)).not.toHaveProperty(
      'fastRetransmissions',
    );
  });

  test('an ACK with a new window and news in SACK is a duplicate (RFC 6675), without news it is a window update', () => {
    expect(kinds(`${LOST}\n 0.052 c A ack=100\n 0.053 c A ack=100 win=64300 sack=200-300`)).toHaveProperty('duplicateAcks', [7]);
    expect(kinds(`${LOST}\n 0.052 c A ack=100\n 0.053 c A ack=100 win=64300`)).not.toHaveProperty('duplicateAcks');
  });

  test('spurious: it was acknowledged already', () => {
    expect(kinds(`${OPEN} 0.05 s A len=100\n 0.06 c A ack=100\n 0.30 s A seq=0 len=100 id=9`)).toEqual({
      retransmissions: [6],
      spuriousRetransmissions: [6],
    });
    expect(kinds(`${OPEN} 0.05 s A len=100\n 0.06 c A ack=99\n 0.30 s A seq=0 len=100 id=9`)).toEqual({ retransmissions: [6] });
  });
});

describe('late or sent again', () => {
  const hole = (seconds: string, more = ''): string =>
    `${OPEN} 0.0500 s A seq=100 len=100 ts=500\n ${seconds} s A seq=0 len=100 ${more}`;

  test('within a round trip it was overtaken, after one it was sent again', () => {
    expect(kinds(hole('0.0890'))).toMatchObject({ outOfOrder: [5] });
    expect(kinds(hole('0.0901'))).toMatchObject({ retransmissions: [5] });
  });

  test('the sender’s timestamps know better than the time', () => {
    expect(kinds(hole('0.0890', 'ts=501'))).toMatchObject({ retransmissions: [5] });
    expect(kinds(hole('0.0901', 'ts=499'))).toMatchObject({ outOfOrder: [5] });
  });

  test('without handshake and timestamps the packets do not decide', () => {
    const cut = '0.05 s A seq=0 len=9\n 0.051 s A seq=100 len=100\n 0.0515 s A seq=9 len=91';
    expect(kinds(cut)).toMatchObject({ outOfOrder: [3], undecided: [3] });
    expect(traits(cut)).toEqual(['mid-stream', 'one-direction', 'window-scale-unknown']);
  });

  test('bytes ahead of the first that was captured were not seen before', () => {
    expect(kinds('0.05 s A seq=100 len=9\n 0.0501 s A seq=0 len=100')).toEqual({ outOfOrder: [2], undecided: [2] });
    expect(kinds('0.05 s A seq=0 len=100\n 0.0501 s A seq=100 len=9\n 0.06 s A seq=0 len=100')).toEqual({ retransmissions: [3] });
  });

  test('a handshake whose SYN was sent twice gives no round trip (Karn)', () => {
    const late = `0 c S\n 3 c S seq=-1\n 3.01 s SA\n 3.02 c A\n 4 s A seq=100 len=100\n 4.5 s A seq=0 len=100`;
    expect(kinds(late)).toMatchObject({ retransmissions: [2, 6] });
  });

  test('captured behind its ACK: not sent again', () => {
    expect(kinds(`${OPEN} 0.05 c A seq=0 ack=100\n 0.0501 s A seq=0 len=100`)).toEqual({ unseenAcked: [4] });
    expect(kinds(`${OPEN} 0.05 s A seq=100 len=9\n 0.0501 c A ack=109\n 0.0502 s A seq=0 len=100`)).toMatchObject({
      outOfOrder: [6],
    });
  });

  test('a FIN that comes before the bytes ahead of it', () => {
    expect(kinds(`${OPEN} 0.05 s A seq=1 len=0\n 0.0501 s FA seq=0`)).toMatchObject({ outOfOrder: [5] });
  });
});

describe('what the capture lost', () => {
  test('an ACK for bytes nobody saw: capture loss, said once for each ACK that covers some', () => {
    const script = `${OPEN} 0.05 s A seq=0 len=10\n 0.06 s A seq=20 len=10\n 0.07 c A ack=30\n 0.08 s A seq=30 len=5\n 0.09 c A ack=35`;
    expect(kinds(script)).toEqual({ previousNotCaptured: [5], unseenAcked: [6] });
    expect(traits(script)).toEqual(['capture-loss']);
    expect(kinds(`${OPEN} 0.05 s A seq=0 len=10\n 0.06 s A seq=10 len=20\n 0.07 c A ack=30`)).toEqual({});
  });

  test('the FIN is acknowledged too, and is no loss', () => {
    expect(kinds(`${OPEN} 0.05 s FA seq=0 len=10\n 0.06 c A ack=11`)).toEqual({});
    expect(kinds(`${OPEN} 0.05 s FA seq=0 len=10\n 0.06 c A ack=12`)).toEqual({ unseenAcked: [5] });
  });

  test('an ACK repeated while nothing is outstanding is no duplicate ACK', () => {
    expect(kinds(`${OPEN} 0.05 s A len=9\n 0.06 c A ack=9\n 0.07 c A ack=9 id=3`)).toEqual({ repeatedAcks: [6] });
  });

  test('a payload cut by the snap length is missing, and said to be cut', () => {
    const frames = dialogue(`${OPEN} 0.05 s A len=100`);
    const whole = frames[3].bytes;
    frames[3] = { ...frames[3], bytes: whole.subarray(0, whole.length - 30), wire: whole.length };
    const [c] = correlate(frames).connections;
    expect(c.fromServer).toMatchObject({ streamBytes: 70, missingBytes: 30 });
    expect(c.traits).toEqual(['cut-payload']);
  });
});

describe('keep-alives and windows', () => {
  test('a keep-alive, with and without its one byte, and the answers', () => {
    const script = `${OPEN} 0.05 s A len=10\n 0.06 c A ack=10\n 9 s A seq=9 len=1\n 9.1 c A ack=10\n 18 s A seq=9\n 18.1 c A ack=10`;
    expect(kinds(script)).toEqual({ keepAlives: [6, 8], keepAliveAcks: [7, 9] });
  });

  test('one byte below, but two of them: sent again', () => {
    expect(kinds(`${OPEN} 0.05 s A len=10\n 0.06 c A ack=8\n 9 s A seq=8 len=2`)).toEqual({ retransmissions: [6] });
  });

  test('zero window, probe, the answer, and the byte counts once', () => {
    const script = `${OPEN} 0.05 s A len=10\n 0.06 c A ack=10 win=0\n 0.5 s A len=1\n 0.51 c A ack=10 win=0\n 0.6 c A ack=10 win=9\n 0.7 s A seq=10 len=5`;
    expect(kinds(script)).toEqual({ zeroWindows: [5, 7], windowProbes: [6], windowProbeAcks: [7] });
    expect(run(script).connections[0].fromServer.streamBytes).toBe(15);
    expect(kinds(script.replace('win=0', 'win=1').replace('win=0', 'win=1'))).not.toHaveProperty('windowProbes');
  });

  test('the window is full to the byte, as scaled', () => {
    expect(kinds(`${OPEN} 0.05 c A ack=0 win=2\n 0.06 s A len=256`)).toEqual({ windowFull: [5] });
    expect(kinds(`${OPEN} 0.05 c A ack=0 win=2\n 0.06 s A len=255`)).toEqual({});
  });

  test('where the handshake was not seen nobody knows the scale', () => {
    const script = '0.05 c A ack=0 win=2\n 0.06 s A len=2';
    expect(kinds(script)).toEqual({});
    expect(traits(script)).toEqual(['mid-stream', 'window-scale-unknown']);
  });

  test('the scale is in use only when both offer it', () => {
    expect(run(OPEN).connections[0].windowScale).toEqual({ client: 7, server: 2 });
    expect(run(OPEN.replace('scale=2', '')).connections[0].windowScale).toBeUndefined();
  });
});

describe('the same packet captured twice', () => {
  test('same identification while others of the flow differ: named, and nothing else is made of it', () => {
    const script = `${OPEN} 0.05 s A len=9 id=102\n 0.06 s A seq=0 len=9 id=102\n 0.061 c A ack=9 id=3\n 0.062 c A ack=9 id=3`;
    expect(kinds(script)).toEqual({ duplicates: [5, 7] });
    expect(
      kinds(script.replaceAll('id=102\n 0.061', 'id=103\n 0.061').replace('ack=9 id=3\n 0.062', 'ack=9 id=4\n 0.062')),
    ).toEqual({
      retransmissions: [5],
      repeatedAcks: [7],
    });
  });

  test('both sides of a router: one hop less', () => {
    const script = (ttl: number): string =>
      `0 c A len=9 id=0\n 0.0001 c A seq=0 len=0 id=0\n 0.0002 c A seq=9 id=0\n 0.0004 c A seq=9 id=0 ttl=${ttl}`;
    expect(kinds(script(63)).duplicates).toEqual([4]);
    expect(kinds(script(64))).not.toHaveProperty('duplicates');
  });

  test('without identification: no host sends data again within a millisecond, unless the other side asked', () => {
    const six = { client: '[2001:db8::1]:40000', server: '[2001:db8::2]:80' };
    const twice = (seconds: string, between = ''): Connection =>
      run(`0 c S\n 0.1 s SA\n 0.2 c A\n 0.3 c A len=9\n ${between}\n ${seconds} c A seq=0 len=9`, six).connections[0];
    expect(kindsOf(twice('0.3005'))).toEqual({ duplicates: [5] });
    expect(kindsOf(twice('0.3015'))).toEqual({ retransmissions: [5] });
    expect(kindsOf(twice('0.3005', '0.3002 s A ack=0'))).toMatchObject({ retransmissions: [6] });
  });

  test('a side whose first segment was taken for another capture of the other one’s has sent data all the same', () => {
    const ends = { client: '[2001:db8:1::1]:5000', server: '[2001:db8:2::1]:5000' };
    const forged = 's PA seq=-4000 ack=4000 "hello"';
    const script = `0 c S\n 0.1 s SA\n 0.2 c PA "hello"\n 0.2001 ${forged}\n 0.3 s PA seq=0 ack=5 "answer"\n 0.4 c A`;
    expect(run(script, ends).connections[0].history).toBe('ShDdA');
  });

  test('a SYN twice on "any" is one SYN for the round trip, and both are listed', () => {
    const { connections } = run('0 c S id=5\n 0.0001 c S seq=-1 id=5\n 0.01 s SA\n 0.011 c A');
    expect(connections[0].handshake?.syn).toEqual([1, 2]);
    expect(kindsOf(connections[0])).toEqual({ duplicates: [2] });
  });

  test('a closed port answers every segment: two RSTs are two', () => {
    expect(kinds('0 c S\n 0.1 c R seq=0 id=0\n 0.1001 c R seq=0 id=0')).not.toHaveProperty('duplicates');
    expect(kinds('0 c S\n 0.1 c R seq=0 id=0\n 0.1001 c R seq=0 id=0 ttl=63')).toHaveProperty('duplicates', [3]);
  });

  test('other bytes are no duplicate', () => {
    expect(kinds(`${OPEN} 0.05 c A "abc" id=3\n 0.0501 c A seq=0 "abX" id=3`)).toEqual({
      retransmissions: [5],
      inconsistentOverlaps: [5],
    });
  });
});

describe('overlaps', () => {
  test('the same bytes again are consistent, one other byte is not', () => {
    expect(kinds(`${OPEN} 0.05 c A "abcdef"\n 0.5 c A seq=3 "defghi"`)).toEqual({ retransmissions: [5] });
    expect(kinds(`${OPEN} 0.05 c A "abcdef"\n 0.5 c A seq=3 "dXfghi"`)).toMatchObject({ inconsistentOverlaps: [5] });
  });

  test('also with what waits behind a hole', () => {
    expect(kinds(`${OPEN} 0.05 c A seq=3 "def"\n 0.5 c A seq=0 "abcdeX"`)).toMatchObject({ inconsistentOverlaps: [5] });
    expect(kinds(`${OPEN} 0.05 c A seq=3 "def"\n 0.5 c A seq=0 "abcdef"`)).not.toHaveProperty('inconsistentOverlaps');
    expect(kinds(`${OPEN} 0.05 c A seq=3 "def"\n 0.5 c A seq=4 "eXg"`)).toMatchObject({ inconsistentOverlaps: [5] });
  });
});

describe('how a connection begins', () => {
  test('simultaneous open and split handshake', () => {
    const both = '0 c S\n 0 s S\n 0.01 c SA seq=-1 ack=0\n 0.01 s SA seq=-1 ack=0';
    expect(traits(both)).toEqual(['simultaneous-open']);
    expect(kinds(both)).toEqual({});
    expect(traits('0 c S\n 0.01 s S\n 0.02 c SA seq=-1 ack=0\n 0.03 s A ack=0')).toEqual(['split-handshake']);
    expect(traits('0 c S\n 0.01 s S')).toEqual(['two-syns']);
  });

  test('a SYN with data and fast open', () => {
    const script = '0 c S cookie=7 "GET"\n 0.01 s SA ack=3\n 0.02 c A seq=3';
    expect(kinds(script)).toEqual({ synData: [1] });
    expect(traits(script)).toEqual(['fast-open']);
    expect(run(script).connections[0].fromClient.streamBytes).toBe(3);
  });

  test('the server did not take the SYN’s data: it is sent again and counts once', () => {
    const script = '0 c S "GET"\n 0.01 s SA ack=0\n 0.02 c A seq=0 "GET"';
    expect(kinds(script)).toEqual({ synData: [1], retransmissions: [3] });
    expect(run(script).connections[0].fromClient.streamBytes).toBe(3);
  });

  test('half-open, one direction, port reuse', () => {
    expect(traits('0 c S\n 0.01 s SA\n 1 s SA seq=-1')).toEqual(['half-open']);
    expect(traits('0 c S\n 0.01 c A\n 0.02 c PA len=9')).toEqual(['one-direction', 'window-scale-unknown']);
    const again = run(`${OPEN} 0.1 c R\n 1 c S seq=90000\n`).connections;
    expect(again.map((c) => c.traits)).toEqual([[], ['port-reused']]);
  });

  test('the same SYN after a RST asks again: Windows tries three times what is refused', () => {
    const { connections } = run(
      '0 c S id=1\n 0.01 s RA ack=0\n 0.5 c S seq=-1 id=2\n 0.51 s RA ack=0\n 1 c S seq=-1 id=3\n 1.01 s RA ack=0',
    );
    expect(connections).toHaveLength(1);
    expect(connections[0].handshake?.syn).toEqual([1, 3, 5]);
    expect(connections[0].lastPacket).toBe(6);
    expect(connections[0].close.how).toBe('refused');
  });

  test('SYN-ACKs with numbers of their own: the one that is acknowledged counts', () => {
    const script = '0 c S\n 0.01 s SA seq=-1 ack=0\n 3 s SA seq=49999 ack=0\n 3.01 c A ack=50000';
    const [c] = run(`${script}\n 3.02 s PA seq=50000 ack=0 "hello"`).connections;
    expect(c.handshake?.synAck).toEqual([2, 3]);
    expect([c.fromServer.streamBytes, c.fromServer.missingBytes]).toEqual([5, 0]);
    const forged = '0 c S\n 0.01 s SA seq=-1 ack=0\n 0.02 c A ack=0\n 0.03 s SA seq=49999 ack=0';
    const [d] = run(`${forged}\n 0.04 s PA seq=0 ack=0 "hello"`).connections;
    expect([d.fromServer.streamBytes, d.fromServer.missingBytes]).toEqual([5, 0]);
  });

  test('a TCP header that was cut behind its window is its connection’s', () => {
    const frames = dialogue('0 c S\n 0.01 s SA\n 0.02 c A\n 0.03 c F');
    const cut = (length: number) => frames.map((f) => ({ ...f, bytes: f.bytes.subarray(0, 34 + length), wire: f.bytes.length }));
    const { connections } = correlate(cut(16));
    expect(connections).toHaveLength(1);
    expect([connections[0].fromClient.packets, connections[0].fromServer.packets]).toEqual([3, 1]);
    expect(kindsOf(connections[0])).toEqual({});
    expect(correlate(cut(15)).connections).toEqual([]);
  });

  test('a forged RST ahead of the SYN-ACK neither refuses nor moves the sequence', () => {
    const { connections } = run(
      '0 c S\n 0.01 s RA seq=7000 ack=-1\n 0.02 s SA seq=-1 ack=0\n 0.03 c A ack=0\n 0.04 s A seq=0 len=5',
    );
    expect(kindsOf(connections[0])).toEqual({ ineffectiveResets: [2] });
    expect(connections[0].close.how).toBe('open');
    expect(connections[0].fromServer.missingBytes).toBe(0);
  });

  test('only an RST that acknowledges the SYN refuses it', () => {
    expect(run('0 c S\n 0.01 s RA ack=0').connections[0].close.how).toBe('refused');
    expect(run('0 c S\n 0.01 s R seq=0').connections[0].close.how).toBe('reset');
  });

  test('offload super-segments, urgent data', () => {
    expect(traits(`${OPEN} 0.1 c A len=1461`)).toEqual(['super-segments']);
    expect(traits(`${OPEN} 0.1 c A len=1460`)).toEqual([]);
    expect(kinds(`${OPEN} 0.1 c UA len=1`)).toEqual({ urgent: [4] });
  });
});

test('a list stops at its limit, the count beside it does not', () => {
  const again = Array.from({ length: 300 }, (_, i) => `${i + 1} s A seq=0 len=9 id=${i + 200}`).join('\n');
  const [c] = run(`${OPEN} 0.05 s A len=9 id=102\n${again}`).connections;
  expect(c.retransmissions).toHaveLength(256);
  expect(c.counts).toEqual({ retransmissions: 300 });
});
