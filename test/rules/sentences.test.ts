import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { judgeAll } from '../../src/rules/engine.ts';
import { buildHops } from '../../src/rules/join/build.ts';
import { RULES } from '../../src/rules/registry.ts';
import type { Judgement } from '../../src/rules/rule.ts';
import { FIXTURES, keyLogsOf, scenarios } from '../fixtures/truth.ts';
import { readCaptures } from './judge.ts';

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

describe('sentences of the rules over all captures of the lab', async () => {
  const all: (Judgement & { of: string })[] = [];
  for (const scenario of scenarios) {
    const paths = readdirSync(join(FIXTURES, scenario)).filter((name) => /\.pcap(ng)?$/.test(name));
    for (const group of [...paths.map((path) => [path]), ...(paths.length > 1 ? [paths] : [])]) {
      for (const keys of keyLogsOf(scenario).length > 0 ? [[], keyLogsOf(scenario)] : [[]]) {
        const files = group.map((path) => join(FIXTURES, scenario, path));
        const captures = await readCaptures(files, undefined, keys);
        for (const each of judgeAll(RULES, buildHops(captures))) all.push({ ...each, of: `${scenario} ${group.join(' ')}` });
        for (const each of captures) each.close();
      }
    }
  }
  const texts = all.flatMap(({ rule, reason, of, says, advice }) =>
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
    expect(faults(({ en, ko }) => /.*\b(undefined|NaN|null|Infinity|\[object).*/.exec(`${en} ${ko}`)?.[0])).toEqual([]);
    expect(faults(({ en, ko }) => / {2}|\(s\)| [.,]( |$)|\( |\(\)/.exec(`${en}\n${ko}`)?.[0])).toEqual([]);
  });

  test('name no packet 0, and nothing that took less than no time', () => {
    expect(faults(({ en }) => /packets? 0\b|[ (]-\d[\d.]* m?s\b/.exec(en)?.[0])).toEqual([]);
    expect([...new Set(all.filter(({ packets }) => packets.includes(0)).map(({ rule, of }) => `${rule}, ${of}`))]).toEqual([]);
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
