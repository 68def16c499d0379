import { HeldBytes } from '../../src/correlate/held-bytes.ts';
import type { HttpProblem } from '../../src/correlate/http-hooks.ts';
import { Http2Parser, type Http2Start } from '../../src/correlate/http2.ts';
import type { Http2Connection } from '../../src/correlate/http2-model.ts';
import type { Exchange } from '../../src/correlate/model.ts';
import type { Step } from '../http/dialogue.ts';

export interface Played {
  /** As they were finished. */
  exchanges: Exchange[];
  started: number[];
  problems: HttpProblem[];
  facts: Http2Connection;
  /** DNS messages: whose, stream, packet, bytes. */
  dns: string[];
  /** Bytes still held of heads and of tables. */
  held: number;
}

/** Packet 1 is at 10 ns, packet 2 at 20 ns, … At the end of the dialogue both sides end. */
export function play(steps: Step[], pieces: (bytes: Buffer) => Buffer[] = (bytes) => [bytes], start?: Http2Start): Played {
  const exchanges: Exchange[] = [];
  const started: number[] = [];
  const problems: HttpProblem[] = [];
  const dns: string[] = [];
  const budget = { carried: 0 };
  const tables = new HeldBytes();
  let id = 0;
  const parser = new Http2Parser(
    7,
    {
      nextId: () => id++,
      started: (x) => started.push(x.id),
      finished: (x, complete) => {
        x.complete = complete;
        exchanges.push(structuredClone(x));
      },
      problem: (code) => problems.push(code),
      dns: (fromClient, bytes, length, stream, packet) =>
        dns.push(
          `${fromClient ? 'client' : 'server'} ${stream} @${packet} ${Buffer.from(bytes.subarray(0, length)).toString('hex')}`,
        ),
      budget,
      tables,
    },
    start,
  );
  let packet = 0;
  for (const step of steps) {
    packet++;
    const fromClient = step.side === 'client';
    if ('gap' in step) parser.gap(fromClient, step.gap, packet, packet * 10);
    else if ('end' in step) parser.end(fromClient, step.end, packet, packet * 10);
    else
      for (const piece of pieces(step.bytes)) {
        // The bytes lie among others, which a parser must not look at, and are gone after the call.
        const within = Buffer.concat([Buffer.alloc(9, 0x50), piece, Buffer.alloc(30)]);
        parser.data(fromClient, within, 9, 9 + piece.length, step.packet ?? packet, (step.packet ?? packet) * 10);
        within.fill(0x58);
      }
  }
  packet++;
  parser.end(true, 'fin', packet, packet * 10);
  parser.end(false, 'fin', packet, packet * 10);
  return { exchanges, started, problems, facts: parser.facts, dns, held: budget.carried + tables.held };
}

/** "1: GET /x [1-1] > 200 (5, end-stream) [2-3]". */
export const brief = (played: Played): string[] =>
  played.exchanges.map((x) => {
    const asked = `${x.method ?? '?'} ${x.target ?? '?'}${x.requestBodyBytes > 0 ? ` +${x.requestBodyBytes}` : ''}`;
    const request = x.requestPacket === undefined ? '?' : `${asked} [${x.requestPacket}-${x.requestEndPacket}]`;
    const marks = `${x.complete ? '' : ', incomplete'}${x.whole ? '' : ', bytes missing'}`;
    const reset = x.http2?.reset;
    const answer =
      x.responsePacket === undefined
        ? `nothing${marks}`
        : `${x.status ?? '?'} (${x.responseBodyBytes}, ${x.responseFraming}${marks}) [${x.responsePacket}-${x.responseEndPacket}]`;
    return `${x.stream}: ${request} > ${answer}${reset === undefined ? '' : ` ${reset.frame} ${reset.code} by ${reset.from}`}`;
  });
