// What somebody could send to make an analyser slow or big. Each case writes `n` of what it counts, and yields now and then.
import { http2Cases } from './http2-cases.mjs';
import { messageCases } from './message-cases.mjs';
import { streamCases } from './stream-cases.mjs';

/**
 * name; what `n` counts; `n` by default (measured with n and 2n) and with --full; the codes of the report's problems that must tell
 * of it, if its bound is reached at 2n.
 */
export const cases = [...streamCases, ...http2Cases, ...messageCases];
