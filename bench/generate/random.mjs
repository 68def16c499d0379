// Seeded random numbers: the same seed gives the same capture on every machine.

/** sfc32, with the seed and a stream number mixed in, so that every connection has a sequence of its own. */
export function random(seed, stream = 0) {
  let a = 0x9e3779b9 ^ seed;
  let b = 0x243f6a88 ^ stream;
  let c = 0xb7e15162;
  let d = 1;
  const next = () => {
    const sum = (a + b + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  for (let i = 0; i < 12; i++) next();
  const fraction = () => next() / 4294967296;
  return {
    bits: next,
    fraction,
    /** 0 … n-1 */
    below: (n) => Math.floor(fraction() * n),
    between: (low, high) => low + fraction() * (high - low),
    chance: (probability) => fraction() < probability,
    pick: (list) => list[Math.floor(fraction() * list.length)],
    exponential: (mean) => -mean * Math.log(1 - fraction()),
    /** Long-tailed sizes: half of them below `median`. */
    longTailed: (median, spread) =>
      median * Math.exp(spread * Math.sqrt(-2 * Math.log(1 - fraction())) * Math.cos(2 * Math.PI * fraction())),
  };
}
