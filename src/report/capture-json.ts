import type { CaptureSummary } from '../analysis.ts';
import { exactTime, str, strings } from './json-text.ts';

/** Members of the "capture" object. */
export function captureMembers(s: CaptureSummary): string {
  let text = `"file":${str(s.file)},"format":"${s.format}"`;
  if (s.compression !== undefined) text += `,"compression":"${s.compression}"`;
  text += `,"packets":${s.packets}`;
  if (s.first !== undefined) text += `,"firstTime":${exactTime(s.first.seconds, s.first.nanoseconds)}`;
  if (s.last !== undefined) text += `,"lastTime":${exactTime(s.last.seconds, s.last.nanoseconds)}`;
  text += `,"capturedBytes":${s.capturedBytes},"wireBytes":${s.wireBytes},"cutPackets":${s.cutPackets},"linkTypes":${strings(s.linkTypes)}`;
  if (s.dropped !== undefined) text += `,"dropped":${s.dropped}`;
  text += `,"problems":[${s.problems
    .map((p) => {
      let one = `{"code":${str(p.code)}`;
      if (p.packet !== undefined) one += `,"packet":${p.packet}`;
      if (p.offset !== undefined) one += `,"offset":${p.offset}`;
      return `${one},"message":${str(p.message)}}`;
    })
    .join(',')}]`;
  return text;
}

/** The "protocols" object. */
export const protocolsJson = (list: [string, number][]): string => `{${list.map(([name, n]) => `${str(name)}:${n}`).join(',')}}`;
