import { afterAll, describe, expect, test } from 'vitest';
import { RULES_OF_DNS } from '../../src/rules/dns/index.ts';
import { RULES_OF_HTTP } from '../../src/rules/http/index.ts';
import { RULES_OF_NAMES } from '../../src/rules/names/index.ts';
import type { Rule } from '../../src/rules/rule.ts';
import { FIXTURES, keyLogsOf } from '../fixtures/truth.ts';
import { judge, readCaptures } from './judge.ts';

const CAPTURE = `${FIXTURES}/tunnels/client.pcapng`;
const KEYS = keyLogsOf('tunnels');
const rules: Rule[] = [...RULES_OF_NAMES, ...RULES_OF_DNS, ...RULES_OF_HTTP];

/** What a rule says of each journey by its name: the lab's client asks in this order. */
async function said(id: string): Promise<string[]> {
  const found = await judge(rules.find((rule) => rule.id === id) as Rule, CAPTURE, undefined, KEYS);
  return found.map(({ verdict, reason }) => `${verdict} ${reason}`);
}

// CONNECT www, GET / and GET /style.css through it; CONNECT shop to the proxy inside TLS, GET / through it; CONNECT elsewhere (403); the WebSocket.
describe('requests through a proxy’s tunnel', () => {
  test('R-URL-2: the port is the proxy’s, whatever the URL says', async () => {
    expect((await said('R-URL-2')).slice(0, 3)).toEqual(Array(3).fill('contradicted proxy'));
    expect((await said('R-URL-2'))[4]).toBe('contradicted proxy');
    expect((await said('R-URL-2'))[6]).toBe('contradicted https-elsewhere');
  });

  test('R-HTTP-5: it is the proxy that is asked', async () => {
    expect(await said('R-HTTP-5')).toEqual([...Array(6).fill('contradicted proxy'), 'contradicted other-port']);
  });

  test('R-URL-1: what the client asks the proxy for it does not look up; inside the tunnel names are compared as ever', async () => {
    expect(await said('R-URL-1')).toEqual([
      'skipped proxy',
      'confirmed same-name',
      'confirmed same-name',
      'contradicted proxy',
      'skipped proxy',
      'skipped proxy',
      'confirmed same-name',
    ]);
  });

  test('R-DNS-6: nobody knows how the client came by a nameless proxy’s address; the name asked for has nothing to do with it', async () => {
    const found = await judge(rules.find(({ id }) => id === 'R-DNS-6') as Rule, CAPTURE, undefined, KEYS);
    expect([found[0].reason, found[5].reason]).toEqual(['no-name', 'no-name']);
    expect(found[0].says.en).not.toContain('www.my-app.com');
    expect(found[3].says.en).toContain('proxy.my-app.com');
  });
});

describe('packets in a tunnel', async () => {
  const [records] = await readCaptures([CAPTURE]);
  afterAll(() => records.close());
  const hello = records.tlsSessions.get(0)?.clientHelloPacket as number;

  test('the ClientHello behind a CONNECT is TLS over HTTP, as tshark has it', () => {
    expect(records.stackOf(hello)).toBe('eth:ip:tcp:http:tls');
    expect(records.packet(hello)?.layers.map(({ protocol }) => protocol)).toEqual(['eth', 'ip', 'tcp', 'tls']);
  });

  test('the CONNECT itself and its answer are HTTP', () => {
    const exchange = records.exchanges.get(0);
    expect(records.stackOf(exchange?.requestPacket as number)).toBe('eth:ip:tcp:http');
    expect(records.stackOf(exchange?.responsePacket as number)).toBe('eth:ip:tcp:http');
  });
});
