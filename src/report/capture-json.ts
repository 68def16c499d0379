import type { CaptureSummary } from '../session/analysis.ts';
import { quoted } from './json-bytes.ts';

const exact = (time: CaptureSummary['first']): string | undefined =>
  time && `${time.seconds}.${String(time.nanoseconds).padStart(9, '0')}`;

/** The "capture" object. */
export const captureJson = (s: CaptureSummary): string =>
  quoted({
    file: s.file,
    format: s.format,
    compression: s.compression,
    packets: s.packets,
    firstTime: exact(s.first),
    lastTime: exact(s.last),
    capturedBytes: s.capturedBytes,
    wireBytes: s.wireBytes,
    cutPackets: s.cutPackets,
    linkTypes: s.linkTypes,
    dropped: s.dropped,
    problems: s.problems.map(({ code, packet, offset, message }) => ({ code, packet, offset, message })),
  });

/** The "protocols" object: layer stacks and their packets. */
export const protocolsJson = (list: [string, number][]): string =>
  `{${list.map(([name, packets]) => `${quoted(name)}:${packets}`).join()}}`;
