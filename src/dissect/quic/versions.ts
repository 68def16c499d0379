/** What tells one version of QUIC from another: its salt (RFC 9001 §5.2), its labels and its packet types (RFC 9369 §3). */
export interface Version {
  /** "1", "2", "draft-29", "Q050", "0x1a2a3a4a". */
  name: string;
  /** The protection of Initial packets; absent where it is not public, or carries no TLS. */
  salt?: Buffer;
  /** "quicv2 key" instead of "quic key", and types in another order. */
  second: boolean;
  /** Of the Retry integrity tag (RFC 9001 §5.8, RFC 9369 §3.3.3). */
  retry?: { key: Buffer; nonce: Buffer };
}

const VERSION_1 = 0x00000001;
const VERSION_2 = 0x6b3343cf;
/** Drafts from 22 on have the header of version 1. */
const DRAFTS = 0xff000000;
const FIRST_DRAFT = 22;
const LAST_DRAFT = 34;
/** Google's, with its own handshake and with TLS; Meta's, from drafts 22 and 27. */
const Q050 = 0x51303530;
const T050 = 0x54303530;
const T051 = 0x54303531;
const MVFST_22 = 0xfaceb001;
const MVFST_27 = 0xfaceb002;
const MVFST_EXPERIMENT = 0xfaceb00e;

/** RFC 9000 §15: versions that nobody speaks, offered to keep servers tolerant. */
export const isReservedVersion = (version: number): boolean => (version & 0x0f0f0f0f) === 0x0a0a0a0a;

/** Is it one whose long header is laid out as that of version 1? Allocates nothing. */
export function isKnownVersion(version: number): boolean {
  if (version === VERSION_1 || version === VERSION_2 || isReservedVersion(version)) return true;
  if (version >= DRAFTS + FIRST_DRAFT && version <= DRAFTS + LAST_DRAFT) return true;
  if (version === Q050 || version === T050 || version === T051) return true;
  return version === MVFST_22 || version === MVFST_27 || version === MVFST_EXPERIMENT;
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const SALT_22 = hex('7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a');
const SALT_23 = hex('c3eef712c72ebb5a11a7d2432bb46365bef9f502');
const SALT_29 = hex('afbfec289993d24c9e9786f19c6111e04390a899');
const SALT_1 = hex('38762cf7f55934b34d179ae6a4c80cadccbb7f0a');
const SALT_2 = hex('0dede3def700a6db819381be6e269dcbf9bd2ed9');

const versions = new Map<number, Version>([
  [
    VERSION_1,
    {
      name: '1',
      salt: SALT_1,
      second: false,
      retry: { key: hex('be0c690b9f66575a1d766b54e368c84e'), nonce: hex('461599d35d632bf2239825bb') },
    },
  ],
  [
    VERSION_2,
    {
      name: '2',
      salt: SALT_2,
      second: true,
      retry: { key: hex('8fb4b01b56ac48e260fbcbcead7ccc92'), nonce: hex('d86969bc2d7c6d9990efb04a') },
    },
  ],
  [Q050, { name: 'Q050', second: false }],
  [T050, { name: 'T050', salt: hex('7ff579e5acd072915580304c43a2367c60488310'), second: false }],
  [T051, { name: 'T051', salt: hex('7a4edef4e7ccee5fa4506c19124fc8ccda6e033d'), second: false }],
  [MVFST_22, { name: '0xfaceb001', salt: SALT_22, second: false }],
  [MVFST_27, { name: '0xfaceb002', salt: SALT_23, second: false }],
  [MVFST_EXPERIMENT, { name: '0xfaceb00e', salt: SALT_23, second: false }],
]);
for (let draft = FIRST_DRAFT; draft <= LAST_DRAFT; draft++) {
  const salt = draft === 22 ? SALT_22 : draft < 29 ? SALT_23 : draft < 33 ? SALT_29 : SALT_1;
  versions.set(DRAFTS + draft, { name: `draft-${draft}`, salt, second: false });
}

/** Google's versions have their CRYPTO frame where the RFC has a STREAM frame, which no Initial packet may carry. */
export const isGoogleVersion = (version: number): boolean => version === Q050 || version === T050 || version === T051;

/**
 * Facts of a version; of one that is not known, its number in hexadecimal and no more. A reserved one has no salt of its own;
 * who offers it protects the packet as in a version that he speaks (`openInitial`).
 */
export function versionOf(version: number): Version {
  const known = versions.get(version);
  if (known !== undefined) return known;
  const name = `0x${version.toString(16).padStart(8, '0')}`;
  return isReservedVersion(version) ? { name, salt: SALT_1, second: false } : { name, second: false };
}
