import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { FIXTURES } from '../fixtures/truth.ts';
import { judgeFixtures } from './every-fixture.ts';

const judgements = await judgeFixtures();

/** What no capture at another place decides: keys, a registry, a host's own tables. */
const NO_CAPTURE_DECIDES = new Set([
  'no-keys',
  'alpn-encrypted',
  'no-alpn',
  'R-DNS-3 owner-not-told',
  'R-ARP-5 no-answer',
  'R-ARP-8 reply-elsewhere',
]);
/** Captured before or beside what is here: no address of this capture is in it for sure. */
const ELSEWHERE = new Set([
  // What a resolver asks in turn: at port 53, however it was asked.
  'resolver-elsewhere',
  'R-IP-1 sent-on-by-a-proxy',
  'R-IP-9 between-routers',
  'R-DNS-9 told-before-capture',
  'R-DNS-9 client-elsewhere',
  'R-DNS-6 host-state',
  'R-DNS-6 no-name',
  'R-LB-1 behind-not-captured',
  'R-LB-2 behind-not-captured',
  'R-LB-3 behind-not-captured',
  'R-LB-4 behind-not-captured',
  'R-LB-1 front-not-captured',
  'R-NAT-4 outside-not-captured',
  // The client asked under encryption, the resolver asks on in the clear.
  'resolver-elsewhere',
]);

const isListed = (list: Set<string>, what: string): boolean => list.has(what) || list.has(what.split(' ')[1]);

