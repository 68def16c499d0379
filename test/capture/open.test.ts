import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CaptureError } from '../../src/capture/batch.ts';
import { openCapture } from '../../src/capture/open.ts';
import { data, everything, joined, pcapHeader, pcapRecord, section, text } from './build.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'wirebook-test-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(directory, name);
  writeFileSync(path, bytes);
  return path;
}

async function refusal(path: string): Promise<CaptureError> {
  const error = await openCapture(path).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof CaptureError) return error;
  throw new Error(`${path} was not refused: ${error}`);
}

const capture = joined(
  pcapHeader(),
  ...[1, 2, 3].map((seconds) => pcapRecord({ seconds, fraction: 0, data: data(50, seconds) })),
);

describe('what can be opened', () => {
  test('a regular file: its size, its position, and its packets again', async () => {
    const path = file('three.pcap', capture);
    const source = await openCapture(path);
    expect(source).toMatchObject({ file: path, format: 'pcap', size: capture.length, seekable: true, position: 24 });
    expect(source.compression).toBeUndefined();
    const { packets } = await everything(source);
    expect(source.position).toBe(capture.length);
    for (const p of packets) expect(source.read(p.offset, p.caplen)).toEqual(p.data);
    expect(() => source.read(capture.length - 1, 2)).toThrow(RangeError);
    source.close();
    expect(() => source.read(40, 1)).toThrow(RangeError);
  });

  test('a compressed file is not seekable unless kept', async () => {
    const path = file('three.pcap.gz', gzipSync(capture));
    const plain = await openCapture(path);
    expect(plain).toMatchObject({ compression: 'gzip', size: gzipSync(capture).length, seekable: false });
    plain.close();
    const kept = await openCapture(path, { keep: true });
    const { packets } = await everything(kept);
    expect(kept.read(packets[2].offset, 50)).toEqual(packets[2].data);
    kept.close();
  });

  test('a named pipe', async () => {
    const path = join(directory, 'pipe');
    execFileSync('mkfifo', [path]);
    const opening = openCapture(path, { keep: true });
    const writer = spawn('cp', [file('for-pipe.pcap', capture), path]);
    const source = await opening;
    const { packets, problems } = await everything(source);
    expect(packets).toHaveLength(3);
    expect(problems).toEqual([]);
    expect(source.size).toBeUndefined();
    expect(source.read(packets[0].offset, 50)).toEqual(packets[0].data);
    source.close();
    writer.kill();
  });
});

describe('what cannot be opened', () => {
  test.each([
    { name: 'a file that is not there', path: () => join(directory, 'nowhere.pcap'), code: 'no-file', en: 'no such file' },
    { name: 'a path through a file', path: () => join(file('file', capture), 'x'), code: 'no-file', en: 'no such file' },
    { name: 'a directory', path: () => directory, code: 'directory', en: 'is a directory, not a capture file' },
    { name: 'a device that holds nothing', path: () => '/dev/null', code: 'empty-file', en: 'is empty (0 bytes)' },
    { name: 'an empty file', path: () => file('empty', new Uint8Array(0)), code: 'empty-file', en: 'is empty (0 bytes)' },
    {
      name: 'three bytes',
      path: () => file('short', capture.subarray(0, 3)),
      code: 'too-short',
      en: 'too short for a capture (3 bytes)',
    },
    {
      name: 'a pcap header cut off',
      path: () => file('cut', capture.subarray(0, 23)),
      code: 'too-short',
      en: 'cut off within the pcap header of 24 bytes (23 bytes)',
    },
    {
      name: 'a section header cut off',
      path: () => file('cut', section().subarray(0, 27)),
      code: 'too-short',
      en: 'cut off within the pcapng header of 28 bytes (27 bytes)',
    },
    {
      name: 'a version of pcap that nobody wrote',
      path: () => file('version', pcapHeader({ major: 3, minor: 9 })),
      code: 'unsupported-version',
      en: 'pcap version 3.9 is not supported, only 2.x',
    },
    {
      name: 'a version of pcapng that is not known',
      path: () => file('version', section(true, [2, 0])),
      code: 'unsupported-version',
      en: 'pcapng version 2.0 is not supported, only 1.0, 1.2',
    },
    {
      name: 'a section of neither byte order',
      path: () => file('order', section(false, [1, 0], 0x11223344)),
      code: 'bad-magic',
      en: "begins like pcapng, but its byte-order magic 0x44332211 is neither order's",
    },
    {
      name: 'text',
      path: () => file('text', text('GET / HTTP/1.1\r\n')),
      code: 'not-a-capture',
      en: 'not a pcap or pcapng capture (it begins with 0x47455420); what tshark reads, editcap can convert: editcap -F pcapng IN OUT.pcapng',
    },
  ])('$name', async ({ path, code, en }) => {
    const name = path();
    const error = await refusal(name);
    expect(error.code).toBe(code);
    expect(error.message).toBe(`${name}: ${en}`);
    expect(error.korean.startsWith(`${name}: `)).toBe(true);
    expect(error.korean).toMatch(/[가-힣]/);
  });

  test.each([
    ['Microsoft NetMon', 'GMBU\0\x02', 'editcap'],
    ['zstd', '\x28\xb5\x2f\xfd\0\0', 'zstd -dc'],
    ['lz4', '\x04\x22\x4d\x18\0\0', 'lz4 -dc'],
    ['bzip2', 'BZh91AY&SY', 'bzip2 -dc'],
    ['xz', '\xfd7zXZ\0\0', 'xz -dc'],
    ['zip', 'PK\x03\x04\0\0', 'unzip'],
  ])('%s data is named, with what converts it', async (name, start, command) => {
    const error = await refusal(file('other', Buffer.from(start, 'latin1')));
    expect(error.code).toBe('other-format');
    for (const sentence of [error.message, error.korean]) {
      expect(sentence).toContain(name);
      expect(sentence).toContain(command);
    }
  });

  test.skipIf(process.getuid?.() === 0)('a file without permission', async () => {
    const path = file('secret', capture);
    chmodSync(path, 0);
    const error = await refusal(path);
    expect([error.code, error.message]).toEqual(['no-permission', `${path}: no permission to read it`]);
  });

  test('a name with control characters is printed without them', async () => {
    const error = await refusal(join(directory, 'a\u001b[2Jb\n'));
    expect(error.message).toContain('a\\x1b[2Jb\\x0a: no such file');
  });
});
