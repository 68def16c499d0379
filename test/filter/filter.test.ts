import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection, Exchange, Journey, Lookup, TlsSession } from '../../src/correlate/model.ts';
import { complete } from '../../src/filter/complete.ts';
import { FilterError } from '../../src/filter/error.ts';
import { JOURNEY_FIELDS, journeys, type Records, Subject } from '../../src/filter/journeys.ts';
import { PACKET_FIELDS, type Packet, packets } from '../../src/filter/packets.ts';
import { parse } from '../../src/filter/parser.ts';

const MS = 1e6;
const journey = {
  id: 7,
  name: 'web.lab',
  url: 'http://web.lab/a?b=c&d=한글',
  client: '10.0.0.2',
  connection: 3,
  exchange: 4,
  lookup: 5,
  outcome: 'complete',
  method: 'GET',
  status: 404,
  responseBytes: 20_000,
  har: { blocked: 0, dns: 120, connect: 5, ssl: -1, send: 0, wait: 1000, receive: 2, total: 1127 },
  stages: [
    { kind: 'dns', start: 0, end: 120 * MS, packets: [3, 4], packetCount: 2, reused: false },
    { kind: 'tcp', start: 120 * MS, end: 120 * MS, packets: [1], packetCount: 1, reused: true },
    { kind: 'wait', start: 125 * MS, end: 1125 * MS, packets: [9], packetCount: 1, reused: false },
  ],
} as unknown as Journey;
const records: Records = {
  journeyHead: () => journey,
  journey: () => journey,
  connection: () =>
    ({
      id: 3,
      client: { address: '10.0.0.2', port: 40312 },
      server: { address: '2001:db8::80', port: 80 },
      close: { how: 'fin-both', packets: [] },
      retransmissions: [11],
    }) as unknown as Connection,
  exchange: () => ({ host: 'web.lab', target: '/a?b=c', requestTime: 0, responseTime: 1e9 }) as unknown as Exchange,
  lookup: () =>
    ({
      name: 'web.lab',
      type: 'AAAA',
      rcode: 'NXDOMAIN',
      transport: 'udp',
      client: { address: '10.0.0.2', port: 5000 },
      server: { address: '10.0.0.53', port: 53 },
      start: 0,
      end: 120 * MS,
      addresses: ['2001:db8::80'],
      aliases: [],
    }) as unknown as Lookup,
  tls: () => ({ sni: 'web.lab', alpnOffered: ['h2', 'http/1.1'], alerts: [], resumed: false }) as unknown as TlsSession,
  verdicts: () => [
    { rule: 'R-TCP-2', verdict: 'contradicted' },
    { rule: 'R-DNS-1', verdict: 'confirmed' },
  ],
};
const asks = (text: string): boolean => parse(text, journeys).test(new Subject(records, 0));

const packet: Packet = {
  number: 12,
  time: 0,
  bytes: new Uint8Array(60),
  wireLength: 1500,
  summary: { source: '10.0.0.2', destination: '10.0.0.53', protocol: 'DNS', info: 'Standard query A web.lab' },
  layers: [
    {
      protocol: 'ip',
      title: '',
      at: 0,
      end: 0,
      fields: [
        { name: 'ip.src', label: '', at: 0, end: 4, value: '10.0.0.2' },
        { name: 'ip.dst', label: '', at: 0, end: 4, value: '10.0.0.53' },
        {
          name: 'ip.flags',
          label: '',
          at: 0,
          end: 4,
          value: 2,
          children: [{ name: 'ip.flags.df', label: '', at: 0, end: 1, value: true }],
        },
      ],
    },
    {
      protocol: 'dns',
      title: '',
      at: 0,
      end: 0,
      fields: [
        { name: 'dns.id', label: '', at: 0, end: 1, value: 0x90c6 },
        { name: 'dns.qry.type', label: '', at: 0, end: 1, value: 1, text: 'A (1)' },
      ],
    },
  ],
};
const finds = (text: string): boolean => parse(text, packets).test(packet);
const error = (text: string, domain: typeof journeys | typeof packets = journeys): FilterError => {
  try {
    parse(text, domain as typeof journeys);
  } catch (e) {
    if (e instanceof FilterError) return e;
    throw e;
  }
  throw new Error(`"${text}" is no error`);
};

describe('of a journey', () => {
  test.each([
    'stage.dns > 100ms and verdict == contradicted',
    'stage.wait >= 1s',
    'stage.dns == 120ms',
    'verdict.R-TCP-2 == contradicted',
    'ip.addr == 10.0.0.0/8',
    'ip.addr == 2001:db8:0:0::80',
    'ip.addr == 2001:db8::/32 && tcp.port == 80',
    'ip.src == 10.0.0.2 and not ip.src == 10.0.0.3',
    'tcp.port in {443, 80}',
    'tcp.port in {443 8000..8080 40000..50000}',
    'tcp.port != 443',
    'dns.flags.rcode == 3',
    'dns.flags.rcode == NXDOMAIN',
    'dns.qry.type == AAAA',
    'dns.aaaa == 2001:db8::80',
    'http.response.code >= 400 or outcome == refused',
    'http.request.uri contains "?b=c"',
    'url matches "^HTTP://web\\.[a-z]+/"',
    'url matches "\\d\\d" or name == web.lab',
    'tls.handshake.extensions_alpn_str == h2',
    'tls.resumed == false',
    'frame.number == 9',
    'journey.ms > 1127 or journey.bytes == 20KB',
    'tcp.analysis.retransmission',
    '!(outcome == refused)',
    'web.lab',
    'GET 한글',
    'a?b=c&d=한글',
    '"GET http"',
    'not found',
    '완료',
    '',
  ])('%s', (text) => expect(asks(text)).toBe(true));

  test.each([
    'stage.tcp > 0ms',
    'stage.tls',
    'verdict.R-DNS-1 == contradicted',
    'verdict.R-X-9',
    'ip.addr == 192.168.0.0/16',
    'ip.addr != 10.0.0.2',
    'tcp.port != 80',
    'http.request.uri contains "?B=C"',
    'http.location != x',
    'not web.lab',
    'GET POST',
  ])('not %s', (text) => expect(asks(text)).toBe(false));

  test('and binds closer than or', () => {
    expect(asks('method or name == web.lab and name == x')).toBe(false);
    expect(asks('name == web.lab or name == y and name == x')).toBe(true);
    expect(asks('(name == web.lab or name == y) and name == x')).toBe(false);
  });
  test('what a head tells needs no records', () => {
    expect(parse('GET or url contains x and http.response.code == 200', journeys).head).toBe(true);
    expect(parse('GET and stage.dns > 1ms', journeys).head).toBe(false);
  });
});

