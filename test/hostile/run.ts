import { Readable } from 'node:stream';
import { cases } from '../../scripts/hostile/cases.mjs';
import { piecesOf } from '../../scripts/hostile/stream.mjs';
import { Analysis, type CaptureSummary } from '../../src/session/analysis.ts';
import { openStream } from '../../src/capture/open.ts';
import type { Connection, Exchange, Journey, Lookup, TlsSession } from '../../src/correlate/model.ts';

export interface Outcome {
  analysis: Analysis;
  summary: CaptureSummary;
  connections: Connection[];
  exchanges: Exchange[];
  journeys: Journey[];
  lookups: Lookup[];
  sessions: TlsSession[];
  datagrams: number;
  resolutions: number;
  icmp: number;
  quic: number;
  configurations: number;
  /** The number at the beginning of a problem's message; undefined when nothing has that code. */
  told(code: string): number | undefined;
}

/** A case of scripts/hostile with `n` of what it counts, through the whole analysis; `each` sees it after every batch. */
export async function run(name: string, n: number, each: (analysis: Analysis) => void = () => {}): Promise<Outcome> {
  const one = cases.find((c) => c.name === name);
  if (one === undefined) throw new Error(`no case ${name}`);
  const source = await openStream(Readable.from(piecesOf(one, n)));
  const counts = { datagrams: 0, resolutions: 0, icmp: 0, quic: 0, configurations: 0 };
  const found = {
    connections: [] as Connection[],
    exchanges: [] as Exchange[],
    journeys: [] as Journey[],
    lookups: [] as Lookup[],
    sessions: [] as TlsSession[],
  };
  const analysis = new Analysis(source, {
    connection: (c) => void found.connections.push(c),
    exchange: (x) => void found.exchanges.push(x),
    journey: (j) => void found.journeys.push(j),
    lookup: (l) => void found.lookups.push(l),
    tls: (t) => void found.sessions.push(t),
    datagram: () => void counts.datagrams++,
    resolution: () => void counts.resolutions++,
    icmp: () => void counts.icmp++,
    quic: () => void counts.quic++,
    configuration: () => void counts.configurations++,
  });
  while (await analysis.step()) each(analysis);
  const summary = analysis.summary();
  source.close();
  const told = (code: string): number | undefined => {
    const problem = summary.problems.find((p) => p.code === code);
    return problem === undefined ? undefined : Number.parseInt(problem.message, 10);
  };
  return { analysis, summary, ...found, ...counts, told };
}
