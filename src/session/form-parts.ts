// What forms of several kinds of records are made of.
import type { Direction, Endpoint } from '../correlate/model.ts';
import type { Packing, Taking } from './packing.ts';

/** Every key, so that one more in the model does not compile until it is packed. */
export type Whole<T> = { [K in keyof Required<T>]: T[K] };

/** Numbers of packets: mostly they follow each other closely. */
export function putPackets(to: Packing, packets: readonly number[]): void {
  to.number(packets.length);
  for (let i = 0, before = 0; i < packets.length; i++) {
    to.number(packets[i] - before);
    before = packets[i];
  }
}

export function takePackets(from: Taking): number[] {
  const packets: number[] = [];
  const count = from.number();
  for (let i = 0, before = 0; i < count; i++) {
    before += from.number();
    packets.push(before);
  }
  return packets;
}

export function putEndpoint(to: Packing, { address, port }: Endpoint): void {
  to.put(address);
  to.number(port);
}

export const takeEndpoint = (from: Taking): Endpoint => ({ address: from.value() as string, port: from.number() });

export function putDirection(to: Packing, direction: Direction): void {
  to.number(direction.packets);
  to.number(direction.payloadBytes);
  to.number(direction.streamBytes);
  to.number(direction.missingBytes);
  to.put(direction.streamSha256);
}

export function takeDirection(from: Taking): Direction {
  const direction: Whole<Direction> = {
    packets: from.number(),
    payloadBytes: from.number(),
    streamBytes: from.number(),
    missingBytes: from.number(),
    streamSha256: from.some<string>(),
  };
  return direction;
}
