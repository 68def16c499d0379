import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownRules } from '../../src/own-rules/own-rules.ts';
import { FIXTURES } from '../fixtures/truth.ts';
import { judge } from './judge.ts';

const COLD = join(FIXTURES, 'cold-http', 'client.pcap');

async function verdict(text: string): Promise<{ verdict: string; reason: string; packets: number[]; says: { en: string } }> {
  const [rule] = ownRules('my.rules', text);
  return (await judge(rule, COLD))[0];
}

describe("a user's own rule", () => {
  test('is confirmed where it holds, contradicted where it does not', async () => {
    expect(await verdict('rule A\n expect: http.response.code == 200')).toMatchObject({ verdict: 'confirmed', reason: 'holds' });
    const failed = await verdict('rule A\n expect: http.response.code == 404');
    expect(failed).toMatchObject({ verdict: 'contradicted', reason: 'fails' });
    expect(failed.says.en).toContain('http.response.code = 200');
  });

  test('is skipped where `when` does not apply, unknown where the capture has no value', async () => {
    expect(await verdict('rule A\n when: tls\n expect: tls.version == "TLS 1.3"')).toMatchObject({ verdict: 'skipped' });
    expect(await verdict('rule A\n expect: tls.version == "TLS 1.3"')).toMatchObject({ verdict: 'unknown', reason: 'no-value' });
  });

  test('says what its writer wants, with values', async () => {
    const { says } = await verdict('rule A\n expect: dns\n says: {dns.qry.name} is {ip.dst}');
    expect(says.en).toBe('www.my-app.com is 192.0.2.80, 198.51.100.2');
  });

  test('may be about packets: those that fail are named', async () => {
    // Ground truth: the SYN and the SYN+ACK of the only connection are packets 7 and 8.
    expect(await verdict('rule A\n for: packets\n when: tcp\n expect: tcp.flags.syn == 0')).toMatchObject({
      verdict: 'contradicted',
      packets: [7, 8],
    });
    expect(await verdict('rule A\n for: packets\n when: tcp\n expect: ip.ttl > 1')).toMatchObject({ verdict: 'confirmed' });
  });

  test.each([
    ['expect: dns', 1, 1, 'a rule begins with'],
    ['rule R-TCP-1\n expect: dns', 1, 6, "are the book's"],
    ['rule A\n  expct: dns', 2, 3, 'no key "expct"'],
    ['rule A\n expect: dns and', 2, 17, 'ends too early'],
    ['rule A\n when: dns\n expect: stage.dsn < 1ms', 3, 10, 'did you mean stage.dns'],
    ['rule A\n expect: dns\n says: {dns.nmae}', 3, 9, 'no field "dns.nmae"'],
    ['rule A\n for: pages\n expect: dns', 2, 7, '"for" takes journeys or packets'],
    ['rule A\n when: dns', 1, 1, 'has no "expect"'],
    ['rule A\n expect: dns\nrule A\n expect: dns', 3, 6, 'two rules "A"'],
    ['rule A\n expect:', 2, 9, 'has no value'],
  ])('%j: line %d, column %d', (text, line, column, words) => {
    expect(() => ownRules('my.rules', text)).toThrow(`my.rules:${line}:${column}: `);
    expect(() => ownRules('my.rules', text)).toThrow(words);
  });

  test('the examples of the document hold together', () => {
    const document = readFileSync(resolve(import.meta.dirname, '../../docs/own-rules.md'), 'utf8');
    const example = /```\n([\s\S]*?)```/.exec(document)?.[1] ?? '';
    expect(ownRules('example', example).map(({ id }) => id)).toEqual(['FAST-DNS', 'NO-PLAIN-HTTP']);
  });
});
