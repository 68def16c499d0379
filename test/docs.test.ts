import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { generated } from '../scripts/docs-text.mjs';
import { JOURNEY_FIELDS } from '../src/filter/journeys.ts';
import { PACKET_FIELDS } from '../src/filter/packets.ts';
import { actionName } from '../src/ui/config.ts';
import { KEYS, TYPING } from '../src/ui/keys.ts';

const read = (file: string): string => readFileSync(join(resolve(import.meta.dirname, '..'), file), 'utf8');

test('README, man page and docs have every key and field: node scripts/docs.mjs writes them', () => {
  const tables = { groups: KEYS, typing: TYPING, actionName, journeyFields: JOURNEY_FIELDS, packetFields: PACKET_FIELDS };
  for (const [name, text] of Object.entries(generated(tables, read))) expect([name, read(name) === text]).toEqual([name, true]);
});

test('README and man page name every option', () => {
  const main = read('src/main.ts');
  const options = main.slice(main.indexOf('const options = {'), main.indexOf('} as const;'));
  const names = [...options.matchAll(/^ {2}'?([\w-]+)'?: \{ type[^\n]*?(?:short: '(\w)')?/gm)];
  const man = read('man/wirebook.1').replaceAll('\\-', '-');
  expect(names.length).toBeGreaterThan(15);
  for (const [line, name] of names) {
    const short = /short: '(\w)'/.exec(options.slice(options.indexOf(line)).split('\n')[0])?.[1];
    expect([name, man.includes(`--${name}`) || (short !== undefined && man.includes(`-${short}`))]).toEqual([name, true]);
  }
});
