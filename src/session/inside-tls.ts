import type { Exchange } from '../correlate/model.ts';

/** Connections whose exchanges are remembered by packet, and exchanges of one that are looked at. */
const CONNECTIONS = 16;
const EXCHANGES = 2000;
/** Exchanges that one packet's line names. */
const NAMED = 6;

/**
 * What keys showed of the packets of TLS connections, for lists: which requests and answers they carry, from the records that there
 * are anyhow, without decrypting again.
 */
export class InsideTls {
  private readonly exchangesOn: (connection: number) => readonly Exchange[];
  private readonly count: () => number;
  private known = new Map<number, Map<number, string[]>>();
  private counted = 0;

  /** `count`: how many exchanges there are by now. */
  constructor(exchangesOn: (connection: number) => readonly Exchange[], count: () => number) {
    this.exchangesOn = exchangesOn;
    this.count = count;
  }

  /** "GET /one.css; 200 for GET /two.css"; undefined where nothing is known. */
  of(packet: number, connection: number): string | undefined {
    const count = this.count();
    if (count === 0) return undefined;
    // While a capture grows, a connection's exchanges become more.
    if (count !== this.counted || this.known.size > CONNECTIONS) this.known = new Map();
    this.counted = count;
    let byPacket = this.known.get(connection);
    if (byPacket === undefined) this.known.set(connection, (byPacket = linesOf(this.exchangesOn(connection))));
    const lines = byPacket.get(packet);
    if (lines === undefined) return undefined;
    return `${lines.slice(0, NAMED).join('; ')}${lines.length > NAMED ? '; …' : ''}`;
  }
}

function linesOf(exchanges: readonly Exchange[]): Map<number, string[]> {
  const byPacket = new Map<number, string[]>();
  const say = (packet: number, line: string): void => {
    const lines = byPacket.get(packet);
    if (lines === undefined) byPacket.set(packet, [line]);
    else lines.push(line);
  };
  for (const x of exchanges.slice(0, EXCHANGES)) {
    if (x.scheme !== 'https') continue;
    const stream = x.version === '2' ? ` [${x.stream}]` : '';
    const what = `${x.method ?? '?'} ${x.target ?? ''}${stream}`;
    for (const packet of x.requestPackets) say(packet, packet === x.requestPacket ? what : `more of ${what}`);
    for (const packet of x.responsePackets)
      say(packet, packet === x.responsePacket && x.status !== undefined ? `${x.status} for ${what}` : `answer to ${what}`);
  }
  return byPacket;
}
