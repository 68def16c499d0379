import type { Connection } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { type Segment, segmentOf, segmentsOf } from '../segments.ts';

/** The three segments that opened a connection, of all that were sent: those that belong together. */
export interface Opening {
  syns: Segment[];
  synAcks: Segment[];
  syn: Segment | undefined;
  synAck: Segment | undefined;
  ack: Segment | undefined;
}

/** Reads a connection's handshake: the last SYN before the SYN+ACK that the third segment answers. */
export function openingOf(capture: CaptureFacts, c: Connection): Opening {
  const syns = segmentsOf(capture, c, c.handshake?.syn ?? []);
  const synAcks = segmentsOf(capture, c, c.handshake?.synAck ?? []);
  const ack = c.handshake?.ack === undefined ? undefined : segmentOf(capture, c, c.handshake.ack);
  const synAck = synAcks.findLast((each) => ack === undefined || each.number < ack.number) ?? synAcks[0];
  const first = synAcks[0];
  const syn = syns.findLast((each) => first !== undefined && each.number < first.number) ?? syns[0];
  return { syns, synAcks, syn, synAck, ack };
}

/** Whether a SYN+ACK answers a SYN: it acknowledges the SYN, and with fast open perhaps its data (RFC 7413 §4.2). */
export function answers(synAck: Segment, syn: Segment): boolean {
  const beyond = (synAck.acknowledgment - (syn.sequence + 1)) | 0;
  return beyond >= 0 && beyond <= syn.length;
}
