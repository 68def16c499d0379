import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dissect/decode.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { be16, join, tcpFrame, text, u8 } from '../frames.ts';
import * as b from './build.ts';

function over(payload: Uint8Array, cut = 0): Layer {
  const frame = tcpFrame({ to: '10.0.0.2:443', payload });
  return decode(frame.subarray(0, frame.length - cut), frame.length, 1).at(-1) as Layer;
}

const flat = (fields: Field[]): Field[] => fields.flatMap((f) => [f, ...flat(f.children ?? [])]);
const values = (layer: Layer, name: string): Field['value'][] =>
  flat(layer.fields).flatMap((f) => (f.name === name ? [f.value] : []));
const texts = (layer: Layer, name: string): (string | undefined)[] =>
  flat(layer.fields).flatMap((f) => (f.name === name ? [f.text] : []));
const title = (payload: Uint8Array): string => over(payload).title.replace('Transport Layer Security, ', '');

function checkNesting(fields: Field[], at: number, end: number): void {
  for (const field of fields) {
    expect(field.at).toBeGreaterThanOrEqual(at);
    expect(field.end).toBeGreaterThanOrEqual(field.at);
    expect(field.end).toBeLessThanOrEqual(end);
    checkNesting(field.children ?? [], field.at, field.end);
  }
}

const hello = b.record(
  22,
  b.handshake(
    1,
    b.clientHello({
      sessionId: new Uint8Array(32).fill(1),
      extensions: [
        b.serverName('www.example.test'),
        b.alpn('h2', 'http/1.1'),
        b.versions(0x0304, 0x0303),
        b.keyShares(4588, 29),
        b.extension(10, b.sized16(be16(29), be16(23))),
        b.extension(13, b.sized16(be16(0x0403))),
        b.extension(0x5a5a),
        b.extension(35, text('ticket')),
      ],
    }),
  ),
  0x0301,
);

