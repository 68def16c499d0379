/** What the fuzzer runs on each broken capture: all that reads it, for reports and for the screen. Throws on what must not be. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Analysis } from '../../src/session/analysis.ts';
import { BATCH_ROWS, Batch } from '../../src/capture/batch.ts';
import { openCapture } from '../../src/capture/open.ts';
import type { Journey } from '../../src/correlate/model.ts';
import { decode, decodeWith } from '../../src/dissect/decode.ts';
import { Packets } from '../../src/dissect/packets.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { scanLayers, scanRows } from '../../src/dissect/scan.ts';
import { Stacks } from '../../src/dissect/stacks.ts';
import { summarize } from '../../src/dissect/summary.ts';
import { byLinkType } from '../../src/dissect/tables.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { JsonLinesReport } from '../../src/report/jsonl.ts';
import { Out } from '../../src/report/out.ts';
import { http3Streams } from './http3-streams.ts';

/** Packets of a capture whose field trees are built. */
const DECODED = 60;

/** Connections whose streams are followed. */
const FOLLOWED = 8;

class Fault extends Error {}

/** Each line must parse, and hold no number that JSON cannot carry (those come out as null). */
function checkLines(text: string): void {
  for (const line of text.trimEnd().split('\n')) {
    const record = JSON.parse(line) as Record<string, unknown>;
    const lost = Object.keys(record).find((key) => record[key] === null && key !== 'parent');
    if (lost) throw new Fault(`${lost} is null: ${line}`);
  }
}

function checkJourney(journey: Journey): void {
  let before = Number.NEGATIVE_INFINITY;
  for (const stage of journey.stages) {
    const wrong = !(stage.end >= stage.start) || (!stage.reused && stage.start < before);
    if (wrong) throw new Fault(`stages overlap or run backwards: ${JSON.stringify(journey)}`);
    if (!stage.reused) before = stage.end;
  }
  for (const [name, value] of Object.entries(journey.har)) {
    if (!(value >= 0) && value !== -1) throw new Fault(`har.${name} is ${value}: ${JSON.stringify(journey)}`);
  }
}

/** Fields lie within the packet, and children within reason. */
function checkFields(fields: Field[], length: number, path: string): void {
  for (const field of fields) {
    const name = `${path}/${field.name}`;
    if (!(field.at >= 0 && field.at <= field.end && field.end <= length)) {
      throw new Fault(`${name} lies at ${field.at} to ${field.end} of ${length}`);
    }
    if (typeof field.value === 'number' && !Number.isFinite(field.value)) throw new Fault(`${name} is ${field.value}`);
    if (field.children) checkFields(field.children, length, name);
  }
}

/** Secrets of all captures that inputs are made of. */
const keyLogsBeside = (path: string): string[] => [join(dirname(path), 'keys.log')].filter((file) => existsSync(file));

async function report(path: string, chunk: number): Promise<number> {
  const source = await openCapture(path, { chunk, keyLogs: keyLogsBeside(path) });
  const written = `${path}.jsonl`;
  const file = openSync(written, 'w');
  try {
    const lines = new JsonLinesReport(new Out(file));
    const toLine = lines.journey?.bind(lines);
    lines.journey = (journey) => {
      checkJourney(journey);
      toLine?.(journey);
    };
    const analysis = new Analysis(source, lines, { hashes: true, records: true });
    lines.of(analysis);
    await analysis.run();
    lines.write('wirebook');
    checkLines(readFileSync(written, 'utf8'));
    return analysis.summary().packets;
  } finally {
    closeSync(file);
    source.close();
  }
}

async function screens(path: string): Promise<void> {
  const source = await openCapture(path, { keep: true, keyLogs: keyLogsBeside(path) });
  try {
    const session = new FileSession(source);
    while (await session.step());
    session.statistics();
    const count = session.packetCount();
    for (let number = 1; number <= count; number += Math.ceil(count / DECODED)) {
      const packet = session.packet(number);
      if (packet === undefined) throw new Fault(`packet ${number} of ${count} cannot be read again`);
      session.clockText(packet.time);
      for (const layer of packet.layers)
        checkFields(layer.fields, (layer.bytes ?? packet.bytes).length, `packet ${number}: ${layer.protocol}`);
    }
    for (let id = 0; id < Math.min(session.connectionCount(), FOLLOWED); id++) session.follow(id);
    for (let i = 0; i < Math.min(session.journeyCount(), DECODED); i++) {
      for (const number of session.journeyPackets(i).slice(0, DECODED)) session.stageOf(i, number);
    }
  } finally {
    source.close();
  }
}

/** Where layers and fields lie in a packet, for mutations that know what they break: [from, to, from, to …]. */
export function fieldsOf(data: Uint8Array, link: number): { layers: Pick<Layer, 'protocol' | 'at'>[]; fields: Uint16Array } {
  const list: number[] = [];
  const walk = (fields: Field[]) => {
    for (const field of fields) {
      if (field.at < field.end && field.end <= 0xffff && list.length < 2000) list.push(field.at, field.end);
      if (field.children) walk(field.children);
    }
  };
  const layers = decode(data, data.length, link);
  for (const layer of layers) walk(layer.fields);
  return { layers: layers.map(({ protocol, at }) => ({ protocol, at })), fields: Uint16Array.from(list) };
}

