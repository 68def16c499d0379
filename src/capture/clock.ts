// The time stamps of pcapng: 64 bits in units that each interface chooses (if_tsresol, if_tsoffset; draft-ietf-opsawg-pcapng 4.2).
// A double does not hold 64 bits and a BigInt per packet is an allocation, so the arithmetic goes in steps of 16 bits.

const NANOSECONDS = 1e9;
const BINARY = 0x80;

export interface Clock {
  /** Units in a second are 10^exponent, or 2^exponent. */
  readonly exponent: number;
  readonly binary: boolean;
  /** Units in a second, and nanoseconds in a unit: for decimal clocks of nanoseconds or coarser. */
  readonly unit: number;
  readonly scale: number;
  /** Seconds to be added (if_tsoffset). */
  readonly offset: number;
  /** The whole second of the last stamp, and the stamp (in two halves) at which it began: the next one mostly falls into it too. */
  second: number;
  secondHigh: number;
  secondLow: number;
}

/** `resolution` as if_tsresol has it: the exponent, with the highest bit set for powers of two. 6 where the file does not say. */
export function makeClock(resolution: number, offset: number): Clock {
  const binary = (resolution & BINARY) !== 0;
  const exponent = resolution & 0x7f;
  const digits = Math.min(exponent, 9);
  const unit = 10 ** digits;
  // No stamp lies in the second that begins behind the last one.
  return { exponent, binary, unit, scale: 10 ** (9 - digits), offset, second: 0, secondHigh: 2 ** 33, secondLow: 0 };
}

/** Writes one time stamp, given as two halves, to the columns. Fractions of a nanosecond are cut off. */
export function putTime(
  clock: Clock,
  high: number,
  low: number,
  seconds: Float64Array,
  nanoseconds: Uint32Array,
  row: number,
): void {
  if (clock.binary) putBinary(clock, high, low, seconds, nanoseconds, row);
  else if (clock.exponent > 9) putFine(clock, high, low, seconds, nanoseconds, row);
  else putDecimal(clock, high, low, seconds, nanoseconds, row);
}

/** Long division: every dividend stays below 2^46, so that the doubles are exact. */
function putDecimal(clock: Clock, high: number, low: number, seconds: Float64Array, nanoseconds: Uint32Array, row: number): void {
  const { unit } = clock;
  // Exact below 2^53, and above that far over `unit`.
  const since = (high - clock.secondHigh) * 2 ** 32 + (low - clock.secondLow);
  if (since >= 0 && since < unit) {
    seconds[row] = clock.second;
    nanoseconds[row] = since * clock.scale;
    return;
  }
  const q2 = Math.floor(high / unit);
  let rest = (high - q2 * unit) * 65536 + (low >>> 16);
  const q1 = Math.floor(rest / unit);
  rest = (rest - q1 * unit) * 65536 + (low & 0xffff);
  const q0 = Math.floor(rest / unit);
  rest -= q0 * unit;
  clock.second = (q2 * 65536 + q1) * 65536 + q0 + clock.offset;
  clock.secondHigh = rest > low ? high - 1 : high;
  clock.secondLow = rest > low ? low - rest + 2 ** 32 : low - rest;
  seconds[row] = clock.second;
  nanoseconds[row] = rest * clock.scale;
}

/** Units finer than a nanosecond: divided by powers of ten until they are nanoseconds. */
function putFine(clock: Clock, high: number, low: number, seconds: Float64Array, nanoseconds: Uint32Array, row: number): void {
  let upper = high;
  let lower = low;
  for (let digits = clock.exponent - 9; digits > 0 && upper + lower > 0; digits -= 9) {
    const divisor = 10 ** Math.min(digits, 9);
    const quotient = Math.floor(upper / divisor);
    let rest = (upper - quotient * divisor) * 65536 + (lower >>> 16);
    const middle = Math.floor(rest / divisor);
    rest = (rest - middle * divisor) * 65536 + (lower & 0xffff);
    upper = quotient;
    lower = middle * 65536 + Math.floor(rest / divisor);
  }
  putDecimal(clock, upper, lower, seconds, nanoseconds, row);
}

function putBinary(clock: Clock, high: number, low: number, seconds: Float64Array, nanoseconds: Uint32Array, row: number): void {
  const bits = clock.exponent;
  const whole =
    bits >= 64 ? 0 : bits >= 32 ? Math.floor(high / 2 ** (bits - 32)) : high * 2 ** (32 - bits) + Math.floor(low / 2 ** bits);
  seconds[row] = whole + clock.offset;
  nanoseconds[row] = binaryFraction(bits, high, low);
}

/** floor(fraction x 10^9) where the fraction is the lowest `bits` bits of the stamp behind the point. */
function binaryFraction(bits: number, high: number, low: number): number {
  const left = bits >= 64 ? 0 : 64 - bits;
  let upper = high;
  let lower = low;
  if (left >= 32) {
    upper = left === 64 ? 0 : (low << (left - 32)) >>> 0;
    lower = 0;
  } else if (left > 0) {
    upper = ((high << left) | (low >>> (32 - left))) >>> 0;
    lower = (low << left) >>> 0;
  }
  let carry = Math.floor(((lower & 0xffff) * NANOSECONDS) / 65536);
  carry = Math.floor(((lower >>> 16) * NANOSECONDS + carry) / 65536);
  carry = Math.floor(((upper & 0xffff) * NANOSECONDS + carry) / 65536);
  carry = Math.floor(((upper >>> 16) * NANOSECONDS + carry) / 65536);
  return bits > 64 ? Math.floor(carry / 2 ** (bits - 64)) : carry;
}
