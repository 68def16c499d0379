import { HttpParser, type HttpProblem } from '../../src/correlate/http.ts';
import type { Exchange } from '../../src/correlate/model.ts';
import type { StreamParser } from '../../src/correlate/stream-parser.ts';

/** What one side sends in one packet, a hole, or its end. Text is one byte a character. */
export type Step =
  | { side: 'client' | 'server'; bytes: Buffer; packet?: number }
  | { side: 'client' | 'server'; gap: number }
  | { side: 'client' | 'server'; end: 'fin' | 'reset' | 'capture-end' };

const data = (side: 'client' | 'server', text: string | Buffer): Step => ({
  side,
  bytes: typeof text === 'string' ? Buffer.from(text, 'latin1') : text,
});
export const c = (text: string | Buffer): Step => data('client', text);
export const s = (text: string | Buffer): Step => data('server', text);
/** The stream goes on here, but the segment was captured as this packet. */
export const inPacket = (packet: number, step: Step): Step => ({ ...step, packet }) as Step;
export const lost = (side: 'client' | 'server', gap: number): Step => ({ side, gap });
export const end = (side: 'client' | 'server', how: 'fin' | 'reset' | 'capture-end' = 'fin'): Step => ({ side, end: how });

export interface Result {
  /** As they were finished. */
  exchanges: (Exchange & { complete: boolean })[];
  started: number[];
  problems: HttpProblem[];
  /** What went on in another protocol: the packets' bytes of each side. */
  tunnels: { protocol: string; client: string; server: string; ends: string[] }[];
  carried: number;
}

/** Packet 1 is at 10 ns, packet 2 at 20 ns, … Both sides end with the dialogue, by FIN, unless it says otherwise. */
export function play(steps: Step[], pieces: (bytes: Buffer) => Buffer[] = (bytes) => [bytes]): Result {
  const result: Result = { exchanges: [], started: [], problems: [], tunnels: [], carried: 0 };
  const budget = { carried: 0 };
  let id = 0;
  const parser = new HttpParser(7, {
    nextId: () => id++,
    started: (exchange) => result.started.push(exchange.id),
    finished: (exchange, complete) => result.exchanges.push({ ...structuredClone(exchange), complete }),
    problem: (code) => result.problems.push(code),
    tunnel: (protocol) => tunnel(protocol, result),
    budget,
  });
  let packet = 0;
  for (const step of steps) {
    packet++;
    const fromClient = step.side === 'client';
    if ('gap' in step) parser.gap(fromClient, step.gap, packet, packet * 10);
    else if ('end' in step) parser.end(fromClient, step.end, packet, packet * 10);
    else for (const piece of pieces(step.bytes)) feed(parser, fromClient, piece, step.packet ?? packet);
  }
  packet++;
  parser.end(true, 'fin', packet, packet * 10);
  parser.end(false, 'fin', packet, packet * 10);
  result.carried = budget.carried;
  return result;
}

/** The bytes lie among others, which a parser must not look at. */
function feed(parser: StreamParser, fromClient: boolean, piece: Buffer, packet: number): void {
  const within = Buffer.concat([Buffer.from('HTTP/1.1 '), piece, Buffer.from('\r\n\r\nHTTP/1.1 500 X\r\n\r\n')]);
  parser.data(fromClient, within, 9, 9 + piece.length, packet, packet * 10);
  within.fill(0x58);
}

function tunnel(protocol: string, result: Result): StreamParser {
  const seen = { protocol, client: '', server: '', ends: [] as string[] };
  result.tunnels.push(seen);
  return {
    protocol,
    data(fromClient, bytes, at, end) {
      seen[fromClient ? 'client' : 'server'] += Buffer.from(bytes.subarray(at, end)).toString('latin1');
    },
    gap(fromClient, length) {
      seen[fromClient ? 'client' : 'server'] += `<${length}>`;
    },
    end(fromClient, how) {
      seen.ends.push(`${fromClient ? 'client' : 'server'} ${how}`);
    },
  };
}

export const byteByByte = (bytes: Buffer): Buffer[] => Array.from(bytes, (_, i) => bytes.subarray(i, i + 1));
export const splitAt =
  (at: number) =>
  (bytes: Buffer): Buffer[] =>
    at > 0 && at < bytes.length ? [bytes.subarray(0, at), bytes.subarray(at)] : [bytes];

/** The few facts that most tests are about: "GET /x > 200 (5 bytes, length)". */
export function brief(result: Result): string[] {
  return result.exchanges.map((e) => {
    const request =
      e.requestPacket === undefined
        ? '?'
        : `${e.method} ${e.target ?? ''}${e.requestBodyBytes > 0 ? ` +${e.requestBodyBytes}` : ''}`;
    if (e.responsePacket === undefined) return `${request} > nothing${e.whole ? '' : ', bytes missing'}`;
    const marks = `${e.complete ? '' : ', incomplete'}${e.whole ? '' : ', bytes missing'}`;
    return `${request} > ${e.status ?? 'no head'} (${e.responseBodyBytes} bytes, ${e.responseFraming}${marks})`;
  });
}
