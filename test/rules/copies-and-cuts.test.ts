import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';
import type { HopsRule, Rule } from '../../src/rules/rule.ts';
import { arpFrame, eth, icmp, ipv4, join, tcpFrame, u8 } from '../frames.ts';
import { judge, judgeTogether, readCaptures } from './judge.ts';
import { between, MSS, seconds, type Timed } from './segments.ts';
import { ask, capture, line, tell } from './visit.ts';

/* Captures that show less than a connection (cut packets, one direction), or more than once (both sides of a router). */

const fixture = (name: string): string => new URL(`../../fixtures/${name}.pcap`, import.meta.url).pathname;
const ruleOf = (id: string): Rule => RULES.find((rule) => rule.id === id) as Rule;
const said = async (id: string, source: string | Uint8Array): Promise<string[]> =>
  (await judge(ruleOf(id), source)).map(({ verdict, reason }) => `${verdict} ${reason}`);

/** What `tcpdump -s` would have kept of a capture. */
function cut(path: string, length: number): Uint8Array {
  const bytes = readFileSync(path);
  const parts = [bytes.subarray(0, 24)];
  for (let at = 24; at < bytes.length; ) {
    const captured = bytes.readUInt32LE(at + 8);
    const head = Buffer.from(bytes.subarray(at, at + 16));
    head.writeUInt32LE(Math.min(captured, length), 8);
    parts.push(head, bytes.subarray(at + 16, at + 16 + Math.min(captured, length)));
    at += 16 + captured;
  }
  return Buffer.concat(parts);
}

describe('a snapshot length that cuts the headers', () => {
  test.each([
    ['R-URL-1', 'unknown head-cut', 'confirmed same-name'],
    ['R-HTTP-2', 'unknown head-cut', 'contradicted some-missing'],
    ['R-HTTP-7', 'unknown head-cut', 'confirmed anything'],
    ['R-PAGE-1', 'unknown head-cut', 'skipped nothing-followed'],
  ])('%s: a field that was cut off is not one that was not sent', async (id, short, whole) => {
    expect(await said(id, cut(fixture('cold-http/client'), 96))).toEqual([short]);
    expect(await said(id, fixture('cold-http/client'))).toEqual([whole]);
  });

  test('a ClientHello that was cut is not one without h2', async () => {
    expect(await said('R-PAGE-5', cut(fixture('https/client'), 96))).not.toContain('skipped http-1');
    // Its first bytes are there, in their packet before the first application data; ALPN is not.
    expect(await said('R-TLS-1', cut(fixture('https/client'), 96))).toEqual(['confirmed tls-between']);
    expect(await said('R-TLS-3', cut(fixture('https/client'), 96))).toEqual(['unknown hello-cut']);
    // Without the DNS question nothing names the site, as far as it was captured.
    expect(await said('R-TLS-4', cut(fixture('closes/server'), 96))).not.toContain('confirmed no-name');
  });
});

describe('one direction only, the other took another way', () => {
  test.each(['R-HTTP-7', 'R-CACHE-1', 'R-PAGE-1'])('%s does not say that there was no answer', async (id) => {
    const c = line();
    const [syn, , ack] = c.open();
    expect(await said(id, capture([syn, ack, c.get('/', 'a'), c.send('', 'A'), c.send('', 'FA')]))).toEqual([
      'unknown one-direction',
    ]);
  });

  test('R-IP-7 does not say that the server sent no response', async () => {
    const c = line();
    const [syn, , ack] = c.open();
    expect(await said('R-IP-7', capture([syn, ack, c.get('/', 'a'), c.send('', 'FA')]))).toEqual(['unknown one-direction']);
  });
});

