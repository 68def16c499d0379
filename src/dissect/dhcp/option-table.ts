/** How an option's value is laid out. */
export type Layout =
  | 'addresses'
  | 'pairs'
  | 'text'
  | 'byte'
  | 'word'
  | 'words'
  | 'long'
  | 'seconds'
  | 'offset'
  | 'flag'
  | 'message'
  | 'codes'
  | 'overload'
  | 'nodeType'
  | 'userClass'
  | 'client'
  | 'fqdn'
  | 'relay'
  | 'names'
  | 'sip'
  | 'routes'
  | 'vendorClass'
  | 'vendorInformation'
  | 'empty'
  | 'bytes';

/** What it is called, Wireshark's name of its value below "dhcp.", and its layout. */
export type OptionKind = readonly [label: string, name: string, layout: Layout];

/** DHCP options (IANA bootp-dhcp-parameters). */
export const optionKinds: Record<number, OptionKind> = {
  1: ['Subnet mask', 'option.subnet_mask', 'addresses'],
  2: ['Time offset', 'option.time_offset', 'offset'],
  3: ['Router', 'option.router', 'addresses'],
  4: ['Time server', 'option.time_server', 'addresses'],
  5: ['Name server', 'option.name_server', 'addresses'],
  6: ['DNS server', 'option.domain_name_server', 'addresses'],
  7: ['Log server', 'option.log_server', 'addresses'],
  8: ['Quotes server', 'option.quotes_server', 'addresses'],
  9: ['LPR server', 'option.lpr_server', 'addresses'],
  10: ['Impress server', 'option.impress_server', 'addresses'],
  11: ['Resource location server', 'option.resource_location_server', 'addresses'],
  12: ['Host name', 'option.hostname', 'text'],
  13: ['Boot file size', 'option.boot_file_size', 'word'],
  14: ['Merit dump file', 'option.merit_dump_file', 'text'],
  15: ['Domain name', 'option.domain_name', 'text'],
  16: ['Swap server', 'option.swap_server', 'addresses'],
  17: ['Root path', 'option.root_path', 'text'],
  18: ['Extensions path', 'option.extension_path', 'text'],
  19: ['IP forwarding', 'option.ip_forwarding', 'flag'],
  20: ['Non-local source routing', 'option.non_local_source_routing', 'flag'],
  21: ['Policy filter', 'option.policy_filter', 'pairs'],
  22: ['Largest datagram to reassemble', 'option.max_datagram_reassembly_size', 'word'],
  23: ['Default IP time to live', 'option.default_ip_ttl', 'byte'],
  24: ['Path MTU ageing', 'option.path_mtu_aging_timeout', 'seconds'],
  25: ['Path MTU plateaus', 'option.path_mtu_plateau_table_item', 'words'],
  26: ['Interface MTU', 'option.interface_mtu', 'word'],
  27: ['All subnets are local', 'option.all_subnets_are_local', 'flag'],
  28: ['Broadcast address', 'option.broadcast_address', 'addresses'],
  29: ['Perform mask discovery', 'option.perform_mask_discovery', 'flag'],
  30: ['Mask supplier', 'option.mask_supplier', 'flag'],
  31: ['Perform router discovery', 'option.perform_router_discover', 'flag'],
  32: ['Router solicitation address', 'option.router_solicitation_address', 'addresses'],
  33: ['Static route', 'option.static_route', 'pairs'],
  34: ['Trailer encapsulation', 'option.trailer_encapsulation', 'flag'],
  35: ['ARP cache timeout', 'option.arp_cache_timeout', 'seconds'],
  36: ['Ethernet encapsulation', 'option.ethernet_encapsulation', 'flag'],
  37: ['Default TCP time to live', 'option.tcp_default_ttl', 'byte'],
  38: ['TCP keep-alive interval', 'option.tcp_keepalive_interval', 'seconds'],
  39: ['TCP keep-alive garbage', 'option.tcp_keepalive_garbage', 'flag'],
  40: ['NIS domain', 'option.nis_domain', 'text'],
  41: ['NIS server', 'option.nis_server', 'addresses'],
  42: ['NTP server', 'option.ntp_server', 'addresses'],
  43: ['Vendor-specific information', 'option.value', 'bytes'],
  44: ['NetBIOS name server', 'option.netbios_over_tcpip_name_server', 'addresses'],
  45: ['NetBIOS datagram distribution server', 'option.netbios_over_tcpip_dd_name_server', 'addresses'],
  46: ['NetBIOS node type', 'option.netbios_over_tcpip_node_type', 'nodeType'],
  47: ['NetBIOS scope', 'option.netbios_over_tcpip_scope', 'text'],
  48: ['X Window font server', 'option.xwindows_system_font_server', 'addresses'],
  49: ['X Window display manager', 'option.xwindows_system_display_manager', 'addresses'],
  50: ['Requested IP address', 'option.requested_ip_address', 'addresses'],
  51: ['IP address lease time', 'option.ip_address_lease_time', 'seconds'],
  52: ['Option overload', 'option.option_overload', 'overload'],
  53: ['DHCP message type', 'option.dhcp', 'message'],
  54: ['DHCP server identifier', 'option.dhcp_server_id', 'addresses'],
  55: ['Parameter request list', 'option.request_list_item', 'codes'],
  56: ['Message', 'option.message', 'text'],
  57: ['Largest DHCP message', 'option.dhcp_max_message_size', 'word'],
  58: ['Renewal time', 'option.renewal_time_value', 'seconds'],
  59: ['Rebinding time', 'option.rebinding_time_value', 'seconds'],
  60: ['Vendor class identifier', 'option.vendor_class_id', 'text'],
  61: ['Client identifier', 'client_id', 'client'],
  62: ['NetWare/IP domain', 'option.value', 'text'],
  63: ['NetWare/IP information', 'option.value', 'bytes'],
  64: ['NIS+ domain', 'option.nis_plus_domain', 'text'],
  65: ['NIS+ server', 'option.nis_plus_server', 'addresses'],
  66: ['TFTP server name', 'option.tftp_server_name', 'text'],
  67: ['Boot file name', 'option.bootfile_name', 'text'],
  68: ['Mobile IP home agent', 'option.mobile_ip_home_agent', 'addresses'],
  69: ['SMTP server', 'option.smtp_server', 'addresses'],
  70: ['POP3 server', 'option.pop3_server', 'addresses'],
  71: ['NNTP server', 'option.nntp_server', 'addresses'],
  72: ['WWW server', 'option.default_www_server', 'addresses'],
  73: ['Finger server', 'option.default_finger_server', 'addresses'],
  74: ['IRC server', 'option.default_irc_server', 'addresses'],
  75: ['StreetTalk server', 'option.streettalk_server', 'addresses'],
  76: ['StreetTalk directory assistance server', 'option.streettalk_da_server', 'addresses'],
  77: ['User class', 'option.user_class', 'userClass'],
  78: ['SLP directory agent', 'option.value', 'bytes'],
  79: ['SLP service scope', 'option.value', 'bytes'],
  80: ['Rapid commit', 'option.value', 'empty'],
  81: ['Client domain name', 'fqdn', 'fqdn'],
  82: ['Relay agent information', 'option.agent_information_option', 'relay'],
  83: ['iSNS', 'option.value', 'bytes'],
  85: ['NDS server', 'option.value.address', 'addresses'],
  86: ['NDS tree name', 'option.value.string', 'text'],
  87: ['NDS context', 'option.value.string', 'text'],
  88: ['BCMCS server names', 'option.value.string', 'names'],
  89: ['BCMCS server', 'option.value.address', 'addresses'],
  90: ['Authentication', 'option.value', 'bytes'],
  91: ['Last transaction of the client', 'option.client_last_transaction_time', 'seconds'],
  92: ['Associated IP address', 'option.associated_ip_option', 'addresses'],
  93: ['Client system architecture', 'option.client_system_architecture', 'words'],
  94: ['Client network interface', 'option.value', 'bytes'],
  95: ['LDAP', 'option.value.string', 'text'],
  97: ['Client machine identifier', 'client_id.uuid', 'bytes'],
  98: ['User authentication', 'option.value.string', 'text'],
  99: ['Civic address', 'option.value', 'bytes'],
  100: ['Time zone (POSIX)', 'option.tz_pcode', 'text'],
  101: ['Time zone (database)', 'option.tz_tcode', 'text'],
  108: ['IPv6 only preferred', 'option.value.uint', 'seconds'],
  112: ['NetInfo parent server', 'option.netinfo_parent_server_address', 'addresses'],
  113: ['NetInfo parent server tag', 'option.netinfo_parent_server_tag', 'text'],
  114: ['Captive portal', 'option.captive_portal', 'text'],
  116: ['Auto-configuration', 'option.dhcp_auto_configuration', 'flag'],
  117: ['Name service search', 'option.dhcp_name_service_search_option', 'words'],
  118: ['Subnet selection', 'option.subnet_selection_option', 'addresses'],
  119: ['Domain search list', 'option.dhcp_dns_domain_search_list_fqdn', 'names'],
  120: ['SIP server', 'option.sip_server', 'sip'],
  121: ['Classless static routes', 'option.classless_static_route', 'routes'],
  122: ['CableLabs configuration', 'option.value', 'bytes'],
  123: ['Geographic location', 'option.value', 'bytes'],
  124: ['Vendor-identifying class', 'option.vi_class', 'vendorClass'],
  125: ['Vendor-identifying information', 'option.vi', 'vendorInformation'],
  136: ['PANA agent', 'option.pana_agent', 'addresses'],
  137: ['LoST server', 'option.lost_server_domain_name', 'names'],
  138: ['CAPWAP access controller', 'option.capwap_access_controller', 'addresses'],
  145: ['Forcerenew nonce', 'option.forcerenew_nonce.algorithm', 'byte'],
  146: ['DNS server selection', 'option.value', 'bytes'],
  150: ['TFTP server address', 'option.tftp_server_address', 'addresses'],
  151: ['Lease query status', 'option.value', 'bytes'],
  158: ['PCP server', 'option.value', 'bytes'],
  159: ['Port parameters', 'option.value', 'bytes'],
  161: ['Manufacturer usage description', 'option.mudurl', 'text'],
  162: ['Encrypted DNS server', 'option.value', 'bytes'],
  208: ['PXELINUX magic', 'option.value', 'bytes'],
  209: ['PXELINUX configuration file', 'option.value.string', 'text'],
  210: ['PXELINUX path prefix', 'option.value.string', 'text'],
  211: ['PXELINUX reboot time', 'option.value.uint', 'seconds'],
  212: ['6RD', 'option.value', 'bytes'],
  220: ['Subnet allocation', 'option.value', 'bytes'],
  221: ['Virtual subnet selection', 'option.value', 'bytes'],
  249: ['Classless static routes (Microsoft)', 'option.classless_static_route', 'routes'],
  252: ['Proxy auto-discovery', 'option.private_proxy_autodiscovery', 'text'],
};

