import { expect, test } from 'vitest';
import type { Connection } from '../../src/correlate/model.ts';
import { run } from './dialogue.ts';

/** The connection of a capture that began later; `c` is the first sender of the script. */
const seen = (first: number, second: number, script = '0 c PA seq=0 len=9\n 0.1 s PA seq=0 len=9'): Connection =>
  run(script, { client: `10.0.0.1:${first}`, server: `10.0.0.2:${second}` }).connections[0];
const clientPort = (...args: Parameters<typeof seen>): [number, boolean] => {
  const { client, clientKnown } = seen(...args);
  return [client.port, clientKnown];
};

test('without a SYN: known services, then ports that systems choose, then the lower port; and it is called a guess', () => {
  expect(clientPort(1030, 8080)).toEqual([1030, false]);
  expect(clientPort(8080, 1030)).toEqual([1030, false]);
  expect(clientPort(27017, 5001)).toEqual([5001, false]);
  expect(clientPort(60000, 40000)).toEqual([60000, false]);
  expect(clientPort(443, 51000)).toEqual([51000, false]);
  expect(clientPort(7001, 7000)).toEqual([7001, false]);
});

const HELLO = (type: string): string =>
  `"\\u0016\\u0003\\u0001\\u0000\\u0010${type}\\u0000\\u0000\\u000c\\u0003\\u0003abcdefghij"`;
const spelt = (script: string): string => script.replace(/\\u00(..)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

test('content knows better: who opens TLS is the client, who greets is the server', () => {
  expect(clientPort(443, 51000, spelt(`0 c PA seq=0 ${HELLO('\\u0001')}`))).toEqual([443, false]);
  expect(clientPort(51000, 443, spelt(`0 c PA seq=0 ${HELLO('\\u0002')}`))).toEqual([443, false]);
  for (const text of ['220 mail.example ESMTP', '+OK ready', '* OK IMAP4rev1'])
    expect(clientPort(50000, 2000, `0 c PA seq=0 "${text}\\r\\n"`)).toEqual([2000, false]);
  expect(clientPort(50000, 2000, '0 c PA seq=0 "2200 is no greeting"')).toEqual([50000, false]);
});

test('what was said before the roles were known changes sides with them', () => {
  const script = '0 c PA seq=0 len=3\n 1 s PA seq=0 "220 mail.example ESMTP\\r\\n"';
  const { connections, journeys } = run(script, { client: '10.0.0.1:25', server: '10.0.0.2:2525' });
  expect(connections[0].client.port).toBe(25);
  expect(journeys[0].stages.map((s) => s.kind)).toEqual(['send', 'wait', 'receive']);
});

test('a SYN is believed, whatever the ports and the bytes say', () => {
  const { client, clientKnown } = seen(443, 51000, '0 c S\n 0.1 s SA\n 0.2 c A\n 0.3 c PA "220 hello\\r\\n"');
  expect([client.port, clientKnown]).toEqual([443, true]);
});