/** The filter of a tcpdump line: what a shell makes of its words behind the options. */
const filterOf = (command: string): string | undefined =>
  /^tcpdump -i (?:any|<[a-z0-9-]+>) -w [a-z0-9-]+\.pcap (.+)$/.exec(command)?.[1].replace(/^(['"])(.*)\1$/, '$2');

describe('where a capture cannot decide, the line to type is there', () => {
  const all = judgements
    .filter(({ verdict }) => verdict === 'not-visible')
    .map(({ rule, reason, advice, own }) => ({ what: `${rule} ${reason}`, command: advice?.command, own }));

  test('each finding has a tcpdump line, but where no capture decides', () => {
    expect(all.length).toBeGreaterThan(1000);
    const without = all.filter(
      ({ what, command }) => !isListed(NO_CAPTURE_DECIDES, what) && filterOf(command ?? '') === undefined,
    );
    expect([...new Set(without.map(({ what, command }) => `${what}: ${command}`))]).toEqual([]);
    const none = all.filter(({ command }) => command === undefined);
    expect([...new Set(none.map(({ what }) => what))]).toEqual([]);
  });

  test('the line names an address or a port of the capture, but where what is wanted was before or elsewhere', () => {
    const strange = all.filter(({ what, command, own }) => {
      const filter = filterOf(command ?? '');
      return filter !== undefined && !isListed(ELSEWHERE, what) && !filter.split(/[ ']/).some((word) => own.has(word));
    });
    expect([...new Set(strange.map(({ what, command }) => `${what}: ${command}`))]).toEqual([]);
  });

  test('lists name no reason that never comes', () => {
    const come = new Set(all.flatMap(({ what }) => [what, what.split(' ')[1]]));
    expect([...NO_CAPTURE_DECIDES, ...ELSEWHERE].filter((each) => !come.has(each))).toEqual([]);
  });

  const tcpdump = spawnSync('tcpdump', ['--version']).error === undefined;
  test.skipIf(!tcpdump)('tcpdump takes each filter', () => {
    const shapes = new Map<string, string>();
    for (const { command } of all) {
      const filter = filterOf(command ?? '');
      if (filter !== undefined) shapes.set(filter.replace(/\d+(\.\d+){3}/g, 'IPv4').replace(/\S*::\S*/g, 'IPv6'), filter);
    }
    expect(shapes.size).toBeGreaterThan(20);
    for (const filter of shapes.values()) {
      const { status, stderr } = spawnSync('tcpdump', ['-n', '-y', 'EN10MB', '-d', filter], { encoding: 'utf8' });
      expect([filter, status, stderr]).toEqual([filter, 0, '']);
    }
  });
});

/** The last digit as it is read: 영 일 이 삼 사 오 육 칠 팔 구. */
const ENDS_IN_CONSONANT = '013678';
const BEHIND_CONSONANT = ['은', '이', '을', '과', '으로'];
const BEHIND_VOWEL = ['는', '가', '를', '와', '로'];

/** What is wrong with a Korean sentence as such. */
function wrong(ko: string): string | undefined {
  const raw = /을\(를\)|이\(가\)|은\(는\)|와\(과\)|\(으\)로/.exec(ko);
  if (raw !== null) return `${raw[0]} is not chosen`;
  for (const [whole, digit, particle] of ko.matchAll(/(?<!IPv)([0-9])(은|는|이|가|을|를|와|과|으로|로)(?=[ ,.:;)])/g)) {
    const consonant = ENDS_IN_CONSONANT.includes(digit);
    // 일, 칠, 팔 end in ㄹ: 로.
    const fits =
      particle === '로' && '178'.includes(digit)
        ? true
        : particle === '으로' && '178'.includes(digit)
          ? false
          : (consonant ? BEHIND_CONSONANT : BEHIND_VOWEL).includes(particle);
    if (!fits) return `"${whole}"`;
  }
  return undefined;
}

describe('sentences of the rules over all captures of the lab', () => {
  const texts = judgements.flatMap(({ rule, reason, of, says, advice }) =>
    [says, ...(advice === undefined ? [] : [advice.text])].map((text) => ({ where: `${rule} ${reason}, ${of}`, ...text })),
  );
  const faults = (fault: (text: (typeof texts)[number]) => string | undefined): string[] => {
    const found = new Map<string, string>();
    for (const text of texts) {
      const what = fault(text);
      if (what !== undefined && found.size < 20) found.set(text.where.split(',')[0], `${text.where}: ${what}`);
    }
    return [...found.values()];
  };

  test('are in their languages, and say something', () => {
    expect(texts.length).toBeGreaterThan(10_000);
    expect(faults(({ en, ko }) => (/[가-힣]/.test(ko) && !/[가-힣]/.test(en) ? undefined : `${en} | ${ko}`))).toEqual([]);
    expect(faults(({ en, ko }) => /\b(undefined|NaN|null|Infinity)\b|\[object/.exec(`${en} ${ko}`)?.[0])).toEqual([]);
    expect(faults(({ en, ko }) => / {2}|\(s\)| [.,]( |$)|\( |\(\)/.exec(`${en}\n${ko}`)?.[0])).toEqual([]);
  });

  test('name no packet 0, and nothing that took less than no time', () => {
    expect(faults(({ en }) => /packets? 0\b|[ (]-\d[\d.]* m?s\b/.exec(en)?.[0])).toEqual([]);
    expect([...new Set(judgements.filter(({ packets }) => packets.includes(0)).map(({ rule, of }) => `${rule}, ${of}`))]).toEqual(
      [],
    );
  });

  test('name a file as its user does, without its folders', () =>
    expect(faults(({ en, ko }) => (`${en} ${ko}`.includes(FIXTURES) ? en : undefined))).toEqual([]));

  test('have the particles that the words before them ask for', () => expect(faults(({ ko }) => wrong(ko))).toEqual([]));
});

test('a wrong particle is found', () => {
  expect(wrong('192.0.2.80가 답했습니다')).toBe('"0가"');
  expect(wrong('192.0.2.2:80가 답했습니다')).toBe('"0가"');
  expect(wrong('192.0.2.2이 답했습니다')).toBe('"2이"');
  expect(wrong('192.0.2.1으로 갑니다')).toBe('"1으로"');
  expect(wrong('알림 unknown_ca을(를) 보냈습니다')).toBe('을(를) is not chosen');
  expect(wrong('192.0.2.80이 192.0.2.2와 192.0.2.1로 갑니다')).toBeUndefined();
});
