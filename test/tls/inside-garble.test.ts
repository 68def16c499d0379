import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as path } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { answer, query } from '../dns/build.ts';
import { be16, join, tcpFrame } from '../frames.ts';
import type { Step } from '../http/dialogue.ts';
import { DIALOGUES as HTTP1 } from '../http/dialogues.ts';
import { DIALOGUES as HTTP2 } from '../http2/dialogues.ts';
import { pcapOf } from '../rules/judge.ts';
import { alpn } from './build.ts';
import { SEALED_KEYS, Sealer } from './sealed.ts';
import type { Chunk } from './talk.ts';

const ROUNDS = Number(process.env.WIREBOOK_ROUNDS ?? 60);
const directory = mkdtempSync(path(tmpdir(), 'wirebook-garble-'));
afterAll(() => rmSync(directory, { recursive: true }));

type Said = { fromClient: boolean; bytes: Uint8Array }[];

const spoken = (steps: Step[]): Said =>
  steps.flatMap((step) => ('bytes' in step ? [{ fromClient: step.side === 'client', bytes: step.bytes }] : []));
const framed = (message: Uint8Array): Uint8Array => join(be16(message.length), message);
const DNS: Said = [
  { fromClient: true, bytes: framed(query(7, 'www.example.test')) },
  { fromClient: false, bytes: framed(answer(7, 'www.example.test', ['192.0.2.80'])) },
];
const TALKS: { port: number; said: Said; offers: string[] }[] = [
  ...Object.values(HTTP1).map(({ steps }) => ({ port: 443, said: spoken(steps), offers: ['http/1.1'] })),
  ...Object.values(HTTP2).map(({ steps }) => ({ port: 443, said: spoken(steps), offers: ['h2'] })),
  { port: 853, said: DNS, offers: ['dot'] },
];

/** Park and Miller's generator: the same numbers in every run. */
function seeded(seed: number): (below: number) => number {
  let state = (seed % 0x7ffffffe) + 1;
  return (below) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
}

/** What one talk said, or a piece of another one instead; a few bytes and lengths changed, cut or doubled. */
function garbled(said: Said, below: (limit: number) => number): Said {
  const list: Said = said.map((each) => ({ ...each, bytes: Uint8Array.from(each.bytes) }));
  for (let times = below(5); times > 0 && list.length > 0; times--) {
    const at = below(list.length);
    const { bytes, fromClient } = list[at];
    const kind = below(7);
    if (kind === 0 && bytes.length > 0) bytes[below(bytes.length)] ^= 1 << below(8);
    else if (kind === 1 && bytes.length > 0) bytes[below(bytes.length)] = [0, 0x7f, 0x80, 0xff, 0x0d, 0x0a][below(6)];
    else if (kind === 2 && bytes.length > 1) bytes.copyWithin(below(bytes.length), below(bytes.length));
    else if (kind === 3) list.splice(at, 1);
    else if (kind === 4) list.splice(at, 0, { fromClient, bytes: bytes.slice(below(bytes.length + 1)) });
    else if (kind === 5) {
      const other = TALKS[below(TALKS.length)].said;
      if (other.length > 0) list.splice(at, 0, other[below(other.length)]);
    } else list[at] = { fromClient: below(2) === 0, bytes };
  }
  return list;
}

/** Records of any size, also empty ones, over segments of any size; now and then a segment is lost. */
function packetsOf(said: Said, offers: string[], port: number, below: (limit: number) => number): Uint8Array {
  const sealer = new Sealer();
  const chunks: Chunk[] = sealer.handshake(alpn(...offers));
  for (const { fromClient, bytes } of said)
    for (let at = 0; at < bytes.length || (at === 0 && bytes.length === 0); ) {
      const size = [0, 1, 1 + below(40), bytes.length][below(4)];
      const type = below(60) === 0 ? [20, 21, 22, 24][below(4)] : 23;
      chunks.push({ fromClient, bytes: sealer.record(fromClient, type, bytes.subarray(at, at + size)) });
      at += size;
      if (bytes.length === 0) break;
    }
  const frames: [number, Uint8Array][] = [];
  const next = [1000, 5000];
  const send = (fromClient: boolean, flags: string, payload = new Uint8Array(0)): void => {
    const [from, to] = fromClient ? ['10.0.0.1:40000', `10.0.0.2:${port}`] : [`10.0.0.2:${port}`, '10.0.0.1:40000'];
    const side = fromClient ? 0 : 1;
    const frame = tcpFrame({
      from,
      to,
      sequence: next[side],
      acknowledgment: flags === 'S' ? 0 : next[1 - side],
      flags,
      payload,
    });
    if (payload.length === 0 || below(200) > 0) frames.push([frames.length / 1000, frame]);
    next[side] += payload.length + (/[SF]/.test(flags) ? 1 : 0);
  };
  send(true, 'S');
  send(false, 'SA');
  send(true, 'A');
  for (const { fromClient, bytes } of chunks)
    for (let at = 0; at < bytes.length; ) {
      const size = [1400, 1 + below(100), 1400][below(3)];
      send(fromClient, 'PA', bytes.slice(at, at + size));
      at += size;
    }
  send(true, 'FA');
  send(false, 'FA');
  return pcapOf(frames);
}

const all = (fields: readonly Field[]): Field[] => fields.flatMap((field) => [field, ...all(field.children ?? [])]);

test(`${ROUNDS} talks under valid protection, garbled: analysis, packets, streams; nothing throws, every range lies in its bytes`, async () => {
  const capture = path(directory, 'garbled.pcap');
  const keys = path(directory, 'keys.log');
  writeFileSync(keys, SEALED_KEYS, { mode: 0o600 });
  let opened = 0;
  let inside = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const below = seeded(round * 7919 + Number(process.env.WIREBOOK_SEED ?? 1));
    const { said, offers, port } = TALKS[below(TALKS.length)];
    const bytes = packetsOf(round < 3 ? said : garbled(said, below), offers, port, below);
    writeFileSync(capture, bytes);
    const session = new FileSession(await openCapture(capture, { keep: true, keyLogs: [keys] }));
    try {
      while (await session.step());
      opened += session.tls(0)?.decryption?.opened ?? 0;
      const ways = below(2) === 0;
      for (let i = 1; i <= session.packetCount(); i++) {
        const number = ways ? i : session.packetCount() + 1 - i;
        for (const layer of session.packet(number)?.layers ?? []) {
          if (layer.bytes === undefined) continue;
          expect(layer.title, `round ${round}`).not.toContain('could not be shown');
          if (['http', 'http2', 'dns'].includes(layer.protocol)) inside++;
          for (const field of all(layer.fields))
            if (!(field.at >= 0 && field.at <= field.end && field.end <= layer.bytes.length))
              throw new Error(
                `round ${round}, packet ${number}: ${field.name} at ${field.at} to ${field.end} of ${layer.bytes.length}`,
              );
        }
      }
      session.follow(0);
      for (let i = 0; i < session.journeyCount(); i++) session.verdicts(i);
    } finally {
      session.close();
    }
  }
  // Most records are opened, and most carry what can be shown.
  expect(opened).toBeGreaterThan(5 * ROUNDS);
  expect(inside).toBeGreaterThan(2 * ROUNDS);
});
