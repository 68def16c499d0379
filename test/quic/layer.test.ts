import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dissect/decode.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { summarize } from '../../src/dissect/summary.ts';
import { check, guarded } from '../dissect/checks.ts';
import { fromHex, join, text, u8, udpFrame } from '../frames.ts';
import * as b from './build.ts';
import { CLIENT_FRAMES, VECTORS } from './vectors.ts';

const SCID = fromHex('0102030405');
const AT = 42;

const frameOf = (...packets: Uint8Array[]): Uint8Array =>
  udpFrame({ from: '10.0.0.1:50000', to: '10.0.0.2:4433', payload: join(...packets) });
const layersOf = (frame: Uint8Array, wire = frame.length): Layer[] => decode(frame, wire, 1);
function quic(...packets: Uint8Array[]): Layer {
  const found = layersOf(frameOf(...packets)).find((layer) => layer.protocol === 'quic');
  if (found === undefined) throw new Error('no QUIC');
  return found;
}
const all = (fields: Field[]): Field[] => fields.flatMap((field) => [field, ...all(field.children ?? [])]);
/** Fields as "name at-end text", offsets from the first byte of the datagram's payload. */
const lines = (fields: Field[] | undefined): string[] =>
  (fields ?? []).map((f) => `${f.name} ${f.at - AT}-${f.end - AT} ${f.text ?? f.value ?? ''}`.trimEnd());
const named = (layer: Layer, name: string): Field[] => all(layer.fields).filter((field) => field.name === name);

