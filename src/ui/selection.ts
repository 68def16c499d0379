// What is selected, as somebody else's tools want it: a URL, an address, a Wireshark display filter.
import type { Connection, Lookup } from '../correlate/model.ts';
import { connectionFilter, fieldFilter, journeyFilter, lookupFilter, packetsFilter } from '../filter/wireshark.ts';
import type { SessionView } from '../session/session.ts';
import { SAY } from '../text/messages.ts';
import type { Text } from '../text/text.ts';
import { journeyAt, journeyName, journeyRows, listAt, type Model } from './model.ts';
import { stageRows } from './screens/timeline.ts';
import { treeOf } from './tree.ts';

/** Longer texts are not handed to a terminal's clipboard: many cut them off without a word. */
export const LONGEST_COPY = 50_000;

export interface Copy {
  what: Text;
  text: string;
}

/** The journey that the screen is about, by its place in the session. */
export function selectedJourney(model: Model, session: SessionView): number | undefined {
  if (model.screen === 'journeys' || model.journey === undefined)
    return journeyRows(model, session.journeyCount()) === 0 ? undefined : journeyAt(model, model.places.journeys.cursor);
  return model.journey.index < session.journeyCount() ? model.journey.index : undefined;
}

/** The connection or the lookup under the cursor of its list. */
export function selectedRecord(model: Model, session: SessionView): Connection | Lookup | undefined {
  if (model.screen === 'connections') return session.connection(listAt(model, 'connections', model.places.connections.cursor));
  return model.screen === 'dns' ? session.lookup(listAt(model, 'dns', model.places.dns.cursor)) : undefined;
}

/** The Wireshark display filter of what is selected. */
export function wiresharkFilter(model: Model, session: SessionView): string | undefined {
  if (model.screen === 'packet') return fieldUnderCursor(model, session) ?? packetsFilter([model.packet]);
  if (model.screen === 'packets') return model.packet === 0 ? undefined : packetsFilter([model.packet]);
  const record = selectedRecord(model, session);
  if (record !== undefined) return 'close' in record ? connectionFilter(record) : lookupFilter(record);
  if (model.screen === 'connections' || model.screen === 'dns') return undefined;
  const index = selectedJourney(model, session);
  if (index === undefined) return undefined;
  if (model.screen === 'timeline') {
    const part = partOfJourney(model, session, index);
    if (part !== undefined) return part;
  }
  const journey = session.journey(index);
  const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
  return journeyFilter(session.journeyPackets(index), connection, (n) => session.connectionOf?.(n) === journey.connection);
}

/** Of the timeline: the stage or the evidence under the cursor. */
function partOfJourney(model: Model, session: SessionView, index: number): string | undefined {
  const journey = session.journey(index);
  const rows = stageRows(journey);
  const { cursor } = model.places.timeline;
  const stage = cursor < rows.length ? journey.stages[rows[cursor]] : undefined;
  if (stage?.kind === 'dns' && journey.lookup !== undefined) {
    const lookup: Lookup | undefined = session.lookup(journey.lookup);
    if (lookup !== undefined) return lookupFilter(lookup);
  }
  if (stage !== undefined && stage.packets.length < stage.packetCount) {
    const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
    if (connection !== undefined) return connectionFilter(connection);
  }
  const packets = stage?.packets ?? journey.evidence[cursor - rows.length]?.packets;
  return packets === undefined ? undefined : packetsFilter([...packets].sort((a, b) => a - b));
}

function fieldUnderCursor(model: Model, session: SessionView): string | undefined {
  const decoded = session.packet(model.packet);
  if (decoded === undefined) return undefined;
  const node = treeOf(decoded, model.opened)[model.places.packet.cursor];
  if (node === undefined) return undefined;
  if (node.field !== undefined) return fieldFilter(node.field);
  return /^[a-z0-9]+$/.test(node.name) ? node.name : undefined;
}

/** What can be copied of what is selected, what is asked for most first. */
export function copies(model: Model, session: SessionView): Copy[] {
  const list: Copy[] = [];
  const add = (what: Text, text: string | undefined): void => {
    if (text !== undefined && text !== '' && !list.some((each) => each.text === text)) list.push({ what, text });
  };
  if (model.wireshark !== undefined) add(SAY.wiresharkFilter, model.wireshark);
  if (model.screen === 'packets' || model.screen === 'packet') {
    if (model.screen === 'packet') {
      const decoded = session.packet(model.packet);
      const node = decoded && treeOf(decoded, model.opened)[model.places.packet.cursor];
      if (node?.field?.value !== null && node?.field !== undefined) add(SAY.fieldValue, String(node.field.value));
    }
    add(SAY.wiresharkFilter, wiresharkFilter(model, session));
    const summary = session.packetSummary(model.packet);
    add(SAY.sourceAddress, summary?.source);
    add(SAY.destinationAddress, summary?.destination);
    return list;
  }
  const record = selectedRecord(model, session);
  if (record !== undefined) {
    if ('name' in record) add(SAY.hostName, record.name);
    add(SAY.wiresharkFilter, wiresharkFilter(model, session));
    add(SAY.serverAddress, record.server.address);
    return list;
  }
  const index = selectedJourney(model, session);
  if (index === undefined) return list;
  const journey = session.journey(index);
  if (model.screen === 'timeline') add(SAY.wiresharkFilter, partOfJourney(model, session, index));
  add(journey.url === undefined ? SAY.hostName : SAY.url, journeyName(journey));
  add(SAY.wiresharkFilter, wiresharkFilter(model, session));
  const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
  add(SAY.serverAddress, connection?.server.address);
  add(SAY.hostName, journey.name);
  return list;
}
