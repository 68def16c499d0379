import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { Plaintext } from '../../src/dissect/tls/plaintext.ts';
import { packets } from '../../src/filter/packets.ts';
import { parse } from '../../src/filter/parser.ts';
import { FileSession } from '../../src/session/file-session.ts';
import type { Turn } from '../../src/session/follow.ts';
import type { Decoded } from '../../src/session/session.ts';
import { moveByte } from '../../src/ui/fields.ts';
import { writeSlice } from '../../src/commands/slice.ts';
import { openPacket } from '../../src/ui/opening.ts';
import { start } from '../../src/ui/model.ts';
import { layout, packet as packetScreen } from '../../src/ui/screens/packet.ts';
import { treeOf } from '../../src/ui/tree.ts';
import { FIXTURES, keyLogsOf, truthOf } from '../fixtures/truth.ts';

async function open(scenario: string, keyLogs = keyLogsOf(scenario)): Promise<FileSession> {
  const capture = truthOf(scenario).captures[0].file;
  const session = new FileSession(await openCapture(join(FIXTURES, scenario, capture), { keep: true, keyLogs }));
  while (await session.step());
  return session;
}

const ownOf = (session: FileSession, packet: number): Layer[] =>
  session.packet(packet)?.layers.filter((layer) => layer.bytes !== undefined) ?? [];

function* fieldsOf(fields: readonly Field[]): Generator<Field> {
  for (const field of fields) {
    yield field;
    yield* fieldsOf(field.children ?? []);
  }
}

const all = function* (session: FileSession): Generator<{ packet: number; layer: Layer; field: Field }> {
  for (let packet = 1; packet <= session.packetCount(); packet++)
    for (const layer of ownOf(session, packet)) for (const field of fieldsOf(layer.fields)) yield { packet, layer, field };
};

const valuesOf = (session: FileSession, name: string): unknown[] =>
  [...all(session)].filter(({ field }) => field.name === name).map(({ field }) => field.value);

const paths = (urls: string[]): string[] => urls.map((url) => new URL(url).pathname + new URL(url).search);