describe('both sides of a router in one capture', () => {
  const CLIENT = { from: '198.51.100.1:40000', to: '192.0.2.80:80' };
  const SERVER = { from: CLIENT.to, to: CLIENT.from };
  /** A page of `count` segments; the router passes several on at a time. */
  function page(count: number, ttl: (i: number) => number): Timed[] {
    const frames: Timed[] = [];
    const both = (list: [object, object, number][]): void => {
      for (const side of [0, 1])
        for (const [i, [ends, rest, limit]] of list.entries())
          frames.push([i === 0 && side === 0 ? 0.002 : 0.00001, tcpFrame({ ...ends, ...rest, ttl: limit - side })]);
    };
    both([[CLIENT, { flags: 'S', sequence: 100 }, 63]]);
    both([[SERVER, { flags: 'SA', sequence: 500, acknowledgment: 101 }, 63]]);
    both([[CLIENT, { flags: 'A', sequence: 101, acknowledgment: 501 }, 63]]);
    const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
    both([[CLIENT, { flags: 'PA', sequence: 101, acknowledgment: 501, payload: request }, 63]]);
    const asked = 101 + request.length;
    const head = `HTTP/1.1 200 OK\r\nContent-Length: ${count * 100}\r\n\r\n`;
    both([[SERVER, { flags: 'PA', sequence: 501, acknowledgment: asked, payload: head }, 63]]);
    const begin = 501 + head.length;
    for (let i = 0; i < count; i += 4)
      both(
        [0, 1, 2, 3].map((k) => [
          SERVER,
          { flags: 'PA', sequence: begin + (i + k) * 100, acknowledgment: asked, payload: 'x'.repeat(100) },
          ttl(i + k),
        ]),
      );
    const end = begin + count * 100;
    both([[CLIENT, { flags: 'FA', sequence: asked, acknowledgment: end }, 63]]);
    both([[SERVER, { flags: 'FA', sequence: end, acknowledgment: asked + 1 }, 63]]);
    both([[CLIENT, { flags: 'A', sequence: asked + 1, acknowledgment: end + 1 }, 63]]);
    return frames;
  }

  test.each([8, 400])('R-IP-7: %i segments and their copies are no second path', async (count) => {
    expect(await said('R-IP-7', seconds(page(count, () => 63)))).toEqual(['contradicted one-path-in-order']);
  });

  test('its twin: half of them came another way', async () => {
    expect(await said('R-IP-7', seconds(page(8, (i) => (i < 4 ? 63 : 61))))).toEqual(['confirmed other-path']);
  });

  test.each([8, 400])('R-FIN-5: a copy of the FIN (after %i segments) is no FIN again', async (count) => {
    expect(await said('R-FIN-5', seconds(page(count, () => 63)))).toEqual(['confirmed client-waits']);
  });

  test('R-IP-1: what the gateway has translated is not the client’s own address', async () => {
    const found = await said('R-IP-1', fixture('nat-any/gateway-any'));
    expect(found).not.toContain('contradicted public-source');
    expect(found).toContain('confirmed private-to-public');
    expect(found).toContain('not-visible behind-a-router');
  });

  test('R-NAT-5: replies to pings that a NAT hands on do not go in circles', async () => {
    const [near, far] = ['10.0.0.1', '198.51.100.7'];
    const to = '192.0.2.80';
    const echo = (type: number, source: string, destination: string, ttl: number, n: number): Uint8Array =>
      eth({}, ipv4({ source, destination, ttl, protocol: 1, id: n + type }, icmp(type, 0, join(u8(0, 7, 0, n), u8(1, 2, 3, n)))));
    const frames = [1, 2, 3, 4].flatMap((n) => [
      echo(8, near, to, 64, n),
      echo(8, far, to, 63, n),
      echo(0, to, far, 62, n),
      echo(0, to, near, 61, n),
    ]);
    const found = await judgeTogether(ruleOf('R-NAT-5') as HopsRule, [seconds(frames)]);
    expect(found.map(({ reason }) => reason)).not.toContain('loops');
  });
});

