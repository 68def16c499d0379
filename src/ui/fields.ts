// Moving about in one packet: its field tree and its bytes.
import type { SessionView } from '../session/session.ts';
import { type Model, put } from './model.ts';
import { layout } from './screens/packet.ts';
import { bytesOf, fieldAt, treeOf } from './tree.ts';

/** Opens or closes the node under the cursor. */
export function toggle(model: Model, session: SessionView): Model {
  const decoded = session.packet(model.packet);
  const node = decoded && treeOf(decoded, model.opened)[model.places.packet.cursor];
  if (node === undefined || !node.children) return model;
  return { ...model, opened: { ...model.opened, [node.path]: !node.open } };
}

/** → in the tree: opens a node, or goes to its first child. In the bytes: the next byte. */
export function unfold(model: Model, session: SessionView): Model {
  if (model.pane === 'bytes') return moveByte(model, 1, session);
  const decoded = session.packet(model.packet);
  const { cursor, top } = model.places.packet;
  const node = decoded && treeOf(decoded, model.opened)[cursor];
  if (node === undefined || !node.children) return model;
  return node.open ? put(model, 'packet', { cursor: cursor + 1, top }) : toggle(model, session);
}

/** ← in the tree: closes a node, or goes to its parent, and from the outermost nowhere (undefined). In the bytes: the byte before. */
export function fold(model: Model, session: SessionView): Model | undefined {
  if (model.pane === 'bytes') return moveByte(model, -1, session);
  const decoded = session.packet(model.packet);
  const { cursor, top } = model.places.packet;
  const nodes = decoded === undefined ? [] : treeOf(decoded, model.opened);
  const node = nodes[cursor];
  if (node === undefined || (node.depth === 0 && !node.open)) return undefined;
  if (node.children && node.open) return toggle(model, session);
  let parent = cursor;
  while (parent > 0 && nodes[parent].depth >= node.depth) parent--;
  return put(model, 'packet', { cursor: parent, top });
}

export const perRow = (model: Model): number => layout(model).perRow;

/** Moves the cursor in the bytes; the tree follows to the field that the byte belongs to. */
export function moveByte(model: Model, by: number, session: SessionView): Model {
  const decoded = session.packet(model.packet);
  if (decoded === undefined) return model;
  const bytes = bytesOf(decoded, treeOf(decoded, model.opened)[model.places.packet.cursor]);
  const last = bytes.length - 1;
  const byte = Math.max(0, Math.min(last, by === Infinity ? last : by === -Infinity ? 0 : model.byte + by));
  const field = fieldAt(decoded, bytes, byte);
  if (field === undefined) return { ...model, byte };
  const opened = { ...model.opened };
  for (const parent of field.parents) opened[parent] = true;
  const cursor = treeOf(decoded, opened).findIndex((node) => node.path === field.path);
  return put({ ...model, byte, opened }, 'packet', { cursor: Math.max(0, cursor), top: model.places.packet.top });
}
