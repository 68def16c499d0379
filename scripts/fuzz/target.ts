/** What the fuzzer runs on each broken capture: opening, reading, scanning, correlating. Throws on what must not be. */
import { Analysis } from '../../src/analysis.ts';
import { openCapture } from '../../src/capture/open.ts';
import type { Journey, Listener } from '../../src/correlate/model.ts';

/** Records are plain data: what JSON cannot carry (NaN, Infinity) is a fault, and so is a packet number that is none. */
function check(kind: string, record: object): void {
  JSON.stringify(record, (key, value) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new Error(`${kind}: ${key} is ${value}: ${JSON.stringify(record)}`);
    return value;
  });
}

function checkJourney(journey: Journey): void {
  check('journey', journey);
  let before = Number.NEGATIVE_INFINITY;
  for (const stage of journey.stages) {
    const wrong = stage.end < stage.start || (!stage.reused && stage.start < before);
    if (wrong) throw new Error(`journey: stages overlap or run backwards: ${JSON.stringify(journey)}`);
    if (!stage.reused) before = stage.end;
  }
  const { har } = journey;
  for (const [name, value] of Object.entries(har)) {
    if (value < 0 && value !== -1) throw new Error(`journey: har.${name} is ${value}: ${JSON.stringify(journey)}`);
  }
}

/** `chunk`: bytes read at once; small ones put every border inside a record now and then. */
export async function inspect(path: string, chunk: number): Promise<{ refused?: boolean; packets?: number }> {
  const source = await openCapture(path, { chunk }).catch((error: Error) => {
    if (error.name === 'CaptureError') return undefined;
    throw error;
  });
  if (source === undefined) return { refused: true };
  const listener: Listener = {
    connection: (record) => check('connection', record),
    datagram: (record) => check('datagram', record),
    lookup: (record) => check('lookup', record),
    resolution: (record) => check('resolution', record),
    icmp: (record) => check('icmp', record),
    tls: (record) => check('tls', record),
    exchange: (record) => check('exchange', record),
    journey: checkJourney,
  };
  try {
    const analysis = new Analysis(source, listener, { hashes: true, records: true });
    await analysis.run();
    const summary = analysis.summary();
    check('capture', summary);
    return { packets: summary.packets };
  } finally {
    source.close();
  }
}
