import { describe, expect, test } from 'vitest';
import { decode } from '../../src/dissect/decode.ts';
import type { Field, Layer } from '../../src/dissect/protocol.ts';
import { be16, join, tcpFrame, u8, udpFrame } from '../frames.ts';
import { answer, message, pointer, query, wireName } from './build.ts';

const over = (payload: Uint8Array, to = '10.0.0.53:53', cut = 0): Layer => {
  const frame = udpFrame({ to, payload });
  return decode(frame.subarray(0, frame.length - cut), frame.length, 1).at(-1) as Layer;
};
const overTcp = (payload: Uint8Array): Layer => decode(tcpFrame({ to: '10.0.0.53:53', payload }), 0, 1).at(-1) as Layer;

/** All fields, depth first. */
const flat = (fields: Field[]): Field[] => fields.flatMap((f) => [f, ...flat(f.children ?? [])]);
const values = (layer: Layer, name: string): Field['value'][] =>
  flat(layer.fields).flatMap((f) => (f.name === name ? [f.value] : []));
const problems = (layer: Layer): (string | undefined)[] => flat(layer.fields).flatMap((f) => f.problem ?? []);

/** Children lie inside their parents, and all of it inside the layer. */
function checkNesting(fields: Field[], at: number, end: number): void {
  for (const field of fields) {
    expect(field.at).toBeGreaterThanOrEqual(at);
    expect(field.end).toBeGreaterThanOrEqual(field.at);
    expect(field.end).toBeLessThanOrEqual(end);
    checkNesting(field.children ?? [], field.at, field.end);
  }
}

describe('the field tree of a message', () => {
  test('a query', () => {
    const layer = over(query(0xbeef, 'www.my-app.com'));
    expect([layer.protocol, layer.title]).toEqual(['dns', 'Domain Name System, Standard query A www.my-app.com']);
    expect(values(layer, 'dns.id')).toEqual([0xbeef]);
    expect(values(layer, 'dns.flags.response')).toEqual([false]);
    expect(values(layer, 'dns.flags.recdesired')).toEqual([true]);
    expect(values(layer, 'dns.qry.name')).toEqual(['www.my-app.com']);
    expect(flat(layer.fields).find((f) => f.name === 'dns.qry.type')?.text).toBe('A (1)');
    expect(flat(layer.fields).find((f) => f.name === 'dns.qry.name')).toMatchObject({ at: 54, end: 70 });
    checkNesting(layer.fields, layer.at, layer.end);
  });

  test('answers of every section, with their values', () => {
    const soa = join(wireName('ns.example'), wireName('admin.example'), ...[1, 2, 3, 4, 5].map((n) => u8(0, 0, 0, n)));
    const layer = over(
      answer(1, 'www.example', ['93.184.216.34'], {
        authorities: [{ name: 'example', type: 6, data: soa }],
        additionals: [{ name: '', type: 41, class: 1232, ttl: 0x8000, data: u8(0, 15, 0, 2, 0, 18) }],
      }),
      '10.0.0.2:53',
    );
    expect(layer.title).toBe('Domain Name System, Standard query response A www.example A 93.184.216.34');
    expect(values(layer, 'dns.a')).toEqual(['93.184.216.34']);
    expect(values(layer, 'dns.resp.name')).toEqual(['www.example', 'example', '.']);
    expect(values(layer, 'dns.soa.rname')).toEqual(['admin.example']);
    expect(values(layer, 'dns.soa.minimum_ttl')).toEqual([5]);
    expect(values(layer, 'dns.rr.udp_payload_size')).toEqual([1232]);
    expect(values(layer, 'dns.resp.z.do')).toEqual([true]);
    expect(values(layer, 'dns.opt.ext_error.info_code')).toEqual([18]);
    expect(problems(layer)).toEqual([]);
    checkNesting(layer.fields, layer.at, layer.end);
  });

  test('NXDOMAIN; long values are not in the title', () => {
    expect(over(message({ flags: 0x8183, questions: [{ name: 'no.example', type: 28 }] })).title).toBe(
      'Domain Name System, Standard query response NXDOMAIN AAAA no.example',
    );
    const long = { name: pointer(12), type: 48, data: join(be16(257), u8(3, 13), new Uint8Array(200)) };
    expect(over(message({ flags: 0x8180, questions: [{ name: 'a', type: 48 }], answers: [long] })).title).toBe(
      'Domain Name System, Standard query response DNSKEY a DNSKEY',
    );
  });

  test('mDNS and LLMNR by their own names; the upper bit of a class', () => {
    const layer = over(
      message({ flags: 0, questions: [{ name: '한글._ipp._tcp.local', type: 12, class: 0x8001 }] }),
      '224.0.0.251:5353',
    );
    expect([layer.protocol, layer.title]).toEqual([
      'mdns',
      'Multicast Domain Name System, Standard query PTR 한글._ipp._tcp.local',
    ]);
    expect([values(layer, 'dns.qry.qu'), values(layer, 'dns.qry.class')]).toEqual([[true], [1]]);
    expect(over(query(1, 'wpad'), '224.0.0.252:5355').protocol).toBe('llmnr');
  });

  test('cut by the capture it is told so, short on the wire it is at fault', () => {
    const whole = answer(1, 'www.example', ['192.0.2.1', '192.0.2.2']);
    const cut = over(whole, '10.0.0.53:53', 3);
    expect(values(cut, 'dns.a')).toEqual(['192.0.2.1']);
    expect(flat(cut.fields).at(-1)?.text).toBe('3 of its 61 bytes were not captured');
    expect(problems(cut)).toEqual([]);
    expect(problems(over(whole.subarray(0, whole.length - 3)))).toEqual([
      'DNS: the record says more data than the message has (byte 55 of the message)',
    ]);
    expect(problems(over(u8(1, 2, 3)))).toEqual(['DNS: the header needs 12 bytes (byte 0 of the message)']);
  });

  test('bytes behind the message; a name that cannot be read', () => {
    expect(values(over(join(query(1, 'a'), u8(1, 2, 3))), 'dns.extraneous')).toEqual([3]);
    const loop = over(message({ questions: [{ name: pointer(12), type: 1 }] }));
    expect(problems(loop)).toEqual(['DNS: pointers that lead in a circle, or more than 128 of them']);
  });

  test('over TCP: several messages, one that goes on, one that began earlier', () => {
    const a = query(1, 'a.example');
    const b = query(2, 'b.example', 28);
    const layer = overTcp(join(be16(a.length), a, be16(b.length), b.subarray(0, 20)));
    expect(layer.title).toBe('Domain Name System, Standard query A a.example; Standard query');
    expect(values(layer, 'dns.length')).toEqual([a.length, b.length]);
    expect(problems(layer)).toEqual([]);
    expect(overTcp(new Uint8Array(50).fill(0x61)).title).toBe('Domain Name System, continuation of a message');
    expect(overTcp(u8(0)).title).toBe('Domain Name System, beginning of a message');
    checkNesting(layer.fields, layer.at, layer.end);
  });
});
