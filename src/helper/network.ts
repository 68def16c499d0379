import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import {
  type Command,
  freeSubnet,
  linkCommands,
  type NetworkFacts,
  namesFor,
  rulesToDelete,
  ruleCommands,
  type Subnet,
} from './network-plan.ts';
import { find, PATH } from './programs.ts';
import { resolverFor, switchFor } from './resolver-files.ts';
import { alive, isOff, locked, ownNetwork, records, removeRecord, startOf, turn, writeRecord } from './run-records.ts';

const MTU = 1500;

function run({ program, arguments: words, input }: Command): string {
  const path = find(program);
  if (path === undefined) throw new Error(`${program} is not installed`);
  const { status, stdout, stderr, error } = spawnSync(path, words, {
    input: input ?? '',
    encoding: 'utf8',
    env: { PATH: PATH.join(':'), LC_ALL: 'C' },
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${program} ${words.join(' ')}: ${stderr.trim().split('\n')[0]}`);
  return stdout;
}

const quietly = (program: Command['program'], words: string): string => {
  try {
    return run({ program, arguments: words.split(' ') });
  } catch {
    return '';
  }
};

interface Route {
  dst: string;
  dev?: string;
  type?: string;
}

function routes(family: 4 | 6): Route[] {
  try {
    return JSON.parse(quietly('ip', `-j -${family} route show table all`)) as Route[];
  } catch {
    return [];
  }
}

const ways = (list: Route[]): string[] => [
  ...new Set(list.flatMap(({ dev, type }) => (dev === undefined || dev === 'lo' || type !== undefined ? [] : [dev]))),
];

function mtuOf(name: string | undefined): number {
  try {
    const [link] = JSON.parse(quietly('ip', `-j link show dev ${name}`)) as { mtu: number }[];
    return Math.min(link.mtu, MTU);
  } catch {
    return MTU;
  }
}

const read = (path: string): string => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};

/** Rules of others that a packet on its way through must pass. */
const filters = (program: 'iptables' | 'ip6tables'): boolean =>
  find(program) !== undefined && !/^(-P FORWARD ACCEPT)?\s*$/.test(quietly(program, '-w -S FORWARD'));

export interface Network {
  namespace: string;
  ipv6: boolean;
}

/** A network for one command; throws where it cannot be had, and then nothing of it is left. */
export async function makeNetwork(relay: (address: string, resolver: string) => Promise<number>): Promise<Network> {
  const { pid } = process;
  if (find('ip') === undefined) throw new Error('ip is not installed');
  if (find('nft') === undefined && find('iptables') === undefined) throw new Error('neither nft nor iptables is installed');
  const names = namesFor(pid);
  try {
    locked(removeStale);
    const [four, six] = [routes(4), routes(6)];
    const subnet = freeSubnet(
      pid,
      four.map((route) => route.dst),
    );
    if (subnet === undefined) throw new Error('no free addresses');
    const ipv6 = six.some(({ dst, type }) => dst === 'default' && type === undefined) && canForward6();
    const link = four.find(({ dst }) => dst === 'default')?.dev;
    const facts: NetworkFacts = {
      names,
      subnet,
      mtu: mtuOf(link),
      ipv6,
      opened: [],
      relay: undefined,
      nft: find('nft') !== undefined,
      iptables: find('nft') === undefined || filters('iptables') || (ipv6 && filters('ip6tables')),
    };
    writeRecord({ pid, start: startOf(pid), network: ownNetwork(), switches: [] });
    for (const command of linkCommands(facts)) run(command);
    facts.relay = await resolver(names.namespace, subnet, relay);
    facts.opened = locked(() => forward(names.link, [...new Set([...ways(four), ...(ipv6 ? ways(six) : [])])], ipv6));
    for (const command of ruleCommands(facts)) run(command);
    return { namespace: names.namespace, ipv6 };
  } catch (error) {
    removeNetwork();
    throw error;
  }
}

/** IPv6 has a switch of an interface's own since Linux 6.17; the one for all would stop router advertisements here. */
function canForward6(): boolean {
  return !isOff('ipv6/conf/all/forwarding') || read('/proc/sys/net/ipv6/conf/lo/force_forwarding') !== '';
}

async function resolver(
  namespace: string,
  subnet: Subnet,
  relay: (address: string, resolver: string) => Promise<number>,
): Promise<number | undefined> {
  const own = new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((each) => each.address)));
  const { text, relayed } = resolverFor(read('/etc/resolv.conf'), own, subnet.host);
  const directory = join('/etc/netns', namespace);
  mkdirSync(directory, { recursive: true, mode: 0o755 });
  writeFileSync(join(directory, 'resolv.conf'), text);
  const changed = switchFor(read('/etc/nsswitch.conf'));
  if (changed !== undefined) writeFileSync(join(directory, 'nsswitch.conf'), changed);
  return relayed === undefined ? undefined : relay(subnet.host, relayed);
}

/** Lets packets through from and to the command's network, and tells which interfaces did not forward before. */
function forward(link: string, ways: string[], ipv6: boolean): string[] {
  turn(`ipv4/conf/${link}/forwarding`, 1);
  const all6 = ipv6 && isOff('ipv6/conf/all/forwarding');
  if (all6) turn(`ipv6/conf/${link}/force_forwarding`, 1);
  const { pid } = process;
  const others = new Set(records().flatMap((each) => (each.pid !== pid && alive(each) ? each.switches : [])));
  const opened = new Set<string>();
  const switches: string[] = [];
  for (const name of ways)
    for (const each of [`ipv4/conf/${name}/forwarding`, ...(all6 ? [`ipv6/conf/${name}/force_forwarding`] : [])])
      if (isOff(each) || others.has(each)) {
        switches.push(each);
        opened.add(name);
      }
  writeRecord({ pid, start: startOf(pid), network: ownNetwork(), switches });
  for (const each of switches) turn(each, 1);
  return [...opened];
}

/** Takes away what this process made, or another that is gone. */
function takeDown(pid: number): void {
  const names = namesFor(pid);
  quietly('ip', `link del ${names.link}`);
  quietly('ip', `netns del ${names.namespace}`);
  for (const family of ['ip', 'ip6']) quietly('nft', `delete table ${family} ${names.table}`);
  for (const program of ['iptables', 'ip6tables'] as const) {
    if (find(program) === undefined) continue;
    for (const table of ['filter', 'nat'])
      for (const words of rulesToDelete(table, quietly(program, `-w -t ${table} -S`), names.comment))
        quietly(program, words.join(' '));
  }
  rmSync(join('/etc/netns', names.namespace), { recursive: true, force: true });
  const all = records();
  const needed = new Set(all.flatMap((each) => (each.pid !== pid && alive(each) ? each.switches : [])));
  for (const each of all.find((record) => record.pid === pid)?.switches ?? []) if (!needed.has(each)) turn(each, 0);
  removeRecord(pid);
}

function removeStale(): void {
  for (const record of records()) if (!alive(record)) takeDown(record.pid);
}

export const removeNetwork = (): void => locked(() => takeDown(process.pid));

/** Processes that live in the command's network. */
export const inhabitants = (namespace: string): number[] =>
  quietly('ip', `netns pids ${namespace}`)
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0);
