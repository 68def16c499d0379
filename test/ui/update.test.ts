import { describe, expect, test } from 'vitest';
import { Drive } from './drive.ts';
import { FakeSession } from './fake.ts';

describe('moving', () => {
  test('by rows, pages and to the ends, never out of the list', () => {
    const drive = new Drive(new FakeSession({ journeys: 1000 }));
    const cursor = () => drive.model.places.journeys.cursor;
    expect(drive.press('k k') && cursor()).toBe(0);
    expect(drive.press('j Down j') && cursor()).toBe(3);
    expect(drive.press('G') && cursor()).toBe(999);
    expect(drive.press('j End PgDn') && cursor()).toBe(999);
    expect(drive.press('g') && cursor()).toBe(0);
    expect(drive.press('PgDn') && cursor()).toBe(18);
    expect(drive.press('Ctrl-U') && cursor()).toBe(9);
    expect(drive.press('PgUp Home') && cursor()).toBe(0);
  });
  test('keeps the cursor in sight through any change of size', () => {
    const drive = new Drive(new FakeSession({ journeys: 1000 })).press('G k k');
    for (const [width, height] of [
      [200, 60],
      [60, 12],
      [80, 24],
      [120, 40],
    ]) {
      expect(drive.resize(width, height).selected()).toContain(width < 100 ? '90.92' : '07:09:06.92');
      expect(drive.model.places.journeys.cursor).toBe(997);
    }
  });
  test('in an empty capture does nothing', () => {
    const drive = new Drive(new FakeSession({ journeys: 0, packets: 0 }));
    for (const screen of ['1', '2', '3', '4', '5', '6']) {
      drive.press(`${screen} j G k PgDn PgUp Enter l Left h Tab J K g`);
      expect(drive.lines()).toHaveLength(24);
    }
  });
});

describe('going in and back', () => {
  test('from a journey to a byte and all the way back', () => {
    const drive = new Drive().press('Enter');
    expect(drive.model.screen).toBe('timeline');
    drive.press('j j Enter');
    expect(drive.model.screen).toBe('packets');
    expect(drive.model.numbers).toEqual([5, 6, 7]);
    expect(drive.text()).toContain('Packets of stage TCP connect');
    drive.press('j Enter');
    expect([drive.model.screen, drive.model.packet]).toEqual(['packet', 6]);
    drive.press('Esc');
    expect(drive.model.screen).toBe('packets');
    drive.press('h');
    expect(drive.model.screen).toBe('timeline');
    expect(drive.model.places.timeline.cursor).toBe(2);
    drive.press('Backspace');
    expect(drive.model.screen).toBe('journeys');
    drive.press('Esc');
    expect(drive.text()).toContain('Press q to quit');
    expect(drive.model.exit).toBeUndefined();
    expect(drive.press('j').text()).not.toContain('Press q to quit');
  });
  test('the screens are one key apart and about the same journey', () => {
    const drive = new Drive().press('j j j 2');
    expect(drive.text()).toContain('https://한글도메인.example');
    drive.press('j 3');
    expect(drive.model.packet).toBe(33);
    expect(drive.press('4').model.packet).toBe(33);
    expect(drive.press('1').model.screen).toBe('journeys');
    expect(drive.selected()).toContain('한글도메인');
  });
  test('evidence leads to its packets', () => {
    expect(new Drive().press('Enter G k Enter').model.numbers).toEqual([4, 5]);
  });
  test('a stage without packets says so', () => {
    const drive = new Drive().press('Enter j j j j j j Enter');
    expect(drive.model.screen).toBe('timeline');
    expect(drive.text()).toContain('This stage has no packets of its own.');
  });
  test('a problem leads to its packet', () => {
    const problems = [
      { code: 'a', message: 'first' },
      { code: 'b', message: 'second', packet: 48 },
    ];
    const drive = new Drive(new FakeSession({ problems })).press('5 Enter');
    expect(drive.text()).toContain('This problem names no packet.');
    expect(drive.press('j Enter').model.packet).toBe(48);
    expect(drive.press('Esc').model.screen).toBe('problems');
  });
  test('J and K go on without going back', () => {
    const drive = new Drive().press('Enter J J J');
    expect(drive.text()).toContain('https://한글도메인');
    expect(drive.press('K K K K').text()).toContain('This is the first one.');
    drive.press('j Enter Enter');
    expect(drive.model.packet).toBe(3);
    expect(drive.press('J').model.packet).toBe(4);
    expect(drive.press('J').text()).toContain('This is the last one.');
  });
  test('Tab widens the list of packets and stays on the packet', () => {
    const drive = new Drive().press('Enter j j Enter j Tab');
    expect(drive.model.scope.kind).toBe('journey');
    expect(drive.model.packet).toBe(6);
    expect(drive.press('Tab').model.scope.kind).toBe('all');
    expect(drive.model.packet).toBe(6);
    expect(drive.press('Tab').model.scope).toEqual({ kind: 'stage', stage: 2 });
    expect(drive.model.packet).toBe(6);
  });
});

