// Keys that come after a capture was read: the screens say so, and read it again.
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { Drive } from './drive.ts';
import type { FakeSession } from './fake.ts';
import { hasTmux, Tmux } from './tmux.ts';

const FOLDER = join(FIXTURES, 'https');
const KEYS = readFileSync(join(FOLDER, 'client.keylog'));
const MAIN = join(import.meta.dirname, '../../dist/main.js');

test('new keys are news once, and where connections lack theirs', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'wirebook-reopen-'));
  const path = join(dir, 'keys.log');
  const told: boolean[][] = [];
  for (const keys of ['', KEYS]) {
    writeFileSync(path, keys, { mode: 0o600 });
    const session = new FileSession(await openCapture(join(FOLDER, 'client.pcap'), { keep: true, keyLogs: [path] }));
    const early = session.keysHaveCome();
    while (await session.step());
    told.push([early, session.keysHaveCome(), session.keysHaveCome()]);
    const shown = new Drive(session as unknown as FakeSession, { width: 100 }).text();
    expect(shown.includes('the key log has grown: Ctrl-R reads again')).toBe(keys === '');
    session.close();
  }
  expect(told).toEqual([
    [false, true, false],
    [false, false, false],
  ]);
  rmSync(dir, { recursive: true });
});

test('what cannot be read again says so', () => {
  expect(new Drive().key('Ctrl-R').text()).toContain('only a saved capture can be read again');
});

test.skipIf(!hasTmux)('in a terminal: a key log that grows, and Ctrl-R', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'wirebook-reopen-'));
  const path = join(dir, 'keys.log');
  writeFileSync(path, '', { mode: 0o600 });
  const screen = new Tmux();
  try {
    screen.type(`${process.execPath} ${MAIN} ${join(FOLDER, 'client.pcap')} --keylog ${path}; echo ended $?`);
    expect(await screen.shows('https://www.my-app.com')).not.toContain('GET');
    appendFileSync(path, KEYS);
    await screen.shows('the key log has grown: Ctrl-R reads again');
    screen.press('C-r');
    // The lab's curl asked for it.
    await screen.shows(/GET www\.my-app\.com\/ +200/);
    screen.press('q');
    await screen.shows('ended 0');
    expect(screen.modes()).toBe('0 1 0');
  } finally {
    screen.close();
    rmSync(dir, { recursive: true });
  }
});
