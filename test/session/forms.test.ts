import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import type { Connection, Exchange, Lookup } from '../../src/correlate/model.ts';
import { Analysis } from '../../src/session/analysis.ts';
import { CONNECTIONS } from '../../src/session/connection-form.ts';
import { EXCHANGES } from '../../src/session/exchange-form.ts';
import { LOOKUPS } from '../../src/session/lookup-form.ts';
import { type Form, Packing } from '../../src/session/packing.ts';
import { FIXTURES, scenarios, truthOf } from '../fixtures/truth.ts';

function through<T>(form: Form<T>, records: T[]): T[] {
  const packing = new Packing(64);
  const places = records.map((record) => {
    const { at } = packing;
    form.put(packing, record);
    return at;
  });
  return places.map((at) => form.take(packing.take(packing.bytes, at)));
}

test.each(scenarios)('%s: connections, exchanges and lookups come back as they were', async (scenario) => {
  const connections: Connection[] = [];
  const exchanges: Exchange[] = [];
  const lookups: Lookup[] = [];
  const source = await openCapture(join(FIXTURES, scenario, truthOf(scenario).captures[0].file));
  const listener = {
    connection: (each: Connection) => connections.push(each),
    exchange: (each: Exchange) => exchanges.push(each),
    lookup: (each: Lookup) => lookups.push(each),
  };
  await new Analysis(source, listener, { records: true, hashes: true }).run();
  source.close();
  expect(through(CONNECTIONS, connections)).toEqual(connections);
  expect(through(EXCHANGES, exchanges)).toEqual(exchanges);
  expect(through(LOOKUPS, lookups)).toEqual(lookups);
});
