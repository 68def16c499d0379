import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rule as dns1 } from '../../src/rules/dns/r-dns-1.ts';
import { rule as dns2 } from '../../src/rules/dns/r-dns-2.ts';
import { rule as dns3 } from '../../src/rules/dns/r-dns-3.ts';
import { rule as dns4 } from '../../src/rules/dns/r-dns-4.ts';
import { rule as dns5 } from '../../src/rules/dns/r-dns-5.ts';
import { rule as dns6 } from '../../src/rules/dns/r-dns-6.ts';
import { rule as dns7 } from '../../src/rules/dns/r-dns-7.ts';
import { rule as dns8 } from '../../src/rules/dns/r-dns-8.ts';
import { rule as dns9 } from '../../src/rules/dns/r-dns-9.ts';
import type { Judgement, Rule } from '../../src/rules/rule.ts';
import { message } from '../dns/build.ts';
import { clientHello, handshake, record } from '../tls/build.ts';
import { tcpFrame, u8 } from '../frames.ts';
import { judge } from './judge.ts';
import type { Timed } from './segments.ts';
import { ask, type Asked, capture, line, SITE, soa, type Told, tell } from './visit.ts';

const NAME = 'www.my-app.com';
const words = (found: Judgement[]): string[] => found.map((f) => `${f.verdict} ${f.reason} ${f.packets}`);
const said = async (rule: Rule, frames: Timed[]): Promise<string[]> => words(await judge(rule, capture(frames)));

const lookup = (o: Asked & Told = {}, addresses = [SITE]): Uint8Array[] => [ask(NAME, o), tell(NAME, addresses, o)];
function visit(host = NAME, o: Parameters<typeof line>[0] = {}): Uint8Array[] {
  const c = line(o);
  return [...c.open(), c.get('/', host), c.ok(), ...c.close()];
}

describe('R-DNS-1: the answer comes before the connection', () => {
  test('it does', async () => expect(await said(dns1, [...lookup(), ...visit()])).toEqual(['confirmed answer-first 1,2,3']));

  test('its twin, where the answer comes after the SYN', async () => {
    const [question, answer] = lookup();
    const [syn, ...rest] = visit();
    expect(await said(dns1, [question, syn, answer, ...rest])).toContain('contradicted connection-first 2,1,3');
  });

  test('a request on the same connection, one from a kept answer, one to an address', async () => {
    const c = line();
    const first = [...lookup(), ...c.open(), c.get('/', NAME), c.ok(), c.get('/2', NAME), c.ok()];
    expect(await said(dns1, first)).toEqual(['confirmed answer-first 1,2,3', 'skipped connection-reused 3,8']);
    expect(await said(dns1, [...lookup(), ...visit(), ...visit(NAME, { port: 40001 })])).toEqual([
      'confirmed answer-first 1,2,3',
      'confirmed answer-first 1,2,11',
    ]);
    expect(await said(dns1, visit(SITE))).toEqual(['skipped literal 1,4']);
    expect(await said(dns1, visit())).toEqual(['skipped not-asked 1']);
  });

  test('at the server, where no name is asked for; and in a capture that begins late', async () => {
    expect(await said(dns1, visit(NAME, { ttl: 60 }))).toEqual(['not-visible client-elsewhere 1']);
    expect(await said(dns1, visit().slice(3))).toEqual(['unknown mid-stream 1']);
  });

  test('a lookup alone', async () => expect(await said(dns1, lookup())).toEqual(['skipped no-connection 1,2']));
});

describe('R-DNS-2: one name, one type, UDP, port 53, RD', () => {
  const both = [ask(NAME), ask(NAME, { id: 2, type: 'AAAA' }), tell(NAME, [SITE]), tell(NAME, [], { id: 2, type: 'AAAA' })];
  test('so it is', async () => expect(await said(dns2, [...both, ...visit()])).toEqual(['confirmed as-written 1,2']));

  test('its twin without RD is a resolver at work', async () => {
    expect(await said(dns2, lookup({ flags: 0, says: 0x8400 }))).toEqual(['skipped resolver-leg 1,2']);
  });

  test('mDNS asks no server', async () => {
    const o = { server: '224.0.0.251', serverPort: 5353, port: 5353, flags: 0 };
    expect(await said(dns2, [ask('printer.local', o)])).toEqual(['skipped multicast 1']);
  });

  test('DNS over TLS goes elsewhere', async () => {
    const hello = await judge(dns2, 'fixtures/https/client.pcap');
    expect(hello[0]).toMatchObject({ verdict: 'confirmed' });
  });
});

