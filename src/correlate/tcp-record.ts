import { KEY_WORDS } from './flow-table.ts';

/**
 * A TCP connection's record in the flow table: word offsets. Pairs are [a, b], "a" the sender of the first packet.
 * Payload, streams and lists live in a `Conversation`, which only connections with something to say get.
 */
export const ID = KEY_WORDS;
export const FIRST = ID + 1;
export const LAST = FIRST + 1;
export const STATE = LAST + 1;
export const PACKETS = STATE + 1;
/** Sequence number of the SYN, or one before the first byte seen. */
export const ISN = PACKETS + 2;
/** The next byte the stream waits for. */
export const NEXT = ISN + 2;
/** Behind the highest byte seen. */
export const HIGHEST = NEXT + 2;
/** Highest acknowledgment sent, and the window announced with the last segment (scaled). */
export const ACKED = HIGHEST + 2;
export const WINDOW = ACKED + 2;
/** Right edge of the highest block selectively acknowledged; counts with `SACK_SEEN`. */
export const SACKED = WINDOW + 2;
/** Bits of a side, see below. */
export const SIDE = SACKED + 2;
/** Largest segments announced: the low half is that of "a", the high one of "b"; 0 not known. */
export const SEGMENT_SIZES = SIDE + 2;
export const HISTORY_SEEN = SEGMENT_SIZES + 1;
export const HISTORY = HISTORY_SEEN + 1;
export const HISTORY_WORDS = 4;
export const SYN_PACKET = HISTORY + HISTORY_WORDS;
export const SYN_ACK_PACKET = SYN_PACKET + 1;
export const ACK_PACKET = SYN_ACK_PACKET + 1;
export const FIN_PACKET = ACK_PACKET + 1;
/** Sequence number behind the FIN. */
export const FIN_END = FIN_PACKET + 2;
/** First packet that acknowledged this side's FIN. */
export const FIN_ACKED = FIN_END + 2;
export const RST_PACKET = FIN_ACKED + 2;
/** SYNs after the first while there is no conversation whose lists have them: a scan that nobody answers needs none. */
export const SYN_AGAIN = RST_PACKET + 1;
export const SYN_AGAIN_PACKETS = 3;

const WORDS = SYN_AGAIN + SYN_AGAIN_PACKETS;
const DOUBLES = (WORDS + 1) >> 1;
/** Double offsets (add half the record's word base). */
export const FIRST_TIME = DOUBLES;
export const LAST_TIME = FIRST_TIME + 1;
export const SYN_TIME = LAST_TIME + 1;
/** When the SYN was sent for the last time before its answer. */
export const LAST_SYN_TIME = SYN_TIME + 1;
export const SYN_ACK_TIME = LAST_SYN_TIME + 1;
export const ACK_TIME = SYN_ACK_TIME + 1;
/** First FIN or RST, and the last packet that belongs to the close. */
export const CLOSE_TIME = ACK_TIME + 1;
export const CLOSE_END = CLOSE_TIME + 1;
/** When the highest byte was sent, and when the side last acknowledged. */
export const HIGHEST_TIME = CLOSE_END + 1;
export const ACKED_TIME = HIGHEST_TIME + 2;
export const RECORD_WORDS = 2 * (ACKED_TIME + 2);

/** Bits of SIDE: duplicate ACKs in a row, the shift it offered, whether it did, whether its SYN was seen. */
export const DUPLICATE_ACKS = 0xff;
export const OFFERED_AT = 8;
export const SCALE_OFFERED = 1 << 12;
export const SYN_OPTIONS_SEEN = 1 << 13;
/** The side's last segment was a keep-alive; a window probe. */
export const LAST_KEEP_ALIVE = 1 << 14;
export const LAST_PROBE = 1 << 15;
/** The shift its windows have now (RFC 7323 §2.2: only when both offered one), and whether that is known. */
export const SHIFT_AT = 16;
export const SCALE_KNOWN = 1 << 20;
export const SACK_SEEN = 1 << 21;
export const FAST_OPEN = 1 << 22;
/** The SYN was sent more than once, so that its answer does not tell the round trip (Karn). */
export const SYN_REPEATED = 1 << 23;

/** Bits of STATE; those of a pair are shifted by 1 for "b". */
export const SYN_SEEN = 1;
export const SYN_ACK_SEEN = 1 << 2;
export const FIN_SEEN = 1 << 4;
export const RST_SEEN = 1 << 6;
export const SEQUENCE_SET = 1 << 8;
export const ACK_SET = 1 << 10;
export const CLIENT_IS_B = 1 << 12;
export const CLIENT_KNOWN = 1 << 13;
export const QUEUED = 1 << 14;
export const FIRST_CLOSER_IS_B = 1 << 15;
export const RST_ANSWERS_SYN = 1 << 16;
export const DATA_SEEN = 1 << 17;
/** Segments wait behind a hole. */
export const HELD = 1 << 18;
export const PORT_REUSED = 1 << 20;
export const CUT_PAYLOAD = 1 << 21;
export const SUPER_SEGMENTS = 1 << 22;
export const CAPTURE_LOSS = 1 << 23;
/** An ICMP error answered the SYN. */
export const UNREACHABLE = 1 << 24;

export const Flag = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16, urg: 32, ece: 64, cwr: 128, ae: 256 } as const;

/** Connections that have ended stay for late packets, until this many wait. */
export const LINGER_FLOWS = 1024;
/** TCP flows at once; past it the one idle longest among a few candidates is finished early and counted. */
export const MAX_FLOWS = 1 << 20;
/** Of these, connections with payload or a list at once: they have objects of their own. Past it the same is done with them. */
export const MAX_CONVERSATIONS = 48 << 10;
