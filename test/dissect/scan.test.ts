import { describe, expect, test } from 'vitest';
import { Kind, Packets, Reason } from '../../src/dissect/packets.ts';
import { idOf } from '../../src/dissect/registry.ts';
import { scanAt, scanRows } from '../../src/dissect/scan.ts';
import { Stacks } from '../../src/dissect/stacks.ts';
import { byIpProtocol } from '../../src/dissect/tables.ts';
import {
  addressBytes,
  arpFrame,
  batchOf,
  be32,
  eth,
  fragmentHeader,
  fromHex,
  ipv4,
  ipv6,
  join,
  packetsOf,
  stackOf,
  tcp,
  tcpFrame,
  text,
  u8,
  udp,
  udpFrame,
} from '../frames.ts';

describe('columns', () => {
  test('of a TCP segment', () => {
    const ends = { from: '192.0.2.1:35704', to: '198.51.100.9:443' };
    const p = packetsOf([tcpFrame({ ...ends, flags: 'S', sequence: 0xfffffffe, window: 501, payload: 'hello' })]);
    expect(p.kind[0]).toBe(Kind.tcp);
    expect([p.sourcePort[0], p.destinationPort[0], p.sequence[0], p.flags[0], p.window[0]]).toEqual([
      35704, 443, 0xfffffffe, 2, 501,
    ]);
    expect([p.ipAt[0], p.transportAt[0], p.tcpHeaderLength[0]]).toEqual([14, 34, 20]);
    expect([p.payloadAt[0], p.payloadLength[0], p.payloadCaptured[0]]).toEqual([54, 5, 5]);
  });

  test('nine flags', () => {
    const frame = tcpFrame({ flags: 'FSRPAUEC' });
    frame[14 + 20 + 12] |= 1;
    expect(packetsOf([frame]).flags[0]).toBe(0x1ff);
  });

  test('the padding of a short frame is no payload', () => {
    const p = packetsOf([eth({ pad: true }, ipv4({}, tcp({}))), eth({ pad: true }, ipv4({ protocol: 17 }, udp({}, u8(1))))]);
    expect([...p.payloadLength.subarray(0, 2)]).toEqual([0, 1]);
    expect([...p.payloadCaptured.subarray(0, 2)]).toEqual([0, 1]);
  });

  test('lengths hold where the capture was cut', () => {
    const frame = tcpFrame({ payload: 'x'.repeat(1000) });
    const p = packetsOf([{ bytes: frame.subarray(0, 100), wire: frame.length }]);
    expect([p.payloadLength[0], p.payloadCaptured[0], p.reason[0]]).toEqual([1000, 46, Reason.none]);
  });

  test('options cut by the snap length leave a TCP row', () => {
    const frame = tcpFrame({ flags: 'S', options: u8(2, 4, 5, 0xb4), payload: 'xyz' });
    const p = packetsOf([{ bytes: frame.subarray(0, 56), wire: frame.length }]);
    expect([p.kind[0], p.flags[0], p.payloadLength[0], p.payloadCaptured[0]]).toEqual([Kind.tcp, 2, 3, 0]);
    expect([p.reason[0], p.reasonAt[0], p.reasonNeed[0]]).toEqual([Reason.cut, 34, 24]);
  });

  test('a TCP header that is too short to be one has no flags', () => {
    const frame = tcpFrame({ flags: 'S' });
    frame[46] = 0x40;
    const p = packetsOf([frame]);
    expect([p.kind[0], p.reason[0], p.flags[0], p.payloadCaptured[0]]).toEqual([Kind.tcp, Reason.badLength, 0, 0]);
  });

  test('total length 0 reaches to the end of the frame', () => {
    const p = packetsOf([eth({}, ipv4({ totalLength: 0 }, tcp({}, new Uint8Array(40_000))))]);
    expect(p.payloadLength[0]).toBe(40_000);
  });

  test('a total length beyond the frame does not reach past it', () => {
    const p = packetsOf([eth({}, ipv4({ totalLength: 1500 }, tcp({}, new Uint8Array(10))))]);
    expect([p.payloadLength[0], p.payloadCaptured[0]]).toEqual([10, 10]);
  });

  test('jumbograms and big TCP are longer than 65535 bytes', () => {
    const payload = new Uint8Array(70_000);
    const jumbo: [number, Uint8Array] = [0, join(u8(0, 0xc2, 4), be32(8 + 20 + payload.length))];
    const frames = [
      eth({ type: 0x86dd }, join(ipv6({ payloadLength: 0, extensions: [jumbo] }, tcp({}, payload)), text('trailer'))),
      eth({ type: 0x86dd }, ipv6({ payloadLength: 0 }, tcp({}, payload))),
    ];
    const p = packetsOf(frames);
    expect([...p.payloadLength.subarray(0, 2)]).toEqual([70_000, 70_000]);
    expect([...p.ipProtocol.subarray(0, 2)]).toEqual([6, 6]);
  });

  test('fragments', () => {
    const whole = udp({}, text('sixteen bytes...and the rest'));
    const p = packetsOf([
      eth({}, ipv4({ protocol: 17, id: 7, moreFragments: true }, whole.subarray(0, 24))),
      eth({ pad: true }, ipv4({ protocol: 17, id: 7, offset: 24 }, whole.subarray(24))),
      eth({ type: 0x86dd }, ipv6({ protocol: 17, extensions: [fragmentHeader(0xfffffff0, 8, true)] }, whole.subarray(8, 24))),
    ]);
    const row = (i: number) => [
      p.kind[i],
      p.ipProtocol[i],
      p.fragmentId[i],
      p.fragmentOffset[i],
      p.fragmentMore[i],
      p.payloadLength[i],
    ];
    expect(row(0)).toEqual([Kind.fragment, 17, 7, 0, 1, 24]);
    expect(row(1)).toEqual([Kind.fragment, 17, 7, 24, 0, 12]);
    expect(row(2)).toEqual([Kind.fragment, 17, 0xfffffff0, 8, 1, 16]);
    expect(p.payloadAt[0]).toBe(34);
  });

  test('MAC addresses of Ethernet, of cooked captures, and of 802.11 by its way', () => {
    const p = packetsOf([
      tcpFrame({}),
      { bytes: join(fromHex('0004 0001 0006 020000000001 0000 0800'), ipv4({}, tcp({}))), linkType: 113 },
      {
        bytes: join(fromHex('0802 0000 0a0000000001 0a0000000002 0a0000000003 0000 aaaa03 000000 0800'), ipv4({}, tcp({}))),
        linkType: 105,
      },
    ]);
    const at = (i: number) =>
      [p.destinationMacAt[i], p.sourceMacAt[i]].map((mac) => (mac < 0 ? mac : mac - (p.ipAt[i] - [14, 16, 32][i])));
    expect(at(0)).toEqual([0, 6]);
    expect(at(1)).toEqual([-1, 6]);
    expect(at(2)).toEqual([4, 16]);
  });

  test('of a tunnel are those of the innermost packet', () => {
    const inner = ipv4({ source: '192.0.2.1' }, tcp({ sourcePort: 5 }));
    const p = packetsOf([eth({}, ipv4({ source: '10.9.9.9', protocol: 47 }, join(u8(0, 0, 8, 0), inner)))]);
    expect([p.ipAt[0], p.kind[0], p.sourcePort[0]]).toEqual([38, Kind.tcp, 5]);
  });

  test('of an outer transport do not outlive an inner packet without one', () => {
    const vxlan = (inner: Uint8Array) =>
      eth({}, ipv4({ protocol: 17 }, udp({ destinationPort: 4789 }, join(fromHex('0800000000000100'), eth({}, inner)))));
    const p = packetsOf([vxlan(ipv4({ protocol: 253 }, text('?'))), vxlan(u8())]);
    expect([p.kind[0], p.transportAt[0]]).toEqual([Kind.none, -1]);
    expect([p.kind[1], p.reason[1]]).toEqual([Kind.udp, Reason.short]);
  });

  test('ICMPv6 in a packet of version 4 is named, but is no row of its kind', () => {
    const p = packetsOf([eth({}, ipv4({ protocol: 58 }, new Uint8Array(24)))]);
    expect(p.kind[0]).toBe(Kind.none);
  });
});