describe('R-DNS-3: whose resolver', () => {
  const asked = async (server: string): Promise<string[]> => said(dns3, [ask(NAME, { server }), tell(NAME, [SITE], { server })]);
  test("a provider's, a public one, the router, the machine itself, and one that nobody knows", async () => {
    expect(await asked('168.126.63.1')).toEqual(['confirmed provider 1']);
    expect(await asked('8.8.8.8')).toEqual(['contradicted public-resolver 1']);
    expect(await asked('10.0.0.254')).toEqual(['contradicted own-network 1']);
    expect(await asked('127.0.0.53')).toEqual(['contradicted stub 1']);
    expect(await asked('192.0.2.53')).toEqual(['not-visible owner-not-told 1']);
  });
});

describe('R-DNS-4: the answer carries the address that is used', () => {
  test('it does, by way of an alias, as one of several', async () => {
    const o = { aliases: ['lb.my-app.com'] };
    expect(await said(dns4, [...lookup(o, ['198.51.100.81', SITE]), ...visit()])).toEqual(['confirmed address-used 1,2,3']);
  });

  test('its twin with another address', async () => {
    expect(await said(dns4, [...lookup({}, ['198.51.100.99']), ...visit()])).toContain('contradicted other-address 1,2,3');
  });

  test('no such name, no such record, a resolver that fails, no answer', async () => {
    const negative = { records: { authorities: [soa('my-app.com')] } };
    expect(await said(dns4, lookup({ says: 0x8183, ...negative }, []))).toEqual(['contradicted name-error 1,2']);
    expect(await said(dns4, lookup(negative, []))).toEqual(['contradicted no-data 1,2']);
    expect(await said(dns4, lookup({ says: 0x8182 }, []))).toEqual(['contradicted server-failed 1,2']);
    expect(await said(dns4, [ask(NAME)])).toEqual(['unknown unanswered 1']);
  });

  test('asked for seconds without an answer: there was none', async () => {
    const silent: Timed[] = [ask(NAME), [5, ask(NAME)], [5, ask(NAME)]];
    expect(await said(dns4, silent)).toEqual(['skipped unanswered 1,2,3']);
    expect(await said(dns8, silent)).toEqual(['confirmed no-answer 1,2,3']);
  });

  test('nobody connects; or elsewhere, where the question had come through routers', async () => {
    expect(await said(dns4, lookup())).toEqual(['skipped no-connection 1,2']);
    expect(await said(dns4, lookup({ ttl: 62 }))).toEqual(['not-visible connection-elsewhere 1,2']);
  });
});

describe('R-DNS-5: kept answers', () => {
  const again = (seconds: number, o: Asked & Told = {}): Timed[] => {
    const [question, answer] = lookup({ id: 7, port: 5001, ...o });
    return [...lookup(), ...visit(), [seconds, question], answer, ...visit(NAME, { port: 40001 })];
  };
  test('asked once, used twice', async () => {
    expect(await said(dns5, [...lookup(), ...visit(), ...visit(NAME, { port: 40001 })])).toEqual([
      'skipped first-use 1,2',
      'confirmed used-again 1,2,11',
    ]);
  });

  test('its twin that asks again within the TTL of 300 s; and one after it', async () => {
    expect(await said(dns5, again(9))).toEqual(['skipped first-use 1,2', 'contradicted asked-again 1,2,11,12']);
    expect(await said(dns5, again(400))).toEqual(['skipped first-use 1,2', 'skipped first-use 11,12']);
  });

  test('behind a router from a public address it may be somebody else', async () => {
    const o = { client: '203.0.113.2', ttl: 63 };
    const [question, answer] = lookup({ ...o, id: 7, port: 5001 });
    expect(await said(dns5, [...lookup(o), [9, question], answer])).toEqual([
      'skipped first-use 1,2',
      'not-visible maybe-several-clients 1,2,3,4',
    ]);
  });

  test('a failure may be kept as its SOA says', async () => {
    const o = { says: 0x8183, records: { authorities: [soa('my-app.com', 60)] } };
    const twice = (after: number): Timed[] => [...lookup(o, []), [after, ask(NAME, { id: 7 })], tell(NAME, [], { ...o, id: 7 })];
    expect(await said(dns5, twice(20))).toEqual(['skipped first-use 1,2', 'contradicted asked-again 1,2,3,4']);
    expect(await said(dns5, twice(90))).toEqual(['skipped first-use 1,2', 'skipped first-use 3,4']);
  });
});