describe('traceroute with SYNs', () => {
  const ends = { from: '10.0.0.1:40000', to: '192.0.2.80:80' };
  const probe = (ttl: number): Uint8Array[] => [
    tcpFrame({ ...ends, flags: 'S', sequence: 100, ttl }),
    tcpFrame({ from: ends.to, to: ends.from, flags: 'SA', sequence: 500, acknowledgment: 101, ttl: 61 }),
    tcpFrame({ ...ends, flags: 'R', sequence: 101, ttl: 64 }),
  ];

  test('the client’s own RST is not the gateway’s', async () => {
    expect(await said('R-NAT-8', seconds(probe(4)))).not.toContain('contradicted gateway-reset');
    expect(await said('R-FIN-1', seconds(probe(4)))).toEqual(['confirmed client-reset']);
    expect(await said('R-FW-1', seconds(probe(4)))).toEqual(['not-visible permitted']);
  });

  test('its twin: a SYN that has passed a router', async () => {
    expect(await said('R-NAT-8', seconds(probe(63)))).toEqual(['contradicted gateway-reset']);
  });

  test('a SYN that is to run out does not tell that its sender is far', async () => {
    const [records] = await readCaptures([seconds(probe(4))]);
    expect(records.vantage.kinds).not.toContain('router');
    records.close();
  });
});

describe('who strangers reach', () => {
  test('their SYNs to the gateway’s address do not hide that it translates', async () => {
    const own = { from: '198.51.100.7:40000', to: '192.0.2.80:80', ttl: 63 };
    const back = { from: own.to, to: own.from, ttl: 62 };
    const frames = [
      tcpFrame({ from: '192.0.2.80:50000', to: '198.51.100.7:5555', flags: 'S', sequence: 9, ttl: 62 }),
      tcpFrame({ ...own, flags: 'S', sequence: 100 }),
      tcpFrame({ ...back, flags: 'SA', sequence: 500, acknowledgment: 101 }),
      tcpFrame({ ...own, flags: 'A', sequence: 101, acknowledgment: 501 }),
    ];
    const [records] = await readCaptures([seconds(frames)]);
    expect(records.vantage.kinds).toEqual(['gateway-outside']);
    records.close();
  });
});

