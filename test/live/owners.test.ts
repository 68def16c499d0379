import { expect, test, vi } from 'vitest';
import { ProcessOwners, type System } from '../../src/live/owners.ts';

const at = (address: string, port: number) => ({ address, port });
const pair = (port: number) => ({ client: at('10.0.0.2', port), server: at('10.0.0.80', 443) });

/** Two processes: 100 "curl" has the connection of port 40000, 200 "nginx" listens and has that of 40001. */
function system(): System & { time: number; reads: number; asked: number[] } {
  return {
    time: 0,
    reads: 0,
    asked: [],
    now() {
      return this.time;
    },
    sockets() {
      this.reads++;
      return [
        { local: at('10.0.0.2', 40000), remote: at('10.0.0.80', 443), inode: 7 },
        { local: at('10.0.0.80', 443), remote: at('10.0.0.2', 40001), inode: 8 },
        { local: at('10.0.0.2', 40002), remote: at('10.0.0.80', 443), inode: 0 },
      ];
    },
    processes: () => [300, 200, 100],
    inodesOf(pid) {
      this.asked.push(pid);
      return pid === 100 ? [1, 7] : pid === 200 ? [8] : [];
    },
    ownerOf: (pid) => ({ pid, name: pid === 100 ? 'curl' : 'nginx' }),
  };
}

test('the process of the end that is on this host', () => {
  const owners = new ProcessOwners(system());
  owners.opened(0, () => pair(40000));
  owners.opened(1, () => pair(40001));
  owners.opened(2, () => pair(40002));
  owners.opened(3, () => pair(50000));
  owners.look();
  expect(owners.of(0)).toEqual({ pid: 100, name: 'curl' });
  expect(owners.of(1)).toEqual({ pid: 200, name: 'nginx' });
  expect(owners.of(2)).toBe('unknown');
  expect(owners.of(3)).toBe('unknown');
  owners.forget(0);
  expect(owners.of(0)).toBe('unknown');
});

test('one look for all that came together, the next not before its time', () => {
  vi.useFakeTimers();
  try {
    const host = system();
    const owners = new ProcessOwners(host);
    for (let id = 0; id < 100; id++) {
      owners.opened(id, () => pair(40000));
      if (id === 9) owners.look();
    }
    for (let i = 0; i < 1000; i++) owners.look();
    expect(host.reads).toBe(1);
    expect(owners.of(9)).toEqual({ pid: 100, name: 'curl' });
    expect(owners.of(10)).toBe('unknown');
    host.time = 1000;
    vi.advanceTimersByTime(1000);
    expect(host.reads).toBe(2);
    expect(owners.of(99)).toEqual({ pid: 100, name: 'curl' });
    host.time = 2000;
    for (let i = 0; i < 1000; i++) owners.look();
    expect(host.reads).toBe(2);
  } finally {
    vi.useRealTimers();
  }
});

test('what had a connection before is asked first', () => {
  const host = system();
  const owners = new ProcessOwners(host);
  owners.opened(0, () => pair(40000));
  owners.look();
  host.asked = [];
  host.time = 1000;
  owners.opened(1, () => pair(40000));
  owners.look();
  expect(host.asked).toEqual([100]);
});

test('a flood is not looked up, and costs no address texts', () => {
  const owners = new ProcessOwners(system());
  let made = 0;
  for (let id = 0; id < 100_000; id++)
    owners.opened(id, () => {
      made++;
      return pair(40000);
    });
  expect(made).toBeLessThanOrEqual(512);
});

test('a search among too many processes goes on later', () => {
  vi.useFakeTimers();
  try {
    const host = system();
    host.processes = () => Array.from({ length: 1000 }, (_, i) => 1099 - i);
    const inodesOf = host.inodesOf.bind(host);
    host.inodesOf = (pid) => {
      host.time += 0.3;
      return inodesOf(pid);
    };
    const owners = new ProcessOwners(host);
    owners.opened(0, () => pair(40000));
    owners.look();
    expect(owners.of(0)).toBe('unknown');
    for (let i = 0; i < 20 && owners.of(0) === 'unknown'; i++) {
      host.time += 1000;
      vi.advanceTimersByTime(1000);
    }
    expect(owners.of(0)).toEqual({ pid: 100, name: 'curl' });
    expect(new Set(host.asked).size).toBe(host.asked.length);
  } finally {
    vi.useRealTimers();
  }
});
