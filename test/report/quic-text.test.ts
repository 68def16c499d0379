import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import type { QuicConnection } from '../../src/correlate/model.ts';
import { quicLines } from '../../src/report/quic-lines.ts';
import { writeReport } from '../../src/report/write.ts';
import type { Language } from '../../src/text/text.ts';
import { FIXTURES, keyLogsOf, truthOf } from '../fixtures/truth.ts';

const NAME = 'https-h3';

async function written(tell: (fd: number) => unknown): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'wirebook-quic-text-'));
  const file = join(folder, 'out');
  const fd = openSync(file, 'w');
  try {
    await tell(fd);
    return readFileSync(file, 'utf8');
  } finally {
    closeSync(fd);
    rmSync(folder, { recursive: true });
  }
}

async function report(keyLogs: string[], language: Language = 'en', only?: Set<number>): Promise<string> {
  const source = await openCapture(join(FIXTURES, NAME, 'client.pcapng'), { keyLogs });
  return written((fd) => writeReport(source, 'text', language, false, { fd, only }));
}

// Packets and bytes of UDP payload each way as tshark counts them.
const WHO = '192.0.2.101:443  QUIC connection 0, version 1  client 91 packets, 31716 B  server 169 packets, 192726 B';

describe('QUIC in the text report', () => {
  test('without keys: the connection, and that what it carries is not visible', async () => {
    const text = await report([]);
    expect(text).toContain('1. https://h3.my-app.com/  unknown  ');
    expect(text).toContain(`   192.168.0.10:54745 → ${WHO}  how it ended is not visible without keys\n`);
    expect(text).toMatch(
      /^ {3}TLS 1\.3 {2}.* {2}SNI h3\.my-app\.com {2}ALPN h3 .* {2}what it carries is not visible without keys$/m,
    );
    expect(await report([], 'ko')).toContain('안의 내용은 키가 없어 보이지 않음\n');
  });

  test('with keys: its journeys have its address, TLS and certificate', async () => {
    const text = await report(keyLogsOf(NAME));
    const asked = (truthOf(NAME).expect as { browser: { url: string }[] }).browser;
    const blocks = text.split(/\n\n/).slice(1);
    const about = blocks.filter((block) => / https:\/\/h3\.my-app\.com\//.test(block));
    expect(about.length).toBeGreaterThanOrEqual(asked.length - 1);
    for (const block of about) {
      expect(block).toContain(`   192.168.0.10:54745 → ${WHO}`);
      expect(block).toMatch(/^ {3}TLS 1\.3 {2}.* {2}ALPN h3 {2}decrypted: \d+ packets$/m);
      expect(block).toMatch(/^ {3}certificate: .*my-app\.com/m);
    }
    expect(text).not.toContain('\0');
  });

  test('of a filtered report: nothing that nobody asked for', async () => {
    expect(await report([], 'en', new Set())).not.toContain('QUIC');
  });
});

const side = { packets: 1, payloadBytes: 1200 };
const connection = (id: number, more: Partial<QuicConnection> = {}): QuicConnection => ({
  id,
  client: { address: '2001:db8::1', port: 40000 },
  server: { address: '2001:db8::2', port: 443 },
  clientKnown: true,
  firstPacket: id + 1,
  lastPacket: id + 1,
  firstTime: 0,
  lastTime: 0,
  fromClient: side,
  fromServer: side,
  version: '1',
  alpnOffered: [],
  ...more,
});

describe('lines of QUIC connections', () => {
  test('what a peer sends cannot control a terminal; what was offered, closed, guessed and sealed is said', () => {
    const text = quicLines(
      connection(3, {
        clientKnown: false,
        sni: 'a\x1b[31m',
        alpnOffered: ['h3', 'h3-29'],
        close: { from: 'server', code: 'NO_ERROR', application: false, clean: true, packet: 9, time: 0 },
        decryption: { opened: 0, sealed: 2, reasons: [{ why: 'no-keys', records: 2, packet: 4 }] },
      }),
      'en',
    );
    expect(text).not.toContain('\x1b');
    expect(text).toContain('[2001:db8::1]:40000 → [2001:db8::2]:443');
    expect(text).toContain('the server’s CONNECTION_CLOSE (NO_ERROR)');
    expect(text).toContain('a guess from the ports');
    expect(text).toContain('ALPN not visible without keys (offered: h3, h3-29)  what it carries is not visible without keys');
    expect(text).toContain('not decrypted: 2 packets, from packet 4 on:');
  });
});
