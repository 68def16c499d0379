import { idOf, nameOf } from './registry.ts';

/** How many different layer stacks are told apart; traffic can invent stacks, memory must not follow it. */
export const STACK_LIMIT = 4096;
const OVERFLOW = STACK_LIMIT - 1;

/**
 * Layer stacks as small integers: 0 is the empty one, `next` appends a protocol. A row's stack is thus one number, and
 * counting packets by stack is counting numbers. Stacks past the bound fall together in one that is named "other".
 */
export class Stacks {
  /** Known ones, the empty one included. */
  count = 1;
  /** Next stack by stack * 256 + protocol id, 0 where not met yet. */
  private readonly table = new Uint16Array(STACK_LIMIT * 256);
  private readonly parent = new Uint16Array(STACK_LIMIT);
  private readonly protocol = new Uint8Array(STACK_LIMIT);
  private readonly depths = new Uint8Array(STACK_LIMIT);

  next(stack: number, protocolId: number): number {
    const known = this.table[(stack << 8) | protocolId];
    return known !== 0 ? known : this.add(stack, protocolId);
  }

  /** How many layers. */
  depth(stack: number): number {
    return this.depths[stack];
  }

  /** Id of the innermost protocol; 0 for "unknown" and "other". */
  top(stack: number): number {
    return this.protocol[stack];
  }

  /** "eth:ip:tcp"; "unknown" for the empty stack. */
  name(stack: number): string {
    if (stack === 0) return 'unknown';
    if (stack === OVERFLOW) return 'other';
    const names: string[] = [];
    for (let at = stack; at !== 0; at = this.parent[at]) names.unshift(nameOf(this.protocol[at]));
    return names.join(':');
  }

  /** Protocol names of a stack, outermost first; none for "unknown" and "other". */
  layers(stack: number): string[] {
    return stack === 0 || stack === OVERFLOW ? [] : this.name(stack).split(':');
  }

  private add(stack: number, protocolId: number): number {
    // Protocols of the same name (two versions of one) make the same stack.
    const first = idOf(nameOf(protocolId));
    if (first !== protocolId) {
      const same = this.next(stack, first);
      this.table[(stack << 8) | protocolId] = same;
      return same;
    }
    const added = stack === OVERFLOW || this.count >= OVERFLOW ? OVERFLOW : this.count++;
    this.table[(stack << 8) | protocolId] = added;
    if (added !== OVERFLOW) {
      this.parent[added] = stack;
      this.protocol[added] = protocolId;
      this.depths[added] = this.depths[stack] + 1;
    }
    return added;
  }
}
