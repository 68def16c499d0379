import type { Packets } from './packets.ts';

/**
 * Protocol ids by the number that the layer below carries; 0 is "no protocol". Filled once by `registry.ts` from each
 * protocol's `over`, read by the scans: a small integer picks the next layer.
 */
export const byLinkType = new Uint8Array(65536);
export const byEtherType = new Uint8Array(65536);
export const byIpProtocol = new Uint8Array(256);
export const byUdpPort = new Uint8Array(65536);
export const byTcpPort = new Uint8Array(65536);
export const byPppProtocol = new Uint8Array(65536);
export const byLlcSap = new Uint8Array(256);

/** By protocol id: whether the bytes at the cursor look like the protocol that the port stands for; absent: the port decides. */
export const claims = new Array<((p: Packets) => boolean) | undefined>(256).fill(undefined);

/** Protocol ids that a datagram is tried for whose ports nobody has, and what each asks of it. */
export const onAnyUdpPort: { id: number; looks: (p: Packets) => boolean }[] = [];
