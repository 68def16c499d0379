import { endianness } from 'node:os';
import koffi from 'koffi';
import type { Endpoint } from '../correlate/model.ts';

/** netlink(7), sock_diag(7). */
const AF_NETLINK = 16;
const RAW_CLOEXEC = 3 | 0o2000000;
const NETLINK_SOCK_DIAG = 4;
const SOCK_DIAG_BY_FAMILY = 20;
const NLM_F_REQUEST = 1;
const MSG_DONTWAIT = 0x40;
const AF_INET = 2;
const AF_INET6 = 10;
const TCP = 6;
const LISTEN = 10;
const REQUEST_BYTES = 72;
/** In a request the socket's id lies behind nlmsghdr and the first 8 bytes, in an answer behind the first 4. */
const REQUEST_ID = 24;
const ANSWER_ID = 20;
const ENDS_BYTES = 36;
const STATE = 17;
const INODE = 84;
const ANSWER_BYTES = 88;

function bind() {
  const c = koffi.load('libc.so.6');
  const fd = c.func('int socket(int domain, int type, int protocol)')(AF_NETLINK, RAW_CLOEXEC, NETLINK_SOCK_DIAG) as number;
  if (fd < 0) return null;
  return {
    fd,
    send: c.func('long send(int fd, const uint8_t *bytes, size_t length, int flags)'),
    receive: c.func('long recv(int fd, _Out_ uint8_t *bytes, size_t length, int flags)'),
  };
}

let bound: ReturnType<typeof bind> | undefined;

function library(): ReturnType<typeof bind> {
  if (bound === undefined) {
    try {
      // The kernel speaks in this machine's byte order; so does what follows.
      bound = process.platform === 'linux' && endianness() === 'LE' ? bind() : null;
    } catch {
      bound = null;
    }
  }
  return bound;
}

/** An address as `ipv6()` and its like print it, as its bytes. */
function addressBytes(text: string): number[] {
  if (!text.includes(':')) return text.split('.').map(Number);
  const [head, tail] = text.split('::').map((half) =>
    half === ''
      ? []
      : half.split(':').flatMap((word) => {
          const value = Number.parseInt(word, 16);
          return [value >> 8, value & 255];
        }),
  );
  return tail === undefined
    ? head
    : [...head, ...new Array<number>(Math.max(0, 16 - head.length - tail.length)).fill(0), ...tail];
}

const request = Buffer.alloc(REQUEST_BYTES);
const answer = Buffer.alloc(1024);

/**
 * The inode of one TCP socket of this host's network, by both its ends: microseconds, where the tables of /proc/net take milliseconds
 * each time, however few sockets there are. Any user may ask. 0: no process has it (any more); undefined: there is none, or the
 * kernel cannot be asked so.
 */
export function inodeByDiag(local: Endpoint, remote: Endpoint): number | undefined {
  const c = library();
  if (c === null || c === undefined) return undefined;
  const [from, to] = [addressBytes(local.address), addressBytes(remote.address)];
  request.fill(0);
  request.writeUInt32LE(REQUEST_BYTES, 0);
  request.writeUInt16LE(SOCK_DIAG_BY_FAMILY, 4);
  request.writeUInt16LE(NLM_F_REQUEST, 6);
  request[16] = from.length === 4 ? AF_INET : AF_INET6;
  request[17] = TCP;
  request.writeUInt32LE(0xffff_ffff, 20);
  request.writeUInt16BE(local.port, REQUEST_ID);
  request.writeUInt16BE(remote.port, REQUEST_ID + 2);
  request.set(from, REQUEST_ID + 4);
  request.set(to, REQUEST_ID + 20);
  // No cookie is known.
  request.fill(0xff, REQUEST_BYTES - 8);
  if (Number(c.send(c.fd, request, REQUEST_BYTES, MSG_DONTWAIT)) !== REQUEST_BYTES) return undefined;
  const length = Number(c.receive(c.fd, answer, answer.length, MSG_DONTWAIT));
  if (length < ANSWER_BYTES || answer.readUInt16LE(4) !== SOCK_DIAG_BY_FAMILY) return undefined;
  // Where there is no such connection the kernel gives whoever listens at the port.
  const same = answer.compare(request, REQUEST_ID, REQUEST_ID + ENDS_BYTES, ANSWER_ID, ANSWER_ID + ENDS_BYTES) === 0;
  return same && answer[STATE] !== LISTEN ? answer.readUInt32LE(INODE) : undefined;
}
