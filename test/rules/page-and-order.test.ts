import { describe, expect, test } from 'vitest';
import { rule as enc1 } from '../../src/rules/encapsulation/r-enc-1.ts';
import { rule as enc4 } from '../../src/rules/encapsulation/r-enc-4.ts';
import { rule as url1 } from '../../src/rules/names/r-url-1.ts';
import { rule as url2 } from '../../src/rules/names/r-url-2.ts';
import { rule as ord1 } from '../../src/rules/order/r-ord-1.ts';
import { rule as ord2 } from '../../src/rules/order/r-ord-2.ts';
import { rule as page1 } from '../../src/rules/page/r-page-1.ts';
import { rule as page2 } from '../../src/rules/page/r-page-2.ts';
import { rule as page3 } from '../../src/rules/page/r-page-3.ts';
import { rule as page4 } from '../../src/rules/page/r-page-4.ts';
import { rule as page5 } from '../../src/rules/page/r-page-5.ts';
import { rule as page6 } from '../../src/rules/page/r-page-6.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { arpFrame } from '../frames.ts';
import { talk } from '../tls/talk.ts';
import { judge } from './judge.ts';
import type { Timed } from './segments.ts';
import { ask, capture, line, SITE, tell } from './visit.ts';

const NAME = 'www.my-app.com';
const said = async (rule: Rule, frames: Timed[] | string): Promise<string[]> =>
  (await judge(rule, typeof frames === 'string' ? frames : capture(frames))).map((f) => `${f.verdict} ${f.reason} ${f.packets}`);
const lookup = (name = NAME): Uint8Array[] => [ask(name), tell(name, [SITE])];
function visit(host = NAME, o: Parameters<typeof line>[0] = {}): Uint8Array[] {
  const c = line(o);
  return [...c.open(), c.get('/', host), c.ok(), ...c.close()];
}

describe('R-URL-1: one name everywhere', () => {
  test('asked and sent', async () => {
    expect(await said(url1, [...lookup(), ...visit('WWW.My-App.com:80')])).toEqual(['confirmed same-name 1,6']);
  });

  test('its twin with another Host', async () => {
    expect(await said(url1, [...lookup(), ...visit('other.my-app.com')])).toEqual(['contradicted other-name 1,6']);
  });

  test('the other name may have been known: an address that both have joins nothing two seconds later', async () => {
    const [syn, ...rest] = visit('other.my-app.com');
    expect(await said(url1, [...lookup(), [2, syn], ...rest])).toEqual(['not-visible one-name 6', 'skipped no-connection 1,2']);
  });

  test('an address for a name; one name only; a lookup alone', async () => {
    expect(await said(url1, visit(SITE))).toEqual(['skipped literal 1,4']);
    expect(await said(url1, visit())).toEqual(['not-visible one-name 4']);
    expect(await said(url1, lookup())).toEqual(['skipped no-connection 1,2']);
  });

  test('through a proxy', async () => {
    const c = line({ serverPort: 3128 });
    const frames = [...lookup('proxy.my-app.com'), ...c.open(), c.get(`http://${NAME}/`, NAME), c.ok()];
    expect(await said(url1, frames)).toEqual(['contradicted proxy 1,6']);
    expect(await said(url2, frames)).toEqual(['contradicted proxy 1,3,6']);
  });

  test('name, SNI, and the Host behind keys (the lab)', async () => {
    expect((await judge(url1, 'fixtures/https/client.pcap'))[0]).toMatchObject({ verdict: 'confirmed', reason: 'same-name' });
  });
});

describe('R-URL-2: the port', () => {
  test('http at 80', async () => expect(await said(url2, [...lookup(), ...visit()])).toEqual(['confirmed as-stated 1,3,6']));

  test('its twin at 8080, and in clear text at 443', async () => {
    expect(await said(url2, visit(`${NAME}:8080`, { serverPort: 8080 }))).toEqual(['contradicted http-elsewhere 1,4']);
    expect(await said(url2, visit(NAME, { serverPort: 443 }))).toEqual(['contradicted swapped 1,4']);
  });

  test('https at 443 (the lab); a refused port; a question by multicast', async () => {
    expect((await said(url2, 'fixtures/https/client.pcap'))[0]).toMatch(/^confirmed as-stated/);
    expect((await said(url2, 'fixtures/refused/client.pcap'))[0]).toMatch(/^skipped nothing-sent/);
    const mdns = ask('printer.local', { server: '224.0.0.251', serverPort: 5353, port: 5353, flags: 0 });
    expect(await said(url2, [mdns])).toEqual(['skipped multicast 1']);
  });
});

