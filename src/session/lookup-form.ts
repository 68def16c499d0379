import type { Lookup } from '../correlate/model.ts';
import { putEndpoint, putPackets, takeEndpoint, takePackets, type Whole } from './form-parts.ts';
import type { Form } from './packing.ts';

/** Lookups, without keys but for the records of their answers. */
export const LOOKUPS: Form<Lookup> = {
  put(to, lookup) {
    to.number(lookup.index);
    to.number(lookup.packet);
    to.number(lookup.id);
    to.word(lookup.transport);
    putEndpoint(to, lookup.client);
    putEndpoint(to, lookup.server);
    to.put(lookup.name);
    to.word(lookup.type);
    to.number(lookup.start);
    to.put(lookup.end);
    to.put(lookup.took);
    to.number(lookup.lastAsked);
    to.put(lookup.answerPacket);
    to.put(lookup.rcode);
    to.put(lookup.addresses);
    to.put(lookup.aliases);
    to.put(lookup.pointers);
    to.put(lookup.flags);
    to.put(lookup.answerFlags);
    to.put(lookup.records);
    putPackets(to, lookup.repeats);
    to.put(lookup.truncated);
    to.put(lookup.retryOf);
    to.put(lookup.retriedBy);
  },
  take(from) {
    const lookup: Whole<Lookup> = {
      index: from.number(),
      packet: from.number(),
      id: from.number(),
      transport: from.word() as Lookup['transport'],
      client: takeEndpoint(from),
      server: takeEndpoint(from),
      name: from.value() as string,
      type: from.word(),
      start: from.number(),
      end: from.some(),
      took: from.some(),
      lastAsked: from.number(),
      answerPacket: from.some(),
      rcode: from.some(),
      addresses: from.value() as string[],
      aliases: from.value() as string[],
      pointers: from.some(),
      flags: from.some(),
      answerFlags: from.some(),
      records: from.some(),
      repeats: takePackets(from),
      truncated: from.some(),
      retryOf: from.some(),
      retriedBy: from.some(),
    };
    return lookup as Lookup;
  },
};
