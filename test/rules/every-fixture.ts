import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judgeAll } from '../../src/rules/engine.ts';
import { buildHops } from '../../src/rules/join/build.ts';
import { RULES } from '../../src/rules/registry.ts';
import type { Judgement } from '../../src/rules/rule.ts';
import { FIXTURES, keyLogsOf, scenarios } from '../fixtures/truth.ts';
import { readCaptures } from './judge.ts';

export interface Judged extends Judgement {
  /** The fixture and its captures. */
  of: string;
  /** Addresses and ports of the captures, as they stand in a filter. */
  own: ReadonlySet<string>;
}

/** What the rules say of each capture of the lab alone, and of a fixture's captures together; without keys and with them. */
export async function judgeFixtures(): Promise<Judged[]> {
  const all: Judged[] = [];
  for (const fixture of scenarios) {
    const names = readdirSync(join(FIXTURES, fixture)).filter((name) => /\.pcap(ng)?$/.test(name));
    for (const group of [...names.map((name) => [name]), ...(names.length > 1 ? [names] : [])])
      for (const keys of keyLogsOf(fixture).length > 0 ? [[], keyLogsOf(fixture)] : [[]]) {
        const files = group.map((name) => join(FIXTURES, fixture, name));
        all.push(...(await judged(files, keys, `${fixture} ${group.join(' ')}`)));
      }
  }
  return all;
}

async function judged(files: string[], keys: string[], of: string): Promise<Judged[]> {
  const captures = await readCaptures(files, undefined, keys);
  const own = new Set<string>();
  for (const { connections, lookups, quic, icmp, resolutions } of captures) {
    for (const { client, server } of [...connections, ...lookups, ...quic])
      for (const each of [client, server]) own.add(each.address).add(String(each.port));
    for (const each of icmp) own.add(each.source).add(each.destination);
    for (const each of resolutions) own.add(each.targetAddress).add(each.answerMac ?? '');
  }
  const all: Judged[] = [];
  for (const each of judgeAll(RULES, buildHops(captures))) {
    // Of an ARP conversation alone nothing says who else speaks there.
    const { connections, lookups } = captures[each.capture];
    const alone = connections.count + lookups.count === 0;
    all.push({ ...each, of, own: alone ? new Set([...own, 'arp']) : own });
  }
  for (const each of captures) each.close();
  return all;
}
