import { hex } from '../bytes.ts';
import { algorithmName, certificateTypeName } from './names.ts';
import {
  base64Piece,
  bytesPiece,
  hashPiece,
  hexPiece,
  ipv4Piece,
  ipv6Piece,
  namePiece,
  type Piece,
  saltPiece,
  stringPiece,
  stringsPiece,
  textPiece,
  timePiece,
  typePiece,
  typesPiece,
  u8Piece,
  u16Piece,
  u32Piece,
} from './pieces.ts';
import { amtRelay, apl, hip, ipsecKey, isdn, loc, nsap, sink, svcb, tkey, tsig, wks } from './layouts-special.ts';
import { groups } from './value-text.ts';

const algorithm: Piece = (c) =>
  c.left >= 1 && c.take(1, 'dns.cert.algorithm', 'Algorithm', c.bytes[c.at], algorithmName(c.bytes[c.at]));

const digest = [
  u16Piece('dns.ds.key_id', 'Key id'),
  u8Piece('dns.ds.algorithm', 'Algorithm'),
  u8Piece('dns.ds.digest_type', 'Digest Type'),
  hexPiece('dns.ds.digest', 'Digest'),
];
const key = [
  u16Piece('dns.dnskey.flags', 'Flags'),
  u8Piece('dns.dnskey.protocol', 'Protocol'),
  u8Piece('dns.dnskey.algorithm', 'Algorithm'),
  base64Piece('dns.dnskey.public_key', 'Public Key'),
];
const signature = [
  typePiece('dns.rrsig.type_covered', 'Type Covered'),
  u8Piece('dns.rrsig.algorithm', 'Algorithm'),
  u8Piece('dns.rrsig.labels', 'Labels'),
  u32Piece('dns.rrsig.original_ttl', 'Original TTL'),
  timePiece('dns.rrsig.signature_expiration', 'Signature Expiration'),
  timePiece('dns.rrsig.signature_inception', 'Signature Inception'),
  u16Piece('dns.rrsig.key_tag', 'Key Tag'),
  namePiece('dns.rrsig.signers_name', "Signer's name"),
  base64Piece('dns.rrsig.signature', 'Signature'),
];
const certificate = [
  u8Piece('dns.tlsa.certificate_usage', 'Certificate Usage'),
  u8Piece('dns.tlsa.selector', 'Selector'),
  u8Piece('dns.tlsa.matching_type', 'Matching Type'),
  hexPiece('dns.tlsa.certificate_association_data', 'Certificate Association Data'),
];
const strings = [stringsPiece('dns.txt', 'TXT')];

