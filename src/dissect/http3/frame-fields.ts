import { type Fields, wrong } from '../fields.ts';
import { isSecret } from '../http/header-names.ts';
import { BAD } from '../http2/primitives.ts';
import { varint, varintEnd, varintLength } from '../quic/varint.ts';
import { Line, LineForm, readLine } from './field-lines.ts';
import { HTTP3_SETTING_NAMES, Http3Type, isReserved } from './names.ts';
import type { QpackDecoder } from './qpack.ts';

/** Field lines of one section, and settings of one frame, that get a field each. */
const LINES_LIMIT = 1024;
const SETTINGS_LIMIT = 64;
const NAME_SHOWN = 80;

const FORMS: Record<number, string> = {
  [LineForm.indexed]: 'Indexed Field Line',
  [LineForm.indexedPostBase]: 'Indexed Field Line with Post-Base Index',
  [LineForm.nameReference]: 'Literal Field Line with Name Reference',
  [LineForm.namePostBase]: 'Literal Field Line with Post-Base Name Reference',
  [LineForm.literal]: 'Literal Field Line with Literal Name',
};

const SETTING_FIELDS: Record<number, string> = {
  1: 'http3.settings.qpack.max_table_capacity',
  6: 'http3.settings.max_field_section_size',
  7: 'http3.settings.qpack.blocked_streams',
  8: 'http3.settings.extended_connect',
};

/** Adds what a whole frame's payload has, under the frame; of DATA as much as is here. Returns words for the title. */
export function frameChildren(f: Fields, table: QpackDecoder, type: number, at: number, end: number): string {
  switch (type) {
    case Http3Type.headers:
      return section(f, table, at, end);
    case Http3Type.pushPromise:
      return section(f, table, integer(f, 'http3.push_id', 'Push ID', at, end), end);
    case Http3Type.settings:
      settings(f, at, end);
      return '';
    case Http3Type.goAway:
    case Http3Type.cancelPush:
    case Http3Type.maxPushId:
      integer(f, 'http3.frame_id', type === Http3Type.goAway ? 'Stream ID or Push ID' : 'Push ID', at, end);
      return '';
    case Http3Type.priorityRequest:
    case Http3Type.priorityPush: {
      const next = integer(f, 'http3.priority_update_element_id', 'Element ID', at, end);
      const text = Buffer.from(f.bytes.subarray(next, end)).toString('latin1');
      if (end > next) f.add('http3.priority_update_field_value', 'Priority Field Value', next, end - next, text);
      return text;
    }
  }
  if (end > at) f.raw(type === Http3Type.data ? 'http3.data' : 'http3.frame_payload', 'Payload', at, end - at);
  return '';
}

function integer(f: Fields, name: string, label: string, at: number, end: number): number {
  const next = varintEnd(f.bytes, at, end);
  if (next > end) return end;
  f.add(name, label, at, next - at, varint(f.bytes, at));
  return next;
}

function settings(f: Fields, at: number, end: number): void {
  for (let i = at, count = 0; i < end && count < SETTINGS_LIMIT; count++) {
    const valueAt = varintEnd(f.bytes, i, end);
    const next = valueAt < end ? varintEnd(f.bytes, valueAt, end) : end + 1;
    if (next > end) return;
    const id = varint(f.bytes, i);
    const value = varint(f.bytes, valueAt);
    const name = HTTP3_SETTING_NAMES[id] ?? (isReserved(id) ? 'Reserved' : `0x${id.toString(16)}`);
    const under = f.under(f.group('http3.settings', 'Setting', i, next - i, `${name}: ${value}`));
    under.add('http3.settings.id', 'Identifier', i, valueAt - i, id, `${name} (${id})`);
    under.add(SETTING_FIELDS[id] ?? 'http3.settings.value', 'Value', valueAt, varintLength(f.bytes[valueAt]), value);
    i = next;
  }
}

/** A field section (RFC 9204 §4.5); "GET https://host/path", "200". */
function section(f: Fields, table: QpackDecoder, at: number, end: number): string {
  const { bytes } = f;
  const [required, base, first] = table.prefix(bytes, at, end);
  if (first === BAD) {
    const rest = f.unread('http3.headers', 'Header', at, end - at);
    if (rest !== undefined) wrong(rest, 'this is no field section (RFC 9204 §4.5)');
    return '';
  }
  f.add('http3.headers.required_insert_count', 'Required Insert Count', at, 1, required);
  const line = new Line();
  const pseudo = new Map<string, string>();
  let i = first;
  for (let count = 0; i < end && count < LINES_LIMIT; count++) {
    const next = readLine(line, bytes, i, end);
    const found = { name: undefined as string | undefined, value: undefined as string | undefined, bytes: -1 };
    const good =
      next !== BAD &&
      table.field(line, bytes, base, {
        field: (name, value, _nameBytes, valueBytes) => Object.assign(found, { name, value, bytes: valueBytes }),
      });
    if (!good) {
      const rest = f.unread('http3.headers', 'Header', i, end - i);
      if (rest !== undefined) wrong(rest, 'this is no field line (RFC 9204 §4.5)');
      break;
    }
    header(f, line, i, next - i, found);
    if (found.name?.startsWith(':')) pseudo.set(found.name, found.value ?? '?');
    i = next;
  }
  const status = pseudo.get(':status');
  if (status !== undefined) return status;
  const method = pseudo.get(':method');
  return method === undefined ? '' : `${method} ${pseudo.get(':path') ?? pseudo.get(':authority') ?? ''}`;
}

function header(
  f: Fields,
  line: Line,
  at: number,
  size: number,
  found: { name: string | undefined; value: string | undefined; bytes: number },
): void {
  const { name, value } = found;
  const hidden = name !== undefined && isSecret(name) && found.bytes >= 0;
  const indexed = line.form === LineForm.indexed || line.form === LineForm.indexedPostBase;
  const known = name ?? `(entry ${line.index} of the table, which was not seen)`;
  const shown = hidden ? `(hidden, ${found.bytes} bytes)` : (value ?? '(not seen)');
  const text = indexed && name === undefined ? known : `${known}: ${shown}`;
  const under = f.under(f.add('http3.headers.header', 'Header', at, size, null, text));
  const own = line.form === LineForm.literal;
  if (name !== undefined) {
    const nameAt = own ? line.nameAt : at;
    under.add('http3.headers.header.name', 'Name', nameAt, own ? line.nameEnd - line.nameAt : 1, name.slice(0, NAME_SHOWN));
  }
  const valueAt = indexed ? at : line.valueAt;
  const valueSize = indexed ? size : line.valueEnd - line.valueAt;
  if (hidden) under.add('http3.headers.header.value', 'Value', valueAt, valueSize, null, shown);
  else if (value !== undefined) under.add('http3.headers.header.value', 'Value', valueAt, valueSize, value);
  under.add('http3.headers.header.representation', 'Representation', at, 1, FORMS[line.form]);
  if (!own) {
    const table = line.isStatic ? 'static' : 'dynamic';
    under.add('http3.headers.header.index', 'Index', at, 1, line.index, `${line.index} (${table} table)`);
  }
}
