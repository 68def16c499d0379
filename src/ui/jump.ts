import type { SessionView } from '../session/session.ts';
import { SAY } from '../text/messages.ts';
import type { JumpTarget } from './keys.ts';
import type { Model } from './model.ts';
import { openPacket, withPackets } from './opening.ts';
import { chosen } from './screens/timeline.ts';

/** The packet of a journey that is meant; undefined: it has none. */
export function packetOf(model: Model, session: SessionView, to: JumpTarget): number | undefined {
  const journey = chosen(model, session);
  if (journey === undefined) return undefined;
  const exchange = journey.exchange === undefined ? undefined : session.exchange(journey.exchange);
  const connection = journey.connection === undefined ? undefined : session.connection(journey.connection);
  const stage = (kind: string): number | undefined => journey.stages.find((each) => each.kind === kind)?.packets[0];
  switch (to) {
    case 'request':
      return exchange?.requestPacket ?? stage('send');
    case 'response':
      return exchange?.responsePacket ?? stage('receive');
    case 'lookup':
      return journey.lookup === undefined ? undefined : session.lookup(journey.lookup)?.packet;
    case 'syn':
      return connection?.handshake?.syn[0] ?? stage('tcp');
    case 'close':
      return connection?.close.packets[0] ?? stage('close');
  }
}

/** Shows that packet among its journey's. */
export function jump(model: Model, session: SessionView, to: JumpTarget): Model {
  const packet = packetOf(model, session, to);
  if (packet === undefined) return { ...model, notice: SAY.nothingToJump };
  return openPacket(withPackets(model, { kind: 'journey' }, packet, session), packet, session);
}
