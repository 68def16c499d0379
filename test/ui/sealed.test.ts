// Keys that do not open what was captured: every screen that shows TLS tells so, and why.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { storyOf, unopened } from '../../src/rules/packet-story.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { Plain } from '../../src/ui/plain.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { Drive } from './drive.ts';
import type { FakeSession } from './fake.ts';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'wirebook-sealed-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

/** The secrets of other connections, by their ids; or the ids of these with other secrets. */
const otherIds = (line: string): string => line.replace(/ [0-9a-f]{4}/, ' 0000');
const otherSecrets = (line: string): string => line.replace(/[0-9a-f]{4}$/, (end) => (end === '0000' ? '0001' : '0000'));

async function withKeys(change: ((line: string) => string) | undefined, scenario = 'https'): Promise<FileSession> {
  const folder = join(FIXTURES, scenario);
  const path = join(dir, 'keys.log');
  const lines = readFileSync(join(folder, 'client.keylog'), 'utf8').trim().split('\n');
  if (change !== undefined) writeFileSync(path, `${lines.map(change).join('\n')}\n`, { mode: 0o600 });
  const keyLogs = change === undefined ? [] : [path];
  const session = new FileSession(
    await openCapture(join(folder, scenario === 'https' ? 'client.pcap' : 'client.pcapng'), { keep: true, keyLogs }),
  );
  while (await session.step());
  return session;
}

const drive = (session: FileSession): Drive => new Drive(session as unknown as FakeSession, { width: 120, height: 30 });

const REASONS: [string, (line: string) => string, string][] = [
  ['keys of other connections', otherIds, 'the key log has no keys of this connection for them'],
  ['keys that do not fit', otherSecrets, 'the keys do not fit, or the bytes were changed'],
];

test.each(REASONS)(
  '%s: timeline, stream, problems and the packet tell the reason and the first packet',
  async (_what, change, why) => {
    const session = await withKeys(change);
    try {
      const connection = session.journey(0).connection ?? -1;
      const { reasons = [] } = session.tls(connection)?.decryption ?? {};
      const [{ packet, records }] = reasons;
      // The first record of application data, which is the server’s EncryptedExtensions.
      expect(packet).toBe(12);
      const told = `not decrypted: ${records} records, from packet ${packet} on: ${why}`;
      expect(drive(session).press('Enter').text()).toContain(`TLS    ${told}`);
      expect(drive(session).press('Enter f').text()).toContain(`TLS: ${why}`);
      expect(drive(session).press('Enter f').text()).not.toContain('its keys would open it');
      expect(storyOf(session.facts, packet, connection).says.map(({ en }) => en)).toContain(`in its connection, ${told}`);
      const row = session.troubleOnTheWire().find(({ of }) => of === 'sealed');
      expect(row).toMatchObject({ count: session.facts.tlsSessions.count, first: packet });
      const problems = drive(session).press('5');
      expect(problems.text()).toMatch(new RegExp(`TLS +${row?.count} +${packet} connections not decrypted whole: ${why}`));
      expect(problems.press('Enter').model).toMatchObject({ screen: 'packet', packet });
      expect(new Plain(session, 'ko').answer('problems').join('\n')).toMatch(/다 복호화하지 못한 연결: .* \(패킷 12\)/);
    } finally {
      session.close();
    }
  },
);

test('without keys nothing is wrong with them, and with the right ones neither', async () => {
  for (const change of [undefined, (line: string) => line]) {
    const session = await withKeys(change);
    expect(session.troubleOnTheWire().filter(({ of }) => of === 'sealed')).toEqual([]);
    expect(drive(session).press('Enter').text()).not.toContain('not decrypted');
    if (change === undefined) expect(drive(session).press('Enter f').text()).toContain('its keys would open it (--keylog)');
    session.close();
  }
});

/** Nothing of it is a journey without keys: its stream is reached from its packets. */
function streamOf(session: FileSession, packet: number): string {
  const shown = drive(session);
  shown.model = { ...shown.model, screen: 'stream', stream: session.quicFlowOf(packet) };
  return shown.text();
}

test.each(REASONS)('%s: problems, the packet and the stream of QUIC tell it', async (_what, change, why) => {
  const session = await withKeys(change, 'https-h3');
  const { decryption, firstPacket } = session.quicConnection(0) ?? {};
  const [reason] = decryption?.reasons ?? [];
  expect(session.troubleOnTheWire()).toContainEqual({ of: 'sealed', kind: reason.why, count: 1, first: reason.packet });
  expect(unopened(decryption, reason.packet)[0].en).toContain(`from packet ${reason.packet} on: ${why}`);
  expect(unopened(decryption, reason.packet - 1)).toEqual([]);
  expect(streamOf(session, firstPacket ?? 0)).toContain(`QUIC: ${why}`);
  session.close();
});

test('a QUIC stream without keys says that they would open it', async () => {
  const session = await withKeys(undefined, 'https-h3');
  const text = streamOf(session, session.quicConnection(0)?.firstPacket ?? 0);
  expect(text).toContain('QUIC: its keys would open it (--keylog)');
  expect(text).not.toContain('no payload');
  session.close();
});
