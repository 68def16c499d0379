import { hostPort } from '../../correlate/host-names.ts';
import type { CaptureFacts } from '../facts.ts';
import type { Clocks } from './clocks.ts';
import type { Found } from './found.ts';
import { joinMarks, MarkTable } from './marks.ts';

/** Joins DNS questions over UDP by id, name and type; ports and addresses may have been translated. */
export function joinLookups(captures: CaptureFacts[], clocks: Clocks, found: Found[]): number {
  const table = new MarkTable();
  for (const capture of captures)
    for (const lookup of capture.lookups) {
      if (lookup.transport !== 'udp') continue;
      table.add(`${lookup.id}.${lookup.type}.${lookup.name.toLowerCase()}`, {
        capture: capture.index,
        id: lookup.index,
        packet: lookup.packet,
        answer: lookup.answerPacket,
        ends: `${hostPort(lookup.client)} ${hostPort(lookup.server)}`,
        fromClient: true,
      });
    }
  return table.left + joinMarks(captures, clocks, found, table.groups.values(), 'lookup', 'dns-id');
}
