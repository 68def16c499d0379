import { expect, test } from 'vitest';
import { Batch } from '../../src/capture/batch.ts';
import { Packets } from '../../src/dissect/packets.ts';
import { PacketIndex } from '../../src/session/packet-index.ts';
import { RecordTable } from '../../src/session/record-table.ts';

test('an index grows with its table, and finds a record that was set anew by its new keys only', () => {
  const table = new RecordTable<{ id: number; names: string[]; of: number }>();
  const byName = table.indexBy((r) => r.names);
  const byNumber = table.indexBy((r) => [r.of]);
  for (let id = 0; id < 5000; id++) table.set(id, { id, names: [`n${id % 700}`, 'all'], of: id >> 3 });
  expect(byName('n5').map((r) => r.id)).toEqual([5, 705, 1405, 2105, 2805, 3505, 4205, 4905]);
  expect(byName('all')).toHaveLength(5000);
  expect(byNumber(7).map((r) => r.id)).toEqual([56, 57, 58, 59, 60, 61, 62, 63]);
  expect(byName('none')).toEqual([]);
  table.set(705, { id: 705, names: ['other', 'all'], of: 9999 });
  expect(byName('n5').map((r) => r.id)).toEqual([5, 1405, 2105, 2805, 3505, 4205, 4905]);
  expect(byName('other').map((r) => r.id)).toEqual([705]);
  expect(byName('all').filter((r) => r.id === 705)).toHaveLength(1);
  expect(byNumber(9999).map((r) => r.id)).toEqual([705]);
  table.close();
});

test('packets of a connection are found in file order, in what is sorted and in what came last', () => {
  const index = new PacketIndex();
  const batch = new Batch();
  const rows = new Packets(1000);
  const flows: number[] = [];
  // Of 40,000 packets a third belongs to no connection, half of the others to connection 3.
  for (let n = 0; n < 40_000; n++) flows.push(n % 3 === 0 ? -1 : n % 2 === 0 ? 3 : (n * 7919) % 50);
  for (let at = 0; at < flows.length; at += 1000) {
    batch.count = 1000;
    for (let row = 0; row < 1000; row++) {
      rows.flow[row] = flows[at + row];
      rows.time[row] = at + row;
    }
    index.add(batch, rows);
  }
  const all = (flow: number) => flows.flatMap((each, i) => (each === flow ? [i + 1] : []));
  for (const flow of [0, 3, 49]) {
    expect(index.ofFlow(flow, 0, Infinity, 1e6)).toEqual(all(flow));
    expect(index.ofFlow(flow, 20_000, 35_000, 1e6)).toEqual(all(flow).filter((n) => n - 1 >= 20_000 && n - 1 <= 35_000));
    expect(index.ofFlow(flow, 0, Infinity, 5)).toEqual(all(flow).slice(0, 5));
    for (const from of [1, 2, 16_384, 16_385, 20_000, 32_769, 39_990, 40_000]) {
      expect(index.ofFlowFrom(flow, from, 6)).toEqual(
        all(flow)
          .filter((n) => n >= from)
          .slice(0, 6),
      );
      expect(index.ofFlowFrom(flow, from, -6)).toEqual(
        all(flow)
          .filter((n) => n < from)
          .slice(-6),
      );
    }
  }
  expect(index.ofFlow(1000, 0, Infinity, 10)).toEqual([]);
  expect(index.ofFlowFrom(-1, 5, 10)).toEqual([]);
});

test('what is kept of a packet comes back: small and large, near and far, of several link types', () => {
  const index = new PacketIndex();
  const batch = new Batch();
  const rows = new Packets(1000);
  const of = (n: number) => ({
    offset: n < 100_000 ? 40 + n * 70 : 40 + n * 70_000,
    length: n >= 70_000 && n % 9 === 0 ? 65_536 + n : n % 65_536,
    linkType: n < 140_000 ? 1 : n % 2 === 0 ? 113 : 276,
  });
  const all = 200_000;
  for (let at = 0; at < all; at += 1000) {
    batch.count = 1000;
    for (let row = 0; row < 1000; row++) {
      const { offset, length, linkType } = of(at + row);
      batch.offset[row] = offset;
      batch.caplen[row] = Math.min(length, 65_535);
      batch.wirelen[row] = length;
      batch.linkType[row] = linkType;
      rows.time[row] = (at + row) * 1e6;
      rows.stack[row] = at % 4000;
      rows.flow[row] = at + row;
    }
    index.add(batch, rows);
  }
  for (let n = 0; n < all; n += 331) {
    const { offset, length, linkType } = of(n);
    const at = n + 1;
    expect([index.offset(at), index.wirelen(at), index.caplen(at), index.linkType(at)]).toEqual([
      offset,
      length,
      Math.min(length, 65_535),
      linkType,
    ]);
    expect([index.time(at), index.flow(at), index.ofFlow(n, 0, Infinity, 9)]).toEqual([n * 1e6, n, [at]]);
  }
});
