import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { Spool } from '../../src/capture/spool.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { width } from '../../src/text/width.ts';
import { messageOf } from '../../src/ui/keys.ts';
import { start } from '../../src/ui/model.ts';
import { update } from '../../src/ui/update.ts';
import { view } from '../../src/ui/view.ts';
import { FIXTURES } from '../fixtures/truth.ts';

const SAMPLE = join(FIXTURES, 'cold-http', 'client.pcap');

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'wirebook-changed-'));
  file = join(directory, 'a.pcap');
  copyFileSync(SAMPLE, file);
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** The screen after these keys, in lines. */
function screen(session: FileSession, keys: string[], language: 'en' | 'ko' = 'en', cells = 80): string[] {
  let model = start({ language, width: cells, height: 24, ascii: false });
  model = update(model, { kind: 'changed' }, session);
  for (const name of keys) {
    const message = messageOf({ name, character: name.length === 1 ? name : undefined }, model);
    if (message !== undefined) model = update(model, message, session);
  }
  const lines = view(model, session).map((line) => line.map((s) => s.text).join(''));
  expect(new Set(lines.map(width))).toEqual(new Set([cells]));
  return lines;
}

describe('a file that shrinks while it is on screen', () => {
  test.each([0, 200])('to %i bytes: says so in the packet list and the packet, and goes on', async (left) => {
    const session = new FileSession(await openCapture(file));
    while (await session.step());
    truncateSync(file, left);
    expect(session.packet(session.packetCount())).toBeUndefined();
    expect(screen(session, ['3', 'End']).join('\n')).toContain('The file has changed since it was opened');
    expect(screen(session, ['3', 'End', 'Enter']).join('\n')).toContain('The file has changed since it was opened');
    expect(screen(session, ['3', 'End'], 'ko').join('\n')).toContain('파일이 바뀌었습니다');
    screen(session, ['3', 'End', 'Enter'], 'ko', 60);
    expect(screen(session, ['1']).join('\n')).toContain('www.my-app.com');
    session.close();
  });

  test.each(['on a boundary of two packets', 'within one'])('and is still being read: a problem, %s', async (where) => {
    const source = await openCapture(file, { chunk: 64 });
    const session = new FileSession(source);
    await session.step();
    truncateSync(file, where === 'within one' ? source.position + 70 : source.position);
    while (await session.step());
    expect(session.problems().map((p) => p.code)).toContain('file-shrank');
    session.close();
  });

  test('compressed, and is still being read: not taken for garbled data', async () => {
    const original = readFileSync(SAMPLE);
    const random = Buffer.from(Array.from({ length: 60_000 }, (_, i) => (i * 2654435761) >>> 13));
    writeFileSync(file, gzipSync(Buffer.concat([original, random])));
    const size = statSync(file).size;
    const source = await openCapture(file, { keep: true, chunk: 64 });
    const session = new FileSession(source);
    truncateSync(file, size >> 4);
    while (await session.step());
    expect(session.problems().map((p) => p.code)).toContain('file-shrank');
    session.close();
    source.close();
  });
});

describe('a directory for private files', () => {
  const before = process.env.XDG_STATE_HOME;
  afterEach(() => {
    if (before === undefined) delete process.env.XDG_STATE_HOME;
    else process.env.XDG_STATE_HOME = before;
  });

  test('that cannot be made is replaced by another, at once', () => {
    for (const state of ['/proc/x', '/proc/x/y/z', '/dev/null/x', join(file, 'x')]) {
      process.env.XDG_STATE_HOME = state;
      const spool = new Spool();
      spool.write(new Uint8Array([1, 2, 3]), 0, 3);
      expect(spool.failure).toBeUndefined();
      spool.close();
    }
  });

  test('is made with all its parents, for nobody else', () => {
    process.env.XDG_STATE_HOME = join(directory, 'a', 'b');
    new Spool().close();
    expect(statSync(join(directory, 'a', 'b', 'wirebook')).mode & 0o777).toBe(0o700);
    expect(readdirSync(join(directory, 'a', 'b', 'wirebook'))).toEqual([]);
  });
});
