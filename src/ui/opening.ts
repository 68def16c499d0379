import type { SessionView } from '../session/session.ts';
import { look } from './filter.ts';
import { type Model, packetAt, packetRows, put, rowOfPacket, type Scope, type ScreenName } from './model.ts';
import { screenOf } from './screens/index.ts';
import { layout as packetLayout } from './screens/packet.ts';
import { chosen } from './screens/timeline.ts';
import { treeOf } from './tree.ts';

/** Shows a screen and remembers the way back, each screen once. */
export function go(model: Model, screen: ScreenName): Model {
  if (model.screen === screen) return model;
  const at = model.back.indexOf(screen);
  const way = at >= 0 ? model.back.slice(0, at) : [...model.back, model.screen];
  return { ...model, screen, back: way };
}

export const openPackets = (model: Model, scope: Scope, session: SessionView): Model =>
  go(withPackets(model, scope, 0, session), 'packets');

/** The packet list of a scope, its cursor on `packet` where that is listed, else on the first. */
export function withPackets(model: Model, scope: Scope, packet: number, session: SessionView): Model {
  const numbers = numbersOf(model, scope, session);
  const packetMatches = model.packetFilter === '' ? undefined : { indices: [], scanned: 0 };
  const next = look({ ...model, scope, numbers, packetMatches }, session);
  const row = packet === 0 ? 0 : rowOfPacket(next, packet);
  const cursor = Math.max(0, Math.min(row, packetRows(next, session.packetCount()) - 1));
  const listed = packetRows(next, session.packetCount()) === 0 ? 0 : packetAt(next, cursor);
  const page = screenOf('packets').page(next, session);
  return put({ ...next, packet: listed }, 'packets', { cursor, top: Math.max(0, cursor - Math.floor(page / 2)) });
}

export function numbersOf(model: Model, scope: Scope, session: SessionView): number[] | undefined {
  const journey = chosen(model, session);
  if (scope.kind === 'list') return [...scope.packets].sort((a, b) => a - b);
  if (scope.kind === 'all' || journey === undefined || model.journey === undefined) return undefined;
  if (scope.kind === 'journey') return session.journeyPackets(model.journey.index);
  const numbers = scope.kind === 'stage' ? journey.stages[scope.stage]?.packets : journey.evidence[scope.evidence]?.packets;
  return [...(numbers ?? [])].sort((a, b) => a - b);
}

/** Shows one packet, the cursor on the same field as before, else on its innermost protocol. */
export function openPacket(model: Model, number: number, session: SessionView): Model {
  const decoded = session.packet(number);
  const before = model.screen === 'packet' ? session.packet(model.packet) : undefined;
  const shown = go({ ...model, packet: number, byte: 0, pane: 'fields' }, 'packet');
  if (decoded === undefined) return shown;
  const nodes = treeOf(decoded, model.opened);
  const path = before === undefined ? undefined : treeOf(before, model.opened)[model.places.packet.cursor]?.path;
  const same = nodes.findIndex((node) => node.path === path);
  const innermost = nodes.reduce((last, node, i) => (node.depth === 0 ? i : last), 0);
  const cursor = same >= 0 ? same : innermost;
  // The innermost protocol's fields in sight below its title, where there are many.
  const page = packetLayout(model).treeHeight;
  const top = same >= 0 ? model.places.packet.top : Math.max(0, Math.min(cursor, nodes.length - page));
  return put(shown, 'packet', { cursor, top });
}
