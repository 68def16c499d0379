import { describe, expect, test } from 'vitest';
import { rule as dns5 } from '../../src/rules/dns/r-dns-5.ts';
import { rule as res1 } from '../../src/rules/resolver/r-res-1.ts';
import { rule as res2 } from '../../src/rules/resolver/r-res-2.ts';
import { rule as res3 } from '../../src/rules/resolver/r-res-3.ts';
import { rule as res4 } from '../../src/rules/resolver/r-res-4.ts';
import { rule as res5 } from '../../src/rules/resolver/r-res-5.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { judge, pcapOf } from './judge.ts';
import type { Timed } from './segments.ts';
import { ask, capture, refer, SITE, tell } from './visit.ts';

const NAME = 'www.my-app.com';
const [ROOT, TLD, AUTHORITY] = ['198.41.0.4', '192.5.6.30', '203.0.113.53'];
const RESOLVER = '192.0.2.53';
/** The client's question has come through routers. */
const FAR = { client: '203.0.113.9', ttl: 61 };
const own = (server: string, id: number) => ({ client: RESOLVER, server, id, port: 6000 + id, flags: 0, ttl: 64 });
const final = (addresses: string[], id = 12) => tell(NAME, addresses, { ...own(AUTHORITY, id), says: 0x8400 });

/** Packets 1 (question) and 8 (answer) of the client, 2-7 of the resolver. */
function cold(names = [NAME, NAME, NAME], answer = [SITE], told = [SITE]): Uint8Array[] {
  return [
    ask(NAME, FAR),
    ask(names[0], own(ROOT, 10)),
    refer(names[0], 'com', 'a.gtld-servers.net', TLD, own(ROOT, 10)),
    ask(names[1], own(TLD, 11)),
    refer(names[1], 'my-app.com', 'ns1.my-app.com', AUTHORITY, own(TLD, 11)),
    ask(names[2], own(AUTHORITY, 12)),
    final(answer),
    tell(NAME, told, { ...FAR, ttl: 64 }),
  ];
}
const warm = [ask(NAME, { ...FAR, id: 2, port: 5002 }), tell(NAME, [SITE], { ...FAR, id: 2, port: 5002, ttl: 64 })];
const said = async (rule: Rule, frames: Timed[] | string): Promise<string[]> =>
  (await judge(rule, typeof frames === 'string' ? frames : capture(frames))).map((f) => `${f.verdict} ${f.reason} ${f.packets}`);

describe('R-RES-1: root, TLD, authoritative server', () => {
  test('in order', async () => expect(await said(res1, cold())).toEqual(['confirmed in-order 1,2,3,4,5,6,7']));

  test('its twin whose first question goes to the TLD, and one that asks nobody', async () => {
    expect(
      await said(
        res1,
        cold().filter((_, i) => i !== 1 && i !== 2),
      ),
    ).toEqual(['skipped partly-known 1,2,3,4,5']);
    expect(await said(res1, [...cold(), ...warm])).toEqual(['confirmed in-order 1,2,3,4,5,6,7', 'skipped from-cache 9,10']);
    expect(await said(res1, warm)).toEqual(['skipped from-cache 1,2']);
  });

  test('its twin whose referral names another server', async () => {
    const frames = cold();
    frames[2] = refer(NAME, 'com', 'b.gtld-servers.net', '192.33.14.30', own(ROOT, 10));
    expect(await said(res1, frames)).toEqual(['unknown not-linked 1,2,4,5,6,7']);
  });

  test('a forwarder; the client alone; a name server alone', async () => {
    const on = { client: RESOLVER, server: '8.8.8.8', id: 9, port: 6009 };
    expect(await said(res1, [ask(NAME, FAR), ask(NAME, on), tell(NAME, [SITE], on), tell(NAME, [SITE], FAR)])).toContain(
      'contradicted forwarded 1,2',
    );
    expect(await said(res1, [ask(NAME), tell(NAME, [SITE], { ttl: 60 })])).toEqual(['not-visible resolver-elsewhere 1']);
    expect(await said(res1, cold().slice(1, 3))).toEqual(['not-visible name-server 1']);
  });
});