describe('rows', () => {
  test('are reset before they are read', () => {
    const stacks = new Stacks();
    const p = packetsOf([tcpFrame({}), arpFrame()], 1, stacks);
    const batch = batchOf([u8(1, 2, 3), arpFrame()], 1);
    scanRows(p, batch, 0, 2, 0, stacks);
    expect([p.kind[0], p.ipAt[0], p.transportAt[0], p.sourceMacAt[0], p.payloadLength[0]]).toEqual([Kind.none, -1, -1, -1, 0]);
    expect(p.kind[1]).toBe(Kind.arp);
  });

  test('outside of the range stay', () => {
    const stacks = new Stacks();
    const batch = batchOf([tcpFrame({}), udpFrame({}), arpFrame()]);
    const p = new Packets();
    scanRows(p, batch, 1, 2, 0, stacks);
    expect([...p.kind.subarray(0, 3)]).toEqual([Kind.none, Kind.udp, Kind.none]);
  });

  test('keep nanoseconds, also before the base', () => {
    const second = 1_000_000_000n;
    const times = [1_700_000_000n * second + 123_456_789n, 1_699_999_999n * second + 1n, 1_708_000_000n * second + 999_999_999n];
    const p = packetsOf(times.map((time) => ({ bytes: tcpFrame({}), time })));
    expect([...p.time.subarray(0, 3)]).toEqual([123_456_789, -999_999_999, 8_000_000_999_999_999]);
  });

  test('bear a wire length below the captured one, and an absurd one', () => {
    const frame = udpFrame({ payload: 'abc' });
    const p = packetsOf([
      { bytes: frame, wire: 0 },
      { bytes: frame, wire: 0xffffffff },
    ]);
    expect([...p.payloadLength.subarray(0, 2)]).toEqual([3, 3]);
  });
});

