import { u16 } from '../bytes.ts';
import { Fields, hexText, namedHex, wrong } from '../fields.ts';
import type { Field } from '../protocol.ts';
import {
  type ClientHello,
  cipherSuites,
  type Extension,
  type Hello,
  isShortHello,
  LIST_ITEM_LIMIT,
  parseClientHello,
  parseServerHello,
  protocolNames,
  type ServerHello,
} from './handshake.ts';
import { ExtensionType, extensionName, groupName, versionName } from './names.ts';
import { suiteId, suiteName } from './suites.ts';

/** Field trees of the two hellos. `end` may lie before the message's end: what is there is shown. */

const versionField = (name: string, bytes: Uint8Array, at: number): Field => {
  const value = u16(bytes, at);
  return { name, label: 'Version', at, end: at + 2, value, text: `${versionName(value)} (${hexText(value, 4)})` };
};

function head(f: Fields, at: number, end: number, hello: Hello): void {
  if (end - at >= 2) f.list.push(versionField('tls.handshake.version', f.bytes, at));
  if (hello.randomAt < 0) return;
  f.raw('tls.handshake.random', 'Random', 2, 32);
  if (isShortHello(hello.legacyVersion)) return;
  f.number('tls.handshake.session_id_length', 'Session ID Length', 34, 1);
  if (hello.sessionIdEnd > hello.sessionIdAt)
    f.raw('tls.handshake.session_id', 'Session ID', 35, hello.sessionIdEnd - hello.sessionIdAt);
}

function suiteField(bytes: Uint8Array, at: number): Field {
  const value = u16(bytes, at);
  return {
    name: 'tls.handshake.ciphersuite',
    label: 'Cipher Suite',
    at,
    end: at + 2,
    value,
    text: `${suiteName(value)} (${suiteId(value)})`,
  };
}

/** Adds a ClientHello's fields; returns it for the title. */
export function clientHelloFields(bytes: Uint8Array, at: number, end: number, whole: boolean, fields: Field[]): ClientHello {
  const hello = parseClientHello(bytes, at, end);
  const f = new Fields(bytes, at, end, fields);
  head(f, at, end, hello);
  if (hello.suitesEnd > hello.suitesAt) {
    f.number('tls.handshake.cipher_suites_length', 'Cipher Suites Length', hello.suitesAt - 2 - at, 2);
    const children: Field[] = [];
    const value = cipherSuites(bytes, hello).length;
    for (let i = 0; i < value; i++) children.push(suiteField(bytes, hello.suitesAt + 2 * i));
    fields.push({
      name: 'tls.handshake.ciphersuites',
      label: 'Cipher Suites',
      at: hello.suitesAt,
      end: hello.suitesEnd,
      value,
      children,
    });
    const compressionAt = hello.suitesEnd - at;
    if (f.has(compressionAt, 1)) {
      const count = f.read(compressionAt, 1);
      f.number('tls.handshake.comp_methods_length', 'Compression Methods Length', compressionAt, 1);
      f.raw('tls.handshake.comp_methods', 'Compression Methods', compressionAt + 1, count);
    }
  }
  extensionFields(f, hello, true);
  rest(f, hello, whole);
  return hello;
}

/** Adds a ServerHello's fields; returns it for the title. */
export function serverHelloFields(bytes: Uint8Array, at: number, end: number, whole: boolean, fields: Field[]): ServerHello {
  const hello = parseServerHello(bytes, at, end);
  const f = new Fields(bytes, at, end, fields);
  head(f, at, end, hello);
  if (hello.cipherSuite >= 0) {
    fields.push(suiteField(bytes, hello.suiteAt));
    if (!isShortHello(hello.legacyVersion))
      f.number('tls.handshake.comp_method', 'Compression Method', hello.suiteAt + 2 - at, 1);
  }
  extensionFields(f, hello, false);
  rest(f, hello, whole);
  return hello;
}

function rest(f: Fields, hello: Hello, whole: boolean): void {
  if (hello.brokenAt === undefined || hello.brokenAt > f.end) return;
  const size = f.end - hello.brokenAt;
  const label = whole ? 'Rest' : 'Rest in this packet';
  const field: Field = { name: 'tls.handshake.rest', label, at: hello.brokenAt, end: f.end, value: size };
  if (whole) wrong(field, 'TLS: a length in the hello leads past its end');
  f.list.push(field);
}

function extensionFields(f: Fields, hello: Hello, fromClient: boolean): void {
  const [first] = hello.extensions;
  if (first === undefined) return;
  f.number('tls.handshake.extensions_length', 'Extensions Length', first.at - 2 - f.at, 2);
  for (const extension of hello.extensions) f.list.push(extensionField(f.bytes, extension, fromClient));
  if (fromClient && hello.extensions.some(({ type }) => type === ExtensionType.encryptedClientHello)) outerName(f.list);
}

/** The name beside an encrypted ClientHello is the one for everybody's eyes. */
function outerName(fields: readonly Field[]): void {
  for (const field of fields) {
    const name = field.children?.find((each) => each.name === 'tls.handshake.extensions_server_name');
    if (name !== undefined) name.text = `${name.value} (outer: another may be inside the encrypted ClientHello)`;
  }
}

