import { Head, MORE, NONE, scanStartLine } from './head.ts';
import { knownMethod, mayStart } from './start-line.ts';
import { isText, known, viewOf } from './words.ts';

type Guess = 'yes' | 'no' | 'more';

const SPACE = 0x20;
const SCHEME = known('http');
const head = new Head();

/**
 * RTSP, SIP and HTTP/2 have start lines of the same form: with a whole first line the version decides; before that, a known
 * method with a target that they do not have. A line without a version is HTTP/0.9 for GET of a path; else a mistake that
 * counts where a header line follows a known method.
 */
export function guessHttp(bytes: Uint8Array, at: number, end: number, fromClient: boolean): Guess {
  const lineEnd = scanStartLine(head, bytes, at, end, !fromClient, false);
  if (lineEnd === MORE) return head.at === end ? 'more' : unfinished(bytes, head.at, end, fromClient);
  if (lineEnd === NONE) return 'no';
  if (head.version !== 9) return 'yes';
  if (head.methodEnd - head.at === 3 && bytes[head.at] === 0x47 && bytes[head.targetAt] === 0x2f) return 'yes';
  return knownMethod(bytes, head.at, head.methodEnd) !== undefined ? headerLine(bytes, lineEnd + 1, end) : 'no';
}

function unfinished(bytes: Uint8Array, at: number, end: number, fromClient: boolean): Guess {
  if (!mayStart(bytes, at, end, !fromClient)) return 'no';
  if (!fromClient) return end - at >= 12 ? 'yes' : 'more';
  const methodEnd = space(bytes, at, end);
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

function space(bytes: Uint8Array, at: number, end: number): number {
  for (let i = at; i < end; i++) if (bytes[i] === SPACE) return i;
  return -1;
}