describe('R-DNS-6: where no query is seen', () => {
  test('asked, kept, literal, and what only the host knows', async () => {
    expect(await said(dns6, [...lookup(), ...visit(), ...visit(NAME, { port: 40001 })])).toEqual([
      'skipped asked 1,2',
      'confirmed kept 1,2,11',
    ]);
    expect(await said(dns6, visit(SITE))).toEqual(['confirmed literal 1,4']);
    expect(await said(dns6, visit())).toEqual(['not-visible host-state 1']);
    expect(await said(dns6, visit(NAME, { ttl: 60 }))).toEqual(['not-visible client-elsewhere 1']);
  });

  test('DNS over TLS was open by then, of the same client; its twin that opens it afterwards', async () => {
    const c = line({ server: '9.9.9.9', serverPort: 853, port: 41000 });
    const dot = [...c.open(), c.send(record(22, handshake(1, clientHello())))];
    expect(await said(dns6, [...dot, ...visit()])).toContain('not-visible encrypted 1,5');
    expect(await said(dns6, [...visit(), ...dot])).toContain('not-visible host-state 1');
  });

  test('the answer had run out', async () => {
    const [syn, ...rest] = visit(NAME, { port: 40001 });
    expect(await said(dns6, [...lookup(), ...visit(), [400, syn], ...rest])).toEqual([
      'skipped asked 1,2',
      'not-visible expired 1,2,11',
    ]);
  });
});

test('R-DNS-5: a program asks the stub of its own host again, which has kept the answer (the lab)', async () => {
  const found = await judge(dns5, 'fixtures/forwarder-local/client.pcap');
  const again = found.find(({ reason }) => reason === 'asked-again');
  expect(again?.says.en).toContain('it is 127.0.0.53, on the same host, that may have kept it');
});

test('over QUIC: the first request waits for the answer, those on the same connection need none (the lab)', async () => {
  const { requests } = JSON.parse(readFileSync('fixtures/https-h3/truth.json', 'utf8'));
  const verdicts = async (rule: Rule): Promise<string[]> =>
    (await judge(rule, 'fixtures/https-h3/client.pcapng', undefined, ['fixtures/https-h3/client.keylog'])).map(
      (f) => `${f.verdict} ${f.reason}`,
    );
  for (const [rule, first] of [
    [dns1, 'confirmed answer-first'],
    [dns4, 'confirmed address-used'],
    [dns5, 'skipped first-use'],
    [dns6, 'skipped asked'],
  ] as const) {
    const [one, ...others] = await verdicts(rule);
    expect(one).toBe(first);
    expect(others.length).toBeGreaterThanOrEqual(requests.length - 1);
    expect(new Set(others)).toEqual(new Set(['skipped connection-reused']));
  }
});

describe('R-DNS-7: DNS uses UDP', () => {
  test('it does', async () => expect(await said(dns7, lookup())).toEqual(['confirmed udp 1,2']));

  test('its twin, truncated, goes on by TCP', async () => {
    const found = await judge(dns7, 'fixtures/dns-truncated-tcp/client.pcap');
    expect(found[0]).toMatchObject({ verdict: 'contradicted', reason: 'truncated-then-tcp', packets: [3, 5, 10, 12] });
  });

  test('by TCP alone', async () => {
    const c = line({ server: '192.0.2.53', serverPort: 53 });
    const framed = (bytes: Uint8Array): Uint8Array => Uint8Array.from([bytes.length >> 8, bytes.length & 255, ...bytes]);
    const question = message({ id: 1, questions: [{ name: NAME, type: 1 }] });
    const frames = [
      ...c.open(),
      c.send(framed(question)),
      c.reply(framed(message({ id: 1, flags: 0x8180, questions: [{ name: NAME, type: 1 }] }))),
    ];
    expect(await said(dns7, frames)).toContain('contradicted tcp 4,5');
  });
});

describe('R-DNS-8: slow DNS', () => {
  test('the client waited, asked again, or hardly noticed', async () => {
    expect(await said(dns8, [...lookup(), ...visit()])).toEqual(['confirmed waited 1,2']);
    const [question, answer] = lookup();
    expect(await said(dns8, [question, [5, question], answer, ...visit()])).toEqual(['confirmed asked-again 1,2,3']);
    const other = ask(NAME, { id: 9, port: 5009 });
    const told = tell(NAME, [SITE], { id: 9, port: 5009 });
    expect(await said(dns8, [question, [3, other], told, ...visit()])).toEqual(['confirmed asked-again 1,2,3']);
    const [syn, ...rest] = visit();
    expect(await said(dns8, [question, [0.001, answer], [0.001, syn], ...rest])).toEqual(['skipped small-share 1,2']);
  });

  test('asked in advance', async () => {
    const [syn, ...rest] = visit();
    expect(await said(dns8, [...lookup(), [3, syn], ...rest])).toEqual(['skipped in-advance 1,2,3']);
  });
});

describe('R-DNS-9: who told of the resolver', () => {
  test('nobody here', async () => {
    expect(await said(dns9, lookup())).toEqual(['not-visible told-before-capture 1']);
    expect(await said(dns9, lookup({ ttl: 63 }))).toEqual(['not-visible client-elsewhere 1']);
  });

  test('no DNS at all', async () => {
    const frame = tcpFrame({ flags: 'S', payload: u8() });
    expect(await said(dns9, [frame])).toEqual(['skipped nothing-of-its-kind ']);
  });
});