/** DHCP message types (IANA bootp-dhcp-parameters). */
export const messageTypes: Record<number, string> = {
  1: 'Discover',
  2: 'Offer',
  3: 'Request',
  4: 'Decline',
  5: 'ACK',
  6: 'NAK',
  7: 'Release',
  8: 'Inform',
  9: 'Force renew',
  10: 'Lease query',
  11: 'Lease unassigned',
  12: 'Lease unknown',
  13: 'Lease active',
  14: 'Bulk lease query',
  15: 'Lease query done',
  16: 'Active lease query',
  17: 'Lease query status',
  18: 'TLS',
};

/** What a relay agent adds (IANA bootp-dhcp-parameters, relay agent sub-options): label, Wireshark's name, layout. */
export const relayKinds: Record<number, OptionKind> = {
  1: ['Circuit', 'agent_circuit_id', 'bytes'],
  2: ['Remote end', 'agent_remote_id', 'bytes'],
  4: ['DOCSIS device class', 'docsis_device_class', 'long'],
  5: ['Link selection', 'link_selection', 'addresses'],
  6: ['Subscriber', 'subscriber_id', 'text'],
  7: ['RADIUS attributes', 'radius_attributes', 'bytes'],
  8: ['Authentication', 'authentication', 'bytes'],
  9: ['Vendor-specific information', 'vi', 'bytes'],
  10: ['Flags', 'flags', 'byte'],
  11: ['Server identifier override', 'server_id_override', 'addresses'],
  12: ['Relay agent', 'relay_agent_id', 'bytes'],
  19: ['Relay source port', 'source_port', 'empty'],
};
