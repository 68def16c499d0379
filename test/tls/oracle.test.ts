import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../src/session/analysis.ts';
import { openCapture } from '../../src/capture/open.ts';
import type { TlsSession } from '../../src/correlate/model.ts';

// What tshark says of TLS handshakes in captures made by others. They lie beside the project; without them nothing is compared.

const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = existsSync(join(captures, 'manifest.json'));

interface Handshake {
  frame: number;
  type: string;
  transport?: string;
  quic?: boolean;
  sni?: string;
  alpn?: string[];
  version?: string;
  cipher?: string;
  helloRetryRequest?: boolean;
}

const VERSIONS: Record<string, string> = {
  '0x0300': 'SSL 3.0',
  '0x0301': 'TLS 1.0',
  '0x0302': 'TLS 1.1',
  '0x0303': 'TLS 1.2',
  '0x0304': 'TLS 1.3',
};

/** The second ClientHello after a HelloRetryRequest, which belongs to the session of the first. */
const SECOND_HELLOS = new Set(['pcapng/larger-block.pcapng 7', 'tls/hello-retry-request.pcap 8']);

function files(): { file: string; handshakes: Handshake[] }[] {
  if (!present) return [];
  const { captures: list } = JSON.parse(readFileSync(join(captures, 'manifest.json'), 'utf8')) as {
    captures: { file: string }[];
  };
  return list.flatMap(({ file }) => {
    const path = join(captures, 'oracle', `${file}.json`);
    const all = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as { tls?: { handshakes?: Handshake[] } }).tls?.handshakes
      : undefined;
    const handshakes = (all ?? []).filter((h) => !h.quic && h.transport !== 'udp');
    return handshakes.length > 0 ? [{ file, handshakes }] : [];
  });
}

async function sessionsOf(file: string): Promise<TlsSession[]> {
  const source = await openCapture(join(captures, file));
  const sessions: TlsSession[] = [];
  await new Analysis(source, { tls: (session) => sessions.push(session) }).run();
  source.close();
  return sessions;
}

const lower = (text: string | undefined): string | undefined => text?.toLowerCase().replace(/\.$/, '');

describe.runIf(present)('what tshark says of TLS', () => {
  test.each(files())('$file', async ({ file, handshakes }) => {
    const sessions = await sessionsOf(file);
    for (const h of handshakes) {
      const what = `${h.type} @${h.frame}`;
      if (h.type === 'ClientHello') {
        if (SECOND_HELLOS.has(`${file} ${h.frame}`)) continue;
        const mine = sessions.find((s) => s.clientHelloPacket === h.frame);
        expect([what, lower(mine?.sni), mine?.alpnOffered]).toEqual([what, lower(h.sni), h.alpn ?? []]);
      } else if (h.type === 'ServerHello') {
        const mine = sessions.find((s) => (h.helloRetryRequest ? s.helloRetryPacket : s.serverHelloPacket) === h.frame);
        expect([what, mine?.version, mine?.cipherId]).toEqual([what, VERSIONS[h.version ?? ''], h.cipher]);
        // In TLS 1.3 the protocol chosen is no part of the ServerHello: only keys tell.
        if (mine?.alpn !== undefined && mine.version !== 'TLS 1.3') expect([what, mine.alpn]).toEqual([what, h.alpn?.[0]]);
        expect(mine?.cipher).not.toContain('unknown');
      }
    }
    for (const session of sessions) {
      if (session.finishedTime === undefined || session.clientHelloTime === undefined) continue;
      expect(session.finishedTime).toBeGreaterThanOrEqual(session.clientHelloTime);
    }
  });

  test.skipIf(!present)('the illustrated connections', async () => {
    const [old] = await sessionsOf('tls/tls12-illustrated.pcap');
    expect(old).toMatchObject({
      sni: 'example.ulfheim.net',
      version: 'TLS 1.2',
      cipher: 'TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA',
      resumed: false,
      certificateNames: ['example.ulfheim.net'],
      clientHelloPacket: 5,
      serverHelloPacket: 7,
      finishedPacket: 11,
      alerts: [{ from: 'client', level: 'encrypted' }],
    });
    const [recent] = await sessionsOf('tls/tls13-illustrated.pcap');
    expect(recent).toMatchObject({
      sni: 'example.ulfheim.net',
      version: 'TLS 1.3',
      cipher: 'TLS_AES_256_GCM_SHA384',
      resumed: false,
    });
    expect(recent.certificateNames).toBeUndefined();
    const [psk] = await sessionsOf('tls/tls13-psk.pcap');
    // Its one identity has the age 0, as tshark shows: no session was resumed.
    expect(psk).toMatchObject({ version: 'TLS 1.3', resumed: false, externalPsk: true });
  });
});

if (!present) test.skip('what tshark says of TLS: ../shared/captures is not there, nothing is compared', () => {});
