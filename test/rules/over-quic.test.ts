import { describe, expect, test } from 'vitest';
import { RULES_OF_HTTP } from '../../src/rules/http/index.ts';
import { RULES_OF_NAMES } from '../../src/rules/names/index.ts';
import { RULES_OF_PAGE } from '../../src/rules/page/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { RULES_OF_TLS } from '../../src/rules/tls/index.ts';
import { FIXTURES, keyLogsOf } from '../fixtures/truth.ts';
import { judge } from './judge.ts';

const CAPTURE = `${FIXTURES}/https-h3/client.pcapng`;
const rules: Rule[] = [...RULES_OF_TLS, ...RULES_OF_NAMES, ...RULES_OF_HTTP, ...RULES_OF_PAGE];

/** What is said of the first journey: the lab's browser looks h3.my-app.com up and asks it over HTTP/3. */
async function first(id: string, keyLogs: string[]) {
  const [found] = await judge(rules.find((rule) => rule.id === id) as Rule, CAPTURE, undefined, keyLogs);
  return found;
}

describe.each([
  { keys: 'with keys', keyLogs: keyLogsOf('https-h3'), version: 'contradicted other-version' },
  { keys: 'without keys', keyLogs: [], version: 'contradicted alpn-h3' },
])('a request over QUIC, $keys', ({ keyLogs, version }) => {
  test.each([
    ['R-URL-1', 'confirmed same-name', 'SNI h3.my-app.com'],
    ['R-TLS-2', 'confirmed sealed-by-quic', 'h3.my-app.com'],
    ['R-TLS-3', version, 'HTTP/3'],
    // Chromium sends GREASE for ECH, but has asked DNS in the clear.
    ['R-TLS-4', 'contradicted name-in-dns', '"h3.my-app.com"'],
  ])('%s: %s', async (id, verdict, word) => {
    const found = await first(id, keyLogs);
    expect(`${found.verdict} ${found.reason}`).toBe(verdict);
    expect(found.says.en).toContain(word);
    expect(found.says.ko).toContain(word);
  });
});

describe('what is asked inside', () => {
  test.each([
    ['R-HTTP-1', 'contradicted pseudo-header', ':method GET'],
    ['R-HTTP-2', 'contradicted no-connection-field', 'HTTP/3 has no Connection field'],
    ['R-HTTP-3', 'confirmed ok', 'answered on the same connection with 200'],
    ['R-HTTP-4', 'contradicted end-stream', '360 bytes'],
    ['R-HTTP-7', 'confirmed fits', 'text/html'],
  ])('%s: %s with keys, not visible without them', async (id, verdict, word) => {
    const found = await first(id, keyLogsOf('https-h3'));
    expect(`${found.verdict} ${found.reason}`).toBe(verdict);
    expect(found.says.en).toContain(word);
    const sealed = await first(id, []);
    expect(`${sealed.verdict} ${sealed.reason}`).toBe('not-visible no-keys');
    expect(sealed.advice?.command).toContain('SSLKEYLOGFILE');
  });

  test('R-PAGE-5 is about HTTP/2, with keys or without', async () => {
    for (const keys of [keyLogsOf('https-h3'), []]) expect((await first('R-PAGE-5', keys)).reason).toBe('quic');
  });
});
