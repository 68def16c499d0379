import koffi from 'koffi';
import type { Listed, Statistics } from './protocol.ts';

/** Names of the library, as Debian, others and macOS have it. */
const LIBRARIES = ['libpcap.so.0.8', 'libpcap.so.1', 'libpcap.so', 'libpcap.dylib'];
const C_LIBRARIES = ['libc.so.6', 'libc.musl-x86_64.so.1', 'libc.musl-aarch64.so.1', 'libSystem.B.dylib'];
const ERROR_BYTES = 256;
const BATCH_BYTES = 8 << 20;
/** How long the kernel gathers packets, in milliseconds. Not "immediate": that mode has few slots and loses packets. */
const TIMEOUT = 10;
const ANY_MASK = 0xffff_ffff;
const LINUX_SLL2 = 276;
/** Link types that have another number in files (pcap-linktype(7)). */
const FILE_LINK_TYPES: Record<number, number> = { 12: 101, 14: 101 };

export class PcapError extends Error {
  /** libpcap's number: -8 no permission, -5 no such device, -9 interface is down; 0 where there is none. */
  readonly code: number;
  /** libpcap itself is missing. */
  readonly library: boolean;
  constructor(message: string, code = 0, library = false) {
    super(message);
    this.code = code;
    this.library = library;
  }
}

/** The filter was refused, in libpcap's words. */
export class FilterError extends PcapError {}

function load(names: string[]): ReturnType<typeof koffi.load> {
  let last: unknown;
  for (const name of names) {
    try {
      return koffi.load(name);
    } catch (error) {
      last = error;
    }
  }
  throw new PcapError(`libpcap is not installed (${(last as Error).message.split('\n')[0]})`, 0, true);
}

function bind() {
  const pcap = load(LIBRARIES);
  const c = load(C_LIBRARIES);
  const f = (signature: string) => pcap.func(signature);
  koffi.struct('pcap_stat_t', { received: 'uint', dropped: 'uint', interfaceDropped: 'uint' });
  koffi.struct('pcap_if_t', {
    next: 'void *',
    name: 'const char *',
    description: 'const char *',
    addresses: 'void *',
    flags: 'uint',
  });
  koffi.struct('bpf_program_t', { length: 'uint', instructions: 'void *' });
  return {
    version: f('const char *pcap_lib_version()'),
    findAll: f('int pcap_findalldevs(_Out_ void **list, void *error)'),
    freeAll: f('void pcap_freealldevs(void *list)'),
    create: f('void *pcap_create(const char *device, void *error)'),
    setSnaplen: f('int pcap_set_snaplen(void *p, int value)'),
    setPromiscuous: f('int pcap_set_promisc(void *p, int value)'),
    setTimeout: f('int pcap_set_timeout(void *p, int value)'),
    setBuffer: f('int pcap_set_buffer_size(void *p, int value)'),
    setPrecision: f('int pcap_set_tstamp_precision(void *p, int value)'),
    precision: f('int pcap_get_tstamp_precision(void *p)'),
    activate: f('int pcap_activate(void *p)'),
    error: f('const char *pcap_geterr(void *p)'),
    status: f('const char *pcap_statustostr(int code)'),
    setNonblock: f('int pcap_setnonblock(void *p, int value, void *error)'),
    dispatch: f('int pcap_dispatch(void *p, int count, void *callback, void *user)'),
    setDatalink: f('int pcap_set_datalink(void *p, int value)'),
    datalink: f('int pcap_datalink(void *p)'),
    snapshot: f('int pcap_snapshot(void *p)'),
    compile: f('int pcap_compile(void *p, _Out_ bpf_program_t *program, const char *text, int optimize, uint mask)'),
    setFilter: f('int pcap_setfilter(void *p, bpf_program_t *program)'),
    freeCode: f('void pcap_freecode(bpf_program_t *program)'),
    stats: f('int pcap_stats(void *p, _Out_ pcap_stat_t *stat)'),
    close: f('void pcap_close(void *p)'),
    dumpOpen: f('void *pcap_dump_fopen(void *p, void *file)'),
    dumpFlush: f('int pcap_dump_flush(void *d)'),
    dumpTell: f('long pcap_dump_ftell(void *d)'),
    dumpClose: f('void pcap_dump_close(void *d)'),
    /** libpcap's own callback: no JavaScript is entered per packet. */
    dump: pcap.symbol('pcap_dump'),
    memoryFile: c.func('void *fmemopen(void *bytes, size_t length, const char *mode)'),
    seek: c.func('int fseek(void *file, long offset, int whence)'),
    setBuffering: c.func('int setvbuf(void *file, void *buffer, int mode, size_t size)'),
  };
}

const NAME_BYTES = 256;
const FLAG_LOOPBACK = 1;
const FLAG_UP = 2;

/** "libpcap version 1.10.3 (with TPACKET_V3)" */
export const versionOfLibrary = (): string => library().version() as string;

