import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgeAll } from '../../src/rules/engine.ts';
import { buildHops } from '../../src/rules/join/build.ts';
import { RULES } from '../../src/rules/registry.ts';
import { FIXTURES, scenarios } from '../fixtures/truth.ts';
import { readCaptures } from './judge.ts';

/** What no capture at another place decides: keys, a registry, a host's own tables. */
const NO_CAPTURE_DECIDES = new Set([
  'no-keys',
  'alpn-encrypted',
  'no-alpn',
  'R-DNS-3 owner-not-told',
  'R-ARP-5 no-answer',
  'R-ARP-8 reply-elsewhere',
]);
/** Captured before or beside what is here: no address of this capture is in it for sure. */
const ELSEWHERE = new Set([
  'R-IP-1 sent-on-by-a-proxy',
  'R-IP-9 between-routers',
  'R-DNS-9 told-before-capture',
  'R-DNS-9 client-elsewhere',
  'R-DNS-6 host-state',
  'R-DNS-6 no-name',
  'R-LB-1 behind-not-captured',
  'R-LB-2 behind-not-captured',
  'R-LB-3 behind-not-captured',
  'R-LB-4 behind-not-captured',
  'R-LB-1 front-not-captured',
  'R-NAT-4 outside-not-captured',
]);

interface Advised {
  what: string;
  command: string | undefined;
  /** Addresses and ports of the capture, as they stand in a filter. */
  own: Set<string>;
}

/** Every not-visible finding of each capture alone, and of a fixture's captures together. */
async function notVisible(fixture: string): Promise<Advised[]> {
  const paths = readdirSync(join(FIXTURES, fixture)).filter((name) => /\.pcap(ng)?$/.test(name));
  const groups = [...paths.map((path) => [path]), ...(paths.length > 1 ? [paths] : [])];
  const found: Advised[] = [];
  for (const group of groups) {
    const captures = await readCaptures(group.map((path) => join(FIXTURES, fixture, path)));
    const own = new Set<string>();
    for (const { connections, lookups, icmp, resolutions } of captures) {
      for (const { client, server } of [...connections, ...lookups])
        for (const each of [client, server]) own.add(each.address).add(String(each.port));
      for (const each of icmp) own.add(each.source).add(each.destination);
      for (const each of resolutions) own.add(each.targetAddress).add(each.answerMac ?? '');
    }
    for (const { rule, verdict, reason, advice, capture } of judgeAll(RULES, buildHops(captures))) {
      if (verdict !== 'not-visible') continue;
      // Of an ARP conversation alone nothing says who else speaks there.
      const alone = captures[capture].connections.count + captures[capture].lookups.count === 0;
      found.push({ what: `${rule} ${reason}`, command: advice?.command, own: alone ? new Set([...own, 'arp']) : own });
    }
    for (const each of captures) each.close();
  }
  return found;
}

const isListed = (list: Set<string>, what: string): boolean => list.has(what) || list.has(what.split(' ')[1]);

/** The filter of a tcpdump line: what a shell makes of its words behind the options. */
const filterOf = (command: string): string | undefined =>
  /^tcpdump -i (?:any|<[a-z0-9-]+>) -w [a-z0-9-]+\.pcap (.+)$/.exec(command)?.[1].replace(/^(['"])(.*)\1$/, '$2');

describe('where this capture cannot decide, the line to type is there', async () => {
  const all = (await Promise.all(scenarios.map(notVisible))).flat();

  test('each finding has a tcpdump line, but where no capture decides', () => {
    expect(all.length).toBeGreaterThan(1000);
    const without = all.filter(
      ({ what, command }) => !isListed(NO_CAPTURE_DECIDES, what) && filterOf(command ?? '') === undefined,
    );
    expect([...new Set(without.map(({ what, command }) => `${what}: ${command}`))]).toEqual([]);
    const none = all.filter(({ command }) => command === undefined);
    expect([...new Set(none.map(({ what }) => what))]).toEqual([]);
  });

  test('the line names an address or a port of the capture, but where what is wanted was before or elsewhere', () => {
    const strange = all.filter(({ what, command, own }) => {
      const filter = filterOf(command ?? '');
      return filter !== undefined && !isListed(ELSEWHERE, what) && !filter.split(/[ ']/).some((word) => own.has(word));
    });
    expect([...new Set(strange.map(({ what, command }) => `${what}: ${command}`))]).toEqual([]);
  });

  test('lists name no reason that never comes', () => {
    const come = new Set(all.flatMap(({ what }) => [what, what.split(' ')[1]]));
    expect([...NO_CAPTURE_DECIDES, ...ELSEWHERE].filter((each) => !come.has(each))).toEqual([]);
  });

  const tcpdump = spawnSync('tcpdump', ['--version']).error === undefined;
  test.skipIf(!tcpdump)('tcpdump takes each filter', () => {
    const shapes = new Map<string, string>();
    for (const { command } of all) {
      const filter = filterOf(command ?? '');
      if (filter !== undefined) shapes.set(filter.replace(/\d+(\.\d+){3}/g, 'IPv4').replace(/\S*::\S*/g, 'IPv6'), filter);
    }
    expect(shapes.size).toBeGreaterThan(20);
    for (const filter of shapes.values()) {
      const { status, stderr } = spawnSync('tcpdump', ['-n', '-y', 'EN10MB', '-d', filter], { encoding: 'utf8' });
      expect([filter, status, stderr]).toEqual([filter, 0, '']);
    }
  });
});
