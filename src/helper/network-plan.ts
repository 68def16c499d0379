/**
 * The network of one command: a namespace with one end of a veth pair, the other end here, addresses of the host hidden behind
 * NAT. Everything bears the number of the process that made it, so that a later one can tell what was left behind.
 */
export interface Names {
  namespace: string;
  /** This host's end of the pair; the other is "eth0". */
  link: string;
  table: string;
  /** Of iptables rules. */
  comment: string;
}

export function namesFor(pid: number): Names {
  return {
    namespace: `wirebook-run-${pid}`,
    link: `wbr${pid}`,
    table: `wirebook_run_${pid}`,
    comment: `wirebook-run-${pid}`,
  };
}

export interface Subnet {
  /** 10.213.0.0/30, say. */
  network: string;
  host: string;
  inside: string;
  /** The same for IPv6, without the length of the prefix (64). */
  host6: string;
  inside6: string;
}

const BLOCK = [10, 213];
const SUBNETS = 1 << 14;

const number = (address: string): number => address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** Whether one of two networks lies within the other; "default" is everywhere and in nobody's way. */
function overlaps(a: string, b: string): boolean {
  if (!/^[\d.]+(\/\d+)?$/.test(b)) return false;
  const [from, length] = a.split('/');
  const [to, other = '32'] = b.split('/');
  const size = 2 ** (32 - Math.min(Number(length), Number(other)));
  return size < 2 ** 32 && Math.floor(number(from) / size) === Math.floor(number(to) / size);
}

/** The n-th subnet, or the next that no route leads to. */
export function freeSubnet(n: number, routes: string[]): Subnet | undefined {
  for (let i = 0; i < SUBNETS; i++) {
    const index = (n + i) % SUBNETS;
    const [high, low] = [index >> 6, (index & 63) << 2];
    const base = `${BLOCK.join('.')}.${high}`;
    const network = `${base}.${low}/30`;
    if (routes.some((route) => overlaps(network, route))) continue;
    const six = `fd77:6972:6562:${index.toString(16)}`;
    return { network, host: `${base}.${low + 1}`, inside: `${base}.${low + 2}`, host6: `${six}::1`, inside6: `${six}::2` };
  }
  return undefined;
}

export interface NetworkFacts {
  names: Names;
  subnet: Subnet;
  mtu: number;
  ipv6: boolean;
  /** Interfaces that did not forward before: they do now, for this alone. */
  opened: string[];
  /** Port of the process that passes DNS questions on to a resolver which only this host can reach. */
  relay: number | undefined;
  nft: boolean;
  /** iptables has rules of its own that must let us through, or is all there is. */
  iptables: boolean;
}

export interface Command {
  program: 'ip' | 'nft' | 'iptables' | 'ip6tables';
  arguments: string[];
  input?: string;
}

const ip = (line: string): Command => ({ program: 'ip', arguments: line.split(' ') });

/** The pair of interfaces and their addresses. No multicast on this end: nobody here is to announce anything to the command. */
export function linkCommands({ names, subnet, mtu, ipv6 }: NetworkFacts): Command[] {
  const { namespace, link } = names;
  const inside = `-n ${namespace}`;
  const commands = [
    ip(`netns add ${namespace}`),
    ip(`link add ${link} mtu ${mtu} type veth peer name eth0 mtu ${mtu} netns ${namespace}`),
    ip(`link set ${link} multicast off addrgenmode none`),
    ip(`${inside} link set eth0 addrgenmode none`),
    ip(`addr add ${subnet.host}/30 dev ${link}`),
    ip(`${inside} addr add ${subnet.inside}/30 dev eth0`),
  ];
  if (ipv6)
    commands.push(
      ip(`addr add ${subnet.host6}/64 dev ${link} nodad`),
      ip(`${inside} addr add ${subnet.inside6}/64 dev eth0 nodad`),
    );
  commands.push(ip(`link set ${link} up`), ip(`${inside} link set lo up`), ip(`${inside} link set eth0 up`));
  commands.push(ip(`${inside} route add default via ${subnet.host}`));
  if (ipv6) commands.push(ip(`${inside} -6 route add default via ${subnet.host6}`));
  return commands;
}