describe('with keys a packet shows what TLS carries in it', () => {
  test.each(['https', 'https-bulk', 'https-tls12', 'https-resumed', 'https-ciphers'])(
    '%s: the targets that curl asked for and the statuses that the server logged, in HTTP/1 heads',
    async (scenario) => {
      const session = await open(scenario);
      const truth = truthOf(scenario);
      expect(valuesOf(session, 'http.request.uri')).toEqual(paths(truth.requests.map((each) => each.url)));
      expect(valuesOf(session, 'http.response.code')).toEqual(truth.server.map((each) => each.status));
      session.close();
    },
  );

  test.each(['https-h2', 'https-h2-parallel'])(
    '%s: HTTP/2 frames with header fields through the dynamic table, and as many bytes of body as the client counted',
    async (scenario) => {
      const session = await open(scenario);
      const truth = truthOf(scenario);
      const asked = paths(truth.requests.map((each) => each.url)).sort();
      expect((valuesOf(session, 'http2.headers.path') as string[]).sort()).toEqual(asked);
      const statuses = truth.server.map((each) => each.status).sort();
      expect((valuesOf(session, 'http2.headers.status') as number[]).sort()).toEqual(statuses);
      let body = 0;
      for (const { field } of all(session)) if (field.name === 'http2.data.data') body += field.end - field.at;
      expect(body).toBe(truth.requests.reduce((sum, each) => sum + (each.sizeDownload ?? 0) + (each.sizeUpload ?? 0), 0));
      session.close();
    },
  );

  test('bytes that may hold cookies and credentials have a place and a length, and no text', async () => {
    const blocks = ['tls.segment.data', 'http2.headers', 'http2.continuation.header', 'http3.headers', 'quic.stream_data'];
    let found = 0;
    for (const scenario of ['https', 'https-h2', 'https-browser', 'https-h3']) {
      const session = await open(scenario);
      for (const { field } of all(session)) {
        if (!blocks.includes(field.name)) continue;
        found++;
        expect([field.name, field.value, field.text]).toEqual([field.name, null, `${field.end - field.at} bytes`]);
      }
      session.close();
    }
    expect(found).toBeGreaterThan(100);
  });

  test('handshake messages and alerts that were sealed: ALPN, the chain, Finished of both sides, close_notify', async () => {
    const session = await open('https');
    const certificates = [...all(session)].filter(({ field }) => field.name === 'tls.handshake.certificate');
    expect(certificates[0].field.value).toBe('www.my-app.com, my-app.com, *.my-app.com');
    expect(valuesOf(session, 'x509af.issuer')[0]).toBe('O=Wirebook Lab, CN=Wirebook Lab Root');
    const titles = [...all(session)].filter(({ field }) => field.name === 'tls.handshake').map(({ field }) => field.text);
    expect(titles.filter((title) => title === 'Finished')).toHaveLength(2 * session.connectionCount());
    expect(titles).toContain('Encrypted Extensions');
    expect(valuesOf(session, 'tls.alert_message.desc')).toContain(0);
    session.close();
  });

  test.each(['https', 'https-h2', 'https-bulk', 'tls-odd'])(
    '%s: ranges lie in the layer’s own bytes; every opened record is some packet’s; any order gives the same',
    async (scenario) => {
      const session = await open(scenario);
      let records = 0;
      const forward: string[] = [];
      for (let packet = 1; packet <= session.packetCount(); packet++)
        forward.push(JSON.stringify(ownOf(session, packet).map((layer) => [layer.title, layer.fields])));
      for (const { layer, field } of all(session)) {
        expect(field.at).toBeGreaterThanOrEqual(0);
        expect(field.end).toBeLessThanOrEqual((layer.bytes as Uint8Array).length);
        if (field.label === 'Decrypted record') records++;
      }
      let opened = 0;
      for (let id = 0; id < session.connectionCount(); id++) opened += session.tls(id)?.decryption?.opened ?? 0;
      expect(opened).toBeGreaterThan(5);
      expect(records).toBe(opened);
      for (let packet = session.packetCount(); packet >= 1; packet--)
        expect(JSON.stringify(ownOf(session, packet).map((layer) => [layer.title, layer.fields]))).toBe(forward[packet - 1]);
      session.close();
    },
  );

  test('a packet with a part of a record says which packet completes it', async () => {
    const session = await open('https-bulk');
    const parts: [number, number][] = [];
    for (let packet = 1; packet <= session.packetCount(); packet++)
      for (const layer of ownOf(session, packet)) {
        const whole = /whole in packet (\d+)$/.exec(layer.title);
        if (whole !== null) parts.push([packet, Number(whole[1])]);
      }
    expect(parts.length).toBeGreaterThan(20);
    for (const [packet, whole] of parts) {
      expect(whole).toBeGreaterThan(packet);
      expect(ownOf(session, whole)[0].title).toMatch(/^Decrypted TLS, Application Data/);
    }
    session.close();
  });

  test('the bytes beside the tree are the plaintext’s while a field of it is selected', async () => {
    const session = await open('https');
    const head = [...all(session)].find(({ field }) => field.name === 'http.request.uri')?.packet as number;
    const model = openPacket(start({ language: 'en', width: 110, height: 40 }), head, session);
    const screen = (cursor: number): string =>
      packetScreen
        .view({ ...model, places: { ...model.places, packet: { cursor, top: 0 } } }, session)
        .map((line) => line.map((part) => part.text).join(''))
        .join('\n');
    expect(layout(model).beside).toBe(false);
    expect(screen(0)).not.toContain('GET / HTTP/1.1··');
    const rows = packetScreen.rows(model, session);
    for (const part of ['plaintext', 'GET / HTTP/1.1··']) expect(screen(rows - 1)).toContain(part);
    const inBytes = moveByte(
      { ...model, pane: 'bytes', places: { ...model.places, packet: { cursor: rows - 1, top: 0 } } },
      -Infinity,
      session,
    );
    // The first byte of the plaintext is the method's.
    expect(inBytes.byte).toBe(0);
    const decoded = session.packet(head) as Decoded;
    expect(treeOf(decoded, inBytes.opened)[inBytes.places.packet.cursor].name).toBe('http.request.method');
    session.close();
  });
});