export interface LoosePacket {
  data: Uint8Array;
  link: number;
  wire: number;
}

/** A tree costs ten times as much as a report: every so many-th packet. */
const TREE_EVERY = 4;
const APPLICATIONS = ['http', 'tls', 'dns', 'quic', 'none'];

/** Field trees of packets which no file holds: with the protocol guessed, and with any that a stream may have told. */
function trees(packets: LoosePacket[], seed: number): void {
  packets.forEach(({ data, link, wire }, i) => {
    if ((i + seed) % TREE_EVERY !== 0) return;
    const wireLength = Math.max(wire, data.length);
    const told = i % 3 === 0 ? APPLICATIONS[i % APPLICATIONS.length] : undefined;
    const layers = told === undefined ? decode(data, wireLength, link) : decodeWith(data, wireLength, link, told);
    for (const layer of layers) {
      if (layer.title.includes('could not be shown')) throw new Fault(`${layer.title}\n${Buffer.from(data).toString('hex')}`);
      checkFields(layer.fields, data.length, layer.protocol);
    }
    summarize(data, wireLength, link, layers);
  });
}

const batch = new Batch();
const fast = new Packets();
const plain = new Packets();
const stacks = new Stacks();
const COLUMNS = Object.keys(fast).filter((key) => ArrayBuffer.isView(fast[key as keyof Packets])) as (keyof Packets)[];
/** Columns that count only where a transport was found, or a fragment. */
const WITH_KIND = new Set([
  'sourcePort',
  'destinationPort',
  'sequence',
  'acknowledgment',
  'flags',
  'window',
  'tcpHeaderLength',
  'payloadAt',
]);
const OF_FRAGMENTS = new Set(['fragmentId', 'fragmentOffset', 'fragmentMore']);

/** The fast path of plain TCP must see what the protocols' own scans see. */
function scans(packets: LoosePacket[]): void {
  const list = packets.slice(0, BATCH_ROWS);
  const bytes = Buffer.concat(list.map(({ data }) => data));
  batch.bytes = bytes;
  batch.count = list.length;
  let at = 0;
  list.forEach(({ data, link, wire }, row) => {
    batch.at[row] = at;
    batch.caplen[row] = data.length;
    batch.wirelen[row] = Math.max(wire, data.length);
    batch.linkType[row] = link;
    at += data.length;
  });
  scanRows(fast, batch, 0, list.length, 0, stacks);
  plain.bytes = bytes;
  list.forEach(({ data, link, wire }, row) => {
    plain.clear(row);
    const from = batch.at[row];
    const end = from + data.length;
    scanLayers(plain, row, byLinkType[link], from, end, Math.max(end, from + wire), stacks);
    for (const column of COLUMNS) {
      if (column === 'time' || (WITH_KIND.has(column) && fast.kind[row] !== 1) || OF_FRAGMENTS.has(column)) continue;
      const [a, b] = [(fast[column] as Uint8Array)[row], (plain[column] as Uint8Array)[row]];
      if (a !== b) throw new Fault(`scan: ${column} is ${a} on the fast path, else ${b}\n${Buffer.from(data).toString('hex')}`);
    }
    if (fast.payloadCaptured[row] > 0 && fast.payloadAt[row] + fast.payloadCaptured[row] > end)
      throw new Fault(`scan: payload beyond the packet\n${Buffer.from(data).toString('hex')}`);
  });
}

/** Bytes read at once; small ones put every border inside a record now and then. */
const CHUNKS = [1 << 20, 1 << 16, 1 << 12, 1 << 16];
/** The screens' side costs as much again: every so many-th input. */
const SCREENS_EVERY = 3;

/** Milliseconds of each part, all inputs together. */
export const spent = { report: 0, screens: 0, trees: 0, scans: 0, http3: 0 };

async function timed(part: keyof typeof spent, work: () => unknown): Promise<unknown> {
  const from = performance.now();
  const result = await work();
  spent[part] += performance.now() - from;
  return result;
}

/** `loose`: the packets of the file at `path`, where they are known. */
export async function inspect(
  path: string,
  seed: number,
  loose?: LoosePacket[],
): Promise<{ refused?: boolean; packets?: number }> {
  try {
    if (loose !== undefined) {
      await timed('scans', () => scans(loose));
      await timed('trees', () => trees(loose, seed));
    }
    const packets = (await timed('report', () => report(path, CHUNKS[seed % CHUNKS.length]))) as number;
    if (loose !== undefined && packets !== loose.length) throw new Fault(`${packets} packets read of ${loose.length}`);
    await timed('http3', () => http3Streams(seed));
    if (seed % SCREENS_EVERY === 0) await timed('screens', () => screens(path));
    return { packets };
  } catch (error) {
    if ((error as Error).name === 'CaptureError') return { refused: true };
    throw error;
  }
}
