import { writeSync } from 'node:fs';
import { FilterError, listInterfaces, LiveInterface, PcapError, versionOfLibrary } from './libpcap.ts';
import {
  interfaceDescription,
  interfaceStatistics,
  PACKET_OVERHEAD,
  packetBlock,
  sectionHeader,
  wholeBlocks,
} from './pcapng-blocks.ts';
import { dropPrivileges } from './privileges.ts';
import { guardScreen } from './screen-guard.ts';
import type { HelperEvent, HelperSettings, Statistics } from './protocol.ts';
import { Ring } from './ring.ts';

/**
 * The only part of wirebook that needs privileges: it opens interfaces, gives its privileges up, and writes what arrives to the
 * file that it was handed as descriptor 3. It reads no packet. What it has to say goes to standard output, a line of JSON an
 * event; it ends when its standard input does.
 */
const SPOOL_FD = 3;
const POLL = 10;
const STATISTICS_EVERY = 500;
/** By then the kernel has handed over what it gathered, with time to spare on a busy machine. */
const SETTLE = 60;
/** Batches taken from one interface before others, and the events, have their turn. */
const TURNS = 8;

const say = (event: HelperEvent): void => {
  try {
    writeSync(1, `${JSON.stringify(event)}\n`);
  } catch {
    process.exit(0);
  }
};

class Helper {
  private readonly settings: HelperSettings;
  private readonly open: (LiveInterface | undefined)[] = [];
  private readonly ring: Ring;
  private readonly out = Buffer.alloc(12 << 20);
  private packets = 0;
  private told = -1;
  private again = false;
  private timers: NodeJS.Timeout[] = [];

  constructor(settings: HelperSettings) {
    this.settings = settings;
    this.ring = new Ring(SPOOL_FD, settings.limit);
  }

  start(): void {
    const { settings } = this;
    for (const name of settings.interfaces) {
      try {
        this.open.push(new LiveInterface(name, settings));
      } catch (error) {
        const code = error instanceof PcapError ? error.code : 0;
        const what =
          !(error instanceof PcapError) || error.library ? 'library' : error instanceof FilterError ? 'filter' : 'open';
        this.refuse(name, what, code, (error as Error).message);
        return;
      }
    }
    try {
      dropPrivileges(settings.user);
    } catch (error) {
      this.refuse('', 'privileges', 0, (error as Error).message);
      return;
    }
    const heads = [sectionHeader(settings.program)];
    for (const each of this.open)
      if (each !== undefined) heads.push(interfaceDescription(each.name, each.linkType, each.snaplen, settings.filter));
    const head = Buffer.concat(heads);
    this.ring.write(head, head.length);
    say({
      event: 'open',
      interfaces: this.open.map((each) => ({
        name: each?.name ?? '',
        linkType: each?.linkType ?? 0,
        snaplen: each?.snaplen ?? 0,
      })),
    });
    this.tellSize();
    this.timers = [setInterval(() => this.drain(), POLL), setInterval(() => this.statistics(), STATISTICS_EVERY)];
    // Packets that came until now are still in the kernel's hands for a moment.
    guardScreen(() => setTimeout(() => this.end('told'), SETTLE));
  }

  private refuse(name: string, what: 'open' | 'filter' | 'library' | 'privileges', code: number, message: string): void {
    for (const each of this.open) each?.close();
    say({ event: 'refused', interface: name, what, code, message });
  }

  private drain(): void {
    this.again = false;
    let more = false;
    for (let id = 0; id < this.open.length; id++) {
      for (let turn = 0; turn < TURNS; turn++) {
        const got = this.take(id);
        if (got === 0) break;
        if (this.timers.length === 0) return;
        more ||= turn === TURNS - 1;
      }
    }
    this.tellSize();
    if (!more || this.again) return;
    this.again = true;
    setImmediate(() => this.drain());
  }

  /** One batch of one interface, from libpcap's records to blocks; returns its bytes. */
  private take(id: number): number {
    const from = this.open[id];
    if (from === undefined) return 0;
    let end = 0;
    try {
      end = from.drain();
    } catch (error) {
      this.lose(id, (error as Error).message);
      return 0;
    }
    let at = 0;
    for (let record = 0; record < end; ) {
      const captured = from.bytes.readUInt32LE(record + 8);
      const fraction = from.bytes.readUInt32LE(record + 4);
      if (at + captured + PACKET_OVERHEAD > this.out.length) {
        if (!this.write(at)) return 0;
        at = 0;
      }
      at = packetBlock(
        this.out,
        at,
        id,
        from.bytes.readUInt32LE(record),
        from.nanoseconds ? fraction : fraction * 1000,
        from.bytes.readUInt32LE(record + 12),
        from.bytes,
        record + 16,
        captured,
      );
      record += 16 + captured;
      if (++this.packets === this.settings.count) {
        if (this.write(at)) this.end('count');
        return 0;
      }
    }
    return this.write(at) ? end : 0;
  }

  private write(length: number): boolean {
    try {
      this.ring.write(this.out, length);
      return true;
    } catch (error) {
      this.ring.size += wholeBlocks(this.out, this.ring.partly);
      this.end('spool', (error as Error).message);
      return false;
    }
  }

  private lose(id: number, message: string): void {
    const lost = this.open[id];
    this.open[id] = undefined;
    say({ event: 'lost', interface: lost?.name ?? '', message });
    lost?.close();
    if (this.open.every((each) => each === undefined)) this.end('interfaces');
  }

  private tellSize(): void {
    if (this.ring.size === this.told) return;
    this.told = this.ring.size;
    say({ event: 'size', bytes: this.ring.size, first: this.ring.first, packets: this.packets });
  }

  private statistics(): (Statistics | null)[] {
    const interfaces = this.open.map((each) => each?.statistics() ?? null);
    say({ event: 'statistics', interfaces });
    return interfaces;
  }

  private end(reason: 'count' | 'interfaces' | 'told' | 'spool', message?: string): void {
    if (this.timers.length === 0) return;
    for (const timer of this.timers) clearInterval(timer);
    if (reason === 'told') for (let id = 0; id < this.open.length; id++) while (this.take(id) > 0);
    this.timers = [];
    const last = this.statistics();
    try {
      last.forEach((each, id) => {
        if (each === null) return;
        const bytes = interfaceStatistics(id, Date.now(), each);
        this.ring.write(bytes, bytes.length);
      });
    } catch {
      // The statistics were said; there is just no room for them in the file.
    }
    for (const each of this.open) each?.close();
    this.tellSize();
    say(message === undefined ? { event: 'end', reason } : { event: 'end', reason, message });
    process.stdin.destroy();
  }
}

if (process.argv[2] === '--version') console.log(versionOfLibrary());
else if (process.argv[2] === '--list') {
  try {
    console.log(JSON.stringify(listInterfaces()));
  } catch (error) {
    console.log(JSON.stringify({ problem: (error as Error).message }));
  }
} else new Helper(JSON.parse(process.argv[2]) as HelperSettings).start();
