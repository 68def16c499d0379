import type { Problem, Words } from './batch.ts';

/** Entries kept of one code; a garbled file could otherwise fill the memory with them. */
export const PROBLEMS_PER_CODE = 20;

/** Collects problems: the first ones of each code in full, the rest as a count that `finish` adds. */
export class Problems {
  readonly list: Problem[] = [];
  readonly #counts = new Map<string, number>();
  #finished = false;

  add(code: string, words: Words, offset?: number, packet?: number): void {
    const count = (this.#counts.get(code) ?? 0) + 1;
    this.#counts.set(code, count);
    if (count > PROBLEMS_PER_CODE) return;
    const problem: Problem = { code, message: words.en, korean: words.ko };
    if (packet !== undefined) problem.packet = packet;
    if (offset !== undefined) problem.offset = offset;
    this.list.push(problem);
  }

  /** To be called at the end of the capture; says how many were left out. */
  finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    for (const [code, count] of this.#counts) {
      const more = count - PROBLEMS_PER_CODE;
      if (more > 0)
        this.list.push({
          code,
          message: `${more} more of the kind "${code}" (${count} in all)`,
          korean: `같은 문제가 ${more}개 더 있습니다. 모두 ${count}개`,
        });
    }
  }
}
