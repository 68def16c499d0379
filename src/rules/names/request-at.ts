import type { Exchange } from '../../correlate/model.ts';

/** Where a reader finds the request; of one direction alone, its answer. */
export const requestAt = (x: Exchange): number | undefined => x.requestPacket ?? x.responsePacket;