describe('a filter of packets finds what TLS carries', () => {
  const found = (session: FileSession, text: string): number[] => {
    const filter = parse(text, packets);
    const list: number[] = [];
    for (let number = 1; number <= session.packetCount(); number++) {
      const packet = session.packet(number);
      if (packet !== undefined && filter.test(packet)) list.push(number);
    }
    return list;
  };

  test('HTTP/2 header fields and frames, handshake messages, alerts: the packets that tshark 4.0 finds with the same filters', async () => {
    const session = await open('https-h2');
    const second = session.exchange(1);
    expect(second?.target).toBe('/style.css');
    expect(found(session, 'http2.headers.path == "/style.css"')).toEqual([second?.requestPacket]);
    expect(found(session, 'http2.header.value contains "style"')).toEqual([second?.requestPacket]);
    expect(found(session, 'http2.headers.status == 200')).toEqual([19, 34, 37]);
    expect(found(session, 'tls.handshake.type == 11')).toEqual([12]);
    expect(found(session, 'x509af.issuer contains "Wirebook"')).toEqual([12]);
    session.close();
  });

  test('several connections by turns: the same as one after the other; HTTP/1; without keys nothing', async () => {
    const session = await open('tls-handshakes');
    const sequence = found(session, 'http.request.uri');
    const asked = [...Array(session.packetCount()).keys()].map((i) => i + 1);
    const byTurns = asked.toSorted((a, b) => (a % 7) - (b % 7));
    const filter = parse('http.request.uri', packets);
    const again = byTurns.filter((number) => filter.test(session.packet(number) as Decoded)).sort((a, b) => a - b);
    expect(again).toEqual(sequence);
    const targets = (truthOf('tls-handshakes').expect as { handshakes?: { targets: string[] }[] }).handshakes ?? [];
    expect(sequence).toHaveLength(targets.flatMap((each) => each.targets).length);
    session.close();
    const sealed = await open('tls-handshakes', []);
    expect(found(sealed, 'http.request.uri')).toEqual([]);
    sealed.close();
  });
});

describe('following a stream with keys', () => {
  test('https: what HTTP/1 said, in turns', async () => {
    const session = await open('https');
    const { requests } = truthOf('https');
    const turns = [...Array(session.connectionCount()).keys()].flatMap((id) => session.follow(id));
    const asked = turns.filter((turn) => turn.from === 'client' && turn.bytes > 0);
    expect(asked.map((turn) => turn.lines[0])).toEqual(
      requests.map(({ method, url }) => `${method} ${new URL(url).pathname} HTTP/1.1`),
    );
    expect(turns.filter((turn) => turn.from === 'server').map((turn) => turn.lines[0])).toEqual(
      requests.map(({ httpCode }) => expect.stringMatching(`^HTTP/1.1 ${httpCode} `)),
    );
    expect(turns.every((turn) => !turn.sealed && turn.missing === 0)).toBe(true);
    session.close();
  });

  test('https-h2-parallel: each stream’s request and response, as many bytes of body as curl counted', async () => {
    const session = await open('https-h2-parallel');
    const { requests } = truthOf('https-h2-parallel');
    const turns = [...Array(session.connectionCount()).keys()].flatMap((id) => session.follow(id));
    const sides = (from: string) => turns.filter((turn) => turn.from === from && turn.stream !== undefined);
    const line = (turn: Turn, name: string) => turn.lines.find((each) => each.startsWith(`${name}: `))?.slice(name.length + 2);
    expect(
      sides('client')
        .map((turn) => line(turn, ':path'))
        .sort(),
    ).toEqual(paths(requests.map(({ url }) => url)).sort());
    const answers = sides('server').map((turn) => {
      const request = sides('client').find((each) => each.stream === turn.stream) as Turn;
      return [line(request, ':path'), Number(line(turn, ':status')), turn.bytes];
    });
    expect(answers.sort()).toEqual(requests.map((each) => [new URL(each.url).pathname, each.httpCode, each.sizeDownload]).sort());
    session.close();
  });

  test('without keys it says that it is sealed, and shows none of its bytes', async () => {
    const session = await open('https', []);
    const turns = session.follow(0);
    expect(turns.length).toBeGreaterThan(1);
    for (const turn of turns) expect(turn).toMatchObject({ sealed: true, lines: [] });
    session.close();
  });
});

