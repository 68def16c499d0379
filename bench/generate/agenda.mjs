// Interleaves the scripts of all connections: the one whose next packet is earliest goes on.

export class Agenda {
  /** A binary heap; equal times keep the order in which they were added. */
  #heap = [];
  #count = 0;

  add(script) {
    const next = script.next();
    if (!next.done) this.#rise({ time: next.value, order: this.#count++, script });
  }

  runUntil(time) {
    const heap = this.#heap;
    while (heap.length > 0 && heap[0].time < time) {
      const entry = heap[0];
      const next = entry.script.next();
      if (next.done) {
        const last = heap.pop();
        if (heap.length > 0) this.#sink(last);
      } else {
        this.#sink({ time: next.value, order: this.#count++, script: entry.script });
      }
    }
  }

  #before(a, b) {
    return a.time < b.time || (a.time === b.time && a.order < b.order);
  }

  #rise(entry) {
    const heap = this.#heap;
    let at = heap.length;
    for (; at > 0; ) {
      const parent = (at - 1) >> 1;
      if (!this.#before(entry, heap[parent])) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = entry;
  }

  #sink(entry) {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#before(heap[child + 1], heap[child])) child++;
      if (!this.#before(heap[child], entry)) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = entry;
  }
}
