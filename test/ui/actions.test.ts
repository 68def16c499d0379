import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { connectionFilter, fieldFilter, journeyFilter, lookupFilter, packetsFilter } from '../../src/filter/wireshark.ts';
import { writeSlice } from '../../src/commands/slice.ts';
import { fits } from '../../src/ui/palette.ts';
import { clipboard } from '../../src/ui/terminal.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

describe('filters in the lists', () => {
  test('a mistake is shown at its place and changes nothing', () => {
    const drive = new Drive().press('/').type('name == web.lab').press('Enter /').type(' and stage.dns > 1');
    expect(drive.lines()[23]).toContain('column 33: a time with its unit is meant here');
    expect(drive.model.filter.trim()).toBe('name == web.lab and stage.dns');
    expect(drive.press('Enter').model.typing).toBeDefined();
    expect(drive.type('ms').press('Enter').model.typing).toBeUndefined();
    expect(drive.model.filter).toBe('name == web.lab and stage.dns > 1ms');
  });
  test('Tab completes', () => {
    const drive = new Drive().press('/').type('outc').press('Tab');
    expect(drive.model.typing?.text).toBe('outcome ');
    drive.type('== re').press('Tab');
    expect(drive.lines()[23]).toContain('>refused');
    drive.press('Tab');
    expect(drive.model.typing?.text).toBe('outcome == reset');
    drive.press('S-Tab Enter');
    expect(drive.model.filter).toBe('outcome == refused');
    expect(drive.selected()).toContain('refused');
  });
  test('packets have theirs', () => {
    const drive = new Drive(new FakeSession({ packets: 1000 }))
      .press('3 Tab /')
      .type('_ws.col.protocol == DNS or frame.number == 2');
    expect(drive.model.packetMatches?.indices.slice(0, 3)).toEqual([2, 6, 12]);
    expect(drive.press('Enter G Enter').model.packet).toBe(996);
    drive.press('Esc Esc');
    expect(drive.model.packetMatches).toBeUndefined();
    expect(drive.model.packet).toBe(996);
    expect(drive.press('N').model.packet).toBe(990);
    expect(drive.press('n n').lines().join('\n')).toContain('Nothing further down');
  });
  test('connections and lookups have theirs', () => {
    const drive = new Drive(new FakeSession({ journeys: 40 })).press(': c o n n e c t i o n s Enter');
    expect(drive.model.screen).toBe('connections');
    const all = drive.session.connectionCount();
    drive.press('/').type('ip.addr == 2001:db8::/32 and tcp.port == 80').press('Enter j');
    expect(drive.model.lists.connections?.matches.indices.every((id) => id % 5 === 3)).toBe(true);
    expect(drive.model.lists.connections?.matches.indices.length).toBe(Math.floor((all + 1) / 5));
    expect(drive.press('F').text()).toContain('frame.number >= 5');
    expect(drive.press('Esc /').type(' and outcome == reset').lines()[23]).toContain('press 1');
    expect(drive.press('Esc Esc').model.lists.connections).toBeUndefined();
    expect(drive.model.places.connections.cursor).toBe(3);
  });
  test('n and N look for what Esc has taken back', () => {
    const drive = new Drive(new FakeSession({ journeys: 60 })).press('/').type('outcome == refused').press('Enter Esc g n');
    expect(drive.model.matches).toBeUndefined();
    expect(drive.model.places.journeys.cursor).toBe(4);
    expect(drive.press('n').model.places.journeys.cursor).toBe(10);
    expect(drive.press('N').model.places.journeys.cursor).toBe(4);
  });
});