/** Any run's link, for rules that must not be in another run's way. */
const ANY_LINK = 'wbr*';

function nftTable(family: 'ip' | 'ip6', facts: NetworkFacts): string {
  const { names, subnet, opened, relay } = facts;
  const source = family === 'ip' ? subnet.network : `${subnet.host6}/64`;
  const closed = opened.map((name) => `    iifname "${name}" drop`).join('\n');
  const redirect = (protocol: string) =>
    `    iifname "${names.link}" ip daddr ${subnet.host} ${protocol} dport 53 redirect to :${relay}`;
  const resolver =
    family === 'ip' && relay !== undefined
      ? `  chain resolver {
    type nat hook prerouting priority -100; policy accept;
${redirect('udp')}
${redirect('tcp')}
  }
`
      : '';
  return `table ${family} ${names.table} {
${resolver}  chain outward {
    type nat hook postrouting priority 100; policy accept;
    ${family} saddr ${source} oifname != "${names.link}" masquerade
  }
  chain through {
    type filter hook forward priority -10; policy accept;
    iifname "${names.link}" accept
    oifname "${ANY_LINK}" ct state established,related accept
    oifname "${names.link}" drop
${closed}
  }
}
`;
}

/** Each goes in before those above it: the last is asked first. */
function iptables(program: 'iptables' | 'ip6tables', facts: NetworkFacts): Command[] {
  const { names, subnet, opened, relay, nft } = facts;
  const { link } = names;
  const four = program === 'iptables';
  const rules: Command[] = [];
  const rule = (table: string, chain: string, words: string): void => {
    const line = `-w -t ${table} -I ${chain} ${words} -m comment --comment ${names.comment}`;
    rules.push({ program, arguments: line.split(' ') });
  };
  if (!nft) {
    for (const name of opened) rule('filter', 'FORWARD', `-i ${name} ! -o wbr+ -j DROP`);
    rule('nat', 'POSTROUTING', `-s ${four ? subnet.network : `${subnet.host6}/64`} ! -o ${link} -j MASQUERADE`);
    if (four && relay !== undefined)
      for (const protocol of ['udp', 'tcp'])
        rule('nat', 'PREROUTING', `-i ${link} -d ${subnet.host} -p ${protocol} --dport 53 -j REDIRECT --to-ports ${relay}`);
    rule('filter', 'FORWARD', `-o ${link} -j DROP`);
  }
  rule('filter', 'FORWARD', `-o ${link} -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT`);
  rule('filter', 'FORWARD', `-i ${link} -j ACCEPT`);
  if (four && relay !== undefined)
    for (const protocol of ['udp', 'tcp']) rule('filter', 'INPUT', `-i ${link} -p ${protocol} --dport ${relay} -j ACCEPT`);
  return rules;
}

/** Translation of addresses, and the way through for this command's packets alone. */
export function ruleCommands(facts: NetworkFacts): Command[] {
  const commands: Command[] = [];
  if (facts.nft) {
    const input = nftTable('ip', facts) + (facts.ipv6 ? nftTable('ip6', facts) : '');
    commands.push({ program: 'nft', arguments: ['-f', '-'], input });
  }
  if (facts.iptables) {
    commands.push(...iptables('iptables', facts));
    if (facts.ipv6) commands.push(...iptables('ip6tables', facts));
  }
  return commands;
}

/** From `iptables -S`: the rules of a run, as what takes them away. */
export function rulesToDelete(table: string, listing: string, comment: string): string[][] {
  return listing
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[0] === '-A' && words[words.indexOf('--comment') + 1]?.replaceAll('"', '') === comment)
    .map((words) => ['-w', '-t', table, '-D', ...words.slice(1).map((word) => word.replaceAll('"', ''))]);
}
