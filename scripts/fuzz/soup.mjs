// Many damaged packets of several captures in one: what an analysis costs to begin is paid once for thousands of packets.
import { random } from '../../bench/generate/random.mjs';
import { packetsOf, takeApart } from './capture-parts.mjs';
import { damage } from './packet-mutations.mjs';

const FILES = 24;
const WINDOW_PACKETS = 500;
/** Packets of one capture that are kept ready. */
const KEPT_PACKETS = 4000;
const LONGEST = 70_000;

/** { file, packets }: a capture's packets with their layers and fields, as undamaged packets have them. */
export class Kitchen {
  #kept = new Map();
  #read;
  #fieldsOf;

  /** `read(file)` gives its bytes, `fieldsOf(data, linkType)` { layers, fields }. */
  constructor(read, fieldsOf) {
    this.#read = read;
    this.#fieldsOf = fieldsOf;
  }

  packets(file) {
    const known = this.#kept.get(file);
    if (known !== undefined) return known;
    const packets = packetsOf(takeApart(this.#read(file)))
      .slice(0, KEPT_PACKETS)
      .map(({ data, link, time }) => ({ data, link, time }));
    this.#kept.set(file, packets);
    return packets;
  }

  /** A copy of a packet that may be changed. */
  serve(packet) {
    packet.known ??= this.#fieldsOf(packet.data, packet.link);
    const { link, time, known } = packet;
    return { data: Buffer.from(packet.data), link, time, wire: 0, layers: known.layers, fields: known.fields };
  }
}

function windowOf(packets, dice) {
  const from = dice.chance(0.5) ? 0 : dice.below(packets.length);
  return packets.slice(from, from + WINDOW_PACKETS);
}

/** One after the other, or dealt like cards, so that many connections are open at once. */
function mixed(windows, dice) {
  if (dice.chance(0.4)) return windows.flat();
  const list = [];
  const left = windows.map((window) => ({ window, at: 0 })).filter(({ window }) => window.length > 0);
  while (left.length > 0) {
    const i = dice.below(left.length);
    for (let run = 1 + dice.below(8); run > 0 && left[i].at < left[i].window.length; run--)
      list.push(left[i].window[left[i].at++]);
    if (left[i].at === left[i].window.length) left.splice(i, 1);
  }
  return list;
}

/** Order, repetition, loss and clock. */
function disorder(packets, dice, steps) {
  const note = (name) => steps.set(name, (steps.get(name) ?? 0) + 1);
  const list = [];
  const loss = dice.chance(0.3) ? 0.03 : 0;
  const again = dice.chance(0.3) ? 0.05 : 0;
  for (const packet of packets) {
    if (dice.chance(loss)) {
      note('lost');
      continue;
    }
    list.push(packet);
    if (dice.chance(again)) {
      note('again');
      list.splice(Math.max(0, list.length - dice.below(30)), 0, { ...packet });
    }
  }
  if (dice.chance(0.3)) {
    for (let i = 1; i < list.length; i++) {
      if (!dice.chance(0.1)) continue;
      const j = Math.max(0, i - dice.below(12));
      [list[i], list[j]] = [list[j], list[i]];
      note('moved');
    }
  }
  if (dice.chance(0.3)) {
    let shift = 0;
    for (const packet of list) {
      if (dice.chance(0.01)) {
        note('clock');
        shift += dice.pick([-1, -0.001, -3600, 61, 11, 3600, -1e9, 1e8, 86400 * 200]);
      }
      packet.time += shift;
    }
  }
  return list;
}

/** A pcapng file with an interface for each link type. */
function written(packets) {
  const links = [...new Set(packets.map((packet) => packet.link))];
  const size = packets.reduce((sum, { data }) => sum + 32 + data.length + (-data.length & 3), 28 + 20 * links.length);
  const bytes = Buffer.alloc(size);
  let at = 0;
  const le = (...values) => {
    for (const value of values) at = bytes.writeUInt32LE(value >>> 0, at);
  };
  le(0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0xffffffff, 0xffffffff, 28);
  for (const link of links) le(1, 20, link, 0, 20);
  for (const { data, link, time, wire } of packets) {
    const length = 32 + data.length + (-data.length & 3);
    const micros = Math.max(0, Math.round(time * 1e6));
    le(6, length, links.indexOf(link), micros / 2 ** 32, micros, data.length, Math.max(wire, data.length));
    data.copy(bytes, at);
    at += length - 32;
    le(length);
  }
  return bytes;
}

/** { bytes, packets, damaged, steps }. The same files and seed give the same bytes. */
export function soup(kitchen, files, first, second, seed) {
  const dice = random(seed, 0x50af);
  const names = [first, second];
  while (names.length < FILES) names.push(dice.pick(files));
  const windows = names.map((name) => windowOf(kitchen.packets(name), dice));
  const share = dice.pick([0.15, 0.5, 0.9]);
  const steps = new Map();
  let damaged = 0;
  const packets = mixed(windows, dice).flatMap((packet) => {
    if (!dice.chance(share)) return [{ data: packet.data, link: packet.link, time: packet.time, wire: 0 }];
    const served = kitchen.serve(packet);
    damaged++;
    return damage(served, dice, steps).filter(({ data }) => data.length < LONGEST);
  });
  const list = disorder(packets, dice, steps);
  return { bytes: written(list), packets: list, damaged, steps };
}