describe('actions', () => {
  test('the palette finds them by their letters, in both languages', () => {
    expect(fits('write packets to a file', 'wpf')).toBeGreaterThan(0);
    expect(fits('write packets to a file', 'xyz')).toBe(-1);
    const drive = new Drive().press(':').type('sum char');
    expect(drive.text()).toContain('> summary with charts');
    expect(drive.press('Enter').model.screen).toBe('summary');
    expect(new Drive(undefined, { language: 'ko' }).press(':').type('요약').press('Enter').model.screen).toBe('summary');
    expect(new Drive().press(': Down Up Esc').model.typing).toBeUndefined();
  });
  test('every action is in the palette', () => {
    const drive = new Drive(new FakeSession(), { height: 60 }).press(':');
    for (let i = 0; i < 60; i++) drive.press('Down');
    expect(drive.text()).toContain('Esc closes');
  });
  test('journeys are sorted, the cursor stays on its journey', () => {
    const drive = new Drive();
    for (const word of ['duration', 'the stage', 'status', 'bytes', 'name']) {
      drive.press('j j j j');
      const { anchor } = drive.model;
      expect(drive.press('s').text()).toContain(`sorted by ${word}`);
      expect(drive.model.anchor).toBe(anchor);
      drive.press('g');
    }
    expect(drive.press('s').model.order).toBeUndefined();
    const bytes = new Drive().press('s s s s g').model.order!;
    const heads = bytes.map((i) => new FakeSession().journeyHead(i).responseBytes ?? -1);
    expect(heads).toEqual([...heads].sort((a, b) => b - a));
  });
  test('what is selected is copied, piece by piece', () => {
    const drive = new Drive().press('y');
    expect(drive.model.effect).toMatchObject({ kind: 'copy', text: 'http://web.lab/' });
    expect(drive.press('y').model.effect).toMatchObject({ text: expect.stringContaining('frame.number in {') });
    expect(drive.press('y').model.effect).toMatchObject({ text: '10.0.0.80' });
    expect(new Drive().press('Enter j F').text()).toContain('frame.number in {3..4}');
    expect(new Drive().press('3 Enter g l j F').text()).toContain('eth.dst == 02:00:00:00:00:50');
  });
  test('a clipboard order holds nothing but base64, in pieces for screen', () => {
    expect(clipboard('한\u001b[2J', {})).toBe(`\u001b]52;c;${Buffer.from('한\u001b[2J').toString('base64')}\u0007`);
    const wrapped = clipboard('x'.repeat(3000), { TERM: 'screen' });
    expect(wrapped.replaceAll('\u001b\\\u001bP', '')).toBe(`\u001bP${clipboard('x'.repeat(3000), {})}\u001b\\`);
  });
  test('what is marked is written, after asking for a name', () => {
    const session = Object.assign(new FakeSession(), { rawPacket: () => undefined });
    const drive = new Drive(session).press('m j j m w');
    expect(drive.model.typing?.text).toBe(
      'web.lab.pcapng'.replace('web.lab', session.journeyHead(2).name.replace(/[^\p{L}\p{N}.-]+/gu, '-')),
    );
    drive.press('Ctrl-U').type('a b.pcapng').press('Enter');
    expect(drive.model.effect).toMatchObject({ kind: 'write', path: 'a b.pcapng', overwrite: false });
    const { packets } = drive.model.effect as { packets: number[] };
    expect(packets).toEqual([...new Set([...session.journeyPackets(0), ...session.journeyPackets(2)])].sort((a, b) => a - b));
    expect(new Drive().press('w').text()).toContain('cannot be written');
  });
});

const tshark = spawnSync('tshark', ['-v']).status === 0;