/** A page and two parts: over one connection, or the second over one of its own, beside the first. */
function page(o: { beside?: boolean; twice?: boolean; host?: string; early?: boolean } = {}): Timed[] {
  const [a, b] = [line(), line({ port: 40001 })];
  const referer = `Referer: http://${NAME}/\r\n`;
  const second = o.twice ? '/one.css' : '/two.css';
  const first = [...lookup(), ...a.open(), a.get('/', NAME)];
  const css = (c: typeof a) => c.ok('text/css', 'a{}');
  if (o.early)
    return [...first, ...b.open(), b.get('/one.css', NAME, referer), a.ok(), css(b), b.get(second, NAME, referer), css(b)];
  if (o.beside) {
    const asked = [a.get('/one.css', NAME, referer), ...b.open(), b.get(second, o.host ?? NAME, referer)];
    return [...first, a.ok(), ...asked, css(a), css(b)];
  }
  return [...first, a.ok(), a.get('/one.css', NAME, referer), css(a), a.get(second, NAME, referer), css(a)];
}
const ofPage = async (rule: Rule, o: Parameters<typeof page>[0] = {}): Promise<string> => (await said(rule, page(o)))[0];

describe('a page and its parts', () => {
  test('R-PAGE-1: after the HTML; its twin before it', async () => {
    expect(await ofPage(page1)).toBe('confirmed after-html 6,7,8,10');
    expect(await ofPage(page1, { early: true })).toBe('contradicted before-html 6,10,11');
  });

  test('R-PAGE-2: one request each; its twin asks twice', async () => {
    expect(await ofPage(page2)).toBe('confirmed one-each 7,8,10');
    expect(await ofPage(page2, { twice: true })).toBe('contradicted asked-twice 7,8,10');
  });

  test('R-PAGE-3: at the same time; its twin one by one', async () => {
    expect(await ofPage(page3, { beside: true })).toBe('confirmed at-once 7,8,12');
    expect(await ofPage(page3)).toBe('contradicted one-by-one 7,8,10');
  });

  test('R-PAGE-6: other hosts; its twin with one', async () => {
    expect(await ofPage(page6, { beside: true, host: 'cdn.other.net' })).toBe('confirmed other-hosts 6,12');
    expect(await ofPage(page6, { beside: true })).toBe('contradicted one-host 6,8,12');
  });

  test('what is no page, or the page alone, or inside TLS', async () => {
    for (const rule of [page1, page2, page3, page6]) {
      expect((await said(rule, page()))[1]).toMatch(/^skipped not-a-page 8,9/);
      expect(await said(rule, [...lookup(), ...visit()])).toEqual(['skipped nothing-followed 6,7']);
    }
  });
});

test('R-PAGE-2: what is sent to one URL twice is no resource', async () => {
  const c = line();
  const post = `POST /log HTTP/1.1\r\nHost: ${NAME}\r\nReferer: http://${NAME}/\r\nContent-Length: 0\r\n\r\n`;
  const frames = [...lookup(), ...c.open(), c.get('/', NAME), c.ok(), c.send(post), c.ok(), c.send(post), c.ok()];
  expect((await said(page2, frames))[0]).toMatch(/^skipped nothing-fetched/);
});

describe('R-PAGE-4: the connection is used again', () => {
  test('it is', async () => {
    expect(await said(page4, page())).toEqual(['skipped first-connection 3,6', 'confirmed reused 3,8', 'confirmed reused 3,10']);
  });

  test('its twin with a connection beside it, and one after it', async () => {
    expect(await said(page4, page({ beside: true }))).toContain('contradicted opened-beside 3,9');
    expect(await said(page4, [...visit(), ...visit(NAME, { port: 40001 })])).toEqual([
      'skipped first-connection 1,4',
      'contradicted closed-before 1,9',
    ]);
  });

  test('behind a NAT it may be somebody else', async () => {
    const o = { client: '203.0.113.2', ttl: 62 };
    expect(await said(page4, [...visit(NAME, o), ...visit(NAME, { ...o, port: 40001 })])).toEqual([
      'skipped first-connection 1,4',
      'not-visible maybe-several-clients 1,9',
    ]);
  });
});

