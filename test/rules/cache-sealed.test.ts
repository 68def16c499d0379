import { describe, expect, test } from 'vitest';
import { cacheFields, cacheFieldsOf, readCacheFields } from '../../src/correlate/cache-fields.ts';
import { newExchange } from '../../src/correlate/http-exchange.ts';
import { FieldSection } from '../../src/correlate/http2-fields.ts';
import { RequestField } from '../../src/dissect/http/head-parts.ts';
import { Head, scanHead } from '../../src/dissect/http/head.ts';
import { RULES_OF_CACHE } from '../../src/rules/cache/index.ts';
import type { CaptureFacts } from '../../src/rules/facts.ts';
import { answerHead, cacheSays } from '../../src/rules/http-head.ts';
import type { HopsRule } from '../../src/rules/rule.ts';
import { judgeTogether } from './judge.ts';

const [cache1, cache2] = RULES_OF_CACHE as HopsRule[];
const opened = (rule: HopsRule, name: string, file = 'client.pcapng') =>
  judgeTogether(rule, [`fixtures/${name}/${file}`], [`fixtures/${name}/client.keylog`]);

describe('heads inside TLS, with keys', () => {
  // ETag and Last-Modified as tshark prints them of the same files.
  test.each([
    ['https', 'client.pcap', ['ETag: "6b00482a-4df"']],
    ['https-h2', 'client.pcapng', ['ETag: "6b00482a-4df"', 'ETag: W/"6b00482a-f348"', 'ETag: "6b00482a-4e7"']],
  ])('%s', async (name, file, tags) => {
    const found = await opened(cache2, name, file);
    expect(found.map((each) => `${each.verdict} ${each.reason}`)).toEqual(tags.map(() => 'skipped asked-once'));
    expect(found.map((each) => /ETag: [^)]*/.exec(each.says.en)?.[0])).toEqual(tags);
    for (const each of await opened(cache1, name, file))
      expect(each).toMatchObject({ verdict: 'not-visible', reason: 'not-said' });
  });

  test('HTTP/3: of its journeys, the server named', async () => {
    for (const rule of [cache1, cache2]) {
      const found = await opened(rule, 'https-h3');
      expect(found.length).toBeGreaterThan(0);
      for (const each of found) {
        expect(each.reason).not.toBe('head-not-readable');
        expect(each.says.en).not.toContain('?');
        expect(each.journeyId).not.toBeNull();
      }
    }
  });
});

describe('what a head tells of caches', () => {
  test('HTTP/1: its fields in any spelling, several as one, no cookie', () => {
    const text = 'HTTP/1.1 200 OK\r\nAGE: 12\r\nVia: 1.1 a\r\nSet-Cookie: secret=1\r\nvia: 1.1 b\r\n\r\nage: 99\r\n';
    const told = cacheFieldsOf(Buffer.from(text), 0, text.indexOf('age: 99'));
    expect([...readCacheFields(told)]).toEqual([
      ['age', '12'],
      ['via', '1.1 a, 1.1 b'],
    ]);
  });

  test('HTTP/2: the same, and no value makes a field of its own', () => {
    const section = new FieldSection();
    for (const [name, value] of [
      [':status', '200'],
      ['etag', '"x\nage: 9"'],
      ['x-cache', 'MISS'],
      ['x-cache', 'HIT'],
      ['cache-control', `max-age=60, ${'x'.repeat(10_000)}`],
    ])
      section.field(name, value, name.length, value.length);
    const fields = readCacheFields(cacheFields(section.values));
    expect([...fields.keys()]).toEqual(['etag', 'x-cache', 'cache-control']);
    expect(fields.get('x-cache')).toBe('MISS, HIT');
    expect(fields.get('cache-control')?.length).toBe(200);
  });

  test('a hit and its twin', () => {
    const said = (cacheFields: string) => {
      const exchange = Object.assign(newExchange(1, 1, 1, 'https'), { status: 200, version: '2', cacheFields });
      const head = answerHead({} as CaptureFacts, exchange);
      return head && cacheSays(head)?.kind;
    };
    expect(said('age: 12')).toBe('hit');
    expect(said('x-cache: MISS')).toBe('miss');
    expect(said('vary: accept')).toBeUndefined();
  });

  test('a request that a proxy sent on', () => {
    const bits = (field: string): number => {
      const head = new Head();
      const bytes = Buffer.from(`GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n\r\n`);
      expect(scanHead(head, bytes, 0, bytes.length, false)).toBe(bytes.length);
      return head.fields & RequestField.sentOn;
    };
    for (const field of ['Via: 1.1 a', 'forwarded: for=a', 'X-Forwarded-For: 10.0.0.1', 'X-Real-IP: ::1'])
      expect(bits(field)).toBe(RequestField.sentOn);
    for (const field of ['Viable: 1', 'X-Forwarded-Host: a', 'Vary: a']) expect(bits(field)).toBe(0);
  });
});