describe('a packet', () => {
  test('folds and unfolds, and remembers it for the next packet', () => {
    const drive = new Drive().press('3 Enter');
    expect(drive.selected()).toContain('▾ Hypertext');
    expect(drive.press('Enter').selected()).toContain('▸ Hypertext');
    drive.press('k k');
    expect(drive.press('Right').selected()).toContain('▾ Internet Protocol');
    drive.press('j j Right');
    expect(drive.selected()).toContain('▾ Flags');
    expect(drive.press('Right').selected()).toContain("Don't fragment");
    expect(drive.press('Left').selected()).toContain('▾ Flags');
    expect(drive.press('J').selected()).toContain('▾ Flags');
    expect(drive.model.packet).toBe(2);
    expect(drive.press('Left Left Left').selected()).toContain('▸ Internet Protocol');
    expect(drive.press('Left').model.screen).toBe('packets');
  });
  test('a byte leads to its field', () => {
    const drive = new Drive().press('3 Enter g Tab');
    expect(drive.model.pane).toBe('bytes');
    expect(
      drive
        .press('j j')
        .lines()
        .find((line) => line.startsWith('> ')),
    ).toContain('Destination: 10.0.0.80');
    expect(drive.model.byte).toBe(32);
    expect(drive.press('G').model.byte).toBeGreaterThan(100);
    expect(drive.press('Tab').model.pane).toBe('fields');
  });
});

describe('the filter', () => {
  test('narrows the list as it is typed, in any case and in Korean', () => {
    const drive = new Drive(new FakeSession({ journeys: 60 })).press('/').type('STYLE');
    expect(drive.model.matches?.indices.every((i) => i % 5 === 1)).toBe(true);
    expect(drive.text()).toContain('Filter: STYLE');
    drive.press('Ctrl-U').type('한글');
    expect(drive.model.matches?.indices.every((i) => i % 4 === 3 || i % 5 === 2)).toBe(true);
    drive.press('Enter');
    expect(drive.text()).toContain('filter "한글"');
    drive.press('Enter');
    expect(drive.text()).toContain('한글');
    drive.press('Esc Esc');
    expect([drive.model.filter, drive.model.matches]).toEqual(['', undefined]);
  });
  test('can be corrected and given up', () => {
    const drive = new Drive().press('/').type('web').press('Enter /').type('zz').press('Backspace Backspace Backspace');
    expect(drive.model.filter).toBe('we');
    drive.press('Esc');
    expect(drive.model.filter).toBe('web');
    expect(drive.model.typing).toBeUndefined();
  });
  test('takes keys as characters', () => {
    const drive = new Drive().press('/').type('q L?');
    expect(drive.model.filter).toBe('q L?');
    expect(drive.model.exit).toBeUndefined();
  });
});

describe('while the capture is read', () => {
  test('the selection stays on its journey when earlier ones come in', () => {
    const session = new FakeSession({ journeys: 50, done: false });
    const drive = new Drive(session).press('j j j Enter Esc');
    const original = session.journey.bind(session);
    // One journey more, before all others.
    session.journey = (index) => (index === 0 ? { ...original(0), id: 9999 } : original(index - 1));
    session.journeys++;
    drive.changed();
    expect(drive.model.places.journeys.cursor).toBe(4);
    expect(drive.model.journey).toEqual({ index: 4, id: 103 });
    expect(drive.press('2').text()).toContain('https://한글도메인');
  });
  test('the filter looks at what is new', () => {
    const session = new FakeSession({ journeys: 5, done: false });
    const drive = new Drive(session).press('/').type('style').press('Enter');
    expect(drive.model.matches?.indices).toEqual([1]);
    session.journeys = 12;
    expect(drive.changed().model.matches?.indices).toEqual([1, 6, 11]);
  });
  test('tells how far it is', () => {
    const session = new FakeSession({ packets: 500_000, done: false });
    const status = new Drive(session).lines()[22];
    expect(status).toContain('reading 25 %');
    expect(status).toContain('500,000 packets');
    session.done = true;
    expect(new Drive(session).lines()[22]).not.toContain('reading');
  });
});

test('the language changes at once, the selection does not', () => {
  const drive = new Drive().press('Enter j j');
  expect(drive.press('L').selected()).toContain('TCP 연결');
  expect(drive.press('L').selected()).toContain('TCP connect');
});

test('quitting sets the exit code', () => {
  expect(new Drive().press('q').model.exit).toBe(0);
  expect(new Drive().press('Ctrl-C').model.exit).toBe(130);
  expect(new Drive().press('/ Ctrl-C').model.exit).toBe(130);
});

test('one million packets answer as fast as ten', () => {
  const time = (packets: number): number => {
    const drive = new Drive(new FakeSession({ packets })).press('3 Tab');
    const started = performance.now();
    for (let i = 0; i < 300; i++) drive.press(['G', 'PgUp', 'k', 'g', 'PgDn', 'j'][i % 6]).lines();
    return performance.now() - started;
  };
  time(100);
  const few = time(100);
  expect(time(1_000_000)).toBeLessThan(20 * few + 50);
});
