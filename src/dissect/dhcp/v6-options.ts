import { u16 } from '../bytes.ts';

/** Message header: type and transaction (RFC 8415 §8). */
export const HEADER6 = 4;
/** Relay messages: type, hops, link and peer address (§9). */
export const RELAY_HEADER6 = 34;
export const RELAY_FORWARD = 12;
export const RELAY_REPLY = 13;
/** Options within options: an address in an association in a message, behind as many relays as may be (§7.6: 8 hops). */
export const NESTING_LIMIT = 24;

/** One option, as offsets in the bytes. */
export interface DhcpOption6 {
  code: number;
  at: number;
  valueAt: number;
  end: number;
  problem?: string;
}

export const isRelay = (type: number): boolean => type === RELAY_FORWARD || type === RELAY_REPLY;

/** Options one behind the other (§21.1), up to where one does not fit any more. */
export function optionsIn6(bytes: Uint8Array, from: number, end: number): DhcpOption6[] {
  const list: DhcpOption6[] = [];
  for (let at = from; at < end; ) {
    const whole = end - at >= 4;
    const valueAt = whole ? at + 4 : end;
    const length = whole ? u16(bytes, at + 2) : 0;
    const option: DhcpOption6 = { code: end - at >= 2 ? u16(bytes, at) : 0, at, valueAt, end: Math.min(end, valueAt + length) };
    if (!whole) option.problem = `an option needs 4 bytes, ${end - at} are left`;
    else if (valueAt + length > end) option.problem = `the option has ${end - valueAt} of its ${length} bytes`;
    list.push(option);
    at = option.end;
  }
  return list;
}
