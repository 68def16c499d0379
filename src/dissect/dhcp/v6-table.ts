/** How an option's value is laid out; `*Options` hold further options. */
export type Layout6 =
  | 'duid'
  | 'identityAssociation'
  | 'temporary'
  | 'address'
  | 'prefix'
  | 'codes'
  | 'byte'
  | 'number'
  | 'hundredths'
  | 'message'
  | 'status'
  | 'classes'
  | 'vendorClass'
  | 'vendorOptions'
  | 'addresses'
  | 'names'
  | 'seconds'
  | 'remote'
  | 'fqdn'
  | 'linkLayer'
  | 'timeServer'
  | 'text'
  | 'empty'
  | 'bytes';

/** What it is called, Wireshark's name of its value below "dhcpv6.", and its layout. */
export type OptionKind6 = readonly [label: string, name: string, layout: Layout6];

export const Option6 = {
  clientId: 1,
  serverId: 2,
  identityAssociation: 3,
  temporary: 4,
  address: 5,
  relayMessage: 9,
  dnsServers: 23,
  searchList: 24,
  delegation: 25,
  prefix: 26,
  clientLinkLayer: 79,
} as const;

/** DHCPv6 options (IANA dhcpv6-parameters). */
export const optionKinds6: Record<number, OptionKind6> = {
  1: ['Client identifier', 'duid.bytes', 'duid'],
  2: ['Server identifier', 'duid.bytes', 'duid'],
  3: ['Identity association for addresses', 'iaid', 'identityAssociation'],
  4: ['Identity association for temporary addresses', 'iata', 'temporary'],
  5: ['Address', 'iaaddr.ip', 'address'],
  6: ['Option request', 'requested_option_code', 'codes'],
  7: ['Preference', 'option_preference', 'byte'],
  8: ['Elapsed time', 'elapsed_time', 'hundredths'],
  9: ['Relay message', 'msgtype', 'message'],
  11: ['Authentication', 'auth.info', 'bytes'],
  12: ['Server unicast', 'unicast', 'addresses'],
  13: ['Status', 'status_code', 'status'],
  14: ['Rapid commit', 'option.type', 'empty'],
  15: ['User class', 'userclass.opaque_data', 'classes'],
  16: ['Vendor class', 'vendorclass', 'vendorClass'],
  17: ['Vendor-specific information', 'vendoropts', 'vendorOptions'],
  18: ['Interface', 'interface_id', 'bytes'],
  19: ['Reconfigure message', 'reconf_msg', 'byte'],
  20: ['Reconfigure accept', 'option.type', 'empty'],
  21: ['SIP server names', 'sip_server_domain_search_fqdn', 'names'],
  22: ['SIP servers', 'sip_server_a', 'addresses'],
  23: ['DNS servers', 'dns_server', 'addresses'],
  24: ['Domain search list', 'search_list_entry', 'names'],
  25: ['Identity association for prefixes', 'iaid', 'identityAssociation'],
  26: ['Prefix', 'iaprefix.pref_addr', 'prefix'],
  27: ['NIS servers', 'nis_server', 'addresses'],
  28: ['NIS+ servers', 'nisp_server', 'addresses'],
  29: ['NIS domain', 'nis_fqdn', 'names'],
  30: ['NIS+ domain', 'nisp_fqdn', 'names'],
  31: ['SNTP servers', 'sntp_server', 'addresses'],
  32: ['Information refresh time', 'lifetime', 'seconds'],
  33: ['BCMCS server names', 'bcmcs_server_fqdn', 'names'],
  34: ['BCMCS servers', 'bcmcs_server_a', 'addresses'],
  36: ['Civic address', 'option.type', 'bytes'],
  37: ['Remote end', 'remoteid', 'remote'],
  38: ['Subscriber', 'subscriber_id', 'text'],
  39: ['Client domain name', 'client_domain', 'fqdn'],
  40: ['PANA agents', 'pana_agent', 'addresses'],
  41: ['Time zone (POSIX)', 'timezone', 'text'],
  42: ['Time zone (database)', 'tzdb', 'text'],
  43: ['Echo request', 'requested_option_code', 'codes'],
  46: ['Last transaction of the client', 'clt_time', 'seconds'],
  48: ['Links of the client', 'lq_client_link', 'addresses'],
  52: ['CAPWAP access controllers', 'capwap_ac_v6', 'addresses'],
  53: ['Relay', 'duid.bytes', 'duid'],
  56: ['NTP server', 'ntpserver', 'timeServer'],
  59: ['Boot file URL', 'option.type', 'text'],
  61: ['Client system architecture', 'option.type', 'bytes'],
  64: ['AFTR name', 'aftr_name', 'names'],
  74: ['DNS server selection', 'option.type', 'bytes'],
  79: ['Client link-layer address', 'duidll.link_layer_addr', 'linkLayer'],
  82: ['Longest wait between solicits', 'option.type', 'seconds'],
  83: ['Longest wait between information requests', 'option.type', 'seconds'],
  86: ['PCP server', 'option.type', 'addresses'],
  88: ['DHCP 4o6 servers', 'option.type', 'addresses'],
  103: ['Captive portal', 'captive_portal', 'text'],
  112: ['Manufacturer usage description', 'mudurl', 'text'],
  135: ['Relay source port', 'relay_port', 'number'],
  144: ['Encrypted DNS servers', 'option.type', 'bytes'],
};

/** DHCPv6 message types (IANA dhcpv6-parameters). */
export const messageTypes6: Record<number, string> = {
  1: 'Solicit',
  2: 'Advertise',
  3: 'Request',
  4: 'Confirm',
  5: 'Renew',
  6: 'Rebind',
  7: 'Reply',
  8: 'Release',
  9: 'Decline',
  10: 'Reconfigure',
  11: 'Information request',
  12: 'Relay forward',
  13: 'Relay reply',
  14: 'Lease query',
  15: 'Lease query reply',
  16: 'Lease query done',
  17: 'Lease query data',
  18: 'Reconfigure request',
  19: 'Reconfigure reply',
  20: 'DHCPv4 query',
  21: 'DHCPv4 response',
};

export const statusCodes6: Record<number, string> = {
  0: 'success',
  1: 'unspecified failure',
  2: 'no addresses available',
  3: 'no binding',
  4: 'not on link',
  5: 'use multicast',
  6: 'no prefix available',
};
