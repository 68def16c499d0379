/** What the fuzzer runs on each broken capture: all that reads it, for reports and for the screen. Throws on what must not be. */
import { closeSync, openSync, readFileSync } from 'node:fs';
import { Analysis } from '../../src/analysis.ts';
import { openCapture } from '../../src/capture/open.ts';
import type { Journey } from '../../src/correlate/model.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { FileSession } from '../../src/file-session.ts';
import { JsonLinesReport } from '../../src/report/jsonl.ts';
import { Out } from '../../src/report/out.ts';

/** Packets of a capture whose field trees are built. */
const DECODED = 60;

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

async function report(path: string, chunk: number): Promise<number> {
  const source = await openCapture(path, { chunk });
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
  const source = await openCapture(path, { keep: true });
  try {
    const session = new FileSession(source);
    while (await session.step());
    session.statistics();
    const count = session.packetCount();
    for (let number = 1; number <= count; number += Math.ceil(count / DECODED)) {
      const packet = session.packet(number);
      if (packet === undefined) throw new Fault(`packet ${number} of ${count} cannot be read again`);
      session.clockText(packet.time);
      for (const layer of packet.layers) checkFields(layer.fields, packet.bytes.length, `packet ${number}: ${layer.protocol}`);
    }
    for (let i = 0; i < Math.min(session.journeyCount(), DECODED); i++) {
      for (const number of session.journeyPackets(i).slice(0, DECODED)) session.stageOf(i, number);
    }
  } finally {
    source.close();
  }
}

/** Bytes read at once; small ones put every border inside a record now and then. */
const CHUNKS = [1 << 20, 1 << 16, 1 << 12, 1 << 16];
/** The screens' side costs as much again: every so many-th input. */
const SCREENS_EVERY = 3;

export async function inspect(path: string, seed: number): Promise<{ refused?: boolean; packets?: number }> {
  try {
    const packets = await report(path, CHUNKS[seed % CHUNKS.length]);
    if (seed % SCREENS_EVERY === 0) await screens(path);
    return { packets };
  } catch (error) {
    if ((error as Error).name === 'CaptureError') return { refused: true };
    throw error;
  }
}
