import { hostPort } from '../../correlate/host-names.ts';
import type { Exchange } from '../../correlate/model.ts';
import type { CaptureFacts } from '../facts.ts';
import { forwardedFor, requestHead } from '../http-head.ts';

/** Requests or bare connections from one machine to one server that come again and again. */
export interface Repeated {
  client: string;
  server: string;
  /** "GET /health", or "connect" where nothing is asked. */
  what: string;
  packets: number[];
  times: number[];
  /** Between two of them, in nanoseconds: the median; undefined where they do not come at an even pace. */
  period: number | undefined;
  /** What names it a health check: its path or its User-Agent. */
  named: string | undefined;
}

const MOST = 100_000;
const MOST_KINDS = 10_000;
const KEPT = 200;
/** An even pace: the longest pause is at most so many times the shortest. */
const EVEN = 1.6;
const PATH =
  /(^|[/_-])(health|healthz|healthcheck|livez?|liveness|readyz?|readiness|ping|alive|heartbeat|status|lb-?check)([/_.?-]|$)/i;
const AGENT =
  /health.?check|kube-probe|GoogleHC|ELB-|consul|Traffic ?Manager|Azure.*LB|load.?balanc|haproxy|uptime|nagios|zabbix/i;

/** What is repeated, and who asks which server for what. */
export interface Asked {
  list: Repeated[];
  asking: Map<string, Map<string, Set<string>>>;
}

const made = new WeakMap<CaptureFacts, Asked>();

export function repeatedIn(capture: CaptureFacts): Asked {
  let known = made.get(capture);
  if (known === undefined) {
    known = readRepeated(capture);
    made.set(capture, known);
  }
  return known;
}

function readRepeated(capture: CaptureFacts): Asked {
  const asking: Asked['asking'] = new Map();
  const kinds = new Map<string, Repeated>();
  const note = (client: string, server: string, what: string, packet: number, time: number, named: string | undefined): void => {
    const clients = asking.get(server) ?? new Map<string, Set<string>>();
    if (asking.size < MOST_KINDS) asking.set(server, clients);
    const asked = clients.get(client) ?? new Set();
    if (clients.size < MOST_KINDS && asked.size < 2) clients.set(client, asked.add(what));
    const key = `${client} ${server} ${what}`;
    const known = kinds.get(key);
    if (known === undefined) {
      if (kinds.size < MOST_KINDS)
        kinds.set(key, { client, server, what, packets: [packet], times: [time], period: undefined, named });
    } else if (known.packets.length < KEPT) {
      known.packets.push(packet);
      known.times.push(time);
    }
  };
  let count = 0;
  for (const exchange of capture.exchanges) {
    if (count++ >= MOST) break;
    const connection = capture.connections.get(exchange.connection);
    if (connection === undefined || exchange.method === undefined || exchange.requestPacket === undefined) continue;
    const head = requestHead(capture, exchange);
    if (head !== undefined && (forwardedFor(head) !== undefined || head.fields.has('via'))) continue;
    const what = `${exchange.method} ${(exchange.target ?? '').replace(/[?#].*$/s, '').slice(0, 80)}`;
    const server = hostPort(connection.server);
    note(
      connection.client.address,
      server,
      what,
      exchange.requestPacket,
      exchange.requestTime ?? 0,
      nameOf(exchange, head?.fields.get('user-agent')),
    );
  }
  for (const c of capture.connections) {
    if (count++ >= 2 * MOST) break;
    if (c.fromClient.payloadBytes > 0 || c.fromServer.payloadBytes > 0 || (c.handshake?.synAck.length ?? 0) === 0) continue;
    note(c.client.address, hostPort(c.server), 'connect', c.firstPacket, c.firstTime, undefined);
  }
  const found = [...kinds.values()].filter(({ packets }) => packets.length > 1);
  for (const each of found) each.period = periodOf(each.times);
  return { list: found, asking };
}

function nameOf({ target, method }: Exchange, agent: string | undefined): string | undefined {
  if (agent !== undefined && AGENT.test(agent)) return `User-Agent: ${agent.slice(0, 60)}`;
  const path = (target ?? '').split('?')[0];
  if (PATH.test(path)) return path.slice(0, 60);
  return method === 'OPTIONS' && (target === '*' || target === '/') ? `OPTIONS ${target}` : undefined;
}

function periodOf(times: number[]): number | undefined {
  if (times.length < 3) return undefined;
  const gaps = times.slice(1).map((time, i) => time - times[i]);
  const [least, greatest] = [Math.min(...gaps), Math.max(...gaps)];
  if (least <= 0 || greatest > least * EVEN) return undefined;
  return [...gaps].sort((p, q) => p - q)[gaps.length >> 1];
}

/**
 * Those that are a balancer's health checks: named so, by a machine that hands requests on or asks several servers; or named so at
 * an even pace by one that asks for nothing else of a server that others use. Without a name the pace tells, with one of the former.
 */
export function healthChecks({ list, asking }: Asked, handsOn: (client: string) => boolean): Repeated[] {
  const servers = new Map<string, Set<string>>();
  for (const { client, what, server } of list) {
    const key = `${client} ${what}`;
    servers.set(key, (servers.get(key) ?? new Set()).add(server));
  }
  // A client that polls a path asks alone, or asks for more.
  const isAside = ({ client, server }: Repeated): boolean =>
    (asking.get(server)?.size ?? 0) > 1 && asking.get(server)?.get(client)?.size === 1;
  return list.filter((each) => {
    const several = (servers.get(`${each.client} ${each.what}`)?.size ?? 0) > 1;
    if (each.named !== undefined && each.period !== undefined && isAside(each)) return true;
    if (each.named !== undefined) return several || handsOn(each.client);
    return each.period !== undefined && (several || handsOn(each.client));
  });
}
