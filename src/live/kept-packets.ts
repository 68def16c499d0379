import { writeSync } from 'node:fs';
import type { Batch, CaptureInterface, Source } from '../capture/batch.ts';
import { packetAddress } from '../correlate/addresses.ts';
import { Kind, Packets } from '../dissect/packets.ts';
import { scanRows } from '../dissect/scan.ts';
import { Stacks } from '../dissect/stacks.ts';
import { interfaceDescription, PACKET_OVERHEAD, packetBlock, sectionHeader } from '../helper/pcapng-blocks.ts';
import type { SocketSet } from './own-sockets.ts';

/** Packets of some sockets only, numbered as if there were no others; written to a file where one is given. */
export class KeptPackets implements Source {
  readonly file: string;
  readonly format = 'pcapng';
  readonly interfaces: CaptureInterface[];
  readonly secrets = [];
  keyLogs: readonly string[] = [];
  readonly names = [];
  readonly problems: Source['problems'];
  readonly size = undefined;
  readonly seekable = false;
  private readonly from: Source;
  private readonly set: SocketSet;
  private readonly writer: PacketWriter | undefined;
  private readonly packets = new Packets();
  private readonly stacks = new Stacks();
  private count = 0;

  constructor(file: string, from: Source, set: SocketSet, fd: number | undefined, program: string) {
    this.file = file;
    this.from = from;
    this.set = set;
    this.interfaces = from.interfaces;
    this.problems = from.problems;
    if (fd !== undefined) this.writer = new PacketWriter(fd, from.interfaces, program);
  }

  get position(): number {
    return this.from.position;
  }

  async next(into: Batch): Promise<boolean> {
    while (await this.from.next(into)) {
      this.keep(into);
      if (into.count === 0) continue;
      into.firstNumber = this.count + 1;
      this.count += into.count;
      this.writer?.write(into);
      return true;
    }
    return false;
  }

  private keep(batch: Batch): void {
    const p = this.packets;
    scanRows(p, batch, 0, batch.count, batch.seconds[0], this.stacks);
    let kept = 0;
    for (let row = 0; row < batch.count; row++) {
      if (!this.owns(p, row)) continue;
      for (const column of columns(batch)) column[kept] = column[row];
      kept++;
    }
    batch.count = kept;
  }

  private owns(p: Packets, row: number): boolean {
    const kind = p.kind[row];
    if ((kind !== Kind.tcp && kind !== Kind.udp) || p.ipAt[row] < 0) return false;
    const version = p.ipVersion[row];
    const at = p.ipAt[row] + (version === 4 ? 12 : 8);
    const from = { address: packetAddress(p.bytes, at, version), port: p.sourcePort[row] };
    const to = { address: packetAddress(p.bytes, at + (version === 4 ? 4 : 16), version), port: p.destinationPort[row] };
    return this.set.find(kind === Kind.tcp ? 'tcp' : 'udp', from, to) !== undefined;
  }

  read(offset: number, length: number): Uint8Array {
    return this.from.read(offset, length);
  }

  close(): void {
    this.from.close();
  }
}

const columns = (b: Batch) => [b.at, b.caplen, b.wirelen, b.seconds, b.nanoseconds, b.offset, b.linkType, b.interface];

/** Packets as a pcapng file; an interface is described when its first packet comes. */
class PacketWriter {
  private readonly fd: number;
  private readonly interfaces: CaptureInterface[];
  private readonly ids = new Map<number, number>();

  constructor(fd: number, interfaces: CaptureInterface[], program: string) {
    this.fd = fd;
    this.interfaces = interfaces;
    this.send(sectionHeader(program));
  }

  write(b: Batch): void {
    const source = Buffer.from(b.bytes.buffer, b.bytes.byteOffset, b.bytes.byteLength);
    for (let row = 0; row < b.count; row++) {
      const block = Buffer.alloc(PACKET_OVERHEAD + b.caplen[row]);
      const id = this.describe(b.interface[row], b.linkType[row]);
      const end = packetBlock(block, 0, id, b.seconds[row], b.nanoseconds[row], b.wirelen[row], source, b.at[row], b.caplen[row]);
      this.send(block.subarray(0, end));
    }
  }

  private describe(index: number, linkType: number): number {
    const known = this.ids.get(index);
    if (known !== undefined) return known;
    const id = this.ids.size;
    this.ids.set(index, id);
    const of = this.interfaces[index];
    this.send(interfaceDescription(of?.name ?? '', linkType, of?.snapLength ?? 0, ''));
    return id;
  }

  private send(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) done += writeSync(this.fd, bytes, done);
  }
}