describe('the field tree of records', () => {
  test('ClientHello', () => {
    const layer = over(hello);
    expect([layer.protocol, title(hello)]).toEqual(['tls', 'Client Hello (SNI=www.example.test)']);
    expect(texts(layer, 'tls.record.content_type')).toEqual(['Handshake (22)']);
    expect(texts(layer, 'tls.record.version')).toEqual(['TLS 1.0 (0x0301)']);
    expect(values(layer, 'tls.record.length')).toEqual([hello.length - 5]);
    expect(texts(layer, 'tls.handshake.type')).toEqual(['Client Hello (1)']);
    expect(texts(layer, 'tls.handshake.ciphersuite')).toEqual([
      'TLS_AES_128_GCM_SHA256 (0x1301)',
      'TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256 (0xc02f)',
    ]);
    expect(values(layer, 'tls.handshake.extensions_server_name')).toEqual(['www.example.test']);
    expect(values(layer, 'tls.handshake.extensions_alpn_str')).toEqual(['h2', 'http/1.1']);
    expect(texts(layer, 'tls.handshake.extensions.supported_version')).toEqual(['TLS 1.3', 'TLS 1.2']);
    expect(texts(layer, 'tls.handshake.extensions_key_share_group')).toEqual(['X25519MLKEM768', 'x25519']);
    expect(texts(layer, 'tls.handshake.extensions_supported_group')).toEqual(['x25519', 'secp256r1']);
    expect(texts(layer, 'tls.handshake.extension').at(-2)).toBe('GREASE (0x5a5a)');
    expect(values(layer, 'tls.handshake.extension.data')).toEqual([Buffer.from('ticket').toString('hex')]);
    const name = flat(layer.fields).find((f) => f.name === 'tls.handshake.extensions_server_name') as Field;
    const frame = tcpFrame({ to: '10.0.0.2:443', payload: hello });
    expect(Buffer.from(frame.subarray(name.at, name.end)).toString()).toBe('www.example.test');
    checkNesting(layer.fields, layer.at, layer.end);
  });

  test('a flight of the server', () => {
    const retry = b.record(
      22,
      b.handshake(2, b.serverHello({ random: b.RETRY_RANDOM, suite: 0x1302, extensions: [b.extension(43, be16(0x0304))] })),
    );
    expect(title(join(retry, b.changeCipherSpec))).toBe(
      'Hello Retry Request (TLS 1.3, TLS_AES_256_GCM_SHA384), Change Cipher Spec',
    );
    const flight = join(
      b.record(22, b.handshake(2, b.serverHello({ extensions: [b.alpn('h2')] }))),
      b.record(22, join(b.handshake(11, b.sized24(b.sized24(b.CERTIFICATE))), b.handshake(14, u8()))),
    );
    expect(title(flight)).toBe('Server Hello (TLS 1.2, TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256), Certificate, Server Hello Done');
    expect(values(over(flight), 'tls.handshake.certificate')).toEqual([
      'www.example.test, *.example.test, 192.0.2.1, 2001:db8::1',
    ]);
    expect(values(over(flight), 'tls.handshake.extensions_alpn_str')).toEqual(['h2']);
    checkNesting(over(flight).fields, 0, 2000);
  });

  test('alerts, encrypted records, many of a kind', () => {
    expect(title(b.alert(2, 48))).toBe('Alert (fatal: unknown_ca)');
    expect(title(b.record(21, new Uint8Array(26)))).toBe('Encrypted Alert');
    expect(title(b.record(22, new Uint8Array(40).fill(0xab)))).toBe('Encrypted Handshake Message');
    expect(title(join(b.changeCipherSpec, b.applicationData(9), b.applicationData(9), b.applicationData(9)))).toBe(
      'Change Cipher Spec, Application Data (3)',
    );
  });

  test('the SSL 2.0 form', () => {
    const layer = over(b.oldClientHello());
    expect(title(b.oldClientHello())).toBe('Client Hello (SSL 2.0 form)');
    expect(texts(layer, 'tls.handshake.cipherspec').slice(0, 3)).toEqual([
      'TLS_RSA_WITH_AES_128_CBC_SHA',
      'TLS_RSA_WITH_RC4_128_SHA',
      'SSL 2.0 0x010080',
    ]);
  });

  test('a segment that begins inside a record says so', () => {
    expect(title(new Uint8Array(300).fill(0x42))).toBe('continuation of a record');
    expect(title(join(new Uint8Array(30).fill(0x42), b.applicationData(100), b.applicationData(5)))).toBe(
      'continuation of a record, Application Data (2)',
    );
    expect(values(over(join(new Uint8Array(30).fill(0x42), b.applicationData(100))), 'tls.record.fragment')).toEqual([30]);
    expect(title(join(b.applicationData(5), u8(23, 3)))).toBe('Application Data');
  });

  test('a record that goes on, and one that was cut by the capture', () => {
    const first = over(hello.subarray(0, 200));
    expect(first.title).toContain('Client Hello (SNI=www.example.test) (first part)');
    expect(texts(first, 'tls.record.missing')).toEqual([`${hello.length - 200} bytes: goes on in a later segment`]);
    expect(texts(over(hello, 10), 'tls.record.missing')).toEqual(['10 bytes: the rest was not captured']);
    for (let size = 1; size < hello.length; size++) {
      const layer = over(hello.subarray(0, size));
      expect(flat(layer.fields).flatMap((f) => f.problem ?? [])).toEqual([]);
      checkNesting(layer.fields, layer.at, layer.end);
    }
  });

  test('a length that leads past the end of the hello is a fault of it', () => {
    const broken = b.clientHello({ extensions: [b.serverName('www.example.test')] });
    broken[broken.length - 23] = 0xff;
    const layer = over(b.record(22, b.handshake(1, broken)));
    expect(flat(layer.fields).flatMap((f) => f.problem ?? [])).toEqual(['TLS: a length in the hello leads past its end']);
  });
});
