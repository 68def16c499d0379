import { describe, expect, test } from 'vitest';
import { type Captured, eth, icmp, icmpv6, ipv4, ipv6, join, u8, udpFrame } from '../frames.ts';
import { correlate, dialogue, run } from './dialogue.ts';

const ETHERNET = 14;
const REST = u8(0, 0, 0, 0);

/** An ICMP error from a router that quotes the beginning of a frame's IP packet. */
function error(frame: Uint8Array, type: number, code: number, length = 28): Captured {
  const quote = frame.subarray(ETHERNET, ETHERNET + length);
  return {
    bytes: eth({}, ipv4({ source: '10.0.0.254', destination: '10.0.0.1', protocol: 1 }, icmp(type, code, join(REST, quote)))),
  };
}

function error6(frame: Uint8Array, type: number, code: number): Captured {
  const quote = frame.subarray(ETHERNET, ETHERNET + 60);
  const packet = ipv6(
    { source: '2001:db8::fe', destination: '2001:db8::1', protocol: 58 },
    icmpv6(type, code, join(REST, quote)),
  );
  return { bytes: eth({ type: 0x86dd }, packet) };
}

const SYN = dialogue('0 c S');
const SYN6 = dialogue('0 c S', { client: '[2001:db8::1]:40000', server: '[2001:db8::2]:80' });

test('type and code are enough, where the capture was cut behind them', () => {
  const whole = eth({}, ipv4({ protocol: 1 }, icmp(8, 0, join(REST, u8(1, 2, 3)))));
  const cut = (length: number) => correlate([{ bytes: whole.subarray(0, ETHERNET + 20 + length), wire: whole.length }]).icmp;
  expect(cut(2)).toMatchObject([{ packet: 1, type: 8, code: 0, source: '10.0.0.1' }]);
  expect(cut(7)).toHaveLength(1);
  expect(cut(1)).toEqual([]);
});

describe('what an ICMP error is about', () => {
  test('the connection whose packet it quotes, and how that ended', () => {
    const { icmp, connections } = correlate([...SYN, error(SYN[0].bytes, 3, 1)]);
    expect(icmp[0].about).toEqual({ connection: 0 });
    expect(connections[0].close).toEqual({ how: 'unreachable', first: undefined, packets: [2] });
    expect(connections[0].segments).toEqual({ icmpErrors: [2] });
  });

  test('over IPv6 too', () => {
    const { icmp, connections } = correlate([...SYN6, error6(SYN6[0].bytes, 1, 4)]);
    expect(icmp[0].about).toEqual({ connection: 0 });
    expect(connections[0].close.how).toBe('unreachable');
  });

  test('the UDP flow', () => {
    const question = udpFrame({ payload: 'x' });
    expect(correlate([{ bytes: question }, error(question, 3, 3)]).icmp[0].about).toEqual({ datagram: 0 });
  });

  test('another port, or a quote that ends before the ports: nobody knows', () => {
    const other = dialogue('0 c S', { client: '10.0.0.1:40001' });
    expect(correlate([...SYN, error(other[0].bytes, 3, 1)]).icmp[0].about).toBeUndefined();
    expect(correlate([...SYN, error(SYN[0].bytes, 3, 1, 22)]).icmp[0].about).toBeUndefined();
  });

  test('the quote of an answer finds the same connection', () => {
    const frames = dialogue('0 c S\n 0.01 s SA');
    const { icmp, connections } = correlate([...frames, error(frames[1].bytes, 3, 1)]);
    expect(icmp[0].about).toEqual({ connection: 0 });
    expect(connections[0].close.how).toBe('open');
  });
});

test('hop limit reached, too big: about the connection, but no answer to its SYN', () => {
  for (const [type, code] of [
    [11, 0],
    [3, 4],
  ]) {
    const { icmp, connections } = correlate([...SYN, error(SYN[0].bytes, type, code)]);
    expect(icmp[0].about).toEqual({ connection: 0 });
    expect(connections[0].close.how).toBe('unanswered');
  }
});

test('a host that answers all the same is not unreachable', () => {
  const frames = dialogue('0 c S\n 1 c S seq=-1\n 1.01 s SA\n 1.02 c A\n 2 c FA\n 2.1 s FA');
  const { connections } = correlate([frames[0], error(frames[0].bytes, 3, 1), ...frames.slice(1)]);
  expect(connections[0].close.how).toBe('fin-both');
  expect(run('0 c S\n 1 c S seq=-1').connections[0].close.how).toBe('unanswered');
});