describe('with a real capture', () => {
  const file = join(FIXTURES, 'cold-http', 'client.pcap');
  let directory: string;
  let session: FileSession;
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'wirebook-slice-'));
    session = new FileSession(await openCapture(file, { keep: true }));
    while (await session.step());
  });
  afterAll(() => {
    session.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const frames = (from: string, filter: string): number[] => {
    const { stdout, stderr, status } = spawnSync('tshark', ['-r', from, '-Y', filter, '-T', 'fields', '-e', 'frame.number'], {
      encoding: 'utf8',
    });
    expect([status, filter, stderr.replace(/^Running as user.*\n/m, '')]).toEqual([0, filter, '']);
    return stdout.split('\n').filter(Boolean).map(Number);
  };

  test.skipIf(!tshark)('tshark selects the same packets', () => {
    const journey = session.journey(0);
    const connection = session.connection(journey.connection!)!;
    const own = (n: number) => session.connectionOf(n) === connection.id;
    const numbers = session.journeyPackets(0);
    const all = Array.from({ length: session.packetCount() }, (_, i) => i + 1);
    expect(frames(file, packetsFilter(numbers)!)).toEqual(numbers);
    expect(frames(file, connectionFilter(connection))).toEqual(all.filter(own));
    const lookup = session.lookup(journey.lookup!)!;
    expect(frames(file, lookupFilter(lookup))).toEqual(
      [lookup.packet, ...lookup.repeats, lookup.answerPacket!].sort((a, b) => a - b),
    );
    // As if there were too many to list.
    const many = journeyFilter([...numbers, ...Array.from({ length: 400 }, (_, i) => 10_000 + 2 * i)], connection, own)!;
    expect(many).toContain('tcp.port');
    expect(frames(file, many)).toEqual(numbers);
  });
  test.skipIf(!tshark)('each field of a packet has a filter that finds it', () => {
    const asked: string[] = [];
    for (const number of [5, 10]) {
      for (const layer of session.packet(number)!.layers)
        for (const field of layer.fields) {
          const filter = fieldFilter(field);
          if (
            filter !== undefined &&
            ['ip.src', 'tcp.srcport', 'dns.id', 'http.host', 'http.request.uri', 'eth.src', 'tcp.len'].includes(field.name)
          ) {
            asked.push(field.name);
            expect([filter, frames(file, filter)]).toEqual([filter, expect.arrayContaining([number])]);
          }
        }
    }
    expect(asked.length).toBeGreaterThan(5);
    expect(fieldFilter({ name: 'http.user_agent', value: 'a"b\\c\n' })).toBe('http.user_agent == "a\\"b\\\\c\\x0a"');
  });
  test('a slice is a capture with the same packets, for its owner only, and is not written over', async () => {
    const path = join(directory, 'slice.pcapng');
    const numbers = session.journeyPackets(0);
    const read = (n: number) => session.rawPacket(n);
    expect(writeSlice(path, numbers, read, 'test', false)).toBe(numbers.length);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const again = new FileSession(await openCapture(path, { keep: true }));
    while (await again.step());
    expect(again.problems()).toEqual([]);
    expect(again.packetCount()).toBe(numbers.length);
    for (const [i, n] of numbers.entries()) expect(again.rawPacket(i + 1)).toEqual(session.rawPacket(n));
    again.close();
    expect(writeSlice(path, [1], read, 'test', false)).toBeUndefined();
    expect(writeSlice(path, [1], read, 'test', true)).toBe(1);
    writeFileSync(join(directory, 'other'), 'x');
    expect(() => writeSlice(join(directory, 'other', 'x'), [1], read, 'test', false)).toThrow(/ENOTDIR/);
  });
});

describe.each([
  [80, 24],
  [120, 40],
  [300, 80],
])('at %dx%d', (width, height) => {
  test.each(['en', 'ko'] as const)('%s: what lies over a screen keeps every line in its width', (language) => {
    const keys = [
      '/ x',
      '/ o u t c Tab',
      '/ o u t c o m e Space = = Space Tab Tab',
      '/ ( x',
      ': ',
      ': w',
      ': z q x',
      'F',
      'Enter j j F',
      '3 Enter F',
      'm m s s',
      'y',
    ];
    for (const pressed of keys) {
      const drive = new Drive(new FakeSession(), { width, height, language }).press(pressed);
      expect([pressed, drive.widths()]).toEqual([pressed, new Array(height).fill(width)]);
    }
    const lines = new Drive(new FakeSession(), { width, height, language }).press('/ ( x').lines();
    expect(lines[height - 1]).toContain(language === 'ko' ? '1번째 글자' : 'column 1');
  });
});