describe('captured with "any" on the own host of what is asked', () => {
  const STUB = { client: '127.0.0.1', server: '127.0.0.53' };
  const OUT = { client: '10.0.0.1', server: '198.51.100.2', id: 9, port: 6009, ttl: 64 };
  /** Linux cooked, as the packet types of packet(7) have it: 0 to us, 4 sent by us. */
  const cooked = (type: 0 | 4, frame: Uint8Array): Uint8Array =>
    Uint8Array.of(0, type, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 8, 0, ...frame.subarray(14));
  const any = (...packets: [number, 0 | 4, Uint8Array][]): Uint8Array =>
    pcapOf(
      packets.map(([time, type, frame]) => [time, cooked(type, frame)]),
      113,
    );
  const verdicts = async (file: Uint8Array): Promise<string[]> =>
    (await judge(res1, file)).map((f) => `${f.verdict} ${f.reason} ${f.packets}`);
  const question = ask(NAME, STUB);
  const answer = tell(NAME, [SITE], { ...STUB, ttl: 64 });

  test('what is asked at one address asks with another one', async () => {
    const passed: [number, 0 | 4, Uint8Array][] = [
      [0, 0, question],
      [0.01, 4, ask(NAME, OUT)],
      [0.04, 0, tell(NAME, [SITE], { ...OUT, ttl: 60 })],
      [0.05, 0, answer],
    ];
    expect(await verdicts(any(...passed))).toEqual(['contradicted forwarded 1,2', 'not-visible resolver-elsewhere 2']);
    // The twin: another program asks for the name when the answer has come.
    const [first, asks, told] = passed;
    const after = any(first, [0.0005, 0, answer], [0.02, asks[1], asks[2]], told);
    expect(await verdicts(after)).toEqual(['skipped from-cache 1,2', 'not-visible resolver-elsewhere 3']);
  });

  test('an answer at once is from the cache; one that takes its time was asked for unseen', async () => {
    expect(await verdicts(any([0, 0, question], [0.0003, 0, answer]))).toEqual(['skipped from-cache 1,2']);
    expect(await verdicts(any([0, 0, question], [0.03, 0, answer]))).toEqual(['unknown asks-unseen 1']);
  });
});

describe('R-RES-2: the resolver asks, the servers do not', () => {
  test('so it is', async () => expect(await said(res2, cold())).toEqual(['confirmed resolver-asks 2,4,6,3,7']));

  test('its twin, in which the root asks the TLD', async () => {
    const frames = cold();
    frames.splice(3, 0, ask(NAME, { client: ROOT, server: TLD, id: 77, flags: 0 }));
    expect(await said(res2, frames)).toEqual(['contradicted server-asks 2,4']);
  });

  test('at a name server', async () => expect(await said(res2, cold().slice(1, 3))).toEqual(['confirmed resolver-asks 1,2']));
});

describe('R-RES-3: the full name', () => {
  test('everywhere', async () => expect(await said(res3, cold())).toEqual(['confirmed full-name 1,2,4,6']));

  test('its twin with names no longer than needed', async () => {
    expect(await said(res3, cold(['com', 'my-app.com', NAME]))).toEqual(['contradicted minimised 1,2,4,6']);
  });

  test('at the root: the full name, or only the TLD', async () => {
    expect(await said(res3, cold().slice(1, 3))).toEqual(['confirmed full-name 1,2']);
    expect(await said(res3, cold(['com', NAME, NAME]).slice(1, 3))).toEqual(['contradicted minimised 1,2']);
    expect(await said(res3, cold([NAME, 'my-app.com', NAME]).slice(3, 5))).toEqual(['unknown ambiguous 1']);
    expect(await said(res3, cold().slice(5, 7))).toEqual(['skipped only-authoritative 1']);
  });

  test('from the cache, or only from the authoritative server', async () => {
    expect(await said(res3, warm)).toEqual(['skipped not-asked 1']);
    const [first, , , , , ...rest] = cold();
    expect(await said(res3, [first, ...rest])).toEqual(['skipped only-authoritative 1,2']);
  });
});

describe('R-RES-4: from the cache', () => {
  test('the second time', async () => {
    expect(await said(res4, [...cold(), ...warm])).toEqual(['skipped had-to-ask 1,8,2', 'confirmed from-cache 9,10']);
  });

  test('its twin that asks again', async () => {
    const [question, answer] = warm;
    const again = [question, ask(NAME, own(AUTHORITY, 13)), final([SITE], 13), answer];
    expect(await said(res4, [...cold(), ...again])).toEqual(['skipped had-to-ask 1,8,2', 'contradicted asked-again 6,9,10']);
  });

  test('at the client, by the TTL that counts down', async () => {
    const near = { ttl: 60 };
    const twice = (ttl: number): Timed[] => [
      ask(NAME),
      tell(NAME, [SITE], { ...near, lifetime: 300 }),
      [7, ask(NAME, { id: 2, port: 5002 })],
      tell(NAME, [SITE], { ...near, id: 2, port: 5002, lifetime: ttl }),
    ];
    expect(await said(res4, twice(293))).toEqual(['not-visible resolver-elsewhere 1,3', 'confirmed counted-down 2,3,4']);
    expect(await said(res4, twice(300))).toEqual(['not-visible resolver-elsewhere 1,3']);
  });

  test('a server with authority has no cache', async () => {
    const frames = [ask(NAME, FAR), tell(NAME, [SITE], { ...FAR, ttl: 64, says: 0x8580 })];
    expect(await said(res4, frames)).toEqual(['skipped authoritative 1,2']);
  });
});

