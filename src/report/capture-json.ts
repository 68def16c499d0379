import type { CaptureSummary } from '../session/analysis.ts';
import type { JsonBytes } from './json-bytes.ts';

/** Members of the "capture" object. */
export function captureMembers(w: JsonBytes, s: CaptureSummary): void {
  w.raw('"file":').str(s.file).raw(',"format":"').raw(s.format).raw('"');
  if (s.compression !== undefined) w.raw(',"compression":"').raw(s.compression).raw('"');
  w.raw(',"packets":').int(s.packets);
  if (s.first !== undefined) w.raw(',"firstTime":').exact(s.first.seconds, s.first.nanoseconds);
  if (s.last !== undefined) w.raw(',"lastTime":').exact(s.last.seconds, s.last.nanoseconds);
  w.raw(',"capturedBytes":').int(s.capturedBytes).raw(',"wireBytes":').int(s.wireBytes).raw(',"cutPackets":').int(s.cutPackets);
  w.raw(',"linkTypes":').strs(s.linkTypes);
  if (s.dropped !== undefined) w.raw(',"dropped":').int(s.dropped);
  w.raw(',"problems":[');
  s.problems.forEach((p, i) => {
    w.raw(i > 0 ? ',{"code":' : '{"code":').str(p.code);
    if (p.packet !== undefined) w.raw(',"packet":').int(p.packet);
    if (p.offset !== undefined) w.raw(',"offset":').int(p.offset);
    w.raw(',"message":').str(p.message).raw('}');
  });
  w.raw(']');
}

/** The "protocols" object: layer stacks and their packets. */
export function protocolsObject(w: JsonBytes, list: [string, number][]): void {
  w.raw('{');
  list.forEach(([name, n], i) => {
    if (i > 0) w.raw(',');
    w.str(name).raw(':').int(n);
  });
  w.raw('}');
}
