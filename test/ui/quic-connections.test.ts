import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES, keyLogsOf } from '../fixtures/truth.ts';
import { Drive } from './drive.ts';
import type { FakeSession } from './fake.ts';

let session: FileSession;
afterEach(() => session.close());

async function opened(scenario: string, file: string, keyLogs: string[] = []): Promise<Drive> {
  session = new FileSession(await openCapture(join(FIXTURES, scenario, file), { keep: true, keyLogs }));
  while (await session.step());
  return new Drive(session as unknown as FakeSession, { width: 140, height: 30 });
}

// Packets and bytes of UDP payload each way as tshark counts them: 91 with 31716, 169 with 192726.
test('QUIC connections are on the screen of connections, and open as TCP’s do', async () => {
  const drive = await opened('https-h3', 'client.pcapng');
  const text = drive.press('0').text();
  expect(text).toMatch(/q0 192\.168\.0\.10:54745 +192\.0\.2\.101:443 +quic +260 +224 kB .*end not visible/);
  expect(text).toContain('client 91 packets, 31716 B  server 169 packets, 192726 B  how it ended is not visible without keys');
  expect(text).toContain('SNI h3.my-app.com  ALPN h3  what it carries is not visible without keys');
  expect(drive.press('f').text()).toContain('QUIC connection 0: 192.168.0.10:54745');
  expect(drive.press('0 Enter').text()).toContain('QUIC connection 0');
});

test('with keys: what was opened', async () => {
  const text = (await opened('https-h3', 'client.pcapng', keyLogsOf('https-h3'))).press('0').text();
  expect(text).toMatch(/ALPN h3 {2}decrypted: \d+ packets/);
  expect(text).not.toContain('not visible without keys');
});

test('the stream of a filtered list is that of the row', async () => {
  const drive = await opened('two-names', 'client.pcap');
  const ports = Array.from({ length: session.connectionCount() }, (_, id) => session.connection(id)?.client.port ?? 0);
  expect(ports.length).toBeGreaterThan(1);
  drive.press('0 /').type(`tcp.port == ${ports[1]}`).press('Enter');
  expect(drive.press('f').text()).toContain(`Connection 1: 192.168.0.10:${ports[1]}`);
});

test('a capture without QUIC: TCP’s alone', async () => {
  const text = (await opened('cold-http', 'client.pcap')).press('0').text();
  expect(text).not.toMatch(/\bq0\b/);
  expect(text).toContain('192.0.2.80:80');
});
