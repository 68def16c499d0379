/**
 * Sorts a short list of packet numbers in place and drops repeats. Almost always in order already; the engine's own sort
 * allocates more than the list holds.
 */
export function inOrder(list: number[]): number[] {
  let kept = Math.min(1, list.length);
  for (let i = 1; i < list.length; i++) {
    const value = list[i];
    let at = kept;
    while (at > 0 && list[at - 1] > value) at--;
    if (at > 0 && list[at - 1] === value) continue;
    for (let j = kept; j > at; j--) list[j] = list[j - 1];
    list[at] = value;
    kept++;
  }
  list.length = kept;
  return list;
}
