import { describe, expect, test } from 'vitest';
import { ruleById } from '../../src/rules/registry.ts';
import type { Judgement, Rule } from '../../src/rules/rule.ts';
import { bootp, dhcpFrame, END, option } from '../dhcp/build.ts';
import { message } from '../dns/build.ts';
import { type ArpOptions, addressBytes, arp, eth, tcpFrame, udpFrame } from '../frames.ts';
import { answers, asks, END_HEADERS, END_STREAM, headers, PREFACE, settings, data } from '../http2/frames.ts';
import { judge, judgeTogether } from './judge.ts';
import { between, seconds, type Timed } from './segments.ts';
import { ask, CLIENT, capture, line, RESOLVER, SITE, tell } from './visit.ts';

/*
 * A case in which a rule's statement does not hold, or cannot be decided, and its twin that differs in one thing: of rules whose
 * other cases are in their chapter's tests.
 */

const ruleOf = (id: string): Rule => ruleById(id) as Rule;
const short = (list: Judgement[]): string[] => list.map((f) => `${f.verdict} ${f.reason} ${f.packets}`);
const said = async (id: string, frames: Timed[]): Promise<string[]> => short(await judge(ruleOf(id), capture(frames)));
const NAME = 'www.my-app.com';

/** A lease of the client's address with a gateway and a resolver (RFC 2132 §3.5, §3.8). */
const lease = (gateway: string, resolver: string): Uint8Array =>
  dhcpFrame(
    bootp(
      { your: CLIENT },
      option(53, Uint8Array.of(5)),
      option(1, addressBytes('255.255.255.0')),
      option(3, addressBytes(gateway)),
      option(6, addressBytes(resolver)),
      option(51, Uint8Array.of(0, 0, 14, 16)),
      END,
    ),
  );

describe('R-ARP-1', () => {
  const [PC, GATEWAY, OTHER] = ['02:00:00:00:00:10', '02:00:00:00:00:01', '02:00:00:00:00:02'];
  const who = (options: ArpOptions, to: string): Uint8Array =>
    eth({ type: 0x0806, source: options.senderMac, destination: to }, arp(options));
  const ends = { from: `${CLIENT}:40000`, to: `${SITE}:80` };
  const asked = (address: string, mac: string): Uint8Array[] => [
    who({ senderMac: PC, senderAddress: CLIENT, targetAddress: address }, 'ff:ff:ff:ff:ff:ff'),
    who({ operation: 2, senderMac: mac, senderAddress: address, targetMac: PC, targetAddress: CLIENT }, PC),
    tcpFrame({ ...ends, fromMac: PC, toMac: mac, ttl: 64, flags: 'S', sequence: 1 }),
    tcpFrame({ from: ends.to, to: ends.from, fromMac: mac, toMac: PC, ttl: 57, flags: 'SA', sequence: 9, acknowledgment: 2 }),
  ];
  test('by the gateway of the lease, and its twin by another one', async () => {
    const told = lease('10.0.0.254', RESOLVER);
    expect(await said('R-ARP-1', [told, ...asked('10.0.0.254', GATEWAY)])).toEqual(['confirmed gateway 3,4']);
    expect(await said('R-ARP-1', [told, ...asked('10.0.0.253', OTHER)])).toEqual(['contradicted other-gateway 3,4']);
  });
});

describe('R-DNS-2', () => {
  const visit = (): Uint8Array[] => {
    const c = line();
    return [...c.open(), c.get('/', NAME), c.ok()];
  };
  test('one message for one name, and its twin with two questions in one', async () => {
    const questions = [
      { name: NAME, type: 1 },
      { name: NAME, type: 28 },
    ];
    const both = (flags: number, more: object): Uint8Array => message({ id: 1, flags, questions, ...more });
    const two = [
      udpFrame({ from: `${CLIENT}:5000`, to: `${RESOLVER}:53`, payload: both(0x0100, {}) }),
      udpFrame({
        from: `${RESOLVER}:53`,
        to: `${CLIENT}:5000`,
        payload: both(0x8180, { answers: [{ name: NAME, type: 1, data: addressBytes(SITE) }] }),
      }),
    ];
    expect(await said('R-DNS-2', [ask(NAME), tell(NAME, [SITE]), ...visit()])).toEqual(['confirmed as-written 1']);
    expect(await said('R-DNS-2', [...two, ...visit()])).toEqual(['contradicted several-questions 1']);
  });

  test('by TCP, after an answer that was cut (the lab)', async () => {
    const [found] = await judge(ruleOf('R-DNS-2'), 'fixtures/dns-truncated-tcp/client.pcap');
    expect(`${found.verdict} ${found.reason}`).toBe('contradicted tcp');
  });
});

describe('R-DNS-9', () => {
  const question = [ask(NAME), tell(NAME, [SITE])];
  test('the lease named the resolver, and its twin whose lease named another', async () => {
    expect(await said('R-DNS-9', [lease('10.0.0.254', RESOLVER), ...question])).toEqual(['confirmed told 1,2']);
    expect(await said('R-DNS-9', [lease('10.0.0.254', '9.9.9.9'), ...question])).toEqual(['contradicted other-resolver 1,2']);
  });
  test('a lease that came after the question told nothing of it', async () => {
    expect(await said('R-DNS-9', [...question, lease('10.0.0.254', RESOLVER)])).toEqual(['not-visible told-before-capture 1']);
  });
});

