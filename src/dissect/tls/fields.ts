import { u16 } from '../bytes.ts';
import { Fields, hexText } from '../fields.ts';
import type { Field } from '../protocol.ts';
import { parseOldClientHello } from './handshake.ts';
import { handshakes } from './message-fields.ts';
import { alertLevelName, alertName, ContentType, contentTypeName, handshakeTypeName, versionName } from './names.ts';
import { findRecord, isRecordHeader, RECORD_HEADER } from './records.ts';
import { suiteName } from './suites.ts';

/** Records of one segment whose fields are shown. */
const SEGMENT_RECORDS = 256;

/** Adds the records of one segment's payload; returns words for the title. `wire`: where the payload would end uncut. */
export function recordFields(bytes: Uint8Array, at: number, end: number, wire: number, fields: Field[]): string[] {
  const titles: string[] = [];
  const old = parseOldClientHello(bytes, at, end);
  if (old !== undefined && old !== 'more') {
    oldHelloFields(bytes, at, Math.min(end, at + old.length), fields);
    titles.push('Client Hello (SSL 2.0 form)');
    at = Math.min(end, at + old.length);
  }
  for (let count = 0; at < end; count++) {
    if (end - at < RECORD_HEADER || !isRecordHeader(bytes, at) || count === SEGMENT_RECORDS) {
      // A record that began in an earlier segment ends somewhere here; a header further on shows where.
      const next = count === SEGMENT_RECORDS ? -1 : findRecord(bytes, at, end, 0);
      const stop = next < 0 ? end : next;
      const begun = end - at < RECORD_HEADER && count > 0;
      const label = begun ? 'The beginning of a record' : 'Part of a record that began in an earlier segment';
      fields.push({ name: 'tls.record.fragment', label, at, end: stop, value: stop - at });
      if (!begun) titles.push('continuation of a record');
      at = stop;
      continue;
    }
    const stop = at + RECORD_HEADER + u16(bytes, at + 3);
    fields.push(recordField(bytes, at, Math.min(stop, end), stop, wire, titles));
    at = Math.min(stop, end);
  }
  return folded(titles);
}

/** "Application Data (3)" for what follows itself. */
function folded(titles: string[]): string[] {
  const result: string[] = [];
  for (let i = 0; i < titles.length; ) {
    let j = i + 1;
    while (j < titles.length && titles[j] === titles[i]) j++;
    result.push(j - i > 1 ? `${titles[i]} (${j - i})` : titles[i]);
    i = j;
  }
  return result;
}

/** One record, of which the bytes up to `end` are here and `stop` is the end. */
function recordField(bytes: Uint8Array, at: number, end: number, stop: number, wire: number, titles: string[]): Field {
  const children: Field[] = [];
  const f = new Fields(bytes, at, end, children);
  const type = bytes[at];
  f.number('tls.record.content_type', 'Content Type', 0, 1, (value) => `${contentTypeName(value)} (${value})`);
  f.number('tls.record.version', 'Version', 1, 2, (value) => `${versionName(value)} (${hexText(value, 4)})`);
  f.number('tls.record.length', 'Length', 3, 2);
  const from = titles.length;
  const dataAt = at + RECORD_HEADER;
  if (type === ContentType.handshake) handshakes(bytes, dataAt, end, stop, children, titles);
  else if (type === ContentType.alert) alertFields(f, RECORD_HEADER, stop - dataAt, titles);
  else if (type === ContentType.changeCipherSpec) {
    f.number('tls.change_cipher_spec', 'Change Cipher Spec Message', RECORD_HEADER, 1);
    titles.push('Change Cipher Spec');
  } else {
    f.raw(
      type === ContentType.applicationData ? 'tls.app_data' : 'tls.record.data',
      'Encrypted Data',
      RECORD_HEADER,
      stop - dataAt,
    );
    titles.push(contentTypeName(type));
  }
  const record: Field = { name: 'tls.record', label: 'Record', at, end, value: type, children };
  record.text = `${versionName(u16(bytes, at + 1))}: ${titles.slice(from).join(', ')}`;
  if (end < stop) {
    const missing = stop > wire ? 'goes on in a later segment' : 'the rest was not captured';
    children.push({
      name: 'tls.record.missing',
      label: 'Missing here',
      at: end,
      end,
      value: stop - end,
      text: `${stop - end} bytes: ${missing}`,
    });
  }
  return record;
}

/** An alert of `length` bytes at `offset`; one of another length than 2 is encrypted. */
export function alertFields(f: Fields, offset: number, length: number, titles: string[]): void {
  if (length !== 2 || !f.has(offset, 2)) {
    f.raw('tls.alert_message', 'Encrypted Alert', offset, length);
    titles.push('Encrypted Alert');
    return;
  }
  const level = f.read(offset, 1);
  const description = f.read(offset + 1, 1);
  const message = f.under(f.group('tls.alert_message', 'Alert Message', offset, 2));
  message.number('tls.alert_message.level', 'Level', offset, 1, (value) => `${alertLevelName(value)} (${value})`);
  message.number('tls.alert_message.desc', 'Description', offset + 1, 1, (value) => `${alertName(value)} (${value})`);
  titles.push(`Alert (${alertLevelName(level)}: ${alertName(description)})`);
}

function oldHelloFields(bytes: Uint8Array, at: number, end: number, fields: Field[]): void {
  const children: Field[] = [];
  const f = new Fields(bytes, at, end, children);
  f.number('tls.record.length', 'Length', 0, 2, (value) => String(value & 0x7fff));
  f.number('tls.handshake.type', 'Handshake Type', 2, 1, (value) => `${handshakeTypeName(value) ?? 'unknown'} (${value})`);
  f.number('tls.handshake.version', 'Version', 3, 2, (value) => `${versionName(value)} (${hexText(value, 4)})`);
  const specs = f.number('tls.handshake.cipher_spec_len', 'Cipher Spec Length', 5, 2);
  f.number('tls.handshake.session_id_length', 'Session ID Length', 7, 2);
  f.number('tls.handshake.challenge_length', 'Challenge Length', 9, 2);
  const list = f.under(f.group('tls.handshake.cipherspecs', 'Cipher Specs', 11, Number(specs?.value ?? 0)));
  for (let i = 0; i + 3 <= Number(specs?.value ?? 0); i += 3) {
    list.number('tls.handshake.cipherspec', 'Cipher Spec', 11 + i, 3, (value) =>
      value < 65_536 ? suiteName(value) : `SSL 2.0 ${hexText(value, 6)}`,
    );
  }
  fields.push({ name: 'tls.record', label: 'Record', at, end, value: 1, text: 'SSL 2.0: Client Hello', children });
}
