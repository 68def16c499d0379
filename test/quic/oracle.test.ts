import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../src/session/analysis.ts';
import { openCapture } from '../../src/capture/open.ts';
import type { QuicConnection } from '../../src/correlate/model.ts';
import { decode } from '../../src/dissect/decode.ts';
import { Kind } from '../../src/dissect/packets.ts';
import { versionOf } from '../../src/dissect/quic/versions.ts';
import { check } from '../dissect/checks.ts';

// What tshark says of the QUIC connections in captures made by others. They lie beside the project; without them nothing is compared.

const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = existsSync(join(captures, 'manifest.json'));

interface Told {
  first: number;
  last: number;
  versions: string[];
  sni?: string;
  alpn?: string[];
  retry?: number;
  versionNegotiation?: number;
  src: string;
  sport: number;
  dst: string;
  dport: number;
}

interface Hello {
  quic?: boolean;
  type: string;
  frame: number;
  cipher?: string;
}

interface Oracle {
  quic?: Told[];
  protocols?: Record<string, number>;
  tls?: { handshakes?: Hello[] };
}

/** Connections of tshark's that are the one before: their first packet opens with that one's keys. */
const SAME_AS_BEFORE = new Set(['quic/interop-zerortt.pcap 79']);

function files(): { file: string; oracle: Oracle }[] {
  if (!present) return [];
  const { captures: list } = JSON.parse(readFileSync(join(captures, 'manifest.json'), 'utf8')) as {
    captures: { file: string }[];
  };
  return list.flatMap(({ file }) => {
    const path = join(captures, 'oracle', `${file}.json`);
    return existsSync(path) ? [{ file, oracle: JSON.parse(readFileSync(path, 'utf8')) as Oracle }] : [];
  });
}

async function read(file: string): Promise<{ connections: QuicConnection[]; packets: number }> {
  const source = await openCapture(join(captures, file));
  const connections: QuicConnection[] = [];
  const analysis = new Analysis(source, { quic: (connection) => connections.push(connection) });
  await analysis.run();
  source.close();
  const packets = analysis.protocols().reduce((sum, [stack, count]) => sum + (stack.endsWith(':udp:quic') ? count : 0), 0);
  return { connections, packets };
}

describe.runIf(present)('what tshark says of QUIC', () => {
  test.each(files().filter(({ oracle }) => oracle.quic?.length))('$file', async ({ file, oracle }) => {
    const { connections, packets } = await read(file);
    const theirs = (oracle.quic ?? []).filter((q) => !SAME_AS_BEFORE.has(`${file} ${q.first}`));
    expect(connections.map((c) => c.firstPacket)).toEqual(theirs.map((q) => q.first));
    theirs.forEach((q, i) => {
      const mine = connections[i];
      const versions = q.versions.map((version) => versionOf(Number(version)).name);
      expect(versions).toContain(mine.version);
      expect([mine.client.address, mine.client.port, mine.server.address, mine.server.port]).toEqual([
        q.src,
        q.sport,
        q.dst,
        q.dport,
      ]);
      expect(mine.clientKnown).toBe(true);
      if (q.sni !== undefined) expect(mine.sni).toBe(q.sni);
      if (q.alpn !== undefined) expect(mine.alpnOffered).toEqual(q.alpn);
      expect([mine.retryPacket, mine.negotiationPacket]).toEqual([q.retry, q.versionNegotiation]);
    });
    const helloes = (oracle.tls?.handshakes ?? []).filter((h) => h.quic && h.type.endsWith('Hello'));
    for (const h of helloes) {
      const mine = connections.find((c) => (h.type === 'ClientHello' ? c.clientHelloPacket : c.serverHelloPacket) === h.frame);
      expect(mine, `${h.type} @${h.frame}`).toBeDefined();
      if (h.type === 'ServerHello') expect(mine?.cipherId).toBe(h.cipher);
    }
    const named = Object.entries(oracle.protocols ?? {}).reduce(
      (sum, [stack, n]) => sum + (/:udp:quic\b/.test(stack) ? n : 0),
      0,
    );
    expect(packets).toBe(named);
  });

  test.each(files().filter(({ oracle }) => oracle.quic?.length))('$file: long headers have their fields', async ({ file }) => {
    const source = await openCapture(join(captures, file));
    const analysis = new Analysis(source, {});
    while (await analysis.step()) {
      const p = analysis.correlator.packets;
      const { batch } = analysis;
      for (let row = 0; row < p.count; row++) {
        if (p.kind[row] !== Kind.udp || (p.bytes[p.payloadAt[row]] & 0x80) === 0) continue;
        const bytes = batch.bytes.slice(batch.at[row], batch.at[row] + batch.caplen[row]);
        check(bytes, batch.wirelen[row], batch.linkType[row]);
        const layers = decode(bytes, batch.wirelen[row], batch.linkType[row]);
        expect(layers.at(-1)?.protocol, `packet ${p.firstNumber + row}`).toBe('quic');
      }
    }
    source.close();
  });

  test('where tshark sees no QUIC there is none', { timeout: 60_000 }, async () => {
    const found: string[] = [];
    for (const { file, oracle } of files()) {
      if (oracle.quic?.length || oracle.protocols === undefined || !Object.keys(oracle.protocols).some((s) => s.includes('udp')))
        continue;
      const connections = await read(file).then(
        (result) => result.connections,
        () => [],
      );
      if (connections.length > 0) found.push(file);
    }
    expect(found).toEqual([]);
  });
});

if (!present) test.skip('what tshark says of QUIC: ../shared/captures is not there, nothing is compared', () => {});
