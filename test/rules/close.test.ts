import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RULES_OF_CLOSE } from '../../src/rules/close/index.ts';
import type { Judgement } from '../../src/rules/rule.ts';
import { judge } from './judge.ts';
import { between, client, icmpUnreachable, seconds, server, type Timed } from './segments.ts';

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi';
const asked = 101 + GET.length;
const told = 501 + OK.length;
const talk: Timed[] = [
  client('S', 100, 0),
  server('SA', 500, 101),
  client('A', 101, 501),
  client('PA', 101, 501, GET),
  server('PA', 501, asked, OK),
  client('A', asked, told),
];
const fin = client('FA', asked, told);
/** Any other packet: the capture goes on. */
const other = between(81).client('S', 7, 0);

/** [what, packets behind the talk, verdict and reason of R-FIN-1 to R-FIN-6] */
const cases: [string, Timed[], string[]][] = [
  [
    'four segments',
    [fin, server('A', told, asked + 1), server('FA', told, asked + 1), client('A', asked + 1, told + 1)],
    [
      'confirmed client-first',
      'confirmed four-segments',
      'skipped nothing-left',
      'confirmed closed',
      'confirmed client-waits',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'its twin whose FIN carries the ACK: three',
    [fin, server('FA', told, asked + 1), client('A', asked + 1, told + 1)],
    [
      'confirmed client-first',
      'contradicted three-segments',
      'skipped nothing-left',
      'confirmed closed',
      'confirmed client-waits',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'its twin by the server, after its idle timeout',
    [[5, server('FA', told, asked)], client('FA', asked, told + 1), server('A', told + 1, asked + 1)],
    [
      'contradicted server-idle-timeout',
      'contradicted three-segments',
      'skipped server-first',
      'contradicted kept-idle',
      'contradicted server-waits',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'the server at once, four segments',
    [server('FA', told, asked), client('A', asked, told + 1), client('FA', asked, told + 1), server('A', told + 1, asked + 1)],
    [
      'contradicted server-first',
      'confirmed four-segments',
      'skipped server-first',
      'confirmed closed',
      'contradicted server-waits',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'simultaneous',
    [fin, server('FA', told, asked), client('A', asked + 1, told + 1), server('A', told + 1, asked + 1)],
    [
      'contradicted simultaneous',
      'contradicted simultaneous',
      'skipped nothing-left',
      'confirmed closed',
      'contradicted both-wait',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'only one side closes, and the capture goes on',
    [fin, server('A', told, asked + 1), [3, other]],
    [
      'confirmed client-first',
      'contradicted two-segments',
      'skipped nothing-left',
      'confirmed closed',
      'contradicted half-closed',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'its twin at the end of the capture',
    [fin, server('A', told, asked + 1)],
    [
      'confirmed client-first',
      'unknown capture-ended',
      'unknown capture-ended',
      'confirmed closed',
      'unknown capture-ended',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'reset by the client',
    [client('RA', asked, told)],
    [
      'confirmed client-reset',
      'contradicted reset',
      'skipped no-fin',
      'confirmed closed',
      'contradicted nobody-waits',
      'skipped no-fin',
    ],
  ],
  [
    'its twin by the server',
    [server('RA', told, asked)],
    [
      'contradicted server-reset',
      'contradicted reset',
      'skipped no-fin',
      'confirmed closed',
      'contradicted nobody-waits',
      'skipped no-fin',
    ],
  ],
  [
    'FIN, close_notify, RST',
    [fin, server('PA', told, asked + 1, Uint8Array.from([23, 3, 3, 0, 19, ...new Array(19).fill(9)])), client('R', asked + 1, 0)],
    [
      'confirmed client-first',
      'contradicted close-notify-then-reset',
      'contradicted data-refused',
      'confirmed closed',
      'contradicted nobody-waits',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'half-close: data behind the FIN',
    [
      fin,
      server('A', told, asked + 1),
      [1, server('PA', told, asked + 1, 'more')],
      server('FA', told + 4, asked + 1),
      client('A', asked + 1, told + 5),
    ],
    [
      'confirmed client-first',
      'confirmed four-segments',
      'confirmed data-after-fin',
      'confirmed closed',
      'confirmed client-waits',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'a repeated FIN is acknowledged again',
    [
      fin,
      server('FA', told, asked + 1),
      client('A', asked + 1, told + 1),
      [0.3, server('FA', told, asked + 1)],
      client('A', asked + 1, told + 1),
    ],
    [
      'confirmed client-first',
      'contradicted three-segments',
      'skipped nothing-left',
      'confirmed closed',
      'confirmed client-answers-again',
      'contradicted fin-in-sequence',
    ],
  ],
  [
    'left open while the capture goes on',
    [[3, other]],
    [
      'skipped left-open',
      'skipped left-open',
      'skipped left-open',
      'contradicted left-open',
      'skipped left-open',
      'skipped left-open',
    ],
  ],
  [
    'open when the capture ends',
    [],
    [
      'unknown capture-ended',
      'unknown capture-ended',
      'unknown capture-ended',
      'unknown capture-ended',
      'unknown capture-ended',
      'unknown capture-ended',
    ],
  ],
];

const said = (found: Judgement): string => `${found.verdict} ${found.reason}`;

describe('R-FIN-1 to R-FIN-6', () => {
  test.each(cases)('%s', async (_, packets, expected) => {
    const capture = seconds([...talk, ...packets]);
    const found = [];
    for (const rule of RULES_OF_CLOSE) found.push((await judge(rule, capture))[0]);
    expect(found.map(said)).toEqual(expected);
    for (const each of found) for (const packet of each.packets) expect(packet).toBeLessThanOrEqual(talk.length + packets.length);
  });

  test.each([
    ['refused', [client('S', 100, 0), server('RA', 0, 101)]],
    ['refused by ICMP', [client('S', 100, 0), icmpUnreachable(client('S', 100, 0))]],
  ])('%s: nothing to close', async (_, packets) => {
    for (const rule of RULES_OF_CLOSE) {
      const [found] = await judge(rule, seconds(packets));
      expect(said(found)).toBe('skipped not-established');
    }
  });

  test('an answer that the server gives up when the client closes its side', async () => {
    const packets = [...talk.slice(0, 4), client('FA', asked, 501), server('FA', 501, asked + 1), client('A', asked + 1, 502)];
    const [found] = await judge(RULES_OF_CLOSE[2], seconds(packets));
    expect(said(found)).toBe('contradicted answer-abandoned');
  });

  test('a reset in the name of the client with another TTL may be of somebody on the way', async () => {
    const reset = client('RA', asked, told);
    reset[22] = 61;
    const [found] = await judge(RULES_OF_CLOSE[0], seconds([...talk, reset]));
    expect(said(found)).toBe('unknown reset-by-another');
    expect(found.says.en).toContain('its TTL is 61');
  });

  test('one direction alone does not decide', async () => {
    const [found] = await judge(
      RULES_OF_CLOSE[0],
      seconds([client('S', 100, 0), client('A', 101, 501), client('PA', 101, 501, GET), fin]),
    );
    expect(said(found)).toBe('unknown one-direction');
  });
});

/** What the lab's servers said about who closed first, against the rule, for every fixture taken where ports are the client's. */
test('the lab knows who closed first', async () => {
  let checked = 0;
  for (const name of readdirSync('fixtures').filter((each) => !each.includes('.'))) {
    const truth = JSON.parse(readFileSync(`fixtures/${name}/truth.json`, 'utf8'));
    for (const { file, vantage } of truth.captures) {
      if (vantage !== 'client' && vantage !== 'gateway-inside') continue;
      const found = await judge(RULES_OF_CLOSE[0], `fixtures/${name}/${file}`);
      for (const { clientPort, who } of truth.closedFirst) {
        if (who === null) continue;
        const about = found.filter(
          (each) => each.says.en.includes(`:${clientPort} sent FIN`) || each.says.en.includes(`:${clientPort} ended`),
        );
        const decided = found.filter((each) => each.verdict === 'confirmed' || each.verdict === 'contradicted');
        if (who === 'client' && about.length > 0) {
          for (const each of about) expect([name, each.verdict]).toEqual([name, 'confirmed']);
          checked++;
        } else if (who === 'server' && truth.closedFirst.length === 1) {
          for (const each of decided) expect([name, each.verdict]).toEqual([name, 'contradicted']);
          checked++;
        }
      }
    }
  }
  expect(checked).toBeGreaterThan(30);
});
