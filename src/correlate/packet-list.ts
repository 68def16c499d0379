/**
 * Sorts a short list of packet numbers in place and drops repeats and zeros (no packet). Almost always in order already; the
 * engine's own sort allocates more than the list holds.
 */
export function inOrder(list: number[]): number[] {
  const kept = order(list);
  if (kept < list.length) list.length = kept;
  return list;
}

const few = [0, 0, 0, 0, 0];

/** The same of five numbers, as a list that is made as long as it has to be: cutting one is slow. */
export function fewInOrder(a: number, b: number, c: number, d: number, e: number): number[] {
  few[0] = a;
  few[1] = b;
  few[2] = c;
  few[3] = d;
  few[4] = e;
  return few.slice(0, order(few));
}

/** How many of `list` are left, at its beginning. */
function order(list: number[]): number {
  let kept = 0;
  for (let i = 0; i < list.length; i++) {
    const value = list[i];
    let at = kept;
    while (at > 0 && list[at - 1] > value) at--;
    if (value === 0 || (at > 0 && list[at - 1] === value)) continue;
    for (let j = kept; j > at; j--) list[j] = list[j - 1];
    list[at] = value;
    kept++;
  }
  return kept;
}

/** A list that nobody has added to: most lists of most records stay empty, so they are all this one. */
export const EMPTY: never[] = [];

/** `list` with one more at its end. */
export function added<T>(list: T[], value: T): T[] {
  if (list === EMPTY) return [value];
  list.push(value);
  return list;
}
