import type { Endpoint, Lookup } from './model.ts';
import { EMPTY } from './packet-list.ts';

/** A question without an answer. All lookups are made here: objects of one shape are read faster than those of several. */
export const newLookup = (
  index: number,
  packet: number,
  transport: Lookup['transport'],
  client: Endpoint,
  server: Endpoint,
  name: string,
  type: string,
  start: number,
): Lookup => ({
  index,
  packet,
  id: 0,
  transport,
  client,
  server,
  name,
  type,
  start,
  end: undefined,
  took: undefined,
  lastAsked: start,
  answerPacket: undefined,
  rcode: undefined,
  addresses: EMPTY,
  aliases: EMPTY,
  pointers: undefined,
  flags: undefined,
  answerFlags: undefined,
  records: undefined,
  repeats: EMPTY,
  truncated: undefined,
  retryOf: undefined,
  retriedBy: undefined,
});