describe('fields', () => {
  test("the client's Initial of RFC 9001 A.2", () => {
    const layer = quic(VECTORS[0].client);
    expect(layer.title).toBe('QUIC, Initial, DCID=8394c8f03e515708, Client Hello (SNI=example.com)');
    expect([layer.at, layer.end]).toEqual([AT, AT + 1200]);
    expect(lines(layer.fields)).toEqual(['quic.packet 0-1200 1200 bytes']);
    const [packet] = layer.fields;
    expect(lines(packet.children).map((line) => line.slice(0, 100))).toEqual([
      'quic.packet_length 0-1200 1200',
      'quic.header_form 0-1 set',
      'quic.fixed_bit 0-1 set',
      'quic.long.packet_type 0-1 Initial (0)',
      'quic.long.reserved 0-1 0',
      'quic.packet_number_length 0-1 4 bytes',
      'quic.version 1-5 1 (0x00000001)',
      'quic.dcil 5-6 8',
      'quic.dcid 6-14 8394c8f03e515708',
      'quic.scil 14-15 0',
      'quic.token_length 15-16 0',
      'quic.length 16-18 1182',
      'quic.packet_number 18-22 2',
      'quic.payload 22-1184 d1b1c98dd7689fb8ec11d242b123dc9bd8bab936b47d92ec356c0bab7df5976d… (1162 bytes)',
      'quic.frame 22-267 245 bytes',
      'quic.frame 267-1184 917 bytes',
      'tls.handshake 26-267 Client Hello (SNI=example.com)',
    ]);
    const [crypto, padding] = named(layer, 'quic.frame');
    expect(lines(crypto.children).map((line) => line.slice(0, 60))).toEqual([
      'quic.frame_type 22-23 CRYPTO (6)',
      'quic.crypto.offset 23-24 0',
      'quic.crypto.length 24-26 241',
      'quic.crypto.crypto_data 26-267 010000ed0303ebf8fa56f12939b95',
    ]);
    expect(lines(padding.children)).toEqual(['quic.frame_type 267-268 PADDING (0)', 'quic.padding_length 267-1184 917']);
    const nameAt = 22 + Buffer.from(CLIENT_FRAMES).indexOf('example.com');
    expect(lines(named(layer, 'tls.handshake.extensions_server_name'))).toEqual([
      `tls.handshake.extensions_server_name ${nameAt}-${nameAt + 11} example.com`,
    ]);
  });

  test('version 2 has a field of its own for types in its order', () => {
    const layer = quic(VECTORS[1].client);
    expect(lines(named(layer, 'quic.long.packet_type_v2'))).toEqual(['quic.long.packet_type_v2 0-1 Initial (1)']);
    expect(layer.title).toContain('SNI=example.com');
  });

  test("a server's Initial, whose keys an earlier packet has, stays closed", () => {
    const layer = quic(VECTORS[0].server);
    expect(layer.title).toBe('QUIC, Initial, SCID=f067a5502a4262b5');
    expect(lines(layer.fields[0].children).at(-1)).toMatch(/^quic\.remaining_payload 18-135 /);
  });

  test('Retry', () => {
    const layer = quic(b.retry({ dcid: SCID, scid: b.ID, token: text('token') }));
    expect(layer.title).toBe('QUIC, Retry, DCID=0102030405, SCID=8394c8f03e515708');
    expect(lines(layer.fields[0].children).slice(-2, -1)).toEqual(['quic.retry_token 20-25 746f6b656e']);
    expect(lines(layer.fields[0].children).at(-1)).toMatch(/^quic\.retry_integrity_tag 25-41 [0-9a-f]{32}$/);
  });

  test('Version Negotiation', () => {
    const layer = quic(b.negotiation(SCID, b.ID, 1, b.VERSION_2, b.DRAFT_29, b.RESERVED, 0x12345678));
    expect(layer.title).toBe('QUIC, Version Negotiation, DCID=0102030405, SCID=8394c8f03e515708');
    expect(named(layer, 'quic.supported_version').map((field) => field.text)).toEqual([
      '1 (0x00000001)',
      '2 (0x6b3343cf)',
      'draft-29 (0xff00001d)',
      'reserved (0x1a2a3a4a)',
      '0x12345678',
    ]);
    expect(named(layer, 'quic.version')[0].text).toBe('Version Negotiation (0x00000000)');
  });

  test('coalesced packets, and a short header behind them', () => {
    const layer = quic(
      b.initial({ dcid: SCID, scid: b.ID, fromServer: true, keyId: b.ID, frames: b.PING, pad: 30 }),
      b.longPacket(2, { dcid: SCID, scid: b.ID, pad: 40 }),
      b.longPacket(1, { dcid: SCID, scid: b.ID, pad: 40 }),
      b.shortPacket(SCID, 33),
    );
    expect(layer.fields.map((field) => field.label)).toEqual([
      'Initial packet',
      'Handshake packet',
      '0-RTT packet',
      'Short header packet',
    ]);
    expect(layer.fields.map((field) => field.at).slice(1)).toEqual(layer.fields.map((field) => field.end).slice(0, -1));
    expect(layer.fields.at(-1)?.end).toBe(layer.end);
    expect(named(layer, 'quic.dcid').map((field) => field.value)).toEqual(new Array(4).fill('0102030405'));
  });

  test('a short header is told from padding by the id before it', () => {
    const id = u8(1, 2, 3, 4);
    const packet = b.initial({ dcid: id, scid: b.ID, frames: b.PING, pad: 30 });
    const behind = (rest: Uint8Array): string | undefined => quic(packet, rest).fields.at(-1)?.label;
    expect(behind(b.shortPacket(id))).toBe('Short header packet');
    expect(behind(join(u8(0x01), id, text('greased')))).toBe('Short header packet');
    expect(behind(join(u8(0x41), text('random padding')))).toBe('Padding');
    expect(behind(u8(0x41, 1, 2))).toBe('Padding');
  });

  test('a first datagram padded outside of its packet', () => {
    const layer = quic(b.initial({ frames: b.PING, pad: 40 }), new Uint8Array(500));
    expect(layer.fields.map((field) => field.label)).toEqual(['Initial packet', 'Padding']);
  });

  test('frames of every kind', () => {
    const hello = b.clientHello('www.example.test');
    const layer = quic(b.initial({ frames: join(b.PING, b.ack([1, 2]), b.crypto(0, hello), b.close(0x128, 'bad name')) }));
    expect(named(layer, 'quic.frame').map((field) => field.label)).toEqual(['PING', 'ACK', 'CRYPTO', 'CONNECTION_CLOSE']);
    expect(named(layer, 'quic.ack.largest_acknowledged')[0].value).toBe(5);
    expect(named(layer, 'quic.cc.error_code')[0].text).toBe('CRYPTO_ERROR (TLS alert handshake_failure) (0x128)');
    expect(named(layer, 'quic.cc.reason_phrase')[0].value).toBe('bad name');
    expect(layer.title).toBe(
      'QUIC, Initial, DCID=8394c8f03e515708, Client Hello (SNI=www.example.test), PING, ACK, CONNECTION_CLOSE',
    );
  });

  test('a hello in shuffled frames: fields stand where their bytes stand', () => {
    const hello = b.clientHello('www.example.test');
    const cut = 60;
    const frame = frameOf(
      b.initial({ frames: join(b.crypto(cut, hello.subarray(cut)), b.PING, b.crypto(0, hello.subarray(0, cut))) }),
    );
    const layer = layersOf(frame).find((one) => one.protocol === 'quic') as Layer;
    expect(layer.title).toContain('Client Hello (SNI=www.example.test)');
    const [payload] = named(layer, 'quic.payload');
    const [whole] = named(layer, 'tls.handshake');
    expect([whole.at, whole.end]).toEqual([payload.at, payload.end]);
    // The first CRYPTO frame has one byte of type, one of offset and two or one of length.
    const second = named(layer, 'quic.crypto.crypto_data')[1];
    const [type] = named(layer, 'tls.handshake.type');
    expect([type.at, type.end]).toEqual([second.at, second.at + 1]);
    const [name] = named(layer, 'tls.handshake.extensions_server_name');
    const within = Buffer.from(hello).indexOf('www.example.test');
    const firstData = named(layer, 'quic.crypto.crypto_data')[0];
    if (within >= cut) expect(name.at).toBe(firstData.at + within - cut);
    check(frame, frame.length, 1);
  });

  test('the first part of a hello', () => {
    const hello = b.clientHello('www.example.test');
    const layer = quic(b.initial({ frames: b.crypto(0, hello.subarray(0, 60)) }));
    expect(layer.title).toContain('Client Hello');
    expect(layer.title).toContain('(first part)');
    expect(quic(b.initial({ frames: b.crypto(60, hello.subarray(60)) })).title).toBe(
      'QUIC, Initial, DCID=8394c8f03e515708, CRYPTO',
    );
  });

  test('one line about a packet', () => {
    const frame = frameOf(VECTORS[0].client);
    const { protocol, info } = summarize(frame, frame.length, 1, layersOf(frame));
    expect([protocol, info]).toEqual(['QUIC', 'Initial, DCID=8394c8f03e515708, Client Hello (SNI=example.com)']);
  });
});

describe('every cut', () => {
  const datagrams: [string, Uint8Array][] = [
    ['Initial', b.initial({ scid: SCID, token: text('token'), frames: b.crypto(0, b.clientHello('www.example.test')) })],
    ['Retry', b.retry({ scid: b.ID, token: text('token') })],
    ['Version Negotiation', b.negotiation(SCID, b.ID, 1, 2)],
    ['coalesced', join(b.initial({ pad: 40 }), b.longPacket(2, { pad: 40 }), b.shortPacket(b.ID))],
    ['unknown version', join(u8(0xc0, 0x12, 0x34, 0x56, 0x78, 2, 1, 2, 0), text('payload'))],
  ];

  test.each(datagrams)('%s: fields lie within the bytes', (_, payload) => {
    const frame = frameOf(payload);
    for (let end = AT; end <= frame.length; end++) {
      check(frame.slice(0, end), frame.length, 1);
      const short = frameOf(payload.subarray(0, end - AT));
      check(short, short.length, 1);
    }
  });

  test('nothing is read behind the end', () => {
    const frame = frameOf(b.retry({ scid: b.ID, token: text('token') }));
    for (let end = AT; end <= frame.length; end++) decode(guarded(frame.slice(0, end)), frame.length, 1);
  });
});
