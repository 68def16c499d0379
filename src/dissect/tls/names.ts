import { isGrease } from './suites.ts';

/** RFC 8446 §5.1, RFC 6520. */
export const ContentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23, heartbeat: 24 } as const;

/** RFC 8446 §4, RFC 5246 §7.4. */
export const HandshakeType = {
  helloRequest: 0,
  clientHello: 1,
  serverHello: 2,
  newSessionTicket: 4,
  endOfEarlyData: 5,
  helloRetryRequest: 6,
  encryptedExtensions: 8,
  certificate: 11,
  serverKeyExchange: 12,
  certificateRequest: 13,
  serverHelloDone: 14,
  certificateVerify: 15,
  clientKeyExchange: 16,
  finished: 20,
  keyUpdate: 24,
  compressedCertificate: 25,
} as const;

/** IANA "TLS ExtensionType Values": those that are looked into. */
export const ExtensionType = {
  serverName: 0,
  supportedGroups: 10,
  signatureAlgorithms: 13,
  alpn: 16,
  preSharedKey: 41,
  earlyData: 42,
  supportedVersions: 43,
  keyShare: 51,
  encryptedClientHello: 0xfe0d,
} as const;

const hex4 = (value: number): string => `0x${value.toString(16).padStart(4, '0')}`;

function table(list: string): Map<number, string> {
  const map = new Map<number, string>();
  for (const entry of list.split(';')) {
    const cut = entry.trim().indexOf(' ');
    map.set(Number(entry.trim().slice(0, cut)), entry.trim().slice(cut + 1));
  }
  return map;
}

const contentTypes = table('20 Change Cipher Spec; 21 Alert; 22 Handshake; 23 Application Data; 24 Heartbeat');
export const contentTypeName = (type: number): string => contentTypes.get(type) ?? `content type ${type}`;

const handshakeTypes = table(`0 Hello Request; 1 Client Hello; 2 Server Hello; 3 Hello Verify Request; 4 New Session Ticket;
5 End of Early Data; 6 Hello Retry Request; 8 Encrypted Extensions; 11 Certificate; 12 Server Key Exchange;
13 Certificate Request; 14 Server Hello Done; 15 Certificate Verify; 16 Client Key Exchange; 20 Finished; 21 Certificate URL;
22 Certificate Status; 23 Supplemental Data; 24 Key Update; 25 Compressed Certificate; 67 Encrypted Extensions (NPN);
254 Message Hash`);
export const handshakeTypeName = (type: number): string | undefined => handshakeTypes.get(type);

const versions = table(
  '0x0002 SSL 2.0; 0x0200 SSL 2.0; 0x0300 SSL 3.0; 0x0301 TLS 1.0; 0x0302 TLS 1.1; 0x0303 TLS 1.2; 0x0304 TLS 1.3',
);
/** "TLS 1.3"; drafts as "TLS 1.3 (draft 28)". */
export function versionName(version: number): string {
  const known = versions.get(version);
  if (known !== undefined) return known;
  if (version >> 8 === 0x7f) return `TLS 1.3 (draft ${version & 0xff})`;
  return isGrease(version) ? `GREASE (${hex4(version)})` : `unknown (${hex4(version)})`;
}
/** TLS 1.3 and its drafts. */
export const isTls13 = (version: number): boolean => version === 0x0304 || version >> 8 === 0x7f;

const alertLevels = table('1 warning; 2 fatal');
export const alertLevelName = (level: number): string => alertLevels.get(level) ?? `level ${level}`;

const alerts = table(`0 close_notify; 1 end_of_early_data; 10 unexpected_message; 20 bad_record_mac; 21 decryption_failed;
22 record_overflow; 30 decompression_failure; 40 handshake_failure; 41 no_certificate; 42 bad_certificate;
43 unsupported_certificate; 44 certificate_revoked; 45 certificate_expired; 46 certificate_unknown; 47 illegal_parameter;
48 unknown_ca; 49 access_denied; 50 decode_error; 51 decrypt_error; 60 export_restriction; 70 protocol_version;
71 insufficient_security; 80 internal_error; 86 inappropriate_fallback; 90 user_canceled; 100 no_renegotiation;
109 missing_extension; 110 unsupported_extension; 111 certificate_unobtainable; 112 unrecognized_name;
113 bad_certificate_status_response; 114 bad_certificate_hash_value; 115 unknown_psk_identity; 116 certificate_required;
120 no_application_protocol; 121 ech_required`);
/** As the RFCs write them: "handshake_failure". */
export const alertName = (description: number): string => alerts.get(description) ?? `alert ${description}`;

const extensions = table(`0 server_name; 1 max_fragment_length; 2 client_certificate_url; 3 trusted_ca_keys; 4 truncated_hmac;
5 status_request; 6 user_mapping; 7 client_authz; 8 server_authz; 9 cert_type; 10 supported_groups; 11 ec_point_formats;
12 srp; 13 signature_algorithms; 14 use_srtp; 15 heartbeat; 16 application_layer_protocol_negotiation; 17 status_request_v2;
18 signed_certificate_timestamp; 19 client_certificate_type; 20 server_certificate_type; 21 padding; 22 encrypt_then_mac;
23 extended_master_secret; 24 token_binding; 25 cached_info; 26 tls_lts; 27 compress_certificate; 28 record_size_limit;
34 delegated_credential; 35 session_ticket; 41 pre_shared_key; 42 early_data; 43 supported_versions; 44 cookie;
45 psk_key_exchange_modes; 47 certificate_authorities; 48 oid_filters; 49 post_handshake_auth; 50 signature_algorithms_cert;
51 key_share; 52 transparency_info; 54 connection_id; 57 quic_transport_parameters; 58 ticket_request; 59 dnssec_chain;
13172 next_protocol_negotiation; 17513 application_settings; 17613 application_settings; 30031 channel_id_old;
30032 channel_id; 64768 ech_outer_extensions; 65037 encrypted_client_hello; 65281 renegotiation_info;
65486 encrypted_server_name`);
export const extensionName = (type: number): string =>
  extensions.get(type) ?? (isGrease(type) ? `GREASE (${hex4(type)})` : `unknown (${type})`);

const groups =
  table(`21 secp224r1; 22 secp256k1; 23 secp256r1; 24 secp384r1; 25 secp521r1; 26 brainpoolP256r1; 27 brainpoolP384r1;
28 brainpoolP512r1; 29 x25519; 30 x448; 41 curveSM2; 256 ffdhe2048; 257 ffdhe3072; 258 ffdhe4096; 259 ffdhe6144; 260 ffdhe8192;
512 MLKEM512; 513 MLKEM768; 514 MLKEM1024; 4587 SecP256r1MLKEM768; 4588 X25519MLKEM768; 4589 SecP384r1MLKEM1024;
25497 X25519Kyber768Draft00; 25498 SecP256r1Kyber768Draft00`);
export const groupName = (group: number): string =>
  groups.get(group) ?? (isGrease(group) ? `GREASE (${hex4(group)})` : `group ${hex4(group)}`);
