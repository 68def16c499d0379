import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dissect/decode.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { be16, join, tcpFrame, u8 } from '../frames.ts';
import { pcapOf, readCaptures } from '../rules/judge.ts';
import * as b from './build.ts';

async function seen(port: number, extensions: Uint8Array[]): Promise<string | undefined> {
  const payload = b.record(22, b.handshake(1, b.clientHello({ extensions })));
  const [records] = await readCaptures([pcapOf([[0, tcpFrame({ to: `10.0.0.2:${port}`, payload })]])]);
  try {
    return records.tlsSessions.get(0)?.encryptedDns;
  } finally {
    records.close();
  }
}

describe('DNS inside TLS, as the ClientHello tells', () => {
  test('over TLS: by port 853 (RFC 7858 §3.1), or by ALPN “dot” at any port', async () => {
    expect(await seen(853, [b.serverName('resolver.example.test')])).toBe('dot');
    expect(await seen(443, [b.serverName('resolver.example.test'), b.alpn('dot')])).toBe('dot');
    expect(await seen(8443, [b.alpn('http/1.1')])).toBeUndefined();
  });

  test('over HTTPS: likely by names that serve it, whatever their case; not by names that end as those do', async () => {
    expect(await seen(443, [b.serverName('DNS.google'), b.alpn('h2')])).toBe('doh-host');
    expect(await seen(443, [b.serverName('mydns.google'), b.alpn('h2')])).toBeUndefined();
    expect(await seen(443, [b.serverName('www.example.test'), b.alpn('h2')])).toBeUndefined();
  });
});

test('encrypted_client_hello (RFC 9849 §5): its parts; the name beside it is told as the outer one', () => {
  const flat = (fields: Field[]): Field[] => fields.flatMap((f) => [f, ...flat(f.children ?? [])]);
  const outer = join(
    u8(0),
    be16(1),
    be16(3),
    u8(209),
    b.sized16(new Uint8Array(32).fill(7)),
    b.sized16(new Uint8Array(144).fill(9)),
  );
  const fieldsOf = (ech: Uint8Array): Field[] => {
    const extensions = [b.serverName('public.example.test'), b.extension(0xfe0d, ech)];
    const frame = tcpFrame({ to: '10.0.0.2:443', payload: b.record(22, b.handshake(1, b.clientHello({ extensions }))) });
    return flat(decode(frame, frame.length, 1).at(-1)?.fields ?? []);
  };
  const fields = fieldsOf(outer);
  const named = (name: string): Field | undefined => fields.find((field) => field.name === name);
  expect(named('tls.ech.config_id')?.value).toBe(209);
  expect(named('tls.ech.hpke.keyconfig.cipher_suite.aead_id')?.text).toBe('0x0003 (ChaCha20Poly1305)');
  expect(named('tls.ech.enc')?.value).toBe('07'.repeat(32));
  expect([named('tls.ech.payload')?.end, named('tls.ech.payload_length')?.value]).toEqual([
    (named('tls.ech.payload')?.at ?? 0) + 144,
    144,
  ]);
  expect(named('tls.handshake.extensions_server_name')).toMatchObject({
    value: 'public.example.test',
    text: expect.stringContaining('outer'),
  });
  // Cut anywhere, no part lies outside.
  for (let length = 0; length < outer.length; length++)
    for (const field of fieldsOf(outer.subarray(0, length))) expect(field.end).toBeGreaterThanOrEqual(field.at);
});
