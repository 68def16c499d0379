/** Record types (IANA "Resource Record (RR) TYPEs"), obsolete ones included: "number name number name …". */
const TYPES = `1 A 2 NS 3 MD 4 MF 5 CNAME 6 SOA 7 MB 8 MG 9 MR 10 NULL 11 WKS 12 PTR 13 HINFO 14 MINFO 15 MX 16 TXT 17 RP
18 AFSDB 19 X25 20 ISDN 21 RT 22 NSAP 23 NSAP-PTR 24 SIG 25 KEY 26 PX 27 GPOS 28 AAAA 29 LOC 30 NXT 31 EID 32 NIMLOC 33 SRV
34 ATMA 35 NAPTR 36 KX 37 CERT 38 A6 39 DNAME 40 SINK 41 OPT 42 APL 43 DS 44 SSHFP 45 IPSECKEY 46 RRSIG 47 NSEC 48 DNSKEY
49 DHCID 50 NSEC3 51 NSEC3PARAM 52 TLSA 53 SMIMEA 55 HIP 56 NINFO 57 RKEY 58 TALINK 59 CDS 60 CDNSKEY 61 OPENPGPKEY 62 CSYNC
63 ZONEMD 64 SVCB 65 HTTPS 66 DSYNC 67 HHIT 68 BRID 99 SPF 100 UINFO 101 UID 102 GID 103 UNSPEC 104 NID 105 L32 106 L64 107 LP
108 EUI48 109 EUI64 128 NXNAME 249 TKEY 250 TSIG 251 IXFR 252 AXFR 253 MAILB 254 MAILA 255 ANY 256 URI 257 CAA 258 AVC
259 DOA 260 AMTRELAY 261 RESINFO 262 WALLET 263 CLA 264 IPN 32768 TA 32769 DLV`;

const CLASSES = '1 IN 2 CS 3 CH 4 HS 254 NONE 255 ANY';

const OPCODES = '0 QUERY 1 IQUERY 2 STATUS 4 NOTIFY 5 UPDATE 6 DSO';

const RCODES = `0 NOERROR 1 FORMERR 2 SERVFAIL 3 NXDOMAIN 4 NOTIMP 5 REFUSED 6 YXDOMAIN 7 YXRRSET 8 NXRRSET 9 NOTAUTH 10 NOTZONE
11 DSOTYPENI 16 BADVERS 17 BADKEY 18 BADTIME 19 BADMODE 20 BADNAME 21 BADALG 22 BADTRUNC 23 BADCOOKIE`;

function table(list: string): Map<number, string> {
  const map = new Map<number, string>();
  const words = list.split(/\s+/);
  for (let i = 0; i + 1 < words.length; i += 2) map.set(Number(words[i]), words[i + 1]);
  return map;
}

const types = table(TYPES);
/** The common ones by index, for the tracker. */
const low: string[] = [];
for (let type = 0; type < 300; type++) low.push(types.get(type) ?? `TYPE${type}`);
const classes = table(CLASSES);
const opcodes = table(OPCODES);
const rcodes = table(RCODES);

/** "AAAA"; "TYPE65400" for what has no name (RFC 3597 §5). */
export const typeName = (type: number): string => low[type] ?? types.get(type) ?? `TYPE${type}`;
/** "IN"; "CLASS42". */
export const className = (value: number): string => classes.get(value) ?? `CLASS${value}`;
export const opcodeName = (opcode: number): string => opcodes.get(opcode) ?? `OPCODE${opcode}`;
/** "NXDOMAIN"; the upper bits of an extended code included. */
export const rcodeName = (rcode: number): string => rcodes.get(rcode) ?? `RCODE${rcode}`;

/** Extended DNS Errors (RFC 8914 and IANA). */
const EXTENDED_ERRORS = [
  'Other',
  'Unsupported DNSKEY Algorithm',
  'Unsupported DS Digest Type',
  'Stale Answer',
  'Forged Answer',
  'DNSSEC Indeterminate',
  'DNSSEC Bogus',
  'Signature Expired',
  'Signature Not Yet Valid',
  'DNSKEY Missing',
  'RRSIGs Missing',
  'No Zone Key Bit Set',
  'NSEC Missing',
  'Cached Error',
  'Not Ready',
  'Blocked',
  'Censored',
  'Filtered',
  'Prohibited',
  'Stale NXDOMAIN Answer',
  'Not Authoritative',
  'Not Supported',
  'No Reachable Authority',
  'Network Error',
  'Invalid Data',
  'Signature Expired before Valid',
  'Too Early',
  'Unsupported NSEC3 Iterations Value',
  'Unable to conform to policy',
  'Synthesized',
  'Invalid Query Type',
];
export const extendedErrorName = (code: number): string | undefined => EXTENDED_ERRORS[code];

/** EDNS options as `dig` names them. */
const OPTIONS = table(
  '1 LLQ 2 UL 3 NSID 5 DAU 6 DHU 7 N3U 8 CLIENT-SUBNET 9 EXPIRE 10 COOKIE 11 KEEPALIVE 12 PAD 13 CHAIN 14 KEY-TAG 15 EDE 18 REPORT-CHANNEL 19 ZONEVERSION',
);
export const optionName = (code: number): string => OPTIONS.get(code) ?? `OPT=${code}`;

/** Service parameters of SVCB and HTTPS (RFC 9460 §14.3.2). */
const PARAMETERS = table(
  '0 mandatory 1 alpn 2 no-default-alpn 3 port 4 ipv4hint 5 ech 6 ipv6hint 7 dohpath 8 ohttp 9 tls-supported-groups',
);
export const parameterName = (key: number): string => PARAMETERS.get(key) ?? `key${key}`;

const CERTIFICATE_TYPES = table('1 PKIX 2 SPKI 3 PGP 4 IPKIX 5 ISPKI 6 IPGP 7 ACPKIX 8 IACPKIX 253 URI 254 OID');
export const certificateTypeName = (type: number): string => CERTIFICATE_TYPES.get(type) ?? String(type);

/** DNSSEC algorithms where `dig` prints the name (CERT); elsewhere it prints the number. */
const ALGORITHMS = table(
  '1 RSAMD5 2 DH 3 DSA 4 ECC 5 RSASHA1 6 NSEC3DSA 7 NSEC3RSASHA1 8 RSASHA256 10 RSASHA512 12 ECCGOST 13 ECDSAP256SHA256 14 ECDSAP384SHA384 15 ED25519 16 ED448 252 INDIRECT 253 PRIVATEDNS 254 PRIVATEOID',
);
export const algorithmName = (algorithm: number): string => ALGORITHMS.get(algorithm) ?? String(algorithm);
