import type { Decryption, SealedReason } from './tls-session.ts';

/** Counts what was opened and what stayed sealed, and of which sides nothing was opened for want of keys. */
export class SealedRecords {
  private readonly facts: Decryption;
  /** Records of these directions were opened with the keys of application data. */
  private readonly read: [boolean, boolean] = [false, false];

  constructor(facts: Decryption) {
    this.facts = facts;
  }

  /** `application`: with the keys of application data. */
  opened(direction: 0 | 1, application: boolean): void {
    this.facts.opened++;
    if (!application || this.read[direction]) return;
    this.read[direction] = true;
    if (this.facts.sealedSides !== undefined) this.facts.sealedSides[direction === 0 ? 'client' : 'server'] = false;
  }

  /** `data`: the record may hold application data. */
  sealed(direction: 0 | 1, why: SealedReason, data: boolean, packet: number): void {
    const { facts } = this;
    facts.sealed++;
    const known = facts.reasons.find((each) => each.why === why);
    if (known === undefined) facts.reasons.push({ why, records: 1, packet });
    else known.records++;
    if (!data || this.read[direction] || (why !== 'no-keys' && why !== 'keys-do-not-fit')) return;
    facts.sealedSides ??= { client: false, server: false };
    facts.sealedSides[direction === 0 ? 'client' : 'server'] = true;
  }
}
