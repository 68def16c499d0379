import type { Attempt } from '../correlate/attempt.ts';
import { evidence, valuesOf } from '../correlate/evidence.ts';
import type { Join } from '../correlate/join.ts';
import { type Evidence, type HarTimings, type Journey, type Outcome, STAGE_KINDS, type Stage } from '../correlate/model.ts';
import type { Text } from '../text/text.ts';
import { putPackets, takePackets, type Whole } from './form-parts.ts';
import type { Form, Packing, Taking } from './packing.ts';

/** A stage's first number is its kind, and these: it does not begin where the one before it ended, and has more packets than it lists. */
const REUSED = 16;
const APART = 32;
const COUNTED = 64;
const NOTED = 128;
const KIND = 15;

const MILLISECOND = 1e6;
/** Beyond this a number and the next one are the same double. */
const MOST_EXACT = 2 ** 52;

/** Journeys are most of what is kept of a capture, and stages most of a journey: both go without keys, in this order. */
export const JOURNEYS: Form<Journey> = {
  put(to, journey) {
    to.number(journey.start);
    to.number(journey.id);
    to.put(journey.name);
    to.put(journey.url);
    to.number(journey.page);
    to.put(journey.parent);
    to.put(journey.client);
    to.put(journey.connection);
    to.put(journey.quic);
    to.put(journey.exchange);
    to.put(journey.lookup);
    to.put(journey.attempts);
    to.number(journey.end);
    to.word(journey.outcome);
    putStages(to, journey.stages, journey.start);
    putHar(to, journey.har);
    putEvidence(to, journey.evidence);
    to.put(journey.method);
    to.put(journey.status);
    to.put(journey.responseBytes);
    to.put(journey.partial);
    to.number(journey.packetCount);
  },
  take(from) {
    const start = from.number();
    const journey: Whole<Journey> = {
      id: from.number(),
      name: from.value() as string,
      url: from.some<string>(),
      page: from.number(),
      parent: from.value() as number | null,
      client: from.value() as string,
      connection: from.some<number>(),
      quic: from.some<number>(),
      exchange: from.some<number>(),
      lookup: from.some<number>(),
      attempts: from.some<Attempt[]>(),
      start,
      end: from.number(),
      outcome: from.word() as Outcome,
      stages: takeStages(from, start),
      har: takeHar(from),
      evidence: takeEvidence(from),
      method: from.some<string>(),
      status: from.some<number>(),
      responseBytes: from.some<number>(),
      partial: from.some<boolean>(),
      packetCount: from.number(),
    };
    return journey as Journey;
  },
};

function putStages(to: Packing, stages: readonly Stage[], start: number): void {
  to.number(stages.length);
  let before = start;
  for (let i = 0; i < stages.length; i++) {
    const stage = stages[i];
    const { packets, packetCount, note } = stage;
    const apart = stage.start === before ? 0 : APART;
    const counted = packetCount === packets.length ? 0 : COUNTED;
    to.number(STAGE_KINDS.indexOf(stage.kind) | (stage.reused ? REUSED : 0) | apart | counted | (note === undefined ? 0 : NOTED));
    if (apart > 0) to.number(stage.start);
    to.number(stage.end);
    putPackets(to, packets);
    if (counted > 0) to.number(packetCount);
    if (note !== undefined) putText(to, note);
    before = stage.end;
  }
}

function takeStages(from: Taking, start: number): Stage[] {
  const stages: Stage[] = [];
  const count = from.number();
  for (let i = 0, before = start; i < count; i++) {
    const bits = from.number();
    const began = (bits & APART) > 0 ? from.number() : before;
    const end = from.number();
    const packets = takePackets(from);
    const stage: Whole<Stage> = {
      kind: STAGE_KINDS[bits & KIND],
      start: began,
      end,
      packets,
      packetCount: (bits & COUNTED) > 0 ? from.number() : packets.length,
      reused: (bits & REUSED) > 0,
      note: (bits & NOTED) > 0 ? takeText(from) : undefined,
    };
    stages.push(stage as Stage);
    before = end;
  }
  return stages;
}

function putText(to: Packing, text: Text): void {
  to.word(text.en);
  to.word(text.ko);
}

const takeText = (from: Taking): Text => ({ en: from.word(), ko: from.word() });

function putHar(to: Packing, har: HarTimings): void {
  putMilliseconds(to, har.blocked);
  putMilliseconds(to, har.dns);
  putMilliseconds(to, har.connect);
  putMilliseconds(to, har.ssl);
  putMilliseconds(to, har.send);
  putMilliseconds(to, har.wait);
  putMilliseconds(to, har.receive);
  putMilliseconds(to, har.total);
}

const takeHar = (from: Taking): HarTimings => ({
  blocked: takeMilliseconds(from),
  dns: takeMilliseconds(from),
  connect: takeMilliseconds(from),
  ssl: takeMilliseconds(from),
  send: takeMilliseconds(from),
  wait: takeMilliseconds(from),
  receive: takeMilliseconds(from),
  total: takeMilliseconds(from),
});

/** As whole nanoseconds and one, which is what they were made of; 0 for -1. */
function putMilliseconds(to: Packing, value: number): void {
  const nanoseconds = Math.round(value * MILLISECOND);
  if (value === -1) to.number(0);
  else if (nanoseconds >= 0 && nanoseconds < MOST_EXACT && nanoseconds / MILLISECOND === value) to.number(nanoseconds + 1);
  else {
    to.put(null);
    to.number(value);
  }
}

function takeMilliseconds(from: Taking): number {
  const kept = from.value();
  if (typeof kept !== 'number') return from.number();
  return kept === 0 ? -1 : (kept - 1) / MILLISECOND;
}

function putEvidence(to: Packing, list: readonly Evidence[]): void {
  to.number(list.length);
  for (let i = 0; i < list.length; i++) {
    to.word(list[i].join);
    putPackets(to, list[i].packets);
    to.put(valuesOf(list[i]));
  }
}

function takeEvidence(from: Taking): Evidence[] {
  const list: Evidence[] = [];
  for (let left = from.number(); left > 0; left--)
    list.push(evidence(from.word() as Join, takePackets(from), from.value() as ReturnType<typeof valuesOf>));
  return list;
}
