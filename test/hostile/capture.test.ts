import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { BLOCK_TYPES_LIMIT, INTERFACE_LIMIT, NAME_BYTES_LIMIT, OTHER_BLOCKS } from '../../src/capture/pcapng-metadata.ts';
import { PROBLEMS_PER_CODE } from '../../src/capture/problems.ts';
import { BODY_LIMIT, decodeBody } from '../../src/dissect/http/body.ts';
import { run } from './run.ts';

test('unknown link types are counted', async () => {
  const { told, summary } = await run('unknown-link-type', 2000);
  expect(summary.packets).toBe(2000);
  expect(told('unknown-link-types')).toBe(2000);
});

test('as many interfaces as a section may have, each with a link type of its own', async () => {
  const { analysis, summary } = await run('pcapng-interfaces', 70_000);
  expect(summary.packets).toBe(70_000);
  expect(analysis.source.interfaces).toHaveLength(INTERFACE_LIMIT);
});

test('options without end are read once', async () => {
  const { analysis } = await run('pcapng-options', 3);
  expect(analysis.source.interfaces).toHaveLength(3);
});

test('names are kept up to their limit, the rest is left out and told', async () => {
  const blocks = 2 * Math.ceil(NAME_BYTES_LIMIT / 150_000);
  const { analysis, summary } = await run('pcapng-names', blocks);
  expect(analysis.source.names.length).toBeLessThanOrEqual(NAME_BYTES_LIMIT / 12);
  const told = summary.problems.filter((p) => p.code === 'too-many-names');
  expect(told.length).toBeGreaterThan(0);
  expect(told.length).toBeLessThanOrEqual(PROBLEMS_PER_CODE + 1);
});

test('blocks of very many types are counted as one beyond the limit', async () => {
  const { analysis } = await run('pcapng-block-types', 10_000);
  const { blocks } = analysis.source as unknown as { blocks: Map<number, number> };
  expect(blocks.size).toBe(BLOCK_TYPES_LIMIT + 1);
  expect([...blocks.values()].reduce((sum, n) => sum + n)).toBe(10_001);
  expect(blocks.get(OTHER_BLOCKS)).toBe(10_001 - BLOCK_TYPES_LIMIT);
});

const zeros = Buffer.alloc(4 << 20);
const gzipped = Buffer.concat(new Array<Buffer>(16).fill(gzipSync(zeros)));

test.each([
  ['gzip', gzipped],
  ['gzip, gzip', gzipSync(gzipped)],
  ['deflate', deflateSync(Buffer.alloc(32 << 20))],
  ['br', brotliCompressSync(Buffer.alloc(32 << 20))],
])('a bomb of %s becomes no more than the limit', (contentEncoding, body) => {
  const decoded = decodeBody(body, { contentEncoding });
  expect(decoded.complete).toBe(false);
  expect(decoded.bytes.length).toBeLessThanOrEqual(BODY_LIMIT);
});

test('codings on codings are not unwrapped beyond their limit', () => {
  expect(decodeBody(gzipped, { contentEncoding: 'gzip, gzip, gzip, gzip, gzip' }).problem).toBe('5 codings on one body');
});
