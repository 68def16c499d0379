import { describe, expect, test } from 'vitest';
import { safe } from '../../src/text/safe.ts';
import { DNS_FIELDS } from '../../src/text/fields/dns.ts';
import { explainField } from '../../src/text/fields/index.ts';
import { INTERNET_FIELDS } from '../../src/text/fields/internet.ts';
import { LINK_FIELDS } from '../../src/text/fields/link.ts';
import { TLS_FIELDS } from '../../src/text/fields/tls.ts';
import { TRANSPORT_FIELDS } from '../../src/text/fields/transport.ts';
import { WEB_FIELDS } from '../../src/text/fields/web.ts';

const ALL = [LINK_FIELDS, INTERNET_FIELDS, TRANSPORT_FIELDS, DNS_FIELDS, TLS_FIELDS, WEB_FIELDS].flatMap((f) =>
  Object.entries(f),
);

describe('what fields mean', () => {
  test('is said in both languages, in characters that every terminal shows', () => {
    for (const [name, [en, ko]] of ALL) {
      expect(name).toMatch(/^[a-z0-9_]+(\.[a-z0-9_]+)+$/);
      expect(en).not.toMatch(/[가-힣]/);
      expect(ko, name).toMatch(/[가-힣]/);
      expect([safe(en), safe(ko)]).toEqual([en, ko]);
    }
    expect(new Set(ALL.map(([name]) => name)).size).toBe(ALL.length);
  });

  test('is known for the fields that everybody meets, and for no others', () => {
    for (const name of ['ip.ttl', 'tcp.seq_raw', 'dns.flags.rcode', 'arp.opcode', 'http.host'])
      expect(explainField(name)?.en).not.toBe(undefined);
    expect(explainField('toString')).toBeUndefined();
  });
});