describe('R-HTTP-6', () => {
  const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n';
  const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
  const { client, server } = between(80);
  const opened: Timed[] = [client('S', 100, 0), [0.02, server('SA', 500, 101)], [0.0001, client('A', 101, 501)]];
  const head = client('PA', 101, 501, post);
  const body = client('PA', 101 + post.length, 501, 'body');
  const end = 105 + post.length;
  test('the server thinks when it has all, and its twin that answers before', async () => {
    const after = [...opened, head, body, [0.2, server('PA', 501, end, answer)] as Timed];
    expect(short(await judge(ruleOf('R-HTTP-6'), seconds(after)))).toEqual(['confirmed server-time 1,2,5,6']);
    const before = [...opened, head, [0.2, server('PA', 501, 101 + post.length, answer)] as Timed, body];
    expect(short(await judge(ruleOf('R-HTTP-6'), seconds(before)))).toEqual(['contradicted before-request-end 6,5']);
  });
  test('its twin without an answer, one whose answer was sent again, one without a handshake', async () => {
    const told = server('PA', 501, end, answer);
    expect(short(await judge(ruleOf('R-HTTP-6'), seconds([...opened, head, body])))).toEqual(['skipped no-answer 5']);
    const again = [...opened, head, body, [0.3, body] as Timed, [0.2, told] as Timed];
    expect(short(await judge(ruleOf('R-HTTP-6'), seconds(again)))).toEqual(['unknown loss 5,6,7']);
    const late = [head, body, [0.2, told] as Timed];
    expect(short(await judge(ruleOf('R-HTTP-6'), seconds(late)))).toEqual(['unknown no-round-trip 2,3']);
  });
});

describe('R-PAGE-5', () => {
  const get = (stream: number): Buffer => headers(stream, asks(`/${stream}`), END_STREAM | END_HEADERS);
  const told = (stream: number): Buffer => Buffer.concat([headers(stream, answers(200)), data(stream, 'x', END_STREAM)]);
  const dialogue = (...rest: ['client' | 'server', Buffer][]): Uint8Array[] => {
    const c = line();
    const frames = [...c.open(), c.send(Buffer.concat([PREFACE, settings(), get(1)])), c.reply(settings())];
    for (const [side, bytes] of rest) frames.push(side === 'client' ? c.send(bytes) : c.reply(bytes));
    return frames;
  };
  test('two streams at once, and its twin that waits for the first answer', async () => {
    const at = dialogue(['client', get(3)], ['server', told(1)], ['server', told(3)]);
    expect(await said('R-PAGE-5', at)).toEqual(['confirmed at-once 4,6', 'confirmed at-once 4,6']);
    const one = dialogue(['server', told(1)], ['client', get(3)], ['server', told(3)]);
    expect(await said('R-PAGE-5', one)).toEqual(['contradicted one-by-one 4,7', 'contradicted one-by-one 4,7']);
    expect(await said('R-PAGE-5', dialogue(['server', told(1)]))).toEqual(['skipped one-request 4']);
  });
});

describe('R-NAT-5', () => {
  test('a private source that crosses a router is not answered, and its twin that is', async () => {
    const rule = ruleOf('R-NAT-5');
    if (rule.scope !== 'hops') throw new Error('a rule between places');
    const ends = { from: '192.168.0.10:40000', to: `${SITE}:80` };
    const syn = (ttl: number): Uint8Array => tcpFrame({ ...ends, ttl, flags: 'S', sequence: 77 });
    const synAck = (ttl: number): Uint8Array =>
      tcpFrame({ from: ends.to, to: ends.from, ttl, flags: 'SA', sequence: 500, acknowledgment: 78 });
    const over = async (...files: Uint8Array[][]): Promise<string[]> =>
      (
        await judgeTogether(
          rule,
          files.map((each) => seconds(each)),
        )
      ).map((f) => `${f.verdict} ${f.reason}`);
    expect(await over([syn(64)], [syn(63)])).toEqual(['not-visible not-seen-further']);
    expect(await over([syn(64)], [syn(63), synAck(62)])).toEqual(['confirmed answer-lost']);
    expect(await over([syn(64), synAck(61)], [syn(63), synAck(62)])).toEqual(['contradicted answered']);
  });
});

describe('R-CACHE-2', () => {
  const answer = (cache: string): string => `Cache-Control: max-age=60\r\nX-Cache: ${cache}\r\n`;
  const twice = (cache: string): Timed[] => {
    const c = line();
    const first = [...c.open(), c.get('/a.css', NAME), c.ok('text/css', 'a{}', answer('MISS'))];
    return [...first, [2, c.get('/a.css', NAME)], c.ok('text/css', 'a{}', answer(cache))];
  };
  test('kept, and its twin for which the origin was asked again within a minute', async () => {
    expect(await said('R-CACHE-2', twice('HIT'))).toEqual(['confirmed stored 5,6,7']);
    expect(await said('R-CACHE-2', twice('MISS'))).toEqual(['contradicted asked-again 5,6,7']);
  });
});

describe('R-ORD-2', () => {
  const visit = (): Uint8Array[] => {
    const c = line();
    return c.open();
  };
  test('a question is encapsulated as well; without one the handshake tells nothing of it', async () => {
    expect(await said('R-ORD-2', [ask(NAME), tell(NAME, [SITE]), ...visit()])).toEqual(['contradicted every-packet 1,3']);
    const [syn] = visit();
    expect(await said('R-ORD-2', [syn])).toEqual(['not-visible no-question ']);
  });
});

describe('R-ARP-2', () => {
  test('whether the server is a neighbour nothing tells; an address of the Internet is none', async () => {
    const [neighbour] = line({ server: '10.0.0.2' }).open();
    const [away] = line().open();
    expect(await said('R-ARP-2', [neighbour])).toEqual(['unknown nothing-tells 1']);
    expect(await said('R-ARP-2', [away])).toEqual(['skipped cached 1']);
  });
});
