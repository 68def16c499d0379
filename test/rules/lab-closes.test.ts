import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rule as fin1 } from '../../src/rules/close/r-fin-1.ts';
import { rule as fin2 } from '../../src/rules/close/r-fin-2.ts';
import { rule as fin3 } from '../../src/rules/close/r-fin-3.ts';
import { rule as fin5 } from '../../src/rules/close/r-fin-5.ts';
import { rule as http3 } from '../../src/rules/http/r-http-3.ts';
import { rule as http4 } from '../../src/rules/http/r-http-4.ts';
import { judgeJourney } from '../../src/rules/engine.ts';
import type { JourneyRule, Judgement } from '../../src/rules/rule.ts';
import { rule as tcp1 } from '../../src/rules/tcp/r-tcp-1.ts';
import { rule as tcp5 } from '../../src/rules/tcp/r-tcp-5.ts';
import { rule as tls1 } from '../../src/rules/tls/r-tls-1.ts';
import { rule as tls3 } from '../../src/rules/tls/r-tls-3.ts';
import { judge, readCaptures } from './judge.ts';

const truthOf = (name: string) => JSON.parse(readFileSync(`fixtures/${name}/truth.json`, 'utf8'));
const said = (found: Judgement): string => `${found.verdict} ${found.reason}`;

/** What the rule says of the connection with this port of the client's. */
async function byPort(rule: JourneyRule, file: string): Promise<(port: number | undefined) => Judgement> {
  const [records] = await readCaptures([file]);
  const found = new Map<number | undefined, Judgement>();
  for (const journey of records.journeys)
    found.set(records.connections.get(journey.connection ?? -1)?.client.port, judgeJourney(rule, records, journey));
  records.close();
  return (port) => {
    const about = found.get(port);
    if (about === undefined) throw new Error(`nothing about port ${port}`);
    return about;
  };
}

describe('closes', () => {
  const { expect: told, nat } = truthOf('closes');
  const outside = new Map<number, number>(
    nat.map((each: { insidePort: number; outsidePort: number }) => [each.insidePort, each.outsidePort]),
  );
  const how: Record<string, string> = {
    three: 'contradicted three-segments',
    four: 'confirmed four-segments',
    simultaneous: 'contradicted simultaneous',
    reset: 'contradicted reset',
    'fin-then-reset': 'contradicted close-notify-then-reset',
    'one-side': 'contradicted two-segments',
  };

  test.each(['client', 'server'])('at the %s: each way of closing', async (vantage) => {
    const file = `fixtures/closes/${vantage}.pcap`;
    const first = await byPort(fin1 as JourneyRule, file);
    const second = await byPort(fin2 as JourneyRule, file);
    for (const [label, facts] of Object.entries<{ clientPort: number; first: string; how: string }>(told.closes)) {
      const port = vantage === 'client' ? facts.clientPort : outside.get(facts.clientPort);
      expect([label, said(second(port))]).toEqual([label, how[facts.how]]);
      expect([label, first(port).verdict]).toEqual([label, facts.first === 'client' ? 'confirmed' : 'contradicted']);
    }
  });

  test('data behind the FIN, an answer given up, data that a reset answers', async () => {
    const of = await byPort(fin3 as JourneyRule, 'fixtures/closes/client.pcap');
    expect(said(of(told.closes.half.clientPort))).toBe('confirmed data-after-fin');
    expect(said(of(told.closes.abandon.clientPort))).toBe('contradicted answer-abandoned');
    expect(said(of(told.closes.tls.clientPort))).toBe('contradicted data-refused');
  });

  test('who holds TIME-WAIT is what ss said on the hosts', async () => {
    const found = await judge(fin5, 'fixtures/closes/client.pcap');
    const waiting = found.filter((each) => each.reason.startsWith('client-') || each.reason === 'both-wait');
    expect(waiting).toHaveLength(told.timeWait.pc.length);
    for (const port of told.timeWait.pc) expect(waiting.some((each) => each.says.en.includes(`:${port} `))).toBe(true);
    const atServer = found.filter((each) => each.reason === 'server-waits' || each.reason === 'both-wait');
    expect(atServer).toHaveLength(told.timeWait.webRemotePorts.length);
  });
});

describe('losses', () => {
  const { requests } = truthOf('losses');
  const ports: number[] = requests.map((each: { clientPort: number }) => each.clientPort);

  test('at the client: what it sent again shows, what was lost on the way to it does not', async () => {
    const found = await judge(tcp5, 'fixtures/losses/client.pcap');
    expect(found.map((each) => each.reason)).toEqual(['no-loss', 'syn-again', 'syn-again', 'retransmission', 'no-loss']);
    expect(ports).toHaveLength(found.length);
  });

  test('at the server: what it sent again shows', async () => {
    const found = await judge(tcp5, 'fixtures/losses/server.pcap');
    expect(found.map((each) => each.reason)).toEqual(['no-loss', 'no-loss', 'syn-again', 'no-loss', 'retransmission']);
  });

  test('the handshake comes about all the same', async () => {
    for (const file of ['client', 'server'])
      for (const each of await judge(tcp1, `fixtures/losses/${file}.pcap`)) expect(each.verdict).toBe('confirmed');
  });
});

describe('http-errors', () => {
  test('the status and the length of each answer', async () => {
    const { requests, expect: told } = truthOf('http-errors');
    const status = await judge(http3, 'fixtures/http-errors/client.pcap');
    const lengths = await judge(http4, 'fixtures/http-errors/client.pcap');
    for (const [i, { httpCode, url }] of requests.entries()) {
      expect(status[i].says.en).toContain(` ${httpCode} `);
      const { promised, sent } = told.lengths[new URL(url).pathname] ?? { promised: 3, sent: 3 };
      const reason = promised === sent ? 'equal' : promised > sent ? 'truncated' : 'excess';
      expect(lengths[i].reason).toBe(reason);
      expect(lengths[i].says.en).toContain(String(promised));
    }
    expect(status.map((each) => each.reason)).toEqual([
      'client-error',
      'client-error',
      'server-error',
      'server-error',
      'cut-off',
      'ok',
    ]);
  });
});

test('https-port: TLS elsewhere, and plain HTTP on 443', async () => {
  const file = 'fixtures/https-port/client.pcap';
  expect((await judge(tls1, file)).map(said)).toEqual([
    'confirmed tls-between',
    'confirmed tls-between',
    'contradicted plain-on-443',
  ]);
  // ALPN is in the clear up to TLS 1.2.
  expect((await judge(tls3, file)).map(said)).toEqual(['confirmed http-1.1', 'not-visible alpn-encrypted', 'confirmed http-1.1']);
});
