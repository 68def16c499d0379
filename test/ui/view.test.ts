import { describe, expect, test } from 'vitest';
import type { Language } from '../../src/text/text.ts';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

const SIZES = [
  [80, 24],
  [120, 40],
  [200, 60],
  [60, 12],
  [300, 80],
] as const;
const PROBLEMS = [
  {
    code: 'truncated-file',
    message: 'The file ends\u001b[2J inside packet 48: 60 bytes were announced, 12 are there',
    packet: 48,
    offset: 38991,
  },
  { code: 'bad-block', message: `Block at 1840: ${'x'.repeat(400)}`, offset: 1840 },
];

/** What is on the screen, and the keys that lead there. */
const STATES: Record<string, [keys: string, make: () => FakeSession]> = {
  journeys: ['', () => new FakeSession()],
  'journeys, last of many': ['G', () => new FakeSession({ journeys: 100_000, packets: 1_000_000 })],
  'journeys, none': ['', () => new FakeSession({ journeys: 0 })],
  'journeys, none so far': ['', () => new FakeSession({ journeys: 0, packets: 0, done: false })],
  'journeys, still reading': ['j', () => new FakeSession({ done: false, problems: PROBLEMS })],
  'a filter being typed': ['/ 한 글', () => new FakeSession()],
  'a filter without a match': ['/ z z z Enter', () => new FakeSession()],
  timeline: ['Enter j', () => new FakeSession()],
  'timeline with a reused connection': ['j Enter G', () => new FakeSession()],
  'timeline of a failed lookup': ['j j Enter', () => new FakeSession()],
  'timeline with TLS': ['j j j Enter', () => new FakeSession()],
  'timeline of nothing': ['2', () => new FakeSession({ journeys: 0 })],
  'packets of a stage': ['Enter j Enter', () => new FakeSession()],
  'packets of evidence': ['Enter G Enter', () => new FakeSession()],
  'packets of a journey': ['3', () => new FakeSession()],
  'all packets': ['3 Tab G', () => new FakeSession({ packets: 1_000_000 })],
  'no packets': ['3', () => new FakeSession({ journeys: 0, packets: 0 })],
  'a packet': ['Enter j Enter Enter j j', () => new FakeSession()],
  'a packet, a problem in a field': ['3 j Enter k k Enter j j', () => new FakeSession()],
  'the bytes of a packet': ['3 Enter Tab j j l', () => new FakeSession()],
  'no packet': ['4', () => new FakeSession({ journeys: 0, packets: 0 })],
  problems: ['5 j', () => new FakeSession({ problems: PROBLEMS })],
  'no problems': ['5', () => new FakeSession()],
  summary: ['6 j', () => new FakeSession()],
  book: ['7 j', () => new FakeSession()],
  'book of nothing': ['7', () => new FakeSession({ journeys: 0 })],
  waterfall: ['8 j', () => new FakeSession()],
  'waterfall of nothing': ['8', () => new FakeSession({ journeys: 0 })],
  ladder: ['9 j', () => new FakeSession()],
  'ladder of nothing': ['9', () => new FakeSession({ journeys: 0 })],
  connections: ['0 j', () => new FakeSession()],
  'no connections': ['0', () => new FakeSession({ journeys: 0 })],
  lookups: ['D j', () => new FakeSession()],
  'no lookups': ['D', () => new FakeSession({ journeys: 0 })],
  stream: ['f j j', () => new FakeSession()],
  'no stream': ['f', () => new FakeSession({ journeys: 0 })],
  compare: ['m j d', () => new FakeSession()],
  'nothing to compare': ['d', () => new FakeSession()],
  lens: ['3 e', () => new FakeSession()],
  'lens with several captures': ['3 j e', () => new FakeSession()],
  'book of the capture': ['7 Tab', () => new FakeSession()],
  'lens of nothing': ['e', () => new FakeSession({ journeys: 0, packets: 0 })],
  'packets of a verdict': ['7 Enter', () => new FakeSession()],
  'summary of nothing': ['6', () => new FakeSession({ journeys: 0, packets: 0 })],
  help: ['?', () => new FakeSession()],
  'help over a timeline, scrolled': ['Enter ? j j G', () => new FakeSession()],
  'a notice': ['Esc', () => new FakeSession()],
};

describe.each(Object.keys(STATES))('%s', (name) => {
  const [keys, make] = STATES[name];
  for (const [width, height] of SIZES) {
    for (const language of ['en', 'ko'] as Language[]) {
      test(`fills ${width}x${height} in ${language}, exactly and harmlessly`, () => {
        const drive = new Drive(make(), { width, height, language }).press(keys);
        const lines = drive.lines();
        expect(lines).toHaveLength(height);
        expect(drive.widths()).toEqual(Array(height).fill(width));
        expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
      });
    }
  }
});