test('without keys nothing is added, and with keys no secret is in any text', async () => {
  const sealed = await open('https', []);
  for (let packet = 1; packet <= sealed.packetCount(); packet++) expect(ownOf(sealed, packet)).toEqual([]);
  sealed.close();
  const session = await open('https');
  const secrets = readFileSync(join(FIXTURES, 'https', 'client.keylog'), 'utf8').match(/[0-9a-f]{64,}$/gm) ?? [];
  expect(secrets.length).toBeGreaterThan(3);
  for (const { field } of all(session))
    for (const secret of secrets) expect(`${field.value} ${field.text}`).not.toContain(secret.slice(0, 32));
  session.close();
});

test('a slice with secrets opens by itself, and holds those of its own connections alone', async () => {
  const session = await open('https-ciphers');
  const [all] = keyLogsOf('https-ciphers').map((path) => readFileSync(path, 'utf8'));
  expect(session.connectionCount()).toBeGreaterThan(2);
  const numbers = session.packetsOf(1);
  const directory = mkdtempSync(join(tmpdir(), 'wirebook-slice-'));
  const path = join(directory, 'slice.pcapng');
  const read = (n: number) => session.rawPacket(n);
  writeSlice(path, numbers, read, 'test', false, session.facts.secretsOf(numbers));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const held = all.split('\n').filter((line) => line.length > 0 && !line.startsWith('#') && readFileSync(path).includes(line));
  expect(new Set(held.map((line) => line.split(' ')[1])).size).toBe(1);
  const slice = new FileSession(await openCapture(path, { keep: true }));
  while (await slice.step());
  expect(valuesOf(slice, 'http.request.uri')).toEqual([new URL(truthOf('https-ciphers').requests[1].url).pathname]);
  slice.close();
  // Without being told to, none.
  writeSlice(path, numbers, read, 'test', true);
  expect(readFileSync(path).includes('TRAFFIC_SECRET') || readFileSync(path).includes('CLIENT_RANDOM')).toBe(false);
  rmSync(directory, { recursive: true });
  session.close();
});

test('any plaintext gives layers whose ranges lie in their bytes', () => {
  const random = seeded(7);
  for (let round = 0; round < 400; round++) {
    const plaintext = new Plaintext();
    const inside = ['http', 'http2', 'dns', 'unknown'][round % 4];
    for (let n = 0; n < 12; n++) {
      const bytes = Uint8Array.from({ length: random(120) }, () => random(n % 3 === 0 ? 10 : 256));
      if (random(8) === 0) plaintext.miss(n % 2 === 0);
      const type = [22, 23, 23, 21, 20][random(5)];
      const record = { fromClient: random(2) === 0, type, bytes, packets: [n], packet: n, tls13: random(2) === 0, inside };
      for (const layer of plaintext.next([record], random(3) > 0))
        for (const field of fieldsOf(layer.fields)) {
          expect(field.at).toBeGreaterThanOrEqual(0);
          expect(field.end).toBeLessThanOrEqual((layer.bytes as Uint8Array).length);
        }
    }
  }
});

/** Park and Miller's generator: the same numbers in every run. */
function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 0x7fffffff;
    return state % below;
  };
}
