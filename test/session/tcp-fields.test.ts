import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { SegmentMarks } from '../../src/correlate/segment-marks.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { packets as packetFields } from '../../src/filter/packets.ts';
import { parse } from '../../src/filter/parser.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES } from '../fixtures/truth.ts';

// Expectations are what tshark 4.0.17 says of the same files (tcp.seq, tcp.ack, tcp.window_size, tcp.analysis.*).

async function open(file: string): Promise<FileSession> {
  const session = new FileSession(await openCapture(join(FIXTURES, file), { keep: true }));
  while (await session.step());
  return session;
}

function value(session: FileSession, packet: number, name: string): Field['value'] | undefined {
  const layer = session.packet(packet)?.layers.findLast(({ protocol }) => protocol === 'tcp');
  return layer?.fields.find((field) => field.name === name)?.value;
}

const matching = (session: FileSession, text: string): number[] => {
  const filter = parse(text, packetFields);
  return Array.from({ length: session.packetCount() }, (_, i) => i + 1).filter((n) => {
    const packet = session.packet(n);
    return packet !== undefined && filter.test(packet);
  });
};

test('numbers are relative and windows scaled, as tshark has them', async () => {
  const session = await open('lost-segment/client.pcap');
  const told = [7, 8, 9, 26, 59, 94, 95].map((n) =>
    ['tcp.stream', 'tcp.seq', 'tcp.ack', 'tcp.window_size'].map((name) => value(session, n, name)),
  );
  // A SYN's window is never scaled (RFC 7323 section 2.2): tcp.window_size_value is all there is to tell.
  expect(told).toEqual([
    [0, 0, undefined, undefined],
    [0, 0, 1, undefined],
    [0, 1, 1, 64512],
    [0, 90, 11585, 79872],
    [0, 11585, 90, 65536],
    [0, 60250, 91, 65536],
    [0, 91, 60251, 130048],
  ]);
  expect(session.packetSummary(26)?.info).toBe(
    '[TCP Dup ACK] 43672 → 80 [ACK] Seq=90 Ack=11585 Win=79872 Len=0 SACK=13033-14481',
  );
  expect(session.packetSummary(59)).toMatchObject({
    info: '[TCP Fast Retransmission] continuation, 1448 bytes',
    noted: true,
  });
  expect(session.packetSummary(9)?.noted).toBeUndefined();
  session.close();
});

test("filters know what a segment is by Wireshark's names", async () => {
  const session = await open('lost-segment/client.pcap');
  expect(matching(session, 'tcp.analysis.retransmission')).toEqual([59]);
  expect(matching(session, 'tcp.analysis.fast_retransmission')).toEqual([59]);
  expect(matching(session, 'tcp.analysis.lost_segment')).toEqual([25]);
  // 28 has a larger window than 26, but acknowledges more selectively: a duplicate to RFC 6675 section 2, an update to tshark.
  expect(matching(session, 'tcp.analysis.duplicate_ack').filter((n) => n !== 28)).toEqual([
    26, 30, 32, 34, 36, 38, 40, 42, 44, 46, 48, 50, 52, 54, 56, 58,
  ]);
  expect(matching(session, 'tcp.seq == 0 && tcp.ack == 1')).toEqual([8]);
  session.close();
});

test('SYNs that are sent again have the number 0 again', async () => {
  const session = await open('losses/client.pcap');
  expect(matching(session, 'tcp.analysis.retransmission and tcp.flags.syn == 1')).toEqual([14, 25, 29]);
  for (const n of [14, 25, 29]) expect(value(session, n, 'tcp.seq')).toBe(0);
  session.close();
});

test('every packet keeps its marks, in whatever order they come', () => {
  const marks = new SegmentMarks();
  for (let n = 2; n <= 8000; n += 2) marks.note('duplicateAcks', n);
  marks.note('retransmissions', 8001);
  marks.note('spuriousRetransmissions', 8001);
  marks.note('ineffectiveResets', 5);
  marks.note('ineffectiveResets', 6);
  marks.note('syn', 9000);
  expect(marks.of(8000)).toEqual(['duplicateAcks']);
  expect(marks.of(8001)).toEqual(['retransmissions', 'spuriousRetransmissions']);
  expect(marks.of(5)).toEqual(['ineffectiveResets']);
  expect(marks.of(6)).toEqual(['duplicateAcks', 'ineffectiveResets']);
  expect([marks.of(4), marks.of(8)]).toEqual([['duplicateAcks'], ['duplicateAcks']]);
  expect([marks.of(1), marks.of(7), marks.of(9000)]).toEqual([[], [], []]);
});
