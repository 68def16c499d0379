import { Head, scanHead } from './head.ts';
import { knownMethod, mayStart } from './start-line.ts';
import { isText, known, viewOf } from './words.ts';

type Guess = 'yes' | 'no' | 'more';

const LF = 0x0a;
const SCHEME = known('http');
const head = new Head();

/**
 * RTSP, SIP and HTTP/2 have start lines of the same form: with a whole first line the version decides; before that, a known
 * method with a target that they do not have. A line without a version is HTTP/0.9 for GET of a path; else a mistake that
 * counts where a header line follows a known method.
 */
export function guessHttp(bytes: Uint8Array, at: number, end: number, fromClient: boolean): Guess {
  let i = at;
  while (i < end && (bytes[i] === LF || bytes[i] === 0x0d)) i++;
  if (i === end) return 'more';
  const lineEnd = find(bytes, LF, i, end);
  if (lineEnd < 0) return unfinished(bytes, i, end, fromClient);
  if (scanHead(head, bytes, i, lineEnd + 1, !fromClient, true) < 0) return 'no';
  if (head.version !== 9) return 'yes';
  if (head.methodEnd - head.at === 3 && bytes[head.at] === 0x47 && bytes[head.targetAt] === 0x2f) return 'yes';
  return knownMethod(bytes, head.at, head.methodEnd) !== undefined ? headerLine(bytes, lineEnd + 1, end) : 'no';
}

function unfinished(bytes: Uint8Array, at: number, end: number, fromClient: boolean): Guess {
  if (!mayStart(bytes, at, end, !fromClient)) return 'no';
  if (!fromClient) return end - at >= 12 ? 'yes' : 'more';
  const methodEnd = find(bytes, 0x20, at, end);
  const target = methodEnd + 1;
  if (methodEnd < 0 || end - target < 8 || knownMethod(bytes, at, methodEnd) === undefined) return 'more';
  return bytes[target] === 0x2f || isText(viewOf(bytes), target, target + 4, SCHEME) ? 'yes' : 'more';
}

/** "Name: value" */
function headerLine(bytes: Uint8Array, at: number, end: number): Guess {
  for (let i = at; i < end && i < at + 64; i++) {
    const c = bytes[i];
    if (c === 0x3a) return i > at ? 'yes' : 'no';
    if (c !== 0x2d && c !== 0x5f && ((c | 0x20) < 0x61 || (c | 0x20) > 0x7a)) return 'no';
  }
  return end - at < 64 ? 'more' : 'no';
}

function find(bytes: Uint8Array, wanted: number, at: number, end: number): number {
  for (let i = at; i < end; i++) if (bytes[i] === wanted) return i;
  return -1;
}
