import koffi from 'koffi';
import type { Endpoint } from '../correlate/model.ts';
import { ipv6 } from '../dissect/bytes.ts';

/** The same on every architecture that has them (Linux 5.6). */
const PIDFD_OPEN = 434;
const PIDFD_GETFD = 438;
const SOL_SOCKET = 1;
const SO_TYPE = 3;
const STREAM = 1;
const DATAGRAM = 2;
const FAMILY_IPV4 = 2;
const FAMILY_IPV6 = 10;
const ADDRESS_BYTES = 128;
const MAPPED = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/;

export interface Peeked {
  protocol: 'tcp' | 'udp';
  local: Endpoint;
  remote: Endpoint | undefined;
}

function bind() {
  const c = koffi.load('libc.so.6');
  return {
    pidfdOpen: c.func('long syscall(long number, int pid, uint flags)'),
    getFd: c.func('long syscall(long number, int pidfd, int fd, uint flags)'),
    name: c.func('int getsockname(int fd, _Out_ uint8_t *address, _Inout_ uint *length)'),
    peer: c.func('int getpeername(int fd, _Out_ uint8_t *address, _Inout_ uint *length)'),
    option: c.func('int getsockopt(int fd, int level, int name, _Out_ int *value, _Inout_ uint *length)'),
    close: c.func('int close(int fd)'),
  };
}

let bound: ReturnType<typeof bind> | undefined | null;

function library(): ReturnType<typeof bind> | null {
  if (bound === undefined) {
    try {
      bound = process.platform === 'linux' ? bind() : null;
    } catch {
      bound = null;
    }
  }
  return bound ?? null;
}

function endpoint(bytes: Uint8Array): Endpoint | undefined {
  const family = bytes[0] | (bytes[1] << 8);
  const port = (bytes[2] << 8) | bytes[3];
  if (family === FAMILY_IPV4) return { address: bytes.subarray(4, 8).join('.'), port };
  if (family !== FAMILY_IPV6) return undefined;
  const address = ipv6(bytes, 8);
  return { address: MAPPED.exec(address)?.[1] ?? address, port };
}

/**
 * A process whose sockets can be asked directly: far quicker than the tables of /proc/net, which the kernel makes anew from all of
 * its sockets each time. Needs the right to look into the process, as a debugger would: one's own children.
 */
export class Peek {
  private readonly pidfd: number;

  private constructor(pidfd: number) {
    this.pidfd = pidfd;
  }

  static at(pid: number): Peek | undefined {
    const c = library();
    const pidfd = c === null ? -1 : Number(c.pidfdOpen(PIDFD_OPEN, pid, 0));
    return pidfd < 0 ? undefined : new Peek(pidfd);
  }

  /** Undefined: not to be asked. Null: no TCP or UDP socket. */
  socket(fd: number): Peeked | null | undefined {
    const c = library();
    const own = c === null ? -1 : Number(c.getFd(PIDFD_GETFD, this.pidfd, fd, 0));
    if (c === null || own < 0) return undefined;
    try {
      const type = [0];
      if (c.option(own, SOL_SOCKET, SO_TYPE, type, [4]) !== 0 || (type[0] !== STREAM && type[0] !== DATAGRAM)) return null;
      const bytes = new Uint8Array(ADDRESS_BYTES);
      if (c.name(own, bytes, [ADDRESS_BYTES]) !== 0) return null;
      const local = endpoint(bytes);
      if (local === undefined) return null;
      const remote = c.peer(own, bytes, [ADDRESS_BYTES]) === 0 ? endpoint(bytes) : undefined;
      return { protocol: type[0] === STREAM ? 'tcp' : 'udp', local, remote };
    } finally {
      c.close(own);
    }
  }

  close(): void {
    library()?.close(this.pidfd);
  }
}
