const PCAP_HEADER = 24;
const RECORD_HEADER = 16;
const BLOCK_HEADER = 8;
const LEAST_BLOCK = 12;
/** Enhanced, simple and obsolete packet blocks. */
const PACKET_BLOCKS = new Set([6, 3, 2]);

/**
 * Counts the packets in a growing capture, and knows where its last whole record ends: a program that dies leaves half of one
 * behind. Both formats, in this machine's byte order, as a capture program writes them.
 */
export class Records {
  packets = 0;
  /** Bytes of whole records so far. */
  whole = 0;
  private seen = 0;
  private format: 'pcap' | 'pcapng' | undefined;
  /** The header that is being gathered. */
  private readonly head = Buffer.alloc(PCAP_HEADER);
  private have = 0;

  add(bytes: Buffer, length: number): void {
    let at = 0;
    while (at < length) {
      // `whole` is ahead of what was seen while a record's body is passed over.
      const need = this.format === undefined ? PCAP_HEADER : this.format === 'pcap' ? RECORD_HEADER : BLOCK_HEADER;
      if (this.pending > this.seen) {
        const step = Math.min(this.pending - this.seen, length - at);
        at += step;
        this.seen += step;
        if (this.seen === this.pending) this.finish();
        continue;
      }
      const step = Math.min(need - this.have, length - at);
      bytes.copy(this.head, this.have, at, at + step);
      this.have += step;
      at += step;
      this.seen += step;
      if (this.have === need) this.begin();
    }
  }

  private pending = 0;
  private isPacket = false;

  private begin(): void {
    this.have = 0;
    if (this.format === undefined) {
      this.format = this.head.readUInt32LE(0) === 0x0a0d_0d0a ? 'pcapng' : 'pcap';
      this.pending = this.format === 'pcap' ? PCAP_HEADER : Math.max(PCAP_HEADER, this.head.readUInt32LE(4));
    } else if (this.format === 'pcap') {
      this.isPacket = true;
      this.pending = this.seen + this.head.readUInt32LE(8);
    } else {
      this.isPacket = PACKET_BLOCKS.has(this.head.readUInt32LE(0));
      this.pending = this.seen - BLOCK_HEADER + Math.max(LEAST_BLOCK, this.head.readUInt32LE(4));
    }
    if (this.pending === this.seen) this.finish();
  }

  private finish(): void {
    this.whole = this.seen;
    if (this.isPacket) this.packets++;
    this.isPacket = false;
  }
}
