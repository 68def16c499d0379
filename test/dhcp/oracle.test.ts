import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Analysis } from '../../src/session/analysis.ts';
import { openCapture } from '../../src/capture/open.ts';
import type { Configuration } from '../../src/correlate/configuration.ts';

/** What tshark says of the DHCP messages in captures that others made, where they lie beside the project. */
const captures = resolve(import.meta.dirname, '../../../shared/captures');
const present = existsSync(join(captures, 'manifest.json'));

interface Message {
  frame: number;
  type: number;
  mac: string;
  yiaddr: string;
  server?: string;
  routers?: string[];
  dns?: string[];
}

const ACK = 5;
const oracleOf = (file: string): { dhcp?: Message[] } => {
  const path = join(captures, 'oracle', `${file}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
};
const files: string[] = present
  ? JSON.parse(readFileSync(join(captures, 'manifest.json'), 'utf8'))
      .captures.map((capture: { file: string }) => capture.file)
      .filter((file: string) => oracleOf(file).dhcp?.some((message) => message.type === ACK))
  : [];

describe.skipIf(!present)('leases as tshark has them', () => {
  test.each(files.length > 0 ? files : ['(no captures)'])('%s', async (file) => {
    const found: Configuration[] = [];
    const analysis = new Analysis(await openCapture(join(captures, file)), { configuration: (c) => void found.push(c) });
    await analysis.run();
    analysis.source.close();
    const ours = found
      .filter((c) => c.kind === 'dhcp')
      .flatMap((c) => [c.packet, ...c.repeats].map((frame) => ({ frame, ...c })))
      .sort((a, b) => a.frame - b.frame)
      .map((c) => [c.frame, c.client.mac, c.addresses[0], c.server, c.gateways, c.resolvers]);
    // The answer to somebody who has an address already gives none.
    const theirs = (oracleOf(file).dhcp ?? [])
      .filter((message) => message.type === ACK)
      .map((m) => [
        m.frame,
        m.mac,
        m.yiaddr === '0.0.0.0' ? expect.any(String) : m.yiaddr,
        m.server,
        m.routers ?? [],
        m.dns ?? [],
      ]);
    expect(ours).toEqual(theirs);
  });

  test('there are some', () => {
    expect(files.length).toBeGreaterThanOrEqual(5);
  });
});