describe('of a packet', () => {
  test.each([
    'frame.number == 12 && frame.len > 1KB',
    'ip.addr == 10.0.0.53',
    'ip.addr == 10.0.0.0/24 and dns',
    'dns.id == 0x90c6',
    'dns.qry.type == A and dns.qry.type == 1',
    'ip.flags.df == 1',
    'query',
    '_ws.col.info matches "a web"',
    'not tcp',
    'ip.ttl != 3 or ip',
  ])('%s', (text) => expect(finds(text)).toBe(true));
  test.each(['ip.addr != 10.0.0.53', 'ip.ttl != 3', 'tcp', 'ip.flags.df == false', 'frame.number in {1..11}'])('not %s', (text) =>
    expect(finds(text)).toBe(false),
  );
});

describe('what is wrong', () => {
  test.each([
    ['stage.dns > 100', 13, /unit/],
    ['ip.adr == 10.0.0.1', 1, /did you mean ip\.addr\?/],
    ['web and ip.addr == 10.0.0', 20, /no address/],
    ['한글 ip.addr == 10.0.0.0/33', 15, /no network/],
    ['(web', 1, /no \)/],
    ['web)', 4, /cannot stand here/],
    ['tcp.port ==', 12, /missing/],
    ['tcp.port == http', 13, /no number/],
    ['tcp.port in 80', 13, /\{80, 443\}/],
    ['outcome == slow', 12, /none of: complete/],
    ['name > a', 8, /compares numbers/],
    ['name == "a', 9, /no end/],
    ['name matches "a(b"', 16, /no end/],
    ['tcp.port=80', 9, /==/],
    ['web and', 8, /too early/],
    ['tcp.flags.syn == 1', 1, /press 3/],
    ['tcp.flags.syn', 1, /press 3/],
    ['web and http.request', 9, /press 3/],
    ['tls.alert', 1, /press 3/],
    ['tls.handshake.type', 1, /press 3/],
  ])('%s', (text, column, said) => {
    const found = error(text);
    expect([found.column, found.text.en]).toEqual([column, expect.stringMatching(said)]);
    expect(found.text.ko).toMatch(/[가-힣]|\{/);
  });
  test.each(['www.example.test', 'dns.google', 'ntp.ubuntu.com', 'http.cat', 'a.b', '192.0.2.1', '"http.request"', 'ssh'])(
    '%s alone is searched for',
    (text) => expect(() => parse(text, journeys)).not.toThrow(),
  );
  test('journeys are filtered elsewhere', () => expect(error('outcome == reset', packets).text.en).toContain('press 1'));

  test('any text is a filter or an error with a place in it', () => {
    const part = fc.constantFrom(
      'web',
      'ip.addr',
      '==',
      '(',
      ')',
      '{',
      '10.0.0.1',
      'and',
      'not',
      '"',
      'in',
      '!',
      '..',
      ',',
      'matches',
      '[a-',
      '한',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(part, fc.string()), { maxLength: 12 }), (parts) => {
        const text = parts.join(' ');
        for (const ask of [() => asks(text), () => finds(text)]) {
          try {
            expect(typeof ask()).toBe('boolean');
          } catch (e) {
            expect(e).toBeInstanceOf(FilterError);
            expect((e as FilterError).column).toBeGreaterThan(0);
            expect((e as FilterError).column).toBeLessThanOrEqual([...text].length + 1);
          }
        }
      }),
    );
  });
  test('brackets without end are no burden', () => {
    expect(error('('.repeat(1999)).text.en).toContain('brackets');
    expect(error(`${'not '.repeat(400)}x`).text.en).toContain('brackets');
    expect(error('x'.repeat(2001)).column).toBe(2001);
  });
});

describe('completion', () => {
  const words = (text: string) => complete(text, journeys).words;
  test('offers fields, operators and values', () => {
    expect(words('ip.a')).toEqual(['ip.addr']);
    expect(words('rcod')).toEqual(['dns.flags.rcode']);
    expect(words('web and stage.d')).toEqual(['stage.dns']);
    expect(words('outcome ')).toEqual(['==', '!=', 'in']);
    expect(words('outcome == re')).toEqual(['refused', 'reset']);
    expect(words('outcome in {reset, ti')).toEqual(['timed-out']);
    expect(words('verdict.R-TCP-2 == contra')).toEqual(['contradicted']);
    expect(words('name == "')).toEqual([]);
    expect(complete('web and stage.d', journeys).at).toBe(8);
  });
});

test('every field has its name once, and a help in both languages', () => {
  for (const fields of [JOURNEY_FIELDS, PACKET_FIELDS]) {
    const names = fields.map((field) => field.name);
    expect(names).toEqual([...new Set(names)]);
    for (const { help } of fields) expect([help.en, help.ko]).not.toContain('');
  }
});
