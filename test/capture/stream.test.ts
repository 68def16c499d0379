import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BATCH_ROWS, Batch } from '../../src/capture/batch.ts';
import { openStream } from '../../src/capture/open.ts';
import {
  data,
  everything,
  interfaceBlock,
  joined,
  packetBlock,
  packetsOf,
  pcapHeader,
  pcapRecord,
  pieces,
  section,
} from './build.ts';

const record = (seconds: number, length = 60) => pcapRecord({ seconds, fraction: 0, data: data(length, seconds) });

describe('a stream that grows', () => {
  test('each packet is given when it is there, not when a buffer is full', async () => {
    const stream = new PassThrough();
    const opening = openStream(stream);
    stream.write(pcapHeader().subarray(0, 10));
    stream.write(pcapHeader().subarray(10));
    const source = await opening;
    const batch = new Batch();
    for (let i = 1; i <= 3; i++) {
      const next = source.next(batch);
      const bytes = record(i);
      stream.write(bytes.subarray(0, 20));
      stream.write(bytes.subarray(20));
      expect(await next).toBe(true);
      expect(packetsOf(batch)).toMatchObject([{ number: i, seconds: i, data: data(60, i) }]);
    }
    const last = source.next(batch);
    stream.end(record(9).subarray(0, 30));
    expect(await last).toBe(false);
    expect(source.problems).toMatchObject([{ code: 'truncated-file', packet: 4, offset: 24 + 3 * 76 }]);
  });

  test('the same for pcapng', async () => {
    const stream = new PassThrough();
    stream.write(joined(section(), interfaceBlock()));
    const source = await openStream(stream);
    const batch = new Batch();
    const next = source.next(batch);
    stream.write(packetBlock({ data: data(5) }));
    expect(await next).toBe(true);
    expect(batch.count).toBe(1);
    stream.end();
    expect(await source.next(batch)).toBe(false);
  });

  test('the same through gzip, when its writer flushes', async () => {
    const packer = createGzip();
    const stream = new PassThrough();
    packer.pipe(stream);
    const flush = () => new Promise<void>((resolve) => packer.flush(constants.Z_SYNC_FLUSH, resolve));
    packer.write(joined(pcapHeader(), record(1)));
    await flush();
    const source = await openStream(stream);
    const batch = new Batch();
    expect(await source.next(batch)).toBe(true);
    const next = source.next(batch);
    packer.write(record(2));
    await flush();
    expect(await next).toBe(true);
    expect(packetsOf(batch)).toMatchObject([{ number: 2, seconds: 2 }]);
    packer.end();
    expect(await source.next(batch)).toBe(false);
    expect(source.problems).toEqual([]);
  });

  test('closing it ends a pending next, without a problem', async () => {
    const stream = new PassThrough();
    stream.write(pcapHeader());
    const source = await openStream(stream);
    const next = source.next(new Batch());
    source.close();
    source.close();
    expect(await next).toBe(false);
    expect(source.problems).toEqual([]);
    expect(stream.destroyed).toBe(true);
  });

  test('an error of the stream is a problem, after the packets before it', async () => {
    const stream = new PassThrough();
    stream.write(joined(pcapHeader(), record(1)));
    const source = await openStream(stream);
    const batch = new Batch();
    expect(await source.next(batch)).toBe(true);
    const next = source.next(batch);
    stream.destroy(new Error('the cable is out'));
    expect(await next).toBe(false);
    expect(source.problems).toMatchObject([
      { code: 'read-error', message: 'reading stopped at 100: the cable is out', packet: 2 },
    ]);
  });

  test('what comes faster than it is read is held back', async () => {
    const stream = new PassThrough();
    stream.write(pcapHeader());
    const source = await openStream(stream);
    const piece = joined(...Array.from({ length: 1000 }, (_, i) => record(i, 100)));
    let written = 0;
    while (written < 100 && stream.write(piece)) {
      written++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(written).toBeLessThan(30);
    stream.end();
    const { packets } = await everything(source);
    expect(packets).toHaveLength((written + 1) * 1000);
  });
});

test('a batch ends at its row limit, and numbers go on', async () => {
  const bytes = joined(
    pcapHeader(),
    ...Array.from({ length: BATCH_ROWS + 5 }, (_, i) => pcapRecord({ seconds: i, fraction: 0, data: data(1) })),
  );
  const source = await openStream(pieces(bytes));
  const batch = new Batch();
  expect(await source.next(batch)).toBe(true);
  expect([batch.count, batch.firstNumber]).toEqual([BATCH_ROWS, 1]);
  expect(await source.next(batch)).toBe(true);
  expect([batch.count, batch.firstNumber, batch.seconds[0]]).toEqual([5, BATCH_ROWS + 1, BATCH_ROWS]);
  expect(await source.next(batch)).toBe(false);
  expect(batch.count).toBe(0);
});

describe('kept input', () => {
  let state: string;
  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'wirebook-test-'));
    vi.stubEnv('XDG_STATE_HOME', state);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(state, { recursive: true });
  });

  const bytes = joined(pcapHeader(), record(1), record(2, 2000), record(3));

  test('can be read again, and leaves no file', async () => {
    const source = await openStream(pieces(bytes, 7), { keep: true, chunk: 64 });
    expect(source.seekable).toBe(true);
    const { packets } = await everything(source);
    for (const p of packets) expect(source.read(p.offset, p.caplen)).toEqual(p.data);
    expect(readdirSync(join(state, 'wirebook'))).toEqual([]);
    expect(statSync(join(state, 'wirebook')).mode & 0o777).toBe(0o700);
    source.close();
    expect(() => source.read(packets[0].offset, 1)).toThrow(RangeError);
  });

  test.skipIf(!existsSync('/proc/self/fd'))('is readable by its owner only', async () => {
    const source = await openStream(pieces(bytes), { keep: true });
    const own = readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(join(state, 'wirebook', 'spool-'));
      } catch {
        return false;
      }
    });
    expect(own).toHaveLength(1);
    expect(statSync(`/proc/self/fd/${own[0]}`).mode & 0o777).toBe(0o600);
    source.close();
  });

  test('goes to the temporary directory where the state directory cannot be used', async () => {
    vi.stubEnv('XDG_STATE_HOME', '/dev/null/nowhere');
    const source = await openStream(pieces(bytes), { keep: true });
    const { packets } = await everything(source);
    expect(source.read(packets[1].offset, 2000)).toEqual(packets[1].data);
    source.close();
  });

  test('is not kept unless asked for, nor read outside', async () => {
    const plain = await openStream(pieces(bytes));
    expect(plain.seekable).toBe(false);
    expect(() => plain.read(40, 1)).toThrow(RangeError);
    plain.close();
    const kept = await openStream(pieces(bytes), { keep: true });
    await everything(kept);
    for (const [offset, length] of [
      [bytes.length - 1, 2],
      [-1, 1],
      [Number.NaN, 1],
      [0, -1],
      [0, 2 ** 31],
    ]) {
      expect(() => kept.read(offset, length)).toThrow(RangeError);
    }
    kept.close();
  });
});
