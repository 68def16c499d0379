import { FIXED_BIT, LONG_FORM, type LongHeader, PacketType, SHORTEST_FIRST_FLIGHT } from '../dissect/quic/header.ts';
import { type Opened, openInitial } from '../dissect/quic/keys.ts';
import { versionOf } from '../dissect/quic/versions.ts';
import { type QuicState, sameId } from './quic-connection.ts';

/** A client's first destination id is at least this long (RFC 9000 §7.2); a shorter one was given by the server. */
const SHORTEST_FIRST_ID = 8;

/** The QUIC connections of one UDP flow, told apart by their connection ids (RFC 9000 §5.2). */
export class QuicFlow {
  /** Oldest first. */
  connections: readonly QuicState[] = [];
  lastTime = 0;
  /** The connection came here from another flow (RFC 9000 §9), where its record is kept. */
  migrated = false;
  /** "a" and "b" are the other way round than in that flow. */
  turned = false;
  /** The packet asked about last, where it was opened to see whose it is. */
  opened: Opened | undefined;

  /**
   * Whose packet is this with a long header, sent by the flow's first sender (`fromA`) in a datagram of `length` bytes?
   * Undefined: it begins another connection.
   */
  owner(fromA: boolean, bytes: Uint8Array, end: number, h: LongHeader, length: number): QuicState | undefined {
    const { connections } = this;
    this.opened = undefined;
    for (let i = connections.length - 1; i >= 0; i--)
      if (connections[i].owns(connections[i].clientIsA === fromA, bytes, h)) return connections[i];
    const newest = connections[connections.length - 1];
    if (newest === undefined) {
      if (h.type === PacketType.initial) this.opened = openFirst(bytes, end, h);
      return undefined;
    }
    const first = h.type === PacketType.initial || h.type === PacketType.zeroRtt;
    if (!first || !h.idsWhole || newest.adopts(newest.clientIsA === fromA, bytes, h)) return newest;
    return this.another(newest, fromA, bytes, end, h, length) ? undefined : newest;
  }

  /** Is this Initial or 0-RTT packet, to an id that is not known, the first of another connection? */
  private another(newest: QuicState, fromA: boolean, bytes: Uint8Array, end: number, h: LongHeader, length: number): boolean {
    const fromClient = newest.clientIsA === fromA;
    if (h.dcidEnd - h.dcidAt < SHORTEST_FIRST_ID) return false;
    if (h.type === PacketType.zeroRtt) return fromClient;
    this.opened = fromClient ? newest.tryOpen(true, bytes, end, h) : undefined;
    if (this.opened !== undefined) {
      newest.learnServerId(bytes, h);
      return false;
    }
    if (length < SHORTEST_FIRST_FLIGHT) return false;
    this.opened = openFirst(bytes, end, h);
    if (this.opened !== undefined) return true;
    // Whole, of a version whose keys are known, and not opened: no first packet.
    return fromClient && !(h.whole && h.end <= end && versionOf(h.version).salt !== undefined);
  }

  /** Whose is a datagram without a long header? Only the beginning of its destination id tells, where there are several. */
  ownerOfShort(fromA: boolean, bytes: Uint8Array, at: number, end: number): QuicState | undefined {
    const { connections } = this;
    const newest = connections[connections.length - 1];
    if (connections.length < 2 || end === at || (bytes[at] & (LONG_FORM | FIXED_BIT)) === LONG_FORM) return newest;
    for (let i = connections.length - 1; i >= 0; i--) {
      const { clientIsA, server, client } = connections[i];
      for (const id of (clientIsA === fromA ? server : client).ids)
        if (id.length > 0 && end - at > id.length && sameId(id, bytes, at + 1, at + 1 + id.length)) return connections[i];
    }
    return newest;
  }
}

/** An Initial packet opened with the keys that its own id gives: it is then a client's first, or its answer to a Retry. */
function openFirst(bytes: Uint8Array, end: number, h: LongHeader): Opened | undefined {
  if (!h.idsWhole) return undefined;
  return openInitial(bytes.subarray(h.dcidAt, h.dcidEnd), true, bytes, end, h).opened;
}

/** Packets of one datagram have one destination id; what has another is to be ignored (RFC 9000 §12.2). */
export function sameDestination(bytes: Uint8Array, idAt: number, h: LongHeader): boolean {
  if (!h.idsWhole || bytes[idAt - 1] !== bytes[h.dcidAt - 1]) return false;
  for (let i = 0; i < h.dcidEnd - h.dcidAt; i++) if (bytes[idAt + i] !== bytes[h.dcidAt + i]) return false;
  return true;
}