export function extensionField(bytes: Uint8Array, { type, at, dataAt, end }: Extension, fromClient: boolean): Field {
  const name = extensionName(type);
  const children: Field[] = [
    { name: 'tls.handshake.extension.type', label: 'Type', at, end: at + 2, value: type, text: `${name} (${type})` },
    { name: 'tls.handshake.extension.len', label: 'Length', at: at + 2, end: dataAt, value: end - dataAt },
  ];
  const values = extensionValues(bytes, type, dataAt, end, fromClient, children);
  if (values === undefined && end > dataAt)
    new Fields(bytes, dataAt, end, children).raw('tls.handshake.extension.data', 'Data', 0, end - dataAt);
  const text = values ? `${name}: ${values}` : name;
  return { name: 'tls.handshake.extension', label: 'Extension', at, end, value: type, text, children };
}

/** Adds what is in an extension and says it in short; undefined where its data is shown as bytes. */
function extensionValues(
  bytes: Uint8Array,
  type: number,
  at: number,
  end: number,
  fromClient: boolean,
  children: Field[],
): string | undefined {
  const told: string[] = [];
  const item = (name: string, label: string, from: number, to: number, value: Field['value'], text?: string): void => {
    const field: Field = { name, label, at: from, end: to, value };
    if (text !== undefined) field.text = text;
    children.push(field);
    told.push(text ?? String(value));
  };
  const pairs = (name: string, label: string, from: number, say: (value: number) => string): void => {
    for (let i = from; i + 2 <= end && told.length < LIST_ITEM_LIMIT; i += 2)
      item(name, label, i, i + 2, u16(bytes, i), say(u16(bytes, i)));
  };
  switch (type) {
    case ExtensionType.serverName:
      if (end - at >= 5 && at + 5 + u16(bytes, at + 3) <= end) {
        const stop = at + 5 + u16(bytes, at + 3);
        item(
          'tls.handshake.extensions_server_name',
          'Server Name',
          at + 5,
          stop,
          Buffer.from(bytes.subarray(at + 5, stop)).toString('utf8'),
        );
      }
      break;
    case ExtensionType.alpn: {
      let from = at + 3;
      for (const protocol of protocolNames(bytes, at, end)) {
        const stop = from + bytes[from - 1];
        item('tls.handshake.extensions_alpn_str', 'ALPN Next Protocol', from, stop, protocol);
        from = stop + 1;
      }
      break;
    }
    case ExtensionType.supportedVersions:
      pairs('tls.handshake.extensions.supported_version', 'Supported Version', fromClient ? at + 1 : at, versionName);
      break;
    case ExtensionType.supportedGroups:
      pairs('tls.handshake.extensions_supported_group', 'Supported Group', at + 2, groupName);
      break;
    case ExtensionType.signatureAlgorithms:
      pairs('tls.handshake.sig_hash_alg', 'Signature Algorithm', at + 2, (value) => hexText(value, 4));
      break;
    case ExtensionType.keyShare:
      if (!fromClient) {
        if (end - at >= 2)
          item('tls.handshake.extensions_key_share_group', 'Group', at, at + 2, u16(bytes, at), groupName(u16(bytes, at)));
        break;
      }
      for (let i = at + 2; i + 4 <= end && told.length < LIST_ITEM_LIMIT; i += 4 + u16(bytes, i + 2)) {
        item('tls.handshake.extensions_key_share_group', 'Group', i, i + 2, u16(bytes, i), groupName(u16(bytes, i)));
      }
      break;
  }
  if (type === ExtensionType.encryptedClientHello && fromClient)
    told.push(...encryptedHello(new Fields(bytes, at, end, children)));
  return told.length > 0 ? told.join(', ') : undefined;
}

/** RFC 9849 §5. Clients that have no keys of the server send the same with random bytes (§6.2), so nobody can tell what is inside. */
function encryptedHello(f: Fields): string[] {
  if (!f.has(0, 1)) return [];
  if (f.read(0, 1) === 1) {
    f.number('tls.ech.client_hello_type', 'Client Hello type', 0, 1, () => '1 (inner)');
    return ['inner'];
  }
  if (f.read(0, 1) !== 0 || !f.has(0, 10)) return [];
  const enc = f.read(6, 2);
  f.number('tls.ech.client_hello_type', 'Client Hello type', 0, 1, () => '0 (outer)');
  f.number('tls.ech.hpke.keyconfig.cipher_suite.kdf_id', 'KDF Id', 1, 2, namedHex(KDFS, 4));
  f.number('tls.ech.hpke.keyconfig.cipher_suite.aead_id', 'AEAD Id', 3, 2, namedHex(AEADS, 4));
  f.number('tls.ech.config_id', 'Config Id', 5, 1);
  f.number('tls.ech.enc_length', 'Enc length', 6, 2);
  f.raw('tls.ech.enc', 'Enc', 8, enc);
  f.number('tls.ech.payload_length', 'Payload length', 8 + enc, 2);
  f.raw('tls.ech.payload', 'Payload', 10 + enc, f.read(8 + enc, 2));
  return ['outer, with an encrypted ClientHello or random bytes in its place'];
}

/** RFC 9180 §7.2, §7.3. */
const KDFS: Record<number, string> = { 1: 'HKDF-SHA256', 2: 'HKDF-SHA384', 3: 'HKDF-SHA512' };
const AEADS: Record<number, string> = { 1: 'AES-128-GCM', 2: 'AES-256-GCM', 3: 'ChaCha20Poly1305' };
