/**
 * Sorts a short list of packet numbers in place and drops repeats and zeros (no packet). Almost always in order already; the
 * engine's own sort allocates more than the list holds.
 */
export function inOrder(list: number[]): number[] {
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
  if (kept < list.length) list.length = kept;
  return list;
}

/** A list that nobody has added to: most lists of most records stay empty, so they are all this one. */
export const EMPTY: never[] = [];

/** `list` with one more at its end. */
export function added<T>(list: T[], value: T): T[] {
  if (list === EMPTY) return [value];
  list.push(value);
  return list;
}
