import type { ConnectionFacts } from './connection-facts.ts';
import type { Outcome } from './model.ts';
import * as R from './tcp-record.ts';

/** How a QUIC connection ended of which nothing but the first packets can be read: its end is encrypted (RFC 9000 §10.2) unless it came early. */
export function sealedOutcome(f: ConnectionFacts): Outcome | undefined {
  const c = f.conversation;
  if (c?.quic?.sealed !== true) return undefined;
  const { code } = c.quic;
  if (f.closeHow === 'reset') {
    if (code?.startsWith('CRYPTO_ERROR')) return 'tls-failed';
    return code?.startsWith('CONNECTION_REFUSED') ? 'refused' : 'reset';
  }
  if (!c.told) return 'in-progress';
  return f.word(R.PACKETS + 1 - f.clientSide) === 0 ? 'unanswered' : 'unknown';
}

/** The last packet of a QUIC client that nobody answered. */
export const silentUntil = (f: ConnectionFacts): number | undefined =>
  f.conversation?.quic !== undefined && f.word(R.PACKETS + 1 - f.clientSide) === 0 ? f.time(R.LAST_TIME) : undefined;