/** All interfaces, as libpcap lists them; addresses are the caller's to find. */
export function listInterfaces(): Listed[] {
  const p = library();
  const error = Buffer.alloc(ERROR_BYTES);
  const head: unknown[] = [null];
  if (p.findAll(head, error) !== 0) throw new PcapError(text(error));
  const found: Listed[] = [];
  for (let at = head[0]; at !== null; ) {
    const each = koffi.decode(at, 'pcap_if_t') as { next: unknown; name: string; description: string | null; flags: number };
    const listed: Listed = {
      name: each.name.slice(0, NAME_BYTES),
      up: (each.flags & FLAG_UP) !== 0,
      loopback: (each.flags & FLAG_LOOPBACK) !== 0,
    };
    if (each.description !== null) listed.description = each.description;
    try {
      new LiveInterface(each.name, { snaplen: 64, buffer: 1 << 20, promiscuous: false, filter: '' }).close();
    } catch (problem) {
      listed.problem = (problem as Error).message;
      if (problem instanceof PcapError) listed.code = problem.code;
    }
    found.push(listed);
    at = each.next;
  }
  p.freeAll(head[0]);
  return found;
}

let bound: ReturnType<typeof bind> | undefined;
const library = () => (bound ??= bind());

const text = (error: Buffer): string => error.toString('utf8', 0, Math.max(0, error.indexOf(0)));

export interface OpenSettings {
  snaplen: number;
  /** Bytes of the kernel's ring. */
  buffer: number;
  promiscuous: boolean;
  filter: string;
}

function applyFilter(handle: unknown, filter: string): void {
  const p = library();
  const program = {};
  if (p.compile(handle, program, filter, 1, ANY_MASK) !== 0) throw new FilterError(p.error(handle));
  const code = p.setFilter(handle, program) as number;
  p.freeCode(program);
  if (code !== 0) throw new FilterError(p.error(handle), code);
}

/** One interface, opened for capture. */
export class LiveInterface {
  readonly name: string;
  readonly linkType: number;
  readonly snaplen: number;
  /** Fractions of a second in a record's header: of 10^-9 or 10^-6. */
  readonly nanoseconds: boolean;
  /** Records as libpcap writes them to a file, behind one another, after `drain`. */
  readonly bytes: Buffer;
  private readonly handle: unknown;
  private readonly file: unknown;
  private readonly dumper: unknown;
  private readonly most: number;
  private open = true;

  constructor(name: string, settings: OpenSettings) {
    const p = library();
    const error = Buffer.alloc(ERROR_BYTES);
    this.name = name;
    const handle: unknown = p.create(name, error);
    if (handle === null) throw new PcapError(text(error));
    this.handle = handle;
    try {
      p.setSnaplen(handle, settings.snaplen);
      p.setPromiscuous(handle, settings.promiscuous ? 1 : 0);
      p.setTimeout(handle, TIMEOUT);
      p.setBuffer(handle, settings.buffer);
      p.setPrecision(handle, 1);
      const code = p.activate(handle) as number;
      if (code < 0) throw new PcapError(p.error(handle) || p.status(code), code);
      if (name === 'any') p.setDatalink(handle, LINUX_SLL2);
      p.setNonblock(handle, 1, error);
      if (settings.filter !== '') applyFilter(handle, settings.filter);
    } catch (problem) {
      p.close(handle);
      throw problem;
    }
    const linkType = p.datalink(this.handle) as number;
    this.linkType = FILE_LINK_TYPES[linkType] ?? linkType;
    this.snaplen = p.snapshot(this.handle);
    this.nanoseconds = p.precision(this.handle) === 1;
    const memory = koffi.alloc('uint8_t', BATCH_BYTES);
    this.bytes = Buffer.from(koffi.view(memory, BATCH_BYTES));
    this.file = p.memoryFile(memory, BATCH_BYTES, 'w');
    p.setBuffering(this.file, null, 0, 1 << 20);
    this.dumper = p.dumpOpen(this.handle, this.file);
    this.most = Math.max(1, Math.floor(BATCH_BYTES / (this.snaplen + 16)) - 1);
  }

  /**
   * Takes a batch of waiting packets without waiting: how many bytes of records stand in `bytes`, 0 when there are none.
   * Throws a PcapError when the interface cannot be read any more.
   */
  drain(): number {
    const p = library();
    p.seek(this.file, 0, 0);
    const count = p.dispatch(this.handle, this.most, p.dump, this.dumper) as number;
    if (count < 0) throw new PcapError(p.error(this.handle), count);
    if (count === 0) return 0;
    p.dumpFlush(this.dumper);
    return Number(p.dumpTell(this.dumper));
  }

  statistics(): Statistics | undefined {
    const stat = {} as Statistics;
    return this.open && library().stats(this.handle, stat) === 0 ? stat : undefined;
  }

  close(): void {
    if (!this.open) return;
    this.open = false;
    library().dumpClose(this.dumper);
    library().close(this.handle);
  }
}
