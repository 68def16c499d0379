import { existsSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dropPrivileges } from './privileges.ts';
import type { CapSettings } from './protocol.ts';

/**
 * Captures with the package `cap` and writes pcap to standard output. Alone in its process, because cap takes the process along
 * when the interface goes down or an opening fails; and so that nothing delays the times, which are taken here.
 */
const PCAP_MAGIC = 0xa1b2_c3d4;
/** cap opens with this snap length, whatever is asked. */
const MOST_BYTES = 65_535;
/** Its slots are of fixed size: less loses packets. */
const LEAST_BUFFER = 64 << 20;
const FLUSH_AT = 1 << 20;
const LINK_TYPES: Record<string, number> = { NULL: 0, ETHERNET: 1, IEEE802_11_RADIO: 127, RAW: 101, LINKTYPE_LINUX_SLL: 113 };

interface Cap {
  open(device: string, filter: string, bufferSize: number, buffer: Buffer): string;
  on(event: 'packet', listener: (bytes: number, truncated: boolean) => void): void;
}

function linkTypeOf(name: string): number {
  const known = LINK_TYPES[name] ?? Number(/^Unknown linktype (\d+)$/.exec(name)?.[1] ?? Number.NaN);
  if (Number.isNaN(known)) throw new Error(`link type ${name} is not known`);
  // DLT_RAW has another number in files.
  return known === 12 || known === 14 ? 101 : known;
}

/** Where `wirebook doctor` has it built, else where somebody installed it. */
function load(): Cap {
  let found: { Cap: new () => Cap };
  try {
    found = createRequire(new URL('../engines/', import.meta.url))('cap') as typeof found;
  } catch (error) {
    if (
      (error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND' ||
      existsSync(new URL('../engines/node_modules/cap', import.meta.url))
    )
      throw error;
    found = createRequire(import.meta.url)('cap') as typeof found;
  }
  return new found.Cap();
}

/** Microseconds since 1970: the steady clock, set anew where it is not with the system's (that has milliseconds only). */
let origin = performance.timeOrigin;
function clock(): number {
  const off = Date.now() - (origin + performance.now());
  if (off > 1 || off < -2) origin += off;
  return Math.round((origin + performance.now()) * 1000);
}

function capture(settings: CapSettings): void {
  const cap = load();
  const packet = Buffer.alloc(MOST_BYTES);
  const out = Buffer.alloc(FLUSH_AT + MOST_BYTES + 16);
  const snaplen = Math.min(settings.snaplen, MOST_BYTES);
  const linkType = linkTypeOf(cap.open(settings.interface, settings.filter, Math.max(settings.buffer, LEAST_BUFFER), packet));
  dropPrivileges(settings.user);
  let length = 0;
  let packets = 0;
  let waiting = false;
  const flush = (): void => {
    waiting = false;
    for (let done = 0; done < length; ) done += writeSync(1, out, done, length - done);
    length = 0;
  };
  // Never `close()`: it is one of the ways to abort.
  const end = (code: number): never => {
    try {
      flush();
    } catch {
      // Nobody reads any more.
    }
    process.exit(code);
  };
  out.writeUInt32LE(PCAP_MAGIC, 0);
  out.writeUInt16LE(2, 4);
  out.writeUInt16LE(4, 6);
  out.writeUInt32LE(snaplen, 16);
  out.writeUInt32LE(linkType, 20);
  length = 24;
  flush();
  cap.on('packet', (bytes) => {
    const microseconds = clock();
    const captured = Math.min(bytes, snaplen);
    out.writeUInt32LE(Math.floor(microseconds / 1e6), length);
    out.writeUInt32LE(microseconds % 1e6, length + 4);
    out.writeUInt32LE(captured, length + 8);
    out.writeUInt32LE(bytes, length + 12);
    packet.copy(out, length + 16, 0, captured);
    length += 16 + captured;
    if (++packets === settings.count) end(0);
    if (length >= FLUSH_AT) flush();
    else if (!waiting) {
      waiting = true;
      setImmediate(flush);
    }
  });
  process.stdin.on('end', () => end(0)).on('error', () => end(0));
  process.stdin.resume();
  process.on('SIGINT', () => end(0));
}

try {
  if (process.argv[2] === '--probe') {
    load().open(process.argv[3], '', LEAST_BUFFER, Buffer.alloc(MOST_BYTES));
    writeSync(1, 'ok\n');
    process.exit(0);
  }
  capture(JSON.parse(process.argv[2]) as CapSettings);
} catch (error) {
  const { code, message } = error as NodeJS.ErrnoException;
  const missing = code === 'MODULE_NOT_FOUND' || code === 'ERR_DLOPEN_FAILED';
  writeSync(2, missing ? 'cap is not built for this Node: wirebook doctor says how\n' : `${message}\n`);
  // What is left of a failed opening must not be collected either.
  process.exit(1);
}
