import { skipped, unknown } from '../findings.ts';
import { connectionOf } from '../needs.ts';
import type { JourneySubject, Need } from '../rule.ts';
import { clientText, durationText, serverText } from '../segments.ts';
import { closingOf, rolesKnown } from './closing.ts';

/** A connection that stayed open this long after its last packet was left open; before that the capture may just have ended. */
export const SETTLED = 1e9;

/** The connection came about. */
export const established: Need<JourneySubject> = (subject) => {
  const c = connectionOf(subject);
  if (c === undefined || closingOf(subject.capture, c).kind !== 'not-established') return undefined;
  return skipped('not-established', c.handshake?.syn.slice(0, 4) ?? [], {
    en: `no connection came about between ${clientText(c).en} and ${serverText(c).en}: there was nothing to close`,
    ko: `${clientText(c).ko}와 ${serverText(c).ko} 사이에 연결이 이루어지지 않아 닫을 것이 없었습니다`,
  });
};

/** The connection was closed in this capture. */
export const closed: Need<JourneySubject> = (subject) => {
  const c = connectionOf(subject);
  if (c === undefined) return undefined;
  const { kind, after } = closingOf(subject.capture, c);
  if (kind !== 'open') return undefined;
  const packets = [c.lastPacket];
  if (after >= SETTLED)
    return skipped('left-open', packets, {
      en: `the connection of ${clientText(c).en} and ${serverText(c).en} is left open: no FIN and no RST in the ${durationText(after)} that the capture goes on after packet ${c.lastPacket}`,
      ko: `${clientText(c).ko}와 ${serverText(c).ko}의 연결은 열린 채로 있습니다: ${c.lastPacket}번 패킷 뒤로 캡처가 이어진 ${durationText(after)} 동안 FIN도 RST도 없습니다`,
    });
  return unknown('capture-ended', packets, {
    en: `the connection of ${clientText(c).en} and ${serverText(c).en} is still open when the capture ends, ${durationText(after)} after its last packet ${c.lastPacket}`,
    ko: `${clientText(c).ko}와 ${serverText(c).ko}의 연결은 마지막 패킷(${c.lastPacket}번)에서 ${durationText(after)} 뒤 캡처가 끝날 때 아직 열려 있습니다`,
  });
};

/** It is known which side is the client. */
export const knownRoles: Need<JourneySubject> = (subject) => {
  const c = connectionOf(subject);
  if (c === undefined || rolesKnown(subject.capture, c)) return undefined;
  return unknown('roles-unknown', [c.firstPacket], {
    en: `which of ${clientText(c).en.replace('client ', '')} and ${serverText(c).en.replace('server ', '')} opened the connection was not captured`,
    ko: `이 연결(${c.client.address}:${c.client.port}, ${c.server.address}:${c.server.port})을 어느 쪽이 열었는지 잡히지 않았습니다`,
  });
};
