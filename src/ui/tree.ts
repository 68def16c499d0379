import type { Field, Layer } from '../dissect/protocol.ts';
import type { Decoded } from '../session/session.ts';
import type { Model } from './model.ts';

/** One visible row of a packet's field tree. */
export interface Node {
  /** Names from the layer down: the same field of another packet has the same path. */
  path: string;
  depth: number;
  text: string;
  /** Wireshark's name of the field, or the layer's. */
  name: string;
  at: number;
  end: number;
  children: boolean;
  open: boolean;
  problem?: string;
  /** Of a field; absent for a layer. */
  field?: Field;
  /** What `at` and `end` point into, where that is not the packet. */
  bytes: Uint8Array | undefined;
}

/** The bytes that a row of the tree is about: the packet's, or what was decrypted from them. */
export const bytesOf = (decoded: Decoded, node: Node | undefined): Uint8Array => node?.bytes ?? decoded.bytes;

/** The rows that are in sight: children of closed nodes are not even looked at. */
export function treeOf(decoded: Decoded, opened: Model['opened']): Node[] {
  const rows: Node[] = [];
  const used = new Map<string, number>();
  // The innermost protocol is what people come for: it is open until they close it.
  const innermost = decoded.layers.length - 1;
  decoded.layers.forEach((layer, i) => {
    const path = unique(layer.protocol, used);
    const open = layer.fields.length > 0 && (opened[path] ?? i === innermost);
    rows.push(layerRow(layer, path, open));
    if (open) addFields(rows, layer.fields, path, 1, opened, layer.bytes);
  });
  return rows;
}

function layerRow(layer: Layer, path: string, open: boolean): Node {
  return {
    path,
    depth: 0,
    text: layer.title,
    name: layer.protocol,
    at: layer.at,
    end: layer.end,
    children: layer.fields.length > 0,
    open,
    bytes: layer.bytes,
  };
}

function addFields(
  rows: Node[],
  fields: Field[],
  parent: string,
  depth: number,
  opened: Model['opened'],
  bytes: Uint8Array | undefined,
): void {
  const used = new Map<string, number>();
  for (const field of fields) {
    const path = unique(`${parent}/${field.name}`, used);
    const children = field.children !== undefined && field.children.length > 0;
    const open = children && (opened[path] ?? false);
    rows.push({
      path,
      depth,
      field,
      text: fieldText(field),
      name: field.name,
      at: field.at,
      end: field.end,
      children,
      open,
      problem: field.problem,
      bytes,
    });
    if (open) addFields(rows, field.children ?? [], path, depth + 1, opened, bytes);
  }
}

function fieldText(field: Field): string {
  const value = field.text ?? (field.value === null ? '' : String(field.value));
  return value === '' ? field.label : `${field.label}: ${value}`;
}

function unique(path: string, used: Map<string, number>): string {
  const times = used.get(path) ?? 0;
  used.set(path, times + 1);
  return times === 0 ? path : `${path}#${times}`;
}

/** The paths to open so that the innermost field over one of these bytes is seen, and that field's path. */
export function fieldAt(decoded: Decoded, bytes: Uint8Array, byte: number): { path: string; parents: string[] } | undefined {
  const used = new Map<string, number>();
  let found: { path: string; parents: string[] } | undefined;
  for (const layer of decoded.layers) {
    const path = unique(layer.protocol, used);
    if ((layer.bytes ?? decoded.bytes) !== bytes) continue;
    if (byte >= layer.at && byte < layer.end) found = descend(layer.fields, path, byte, []);
  }
  return found;
}

function descend(fields: Field[], path: string, byte: number, parents: string[]): { path: string; parents: string[] } {
  const used = new Map<string, number>();
  for (const field of fields) {
    const inner = unique(`${path}/${field.name}`, used);
    if (byte >= field.at && byte < field.end) return descend(field.children ?? [], inner, byte, [...parents, path]);
  }
  return { path, parents };
}