test('a datagram put together in the annex', () => {
  const stacks = new Stacks();
  const fragment = ipv4({ source: '192.0.2.7', protocol: 17, offset: 8 }, text('last'));
  const whole = udp({ sourcePort: 53, destinationPort: 999 }, text('whole answer'));
  const batch = batchOf([eth({}, fragment)]);
  const frameEnd = batch.bytes.length;
  batch.bytes = join(batch.bytes, whole);
  const p = new Packets();
  scanRows(p, batch, 0, 1, 0, stacks);
  expect([p.kind[0], stacks.name(p.stack[0])]).toEqual([Kind.fragment, 'eth:ip']);
  scanAt(p, 0, byIpProtocol[17], frameEnd, frameEnd + whole.length, frameEnd + whole.length, stacks);
  expect([p.kind[0], p.sourcePort[0], p.payloadLength[0]]).toEqual([Kind.udp, 53, 12]);
  expect([p.ipAt[0], p.transportAt[0], stacks.name(p.stack[0])]).toEqual([14, frameEnd, 'eth:ip:udp:dns']);
});

test('stacks tell names, depth and layers', () => {
  const stacks = new Stacks();
  const stack = ['eth', 'ip', 'tcp'].reduce((below, name) => stacks.next(below, idOf(name)), 0);
  expect([stacks.name(stack), stacks.depth(stack), stacks.layers(stack)]).toEqual(['eth:ip:tcp', 3, ['eth', 'ip', 'tcp']]);
  expect([stacks.name(0), stacks.layers(0)]).toEqual(['unknown', []]);
  expect(stackOf({ bytes: addressBytes('10.0.0.1'), linkType: 220 })).toBe('unknown');
});

test('an ICMP header that is cut within a tunnel has no payload: not that of the UDP around it', () => {
  const inner = eth(
    { type: 0x0800 },
    ipv4({ protocol: 1, source: '10.0.0.1', destination: '10.0.0.2', totalLength: 1500 }, u8(3, 1, 0, 0, 0, 0)),
  );
  const vxlan = join(u8(8, 0, 0, 0, 0, 0, 7, 0), inner);
  const frame = eth(
    {},
    ipv4({ protocol: 17, source: '10.1.0.1', destination: '10.1.0.2' }, udp({ destinationPort: 4789 }, vxlan)),
  );
  const p = packetsOf([frame, tcpFrame({})]);
  expect([p.kind[0], p.payloadLength[0], p.payloadCaptured[0]]).toEqual([Kind.icmp, 0, 0]);
});
