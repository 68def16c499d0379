import { particles } from '../text/particles.ts';
import type { Text } from '../text/text.ts';
import type { Advice, Finding } from './rule.ts';

/** `says` may be as long as the reader needs; packets in the order in which they are spoken of. */
const finding =
  (verdict: Finding['verdict']) =>
  (reason: string, packets: (number | undefined)[], says: Text, advice?: Advice): Finding => ({
    verdict,
    reason,
    packets: [...new Set(packets.filter((each) => each !== undefined))],
    says: { en: says.en, ko: particles(says.ko) },
    ...(advice === undefined ? {} : { advice }),
  });

export const confirmed = finding('confirmed');
export const contradicted = finding('contradicted');
/** The step legitimately did not happen. */
export const skipped = finding('skipped');
/** Another vantage, a key log or host state would decide: say which in `advice`. */
export const notVisible = finding('not-visible');
/** The capture cannot decide. */
export const unknown = finding('unknown');
