import { type Fields, wrong } from '../fields.ts';
import { isSecret } from '../http/header-names.ts';
import type { Field } from '../protocol.ts';
import { BAD, Form, HpackDecoder, Representation, readRepresentation } from './hpack.ts';
import { STATIC_COUNT } from './static-table.ts';

/** Header fields of one block that get a field each. */
const HEADERS_LIMIT = 1024;

const FORMS: Record<number, string> = {
  [Form.indexed]: 'Indexed Header Field',
  [Form.incremental]: 'Literal Header Field with Incremental Indexing',
  [Form.without]: 'Literal Header Field without Indexing',
  [Form.never]: 'Literal Header Field never Indexed',
  [Form.update]: 'Dynamic Table Size Update',
};

/** Names that are fields of their own, as Wireshark has them. */
const OWN = new Set(
  `accept accept-charset accept-encoding accept-language accept-ranges access-control-allow-origin age allow cache-control
  content-disposition content-encoding content-language content-length content-location content-range content-type date etag expect
  expires from if-match if-modified-since if-none-match if-range if-unmodified-since last-modified link location max-forwards range
  referer refresh retry-after server strict-transport-security user-agent vary via
  :authority :method :path :scheme :status`.split(/\s+/),
);

const NAME_SHOWN = 80;

/** Reads the tables of one packet: what other packets have put into them is not known here. */
export function packetTable(): HpackDecoder {
  const table = new HpackDecoder((name) => !isSecret(name));
  table.lose();
  return table;
}

/**
 * Adds the representations of a header block (RFC 7541 §6) at `offset`; `whole`: the block ends there. Returns name and value of
 * the pseudo-fields for the title, "?" for a value that other packets know.
 */
export function headerFields(f: Fields, table: HpackDecoder, offset: number, size: number, whole: boolean): Map<string, string> {
  const pseudo = new Map<string, string>();
  const { bytes } = f;
  const end = Math.min(f.at + offset + size, f.end);
  const r = new Representation();
  let i = f.at + offset;
  for (let count = 0; i < end && count < HEADERS_LIMIT; count++) {
    const next = readRepresentation(r, bytes, i, end);
    let field: Field | undefined;
    let good = next !== BAD;
    if (good && r.form === Form.update)
      field = f.add('http2.header_table_size_update', 'Header table size update', i - f.at, next - i, r.index);
    const found = { name: undefined as string | undefined, value: undefined as string | undefined, bytes: -1 };
    if (good)
      good = table.take(r, bytes, {
        field: (name, value, _nameBytes, valueBytes) => Object.assign(found, { name, value, bytes: valueBytes }),
      });
    if (!good) {
      const rest = f.unread('http2.header', 'Header', i - f.at, end - i);
      if (whole) wrong(rest, 'this is no header field (RFC 7541 §6)');
      return pseudo;
    }
    if (field === undefined) header(f, r, i - f.at, next - i, found);
    if (found.name?.startsWith(':')) pseudo.set(found.name, found.value ?? '?');
    i = next;
  }
  // What was not read may have changed the table.
  if (i < end) table.lose();
  return pseudo;
}

function header(
  f: Fields,
  r: Representation,
  offset: number,
  size: number,
  found: { name: string | undefined; value: string | undefined; bytes: number },
): void {
  const { name, value } = found;
  const hidden = name !== undefined && isSecret(name) && found.bytes >= 0;
  const known = name === undefined ? `(entry ${r.index} of a table that other packets filled)` : name;
  const shown = hidden ? `(hidden, ${found.bytes} bytes)` : (value ?? '(not in this packet)');
  const field = f.add(
    'http2.header',
    'Header',
    offset,
    size,
    null,
    r.form === Form.indexed && name === undefined ? known : `${known}: ${shown}`,
  );
  const under = f.under(field);
  const nameAt = r.index === 0 ? r.nameAt - f.at : offset;
  const nameSize = r.index === 0 ? r.nameEnd - r.nameAt : r.form === Form.indexed ? size : 1;
  const valueAt = r.form === Form.indexed ? offset : r.valueAt - f.at;
  const valueSize = r.form === Form.indexed ? size : r.valueEnd - r.valueAt;
  if (name !== undefined) {
    under.add('http2.header.name', 'Name', nameAt, nameSize, name.slice(0, NAME_SHOWN));
    if (hidden) under.add('http2.header.value', 'Value', valueAt, valueSize, null, shown);
    else if (value !== undefined) under.add('http2.header.value', 'Value', valueAt, valueSize, value);
    if (value !== undefined && OWN.has(name)) {
      const number = (name === ':status' || name === 'content-length' || name === 'age') && /^\d{1,15}$/.test(value);
      under.add(
        `http2.headers.${name.replace(':', '').replaceAll('-', '_')}`,
        name,
        valueAt,
        valueSize,
        number ? Number(value) : value,
      );
    }
  } else if (value !== undefined) under.add('http2.header.value', 'Value', valueAt, valueSize, value);
  under.add('http2.header.repr', 'Representation', offset, 1, FORMS[r.form]);
  if (r.index > 0)
    under.add(
      'http2.header.index',
      'Index',
      offset,
      1,
      r.index,
      `${r.index} (${r.index <= STATIC_COUNT ? 'static' : 'dynamic'} table)`,
    );
}
