import { describe, expect, test } from 'vitest';
import { kernelAddress, parseSockets, parseStat, socketInode } from '../../src/live/proc-net.ts';

// As proc(5) and Documentation/networking/proc_net_tcp.rst of the kernel show them, on a little-endian machine.
const TCP = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   106        0 17242 1 0000000000000000 100 0 0 10 0
   1: 0200000A:9C40 5000000A:01BB 01 00000000:00000000 02:000A78A4 00000000  1000        0 88213 2 0000000000000000 22 4 30 10 -1
   2: 0200000A:9C42 5000000A:01BB 06 00000000:00000000 03:00001735 00000000     0        0 0 3 0000000000000000
`;
const TCP6 = `  sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 19501 1 0000000000000000 100 0 0 10 0
   1: B80D0120000000000000000001000000:C350 B80D0120000000000000000002000000:0050 01 00000000:00000000 00:00000000 00000000  1000        0 4242 1 0000000000000000 20 4 30 10 -1
   2: 0000000000000000FFFF00000200000A:C351 0000000000000000FFFF00005000000A:0050 01 00000000:00000000 00:00000000 00000000  1000        0 4243 1 0000000000000000 20 4 30 10 -1
`;

describe('sockets of /proc/net', () => {
  test('of IPv4', () => {
    expect(parseSockets(TCP)).toEqual([
      { local: { address: '127.0.0.1', port: 5432 }, remote: { address: '0.0.0.0', port: 0 }, state: 10, uid: 106, inode: 17242 },
      {
        local: { address: '10.0.0.2', port: 40000 },
        remote: { address: '10.0.0.80', port: 443 },
        state: 1,
        uid: 1000,
        inode: 88213,
      },
      { local: { address: '10.0.0.2', port: 40002 }, remote: { address: '10.0.0.80', port: 443 }, state: 6, uid: 0, inode: 0 },
    ]);
  });

  test('of IPv6, with IPv4 inside', () => {
    const [listening, six, mapped] = parseSockets(TCP6);
    expect(listening.local).toEqual({ address: '::', port: 22 });
    expect(six.local).toEqual({ address: '2001:db8::1', port: 50000 });
    expect(six.remote).toEqual({ address: '2001:db8::2', port: 80 });
    expect(mapped.local).toEqual({ address: '10.0.0.2', port: 50001 });
    expect(mapped.inode).toBe(4243);
  });

  test('of a big-endian machine', () => {
    expect(kernelAddress('7F000001', false)).toBe('127.0.0.1');
  });

  test('lines that are none are passed over', () => {
    expect(parseSockets('')).toEqual([]);
    expect(parseSockets('nonsense\n 0: x:y z:w\n')).toEqual([]);
  });
});

test('a descriptor that is a socket', () => {
  expect(socketInode('socket:[4243]')).toBe(4243);
  expect(socketInode('pipe:[4243]')).toBeUndefined();
  expect(socketInode('/tmp/socket:[1]')).toBeUndefined();
});

test('stat of a process whose name looks like the rest', () => {
  const rest = '4711 4700 4690 34816 4711 4194560 181 0 0 0 0 0 0 0 20 0 1 0 815 4812800 190 18446744073709551615';
  expect(parseStat(`4712 (sh) S ${rest}`)).toEqual({ parent: 4711, group: 4700, start: 815 });
  expect(parseStat(`4712 (a) S 1 2) S ${rest}`)).toEqual({ parent: 4711, group: 4700, start: 815 });
  expect(parseStat('')).toBeUndefined();
});