describe('R-RES-5: the same data', () => {
  test('it is', async () => expect(await said(res5, cold())).toEqual(['confirmed same-data 7,8']));

  test('its twin with another address', async () => {
    expect(await said(res5, cold(undefined, [SITE], ['10.9.9.9']))).toEqual(['contradicted changed 7,8']);
  });

  test('from the cache', async () => expect(await said(res5, warm)).toEqual(['skipped from-cache 1,2']));
});

/** Then nothing is told of the resolver behind it but that its questions are elsewhere. */
const FORWARDS = (...verdicts: string[]): string[] => [...verdicts, 'not-visible resolver-elsewhere'];

describe('the lab', () => {
  test.each([
    // BIND minimises names, and is cold.
    ['resolver-chain/resolver', res1, 'confirmed in-order'],
    ['resolver-chain/resolver', res2, 'confirmed resolver-asks'],
    ['resolver-chain/resolver', res3, 'contradicted minimised'],
    ['resolver-chain/resolver', res4, 'skipped had-to-ask'],
    ['resolver-chain/resolver', res5, 'confirmed same-data'],
    ['resolver-full-names/resolver', res1, 'confirmed in-order'],
    ['resolver-full-names/resolver', res3, 'confirmed full-name'],
    ['resolver-full-names/root', res3, 'confirmed full-name'],
    ['resolver-full-names/tld', res3, 'confirmed full-name'],
    ['name-servers/root', res3, 'contradicted minimised'],
    ['name-servers/tld', res3, 'contradicted minimised'],
    ['name-servers/authoritative', res3, 'skipped only-authoritative'],
    ['name-servers/root', res2, 'confirmed resolver-asks'],
    ['name-servers/root', res1, 'not-visible name-server'],
    // Asked twice: `expect.second` of its truth is that no name server was asked again.
    ['resolver-warm/resolver', res1, 'confirmed in-order', 'skipped from-cache'],
    ['resolver-warm/resolver', res4, 'skipped had-to-ask', 'confirmed from-cache'],
    ['resolver-warm/client', res4, 'not-visible resolver-elsewhere', 'confirmed counted-down'],
    ['resolver-warm/client', res1, 'not-visible resolver-elsewhere'],
    // `expect.forwarded` of their truth: the first question is passed on, the second one not.
    ['forwarder/gateway-any', res1, ...FORWARDS('contradicted forwarded', 'skipped from-cache')],
    ['forwarder/gateway-any', res2, 'contradicted forwarded', 'not-visible resolver-elsewhere'],
    ['forwarder/gateway-any', res3, ...FORWARDS('skipped forwarded', 'skipped not-asked')],
    ['forwarder/gateway-any', res4, ...FORWARDS('skipped forwarded', 'confirmed from-cache')],
    ['forwarder/gateway-any', res5, ...FORWARDS('skipped forwarded', 'skipped from-cache')],
    ['forwarder-local/client', res1, ...FORWARDS('contradicted forwarded', 'skipped from-cache')],
    ['forwarder-local/client', res4, ...FORWARDS('skipped forwarded', 'confirmed from-cache')],
  ] as [string, Rule, ...string[]][])('%s', async (file, rule, ...verdicts) => {
    const found = await judge(rule, `fixtures/${file}.pcap`);
    expect(found.map((f) => `${f.verdict} ${f.reason}`)).toEqual(verdicts);
  });

  test.each(['forwarder/gateway-any', 'forwarder-local/client'])(
    '%s: it is the upstream resolver that asks elsewhere',
    async (file) => {
      const found = await judge(res1, `fixtures/${file}.pcap`);
      expect(found.find((f) => f.reason === 'forwarded')?.says.en).toMatch(
        /(192\.168\.0\.1|127\.0\.0\.53) passes .* on to 198\.51\.100\.2/,
      );
      expect(found.find((f) => f.reason === 'resolver-elsewhere')?.says.en).toContain('what 198.51.100.2 asks in turn');
    },
  );

  test('a question inside the TTL: the client keeps nothing', async () => {
    const found = await judge(dns5, 'fixtures/resolver-warm/client.pcap');
    expect(found.map((f) => `${f.verdict} ${f.reason}`)).toEqual(['skipped first-use', 'contradicted asked-again']);
  });
});
