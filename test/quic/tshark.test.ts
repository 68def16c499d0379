import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openCapture } from '../../src/capture/open.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES } from '../fixtures/truth.ts';

// Packet by packet what tshark shows with the same keys: packet numbers, frame types, stream ids.

const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = spawnSync('tshark', ['--version']).status === 0;
const FIELDS = ['quic.packet_number', 'quic.frame_type', 'quic.stream.stream_id'];

const FILES = [
  [join(FIXTURES, 'https-h3/client.pcapng'), join(FIXTURES, 'https-h3/client.keylog')],
  [join(FIXTURES, 'https-h3-loss/client.pcapng'), join(FIXTURES, 'https-h3-loss/client.keylog')],
  [join(captures, 'quic/quic-illustrated.pcap'), join(captures, 'quic/quic-illustrated.keylog')],
  [join(captures, 'quic/quic-v2-dsb.pcapng'), undefined],
  [join(captures, 'http2/h2-and-h3-with-keys.pcapng'), undefined],
].filter((pair): pair is [string, string | undefined] => pair[0] !== undefined && existsSync(pair[0]));

function theirs(file: string, keyLog: string | undefined): Map<number, string[]> {
  const keys = keyLog === undefined ? [] : ['-o', `tls.keylog_file:${keyLog}`];
  const fields = ['frame.number', ...FIELDS].flatMap((name) => ['-e', name]);
  const words = ['-r', file, '-2', ...keys, '-Y', 'quic', '-T', 'fields', '-E', 'separator=;', ...fields];
  const lines = execFileSync('tshark', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .trim()
    .split('\n');
  return new Map(lines.map((line) => [Number(line.split(';')[0]), line.split(';').slice(1)]));
}

function collect(fields: readonly Field[], into: Map<string, unknown[]>): void {
  for (const { name, value, children } of fields) {
    into.get(name)?.push(value);
    collect(children ?? [], into);
  }
}

describe.runIf(present)('what tshark shows of QUIC packets with keys', () => {
  test.each(FILES.map(([file, keyLog]) => [basename(dirname(file)), basename(file), file, keyLog] as const))(
    '%s/%s',
    async (_folder, _name, file, keyLog) => {
      const source = await openCapture(file, { keep: true, keyLogs: keyLog === undefined ? [] : [keyLog] });
      const session = new FileSession(source);
      while (await session.step());
      const told = theirs(file, keyLog);
      expect(told.size).toBeGreaterThan(5);
      for (const [packet, values] of told) {
        const mine = new Map<string, unknown[]>(FIELDS.map((name) => [name, []]));
        const layers = session.packet(packet)?.layers.filter(({ protocol }) => protocol.startsWith('quic')) ?? [];
        for (const layer of layers) collect(layer.fields, mine);
        expect([packet, ...FIELDS.map((name) => mine.get(name)?.join(','))]).toEqual([packet, ...values]);
      }
      source.close();
    },
  );
});