/** What each type's data is made of (RFC 1035 §3.3 and the RFC of each), with Wireshark's field names where it has them. */
const LAYOUTS: Record<number, Piece[]> = {
  1: [ipv4Piece('dns.a', 'Address')],
  2: [namePiece('dns.ns', 'Name Server')],
  3: [namePiece('dns.md', 'Mail Destination')],
  4: [namePiece('dns.mf', 'Mail Forwarder')],
  5: [namePiece('dns.cname', 'CNAME')],
  6: [
    namePiece('dns.soa.mname', 'Primary name server'),
    namePiece('dns.soa.rname', "Responsible authority's mailbox"),
    u32Piece('dns.soa.serial_number', 'Serial Number'),
    u32Piece('dns.soa.refresh_interval', 'Refresh Interval'),
    u32Piece('dns.soa.retry_interval', 'Retry Interval'),
    u32Piece('dns.soa.expire_limit', 'Expire limit'),
    u32Piece('dns.soa.minimum_ttl', 'Minimum TTL'),
  ],
  7: [namePiece('dns.mb', 'MailBox Domain')],
  8: [namePiece('dns.mg', 'Mail Group member')],
  9: [namePiece('dns.mr', 'Mail Rename domain')],
  11: wks,
  12: [namePiece('dns.ptr.domain_name', 'Domain Name')],
  13: [stringPiece('dns.hinfo.cpu', 'CPU'), stringPiece('dns.hinfo.os', 'OS')],
  14: [namePiece('dns.minfo.r', 'Responsible Mailbox'), namePiece('dns.minfo.e', 'Error Mailbox')],
  15: [u16Piece('dns.mx.preference', 'Preference'), namePiece('dns.mx.mail_exchange', 'Mail Exchange')],
  16: strings,
  17: [namePiece('dns.rp.mailbox', 'Mailbox'), namePiece('dns.rp.txt_rr', 'TXT RR')],
  18: [u16Piece('dns.afsdb.subtype', 'Subtype'), namePiece('dns.afsdb.hostname', 'Hostname')],
  19: [stringPiece('dns.x25.psdn_address', 'PSDN-Address')],
  20: isdn,
  21: [u16Piece('dns.rt.subtype', 'Preference'), namePiece('dns.rt.intermediate_host', 'Intermediate Hostname')],
  22: nsap,
  23: [namePiece('dns.nsap_ptr.owner', 'Owner')],
  24: signature,
  25: key,
  26: [u16Piece('dns.px.preference', 'Preference'), namePiece('dns.px.map822', 'MAP822'), namePiece('dns.px.map400', 'MAPX400')],
  27: [
    stringPiece('dns.gpos.longitude', 'Longitude'),
    stringPiece('dns.gpos.latitude', 'Latitude'),
    stringPiece('dns.gpos.altitude', 'Altitude'),
  ],
  28: [ipv6Piece('dns.aaaa', 'AAAA Address')],
  29: loc,
  33: [
    u16Piece('dns.srv.priority', 'Priority'),
    u16Piece('dns.srv.weight', 'Weight'),
    u16Piece('dns.srv.port', 'Port'),
    namePiece('dns.srv.target', 'Target'),
  ],
  35: [
    u16Piece('dns.naptr.order', 'Order'),
    u16Piece('dns.naptr.preference', 'Preference'),
    stringPiece('dns.naptr.flags', 'Flags'),
    stringPiece('dns.naptr.service', 'Service'),
    stringPiece('dns.naptr.regex', 'Regex'),
    namePiece('dns.naptr.replacement', 'Replacement'),
  ],
  36: [u16Piece('dns.kx.preference', 'Preference'), namePiece('dns.kx.key_exchange', 'Key Exchange')],
  37: [
    u16Piece('dns.cert.type', 'Type', certificateTypeName),
    u16Piece('dns.cert.key_tag', 'Key Tag'),
    algorithm,
    base64Piece('dns.cert.certificate', 'Certificate (or CRL)'),
  ],
  39: [namePiece('dns.dname', 'Dname')],
  40: sink,
  42: apl,
  43: digest,
  44: [
    u8Piece('dns.sshfp.algorithm', 'Algorithm'),
    u8Piece('dns.sshfp.fingerprint.type', 'Fingerprint type'),
    hexPiece('dns.sshfp.fingerprint', 'Fingerprint'),
  ],
  45: ipsecKey,
  46: signature,
  47: [namePiece('dns.nsec.next_domain_name', 'Next Domain Name'), typesPiece('dns.nsec.types', 'Types')],
  48: key,
  49: [base64Piece('dns.dhcid.rdata', 'DHCID Data')],
  50: [
    u8Piece('dns.nsec3.algo', 'Hash algorithm'),
    u8Piece('dns.nsec3.flags', 'NSEC3 flags'),
    u16Piece('dns.nsec3.iterations', 'NSEC3 iterations'),
    saltPiece('dns.nsec3.salt_value', 'Salt value'),
    hashPiece('dns.nsec3.hash_value', 'Next hashed owner'),
    typesPiece('dns.nsec3.types', 'Types'),
  ],
  51: [
    u8Piece('dns.nsec3.algo', 'Hash algorithm'),
    u8Piece('dns.nsec3.flags', 'NSEC3 flags'),
    u16Piece('dns.nsec3.iterations', 'NSEC3 iterations'),
    saltPiece('dns.nsec3.salt_value', 'Salt value'),
  ],
  52: certificate,
  53: certificate,
  55: hip,
  56: strings,
  57: key,
  58: [namePiece('dns.talink.previous', 'Previous Name'), namePiece('dns.talink.next', 'Next Name')],
  59: digest,
  60: key,
  61: [base64Piece('dns.openpgpkey', 'OpenPGP Key')],
  62: [
    u32Piece('dns.csync.soa', 'SOA'),
    u16Piece('dns.csync.flags', 'Flags'),
    typesPiece('dns.csync.type_bitmap', 'Type Bitmap'),
  ],
  63: [
    u32Piece('dns.zonemd.serial', 'Serial'),
    u8Piece('dns.zonemd.scheme', 'Scheme'),
    u8Piece('dns.zonemd.hash_algo', 'Hash Algorithm'),
    hexPiece('dns.zonemd.digest', 'Digest'),
  ],
  64: svcb,
  65: svcb,
  99: [stringsPiece('dns.spf', 'SPF')],
  104: [u16Piece('dns.ilnp.nid.preference', 'Preference'), bytesPiece(8, (b, at) => groups(b, at, 4))('dns.ilnp.nid', 'NodeID')],
  105: [u16Piece('dns.ilnp.l32.preference', 'Preference'), ipv4Piece('dns.ilnp.l32', 'Locator32')],
  106: [
    u16Piece('dns.ilnp.l64.preference', 'Preference'),
    bytesPiece(8, (b, at) => groups(b, at, 4))('dns.ilnp.l64', 'Locator64'),
  ],
  107: [u16Piece('dns.ilnp.lp.preference', 'Preference'), namePiece('dns.ilnp.lp', 'Locator FQDN')],
  108: [bytesPiece(6, (b, at) => hex(b, at, at + 6, '-'))('dns.eui48', 'EUI48 Address')],
  109: [bytesPiece(8, (b, at) => hex(b, at, at + 8, '-'))('dns.eui64', 'EUI64 Address')],
  249: tkey,
  250: tsig,
  256: [u16Piece('dns.uri.priority', 'Priority'), u16Piece('dns.uri.weight', 'Weight'), textPiece('dns.uri.target', 'Target')],
  257: [
    u8Piece('dns.caa.flags', 'CAA Flags'),
    (c) => {
      if (c.left < 1 || c.left < 1 + c.bytes[c.at]) return false;
      const end = c.at + 1 + c.bytes[c.at];
      const tag = Buffer.from(c.bytes.subarray(c.at + 1, end)).toString('latin1');
      return /^[0-9A-Za-z]+$/.test(tag) && c.take(end - c.at, 'dns.caa.tag', 'Tag', tag, tag);
    },
    textPiece('dns.caa.value', 'Value'),
  ],
  258: strings,
  259: [
    u32Piece('dns.doa.enterprise', 'Enterprise'),
    u32Piece('dns.doa.type', 'Type'),
    u8Piece('dns.doa.location', 'Location'),
    stringPiece('dns.doa.media_type', 'Media Type'),
    base64Piece('dns.doa.data', 'Data'),
  ],
  260: amtRelay,
  261: strings,
  262: strings,
  32768: digest,
  32769: digest,
};

export const layoutOf = (type: number): Piece[] | undefined => LAYOUTS[type];
