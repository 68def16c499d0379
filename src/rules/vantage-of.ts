import type { CaptureFacts } from './facts.ts';
import type { Vantage, VantageKind } from './vantage.ts';

/** Works out the vantage from the packets; `given` is what the user said. */
export function vantageOf(_capture: CaptureFacts, given: VantageKind | undefined): Vantage {
  if (given !== undefined)
    return { kind: given, given: true, evidence: [{ text: { en: 'as you said', ko: '사용자가 지정함' }, packets: [] }] };
  return { kind: undefined, given: false, evidence: [] };
}