describe('small things', () => {
  test('R-ENC-3: an answer that was written in pieces is not one that was too large', async () => {
    const c = line();
    const pieces = (size: number): Uint8Array[] => {
      const body = 'x'.repeat(size);
      return [c.reply(`HTTP/1.1 200 OK\r\nContent-Length: ${2 * size}\r\n\r\n`), c.reply(body), c.reply(body)];
    };
    expect(await said('R-ENC-3', capture([...c.open(), c.get('/', 'a'), ...pieces(10), ...c.close()]))).toEqual([
      'skipped sent-in-pieces',
    ]);
    const d = line();
    const large = ['x'.repeat(1000), 'x'.repeat(1000)].map((body) => d.reply.bind(d, body));
    const frames = [...d.open(), d.get('/', 'a'), d.reply('HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n')];
    for (const each of large) frames.push(each());
    expect(await said('R-ENC-3', capture([...frames, ...d.close()]))).toEqual(['confirmed cut-and-joined']);
  });

  test('R-ENC-3: the FIN that ends an answer without a length is no part of it', async () => {
    const c = line();
    const frames = [...c.open(), c.get('/', 'a'), c.reply('HTTP/1.0 200 OK\r\n\r\nhello'), c.reply('', 'FA'), c.send('', 'FA')];
    expect(await said('R-ENC-3', capture(frames))).toEqual(['skipped fits-in-one']);
  });

  test('R-ENC-6: a RST that comes from elsewhere does not tell whether the port is closed', async () => {
    const visit = (ttl: number): Uint8Array => {
      const ends = { from: '10.0.0.1:40000', to: '192.0.2.80:80' };
      const other = { from: '10.0.0.1:40001', to: '192.0.2.80:8080' };
      return seconds([
        tcpFrame({ ...ends, flags: 'S', sequence: 100 }),
        tcpFrame({ from: ends.to, to: ends.from, flags: 'RA', sequence: 0, acknowledgment: 101, ttl }),
        tcpFrame({ ...other, flags: 'S', sequence: 100 }),
        tcpFrame({ from: other.to, to: other.from, flags: 'SA', sequence: 500, acknowledgment: 101, ttl: 61 }),
        tcpFrame({ ...other, flags: 'A', sequence: 101, acknowledgment: 501 }),
      ]);
    };
    expect(await said('R-ENC-6', visit(62))).toContain('unknown refused-by-another');
    expect(await said('R-ENC-6', visit(61))).toContain('confirmed closed');
  });

  test('R-FIN-6: data that was acknowledged before a RST had arrived', async () => {
    const { client, server } = between(443);
    const open = [client('S', 100, 0), server('SA', 500, 101), client('A', 101, 501)];
    const told = [client('PA', 101, 501, 'hello'), server('PA', 501, 106, 'hello'), server('FA', 506, 106)];
    const ends = (acknowledged: number): Uint8Array =>
      seconds([...open, ...told, client('PA', 106, acknowledged, 'bye'), server('R', 507, 0)]);
    expect(await said('R-FIN-6', ends(506))).toEqual(['contradicted all-before-it']);
    expect(await said('R-FIN-6', ends(501))).toEqual(['unknown fin-unacknowledged']);
  });

  test.each(['R-LB-1', 'R-LB-2', 'R-LB-3', 'R-LB-4'])('%s: where no connection is, nothing is balanced', async (id) => {
    expect(await said(id, capture([ask('a.example'), tell('a.example', ['192.0.2.1'])]))).toEqual(['skipped no-connection']);
  });

  test('R-TLS-4: a request in clear text without a Host has no name to see', async () => {
    const c = line();
    const frames = [...c.open(), c.send('GET /health HTTP/1.0\r\n\r\n'), c.ok(), ...c.close()];
    expect(await said('R-TLS-4', capture(frames))).toEqual(['skipped no-name']);
  });

  test('R-DNS-5 and R-DNS-6: a connection that names nobody may have been given the address', async () => {
    const asked = [ask('a.example'), tell('a.example', ['198.51.100.80'], { lifetime: 60 })];
    const first = line();
    const second = line({ port: 40001 });
    const visit = [...asked, ...first.open(), first.get('/', 'a.example'), first.ok(), ...first.close()];
    const bare = capture([...visit, ...second.open(), ...second.close()]);
    expect(await said('R-DNS-5', bare)).toContain('unknown nameless');
    expect(await said('R-DNS-6', bare)).toContain('unknown nameless');
    const third = line({ port: 40002 });
    const named = capture([...visit, ...third.open(), third.get('/b', 'a.example'), third.ok(), ...third.close()]);
    expect(await said('R-DNS-5', named)).toContain('confirmed used-again');
    expect(await said('R-DNS-6', named)).toContain('confirmed kept');
  });

  test('no key log would show a request where the TLS handshake failed', async () => {
    for (const id of ['R-HTTP-1', 'R-HTTP-3', 'R-PAGE-1', 'R-ENC-3'])
      expect(await said(id, fixture('tls-untrusted/client'))).toEqual(['skipped no-request']);
  });

  test('R-ARP-7: between neighbours no router delivers', async () => {
    const { client, server } = between(80);
    const frames = [client('S', 100, 0), server('SA', 500, 101), client('A', 101, 501)];
    expect(await said('R-ARP-7', seconds([arpFrame({ operation: 1 }), ...frames]))).toEqual(['skipped same-network']);
  });

  test('R-TCP-1: a SYN in fragments is in the capture, though no one packet tells its header', async () => {
    const syn = tcpFrame({ from: '10.0.0.1:40000', to: '10.0.0.2:80', flags: 'S', sequence: 100, options: MSS });
    const header = syn.subarray(34);
    const part = (offset: number, payload: Uint8Array, moreFragments: boolean): Uint8Array =>
      eth({}, ipv4({ source: '10.0.0.1', destination: '10.0.0.2', protocol: 6, id: 9, offset, moreFragments }, payload));
    const frames = [part(0, header.subarray(0, 16), true), part(16, header.subarray(16), false)];
    const [found] = await judge(ruleOf('R-TCP-1'), seconds(frames));
    expect([found.verdict, found.reason]).toEqual(['unknown', 'unreadable']);
    expect(`${found.says.en} ${found.says.ko}`).not.toContain('undefined');
  });

  test('R-HTTP-7: an answer without a status line (HTTP/0.9) has none to tell', async () => {
    const c = line();
    const frames = [...c.open(), c.send('GET /old\r\n'), c.reply('<html>old</html>'), ...c.close()];
    for (const { says } of await judge(ruleOf('R-HTTP-7'), capture(frames)))
      expect(`${says.en} ${says.ko}`).not.toContain('undefined');
  });
});
