import { addressBytes, be16, be32, eth, fromHex, ipv4, ipv6, join, macBytes, text, u8, udp } from '../frames.ts';

/** A DHCP option (RFC 2132 §2). */
export const option = (code: number, ...value: Uint8Array[]): Uint8Array => {
  const whole = join(...value);
  return join(u8(code, whole.length), whole);
};
export const END = u8(255);

export interface BootpOptions {
  /** 1 from the client, 2 from the server. */
  operation?: number;
  your?: string;
  client?: string;
  relay?: string;
  mac?: string;
  serverName?: Uint8Array;
  file?: Uint8Array;
  transaction?: number;
}

/** The fixed part and the magic cookie (RFC 2131 §2, §3), then the options as given. */
export function bootp(settings: BootpOptions, ...options: Uint8Array[]): Uint8Array {
  const { operation = 2, your = '192.0.2.9', client = '0.0.0.0', relay = '0.0.0.0' } = settings;
  const fixed = (bytes: Uint8Array | undefined, size: number) => join(bytes ?? u8(), new Uint8Array(size - (bytes?.length ?? 0)));
  return join(
    u8(operation, 1, 6, 0),
    be32(settings.transaction ?? 0x12345678),
    be16(0),
    be16(0),
    addressBytes(client),
    addressBytes(your),
    addressBytes('0.0.0.0'),
    addressBytes(relay),
    fixed(macBytes(settings.mac ?? '02:00:00:00:00:09'), 16),
    fixed(settings.serverName, 64),
    fixed(settings.file, 128),
    fromHex('63825363'),
    ...options,
  );
}

export const dhcpFrame = (message: Uint8Array, destination = '255.255.255.255'): Uint8Array =>
  eth(
    { source: '02:00:00:00:00:01' },
    ipv4({ source: '192.0.2.1', destination, protocol: 17 }, udp({ sourcePort: 67, destinationPort: 68 }, message)),
  );

/** A DHCPv6 option (RFC 8415 §21.1). */
export const option6 = (code: number, ...value: Uint8Array[]): Uint8Array => {
  const whole = join(...value);
  return join(be16(code), be16(whole.length), whole);
};

export const message6 = (type: number, ...options: Uint8Array[]): Uint8Array => join(u8(type, 1, 2, 3), ...options);

/** A relay's message (§9.2) around another. */
export const relay6 = (peer: string, inner: Uint8Array, hops = 0): Uint8Array =>
  join(u8(13, hops), addressBytes('2001:db8::1'), addressBytes(peer), option6(9, inner));

export const dhcp6Frame = (message: Uint8Array, destination = 'fe80::9', port = 546): Uint8Array =>
  eth(
    { source: '02:00:00:00:00:01', type: 0x86dd },
    ipv6({ source: 'fe80::1', destination, protocol: 17 }, udp({ sourcePort: 547, destinationPort: port }, message)),
  );

/** Names uncompressed. */
export const names = (...list: string[]): Uint8Array =>
  join(...list.map((name) => join(...name.split('.').map((label) => join(u8(label.length), text(label))), u8(0))));

/** A prefix of an association, with its lifetimes (§21.22). */
export const prefix6 = (address: string, length: number, valid: number): Uint8Array =>
  option6(26, be32(valid / 2), be32(valid), u8(length), addressBytes(address));
export const address6 = (address: string, valid: number): Uint8Array =>
  option6(5, addressBytes(address), be32(valid / 2), be32(valid));
export const association = (code: 3 | 25, ...options: Uint8Array[]): Uint8Array =>
  option6(code, be32(7), be32(0), be32(0), ...options);
