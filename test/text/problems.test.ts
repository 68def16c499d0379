import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { COUNTED, type CountedCode, countedText } from '../../src/text/counted.ts';
import { KOREAN, problemText } from '../../src/text/problems.ts';

const source = resolve(import.meta.dirname, '../../src');
/** `problems.add('code'`, a reader's `#stop(input, 'code'`, and `code: 'code'` of what becomes a problem. */
const MADE = /(?:roblems\.add|#stop|#report)\((?:input, )?'([a-z][a-z-]*)'|\bcode: '([a-z][a-z-]*)'/g;
const MAKERS = /^(capture|live|correlate|session|commands)\/|^[^/]+\.ts$/;

function codesInSource(): string[] {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.ts') && MAKERS.test(f));
  const found = files.flatMap((f) => [...readFileSync(join(source, f), 'utf8').matchAll(MADE)].map((m) => m[1] ?? m[2]));
  return [...new Set(found)].sort();
}

test('every problem that the sources make has Korean words', () => {
  const codes = codesInSource();
  expect(codes).toEqual(
    expect.arrayContaining(['truncated-file', 'bad-block', 'spool', 'clock-set', 'unknown-link-type', 'bad-gzip']),
  );
  expect(codes.filter((code) => KOREAN[code] === undefined)).toEqual([]);
  for (const code of codes) expect(problemText({ code, message: 'x' }, 'ko')).toMatch(/[가-힣].* \(x\)$/);
});

test.each(Object.keys(COUNTED) as CountedCode[])('%s: how often, as people say it', (code) => {
  expect(countedText(code, 1, 'en')).toMatch(/^1 \S/);
  expect(countedText(code, 1, 'en')).not.toMatch(/^1 (\S+ ){0,2}(packets|places|times|heads|datagrams|connections|flows)\b/);
  expect(countedText(code, 1, 'en').slice(2)).not.toBe(countedText(code, 2, 'en').slice(2));
  const korean = problemText({ code, message: countedText(code, 1234, 'en') }, 'ko');
  expect(korean).toMatch(/1234.*[가-힣]|[가-힣].*1234/);
  expect(korean).not.toMatch(/[{}]/);
});

test('the details are in Korean as well, where the reader gives them', () => {
  const problem = {
    code: 'truncated-file',
    message: '9 bytes announced, 4 left in the file',
    korean: '9바이트라고 했지만 4바이트만 남음',
  };
  expect(problemText(problem, 'ko')).toBe('파일이 중간에 끝났습니다 (9바이트라고 했지만 4바이트만 남음)');
  expect(problemText(problem, 'en')).toBe(problem.message);
});

test('English is the message as it is', () => {
  expect(problemText({ code: 'http-garbage', message: '3 places' }, 'en')).toBe('3 places');
});