test('a terminal that is too small says so', () => {
  const drive = new Drive(new FakeSession(), { width: 40, height: 8 });
  expect(drive.lines()).toHaveLength(8);
  expect(drive.widths()).toEqual(Array(8).fill(40));
  expect(drive.text()).toContain('too small');
});

test('only ASCII is drawn where the locale is not UTF-8, until somebody asks for Korean', () => {
  const drive = new Drive(new FakeSession({ file: 'client.pcap' }), { ascii: true }).press('2');
  const drawn = /[^\x20-\x7e\n]/g;
  expect(drive.text().match(drawn)).toBeNull();
  expect(drive.press('7').text().match(drawn)).toBeNull();
  expect(drive.press('2').press('L').text()).toContain('2시간');
});

describe('the list of journeys', () => {
  test('tells what was asked for, what became of it, and where the time went', () => {
    const lines = new Drive().lines();
    expect(lines[2]).toBe('>  0.000000 GET web.lab/        200  complete       84.1 ms  12.3 kB ddttwwwww< ');
    expect(lines[4]).toContain('web\\x1b[31m.lab');
    expect(lines[4]).toContain('DNS failed');
    expect(lines[6]).toContain('refused');
  });
  test('has room for the clock, the method and the whole URL on a wide screen', () => {
    const line = new Drive(new FakeSession(), { width: 200, height: 60 }).lines()[2];
    expect(line).toContain('07:07:36.000000');
    expect(line).toContain('GET     http://web.lab/ ');
    expect(line).toMatch(/d{6}t{10}w{21}<{3} $/);
  });
});

describe('the timeline', () => {
  const drive = new Drive().press('Enter j');
  const lines = drive.lines();
  test('shows each stage on one time axis, with start, duration and packets', () => {
    expect(lines[1]).toMatch(/^ GET http:\/\/web.lab\/ +200 OK, complete, 84.1 ms $/);
    expect(lines[5]).toMatch(/^> d DNS lookup +0\.210 +12\.310 3,4 +dddd /);
    expect(lines[6]).toMatch(/^ {2}t TCP connect +12\.520 +20\.104 5–7 +t{6,7}/);
    expect(lines[9]).toContain('10–12 +797');
  });
  test('does not let idling crush the rest', () => {
    expect(lines.find((line) => line.includes('- Idle'))).toContain('5000.000');
    expect(lines.find((line) => line.includes('- Idle'))).toContain('»');
    expect(lines.find((line) => line.includes('w Wait'))).toMatch(/w{13,}/);
  });
  test('gives the reasons for each join, with their packets, and HAR', () => {
    expect(drive.text()).toContain('Why these belong together');
    expect(drive.text()).toMatch(/Host header says web.lab +8 /);
    expect(drive.text()).toContain('HAR ms dns 12.3 connect 20.1 send 0.1 wait 44.9 receive 6.7');
  });
  test('explains the selected stage', () => {
    expect(drive.text()).toContain('DNS lookup: which address has this name?');
    expect(drive.text()).toContain('web.lab A 10.0.0.80, 300 s');
  });
  test('marks what was there before', () => {
    const reused = new Drive().press('j Enter').lines()[4];
    expect(reused).toMatch(/^> t TCP connect +-80\.000 +reused 5–7 +↺/);
  });
});

describe('packets', () => {
  test('carry the mark of their stage', () => {
    const lines = new Drive().press('3').lines();
    expect(lines[3]).toMatch(/^> a +1 0\.012100 10\.0\.0\.2 /);
    expect(lines[5]).toMatch(/^ {2}d +3 /);
  });
  test('are listed without asking for more than is seen', () => {
    const session = new FakeSession({ packets: 1_000_000, journeys: 100_000 });
    const drive = new Drive(session).press('3 Tab G');
    expect(drive.selected()).toContain(' 1000000 ');
    session.asked = { journey: 0, packet: 0, summary: 0 };
    drive.press('k').lines();
    expect(session.asked.summary).toBeLessThan(40);
    expect(session.asked.packet).toBe(0);
    expect(session.asked.journey).toBeLessThan(40);
  });
});

describe('one packet', () => {
  test('lights the bytes of the selected field', async () => {
    const { view } = await import('../../src/ui/view.ts');
    const drive = new Drive().press('3 j j j Enter j j j');
    expect(drive.selected()).toContain('Host: web.lab');
    const lit = view(drive.model, drive.session)
      .flat()
      .filter((s) => s.style === 'lit')
      .map((s) => s.text.trim());
    expect(lit.join(' ')).toContain('48 H 6f 73 74 3a 20 77 65 62');
    expect(drive.text()).toContain('http.host · bytes ');
  });
  test('keeps the tree and the bytes side by side where there is room', () => {
    const line = new Drive(new FakeSession(), { width: 200, height: 60 }).press('3 Enter').lines()[3];
    expect(line).toMatch(/^ {2}▸ Ethernet II.*│ 0000 /);
  });
});