describe('R-PAGE-5: HTTP/2', () => {
  test('HTTP/1.1 is none', async () => expect(await said(page5, visit())).toEqual(['skipped http-1 4']));
});

describe('R-ORD-1: in order', () => {
  test('DNS, TCP, HTTP, close', async () => {
    expect(await said(ord1, [...lookup(), ...visit()])).toEqual(['confirmed in-order 1,2,3,5,6,7,8,10']);
  });

  test('its twin, whose second answer comes after the SYN', async () => {
    const both = [ask(NAME), ask(NAME, { id: 2, type: 'AAAA' }), tell(NAME, [SITE])];
    const [syn, ...rest] = visit();
    const late = tell(NAME, [], { id: 2, type: 'AAAA' });
    expect(await said(ord1, [...both, syn, late, ...rest])).toEqual(['contradicted dns-overlap 2,4,5']);
  });

  test('its twin, in which the client closes before it has its answer', async () => {
    const c = line();
    const frames = [...c.open(), c.get('/', NAME), c.send('', 'FA'), c.ok(), c.reply('', 'FA'), c.send('', 'A')];
    expect(await said(ord1, frames)).toEqual(['contradicted overlap 6,5']);
  });

  test("a server's FIN that overtakes its last bytes is no early close", async () => {
    const c = line();
    const [open, asked] = [c.open(), c.get('/', NAME)];
    const answer = c.reply('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n');
    const lost = c.reply('hello');
    const fin = c.reply('', 'FA');
    const frames = [...open, asked, answer, fin, lost, c.send('', 'FA'), c.reply('', 'A')];
    expect(await said(ord1, frames)).toEqual(['confirmed in-order 1,3,4,7,6,9']);
  });

  test('TLS behind a CONNECT comes after it, as it should', async () => {
    const c = line();
    const open = c.open();
    const { chunks } = await talk({ says: ['ask', 'answer'] });
    const asked = c.send('CONNECT www.my-app.com:443 HTTP/1.1\r\nHost: www.my-app.com:443\r\n\r\n');
    const agreed = c.reply('HTTP/1.1 200 OK\r\n\r\n');
    const inside = chunks.map(({ fromClient, bytes }) => (fromClient ? c.send(bytes) : c.reply(bytes)));
    const frames = [...open, asked, agreed, ...inside, ...c.close()];
    expect((await said(ord1, frames))[0]).toMatch(/^confirmed in-order 1,3,4,5,6,/);
    expect(await said(enc1, frames)).toEqual(['confirmed four-layers 4']);
    expect((await judge(enc4, capture(frames)))[0].says.en).not.toContain('TLS');
  });

  test('two programs that ask the same need one answer', async () => {
    const frames = [ask(NAME), ask(NAME, { id: 2, port: 5001 }), tell(NAME, [SITE]), ...visit()];
    const late = tell(NAME, [SITE], { id: 2, port: 5001 });
    const found = await said(ord1, [...frames.slice(0, 4), late, ...frames.slice(4)]);
    expect(found.some((each) => each.includes('dns-overlap'))).toBe(false);
  });

  test('the second request; a refused connection; a lookup alone; a late capture', async () => {
    expect((await said(ord1, page()))[1]).toBe('skipped connection-reused 3,8');
    expect((await said(ord1, 'fixtures/refused/client.pcap'))[0]).toMatch(/^skipped not-to-the-end/);
    expect(await said(ord1, lookup())).toEqual(['skipped no-connection 1,2']);
    expect(await said(ord1, visit().slice(3))).toEqual(['unknown mid-stream 1']);
  });
});

describe('R-ORD-2: no steps, but every packet', () => {
  test('the question is encapsulated as the SYN is', async () => {
    expect(await said(ord2, [...lookup(), ...visit()])).toEqual(['contradicted every-packet 1,3']);
  });

  test('its twins without a question, and without either', async () => {
    expect(await said(ord2, visit())).toEqual(['contradicted every-segment 1,4']);
    expect(await said(ord2, [arpFrame()])).toEqual(['skipped no-connection ']);
  });
});
