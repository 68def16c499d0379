import { openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LiveSupply } from '../../src/capture/live-supply.ts';
import { openSupply } from '../../src/capture/open.ts';
import { FileSession } from '../../src/session/file-session.ts';
import { FIXTURES } from '../fixtures/truth.ts';

const PCAP_HEADER = 24;

/** The fixture as a live capture of which so many packets have come. */
async function growing(name: string, packets: number) {
  const fd = openSync(join(FIXTURES, name, 'client.pcap'), 'r');
  const header = Buffer.alloc(16);
  let at = PCAP_HEADER;
  for (let n = 0; n < packets; n++) {
    readSync(fd, header, 0, 16, at);
    at += 16 + header.readUInt32LE(8);
  }
  const supply = new LiveSupply(fd);
  supply.grown(at, 0);
  const session = new FileSession(await openSupply('eth0', supply, fd), true);
  while (session.packetCount() < packets) await session.step();
  return { session, supply };
}

test('verdicts on a connection that is still open are of that connection, and those of the capture that ends there', async () => {
  // The answer is there, and nobody has closed.
  const { session, supply } = await growing('cold-http', 15);
  const open = session.verdicts(0);
  expect(open.map((each) => each.reason)).not.toContain('no-connection');
  const id = session.journey(0).connection ?? -1;
  expect(session.connection(id)?.close.how).toBe('open');
  supply.end();
  while (await session.step());
  // Rules about the capture as a whole have their say only when it has ended.
  const rules = new Set(open.map((each) => each.rule));
  const words = (list: typeof open) => list.filter(({ rule }) => rules.has(rule)).map((each) => `${each.rule} ${each.verdict}`);
  expect(words(open)).toEqual(words(session.verdicts(0)));
});

test('packets of an open connection are of the protocol that its bytes tell, on any port', async () => {
  const { session } = await growing('https-port', 19);
  const hello = [...Array(19).keys()].map((i) => i + 1).find((n) => session.packetSummary(n)?.info.includes('Client Hello')) ?? 0;
  const connection = session.connectionOf(hello) ?? -1;
  expect(session.connection(connection)).toMatchObject({ server: { port: 8443 }, close: { how: 'open' }, application: 'tls' });
  expect(session.packetSummary(hello)?.protocol).toBe('TLS');
  expect(session.packet(hello)?.layers.map((layer) => layer.protocol)).toContain('tls');
});
