/** Ids that are remembered; the oldest go first. */
const ID_LIMIT = 1 << 16;
/** A shorter one may stand in any datagram. */
const SHORTEST = 4;

/** Who has which destination connection id, wherever its packets come from (RFC 9000 §5.2). */
export class MovedIds<Owner> {
  private readonly owners = new Map<string, Owner>();
  /** Lengths of ids that were given out. */
  private lengths: number[] = [];

  get size(): number {
    return this.owners.size;
  }

  /** `id`: its bytes as a string of as many characters. */
  add(id: string, owner: Owner): void {
    if (id.length < SHORTEST) return;
    if (!this.lengths.includes(id.length)) this.lengths.push(id.length);
    if (this.owners.size >= ID_LIMIT) this.owners.delete(this.owners.keys().next().value as string);
    this.owners.set(id, owner);
  }

  /** Whose id begins here? */
  find(bytes: Uint8Array, at: number, end: number): Owner | undefined {
    for (const length of this.lengths) {
      if (at + length > end) continue;
      const owner = this.owners.get(Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString('latin1'));
      if (owner !== undefined) return owner;
    }
    return undefined;
  }
}
