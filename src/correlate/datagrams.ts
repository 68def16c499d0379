import { Kind, type Packets } from '../dissect/packets.ts';
import { recordAddress } from './addresses.ts';
import { FlowTable, KEY_A, KEY_B, KEY_PORTS, KEY_VERSION, KEY_WORDS, type Page } from './flow-table.ts';
import type { DatagramFlow } from './model.ts';

const ID = KEY_WORDS;
const FIRST = ID + 1;
const LAST = FIRST + 1;
const PACKETS = LAST + 1;
/** Payload bytes: low and high word of a and b, so that 4 GiB is no limit. */
const BYTES = PACKETS + 2;
const HIGH = BYTES + 2;
const DOUBLES = (HIGH + 3) >> 1;
const FIRST_TIME = DOUBLES;
const LAST_TIME = FIRST_TIME + 1;
const RECORD_WORDS = 2 * (LAST_TIME + 1);

/** UDP has no end: a flow without packets for this long may be let go once there are many. */
const IDLE_NANOSECONDS = 60e9;
const MANY_FLOWS = 4096;
/** UDP flows at once; past it the hand lets go whichever of a few is idle longest, and counts it. */
export const MAX_DATAGRAM_FLOWS = 1 << 20;

/** Follows UDP flows by address and port pair. "a", the sender of the first packet, is called the client. */
export class DatagramTracker {
  readonly table = new FlowTable(RECORD_WORDS);
  count = 0;
  evicted = 0;
  private readonly final: (flow: DatagramFlow) => void;
  private hand = 0;

  constructor(final: (flow: DatagramFlow) => void) {
    this.final = final;
  }

  rows(p: Packets, from: number, to: number): void {
    for (let row = from; row < to; row++) if (p.kind[row] === Kind.udp) this.datagram(p, row);
  }

  private datagram(p: Packets, row: number): void {
    const { table } = this;
    let slot = table.find(p, row);
    if (slot < 0) {
      if (table.count >= MANY_FLOWS) {
        this.sweep(p.time[row], table.count >= MAX_DATAGRAM_FLOWS);
        table.find(p, row);
      }
      slot = table.insert();
      const page = table.page(slot);
      const base = table.base(slot);
      page.words[base + ID] = this.count++;
      page.words[base + FIRST] = p.firstNumber + row;
      page.doubles[(base >> 1) + FIRST_TIME] = p.time[row];
    }
    const { words, doubles } = table.page(slot);
    const base = table.base(slot);
    const d = table.reversed ? 1 : 0;
    words[base + LAST] = p.firstNumber + row;
    doubles[(base >> 1) + LAST_TIME] = p.time[row];
    words[base + PACKETS + d]++;
    const before = words[base + BYTES + d];
    words[base + BYTES + d] = before + p.payloadLength[row];
    if (words[base + BYTES + d] < before) words[base + HIGH + d]++;
  }

  /** Looks at a few slots for each new flow, so that idle ones leave at the pace at which others come. */
  private sweep(now: number, must: boolean): void {
    const total = this.table.pages.length << 12;
    let best = -1;
    let bestTime = Number.POSITIVE_INFINITY;
    for (let tries = 0; tries < 4 || (must && best < 0 && tries < 64); tries++) {
      this.hand = (this.hand + 1) % total;
      const { words, doubles } = this.table.page(this.hand);
      const base = this.table.base(this.hand);
      if (words[base + FIRST] === 0) continue;
      const last = doubles[(base >> 1) + LAST_TIME];
      if (now - last > IDLE_NANOSECONDS) this.finish(this.hand);
      else if (last < bestTime) {
        bestTime = last;
        best = this.hand;
      }
    }
    if (must && best >= 0 && this.table.count >= MAX_DATAGRAM_FLOWS) {
      this.evicted++;
      this.finish(best);
    }
  }

  end(): void {
    for (const slot of this.table.drain(ID)) this.finish(slot);
  }

  private finish(slot: number): void {
    const page = this.table.page(slot);
    const base = this.table.base(slot);
    this.table.remove(slot);
    this.final(flowOf(page, base));
    page.words[base + FIRST] = 0;
  }
}

function flowOf(page: Page, base: number): DatagramFlow {
  const { words, doubles } = page;
  const ports = words[base + KEY_PORTS];
  const version = words[base + KEY_VERSION];
  return {
    id: words[base + ID],
    client: { address: recordAddress(page, base + KEY_A, version), port: ports >>> 16 },
    server: { address: recordAddress(page, base + KEY_B, version), port: ports & 0xffff },
    firstPacket: words[base + FIRST],
    lastPacket: words[base + LAST],
    firstTime: doubles[(base >> 1) + FIRST_TIME],
    lastTime: doubles[(base >> 1) + LAST_TIME],
    fromClient: { packets: words[base + PACKETS], payloadBytes: words[base + BYTES] + words[base + HIGH] * 2 ** 32 },
    fromServer: { packets: words[base + PACKETS + 1], payloadBytes: words[base + BYTES + 1] + words[base + HIGH + 1] * 2 ** 32 },
  };
}
