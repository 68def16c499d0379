import type { Step } from '../http/dialogue.ts';
import * as F from './frames.ts';
import { c, END_HEADERS, END_STREAM, PADDED, PRIORITY, s } from './frames.ts';

const ALL = END_HEADERS | END_STREAM;
const get = (stream: number, path: string, more = {}): Buffer => F.headers(stream, F.asks(path, more), ALL);
const block = F.fields(F.asks('/long', { 'x-a': 'b'.repeat(300) }));

/** Dialogues without a mistake, and what must be found in them. */
export const DIALOGUES: Record<string, { steps: Step[]; exchanges: string[] }> = {
  'one request': {
    steps: [
      c(F.PREFACE, F.settings([3, 100]), get(1, '/')),
      s(F.settings(), F.settingsAck(), F.headers(1, F.answers(200, { 'content-length': '5' })), F.data(1, 'hello', END_STREAM)),
      c(F.settingsAck(), F.goAway(0, 0)),
    ],
    exchanges: ['1: GET / [1-1] > 200 (5, end-stream) [2-2]'],
  },
  'three streams, answered in another order and interleaved': {
    steps: [
      c(F.PREFACE, F.settings(), get(1, '/a'), get(3, '/b')),
      c(get(5, '/c')),
      s(F.settings(), F.headers(3, F.answers(200)), F.headers(1, F.answers(404)), F.data(3, 'bb')),
      s(F.data(1, 'a'), F.data(3, 'bb', END_STREAM), F.headers(5, F.answers(204), ALL)),
      s(F.data(1, 'a', END_STREAM)),
    ],
    exchanges: [
      '3: GET /b [1-1] > 200 (4, end-stream) [3-4]',
      '5: GET /c [2-2] > 204 (0, none) [4-4]',
      '1: GET /a [1-1] > 404 (2, end-stream) [3-5]',
    ],
  },
  'an upload, padding, priority, 100 and 103 before the answer': {
    steps: [
      c(
        F.PREFACE,
        F.settings(),
        F.frame(
          1,
          END_HEADERS | PADDED | PRIORITY,
          1,
          Buffer.concat([Buffer.from([3, 0, 0, 0, 0, 15]), F.fields(F.asks('/up', { ':method': 'POST' })), Buffer.alloc(3)]),
        ),
      ),
      s(F.settings(), F.headers(1, F.answers(100))),
      c(F.data(1, Buffer.from('\x02body\0\0', 'latin1'), PADDED), F.data(1, 'more')),
      c(F.data(1, Buffer.from('\x01\0', 'latin1'), PADDED | END_STREAM)),
      s(F.headers(1, F.answers(103))),
      s(F.headers(1, F.answers(201), ALL)),
    ],
    exchanges: ['1: POST /up +8 [1-4] > 201 (0, none) [6-6]'],
  },
  'a header block in four frames, and trailers': {
    steps: [
      c(F.PREFACE, F.settings(), F.frame(1, END_STREAM, 1, block.subarray(0, 20)), F.continuation(1, block.subarray(20, 33), 0)),
      c(F.continuation(1, Buffer.alloc(0), 0), F.continuation(1, block.subarray(33))),
      s(F.settings(), F.headers(1, F.answers(200)), F.data(1, 'x'), F.headers(1, { 'x-checksum': 'y' }, ALL)),
    ],
    exchanges: ['1: GET /long [1-2] > 200 (1, end-stream) [3-3]'],
  },
  'a push': {
    steps: [
      c(F.PREFACE, F.settings(), get(1, '/')),
      s(F.settings(), F.push(1, 2, F.asks('/style.css')), F.headers(1, F.answers(200))),
      s(F.headers(2, F.answers(200)), F.data(2, 'css', END_STREAM)),
      s(F.data(1, 'html', END_STREAM)),
    ],
    exchanges: ['2: GET /style.css [2-2] > 200 (3, end-stream) [3-3]', '1: GET / [1-1] > 200 (4, end-stream) [2-4]'],
  },
  'resets by either side, and one after a whole answer': {
    steps: [
      c(F.PREFACE, F.settings(), get(1, '/a'), get(3, '/b'), F.headers(5, F.asks('/c', { ':method': 'POST' }))),
      c(F.rst(1, 8)),
      s(F.settings(), F.rst(3, 7), F.headers(5, F.answers(413), ALL)),
      s(F.rst(5, 0)),
      s(F.headers(1, F.answers(200)), F.data(1, 'too late', END_STREAM)),
    ],
    exchanges: [
      '1: GET /a [1-1] > nothing, incomplete RST_STREAM CANCEL by client',
      '3: GET /b [1-1] > nothing, incomplete RST_STREAM REFUSED_STREAM by server',
      '5: POST /c [1-1] > 413 (0, none) [3-3]',
    ],
  },
  'GOAWAY: what is above its last stream was not processed': {
    steps: [
      c(F.PREFACE, F.settings(), get(1, '/a'), get(3, '/b')),
      s(F.settings(), F.goAway(1, 11, 'calm'), F.headers(1, F.answers(200), ALL)),
    ],
    exchanges: [
      '3: GET /b [1-1] > nothing, incomplete GOAWAY ENHANCE_YOUR_CALM by server',
      '1: GET /a [1-1] > 200 (0, none) [2-2]',
    ],
  },
  'frames that say nothing about streams, and types nobody knows': {
    steps: [
      c(F.PREFACE, F.settings(), F.ping(), F.frame(2, 0, 9, Buffer.alloc(5)), F.frame(0xfa, 0xff, 3, 'whatever'), get(1, '/')),
      s(
        F.settings(),
        F.frame(10, 0, 0, '\0\x03a.bh3'),
        F.frame(12, 0, 0, '\0\x01a'),
        F.ping('12345678', 1),
        F.windowUpdate(0, 1000),
        F.headers(1, F.answers(304), ALL),
      ),
      c(F.frame(16, 0, 0, '\0\0\0\x01u=1'), F.windowUpdate(1, 5), F.rst(1, 8)),
    ],
    exchanges: ['1: GET / [1-1] > 304 (0, none) [2-2]'],
  },
  'an answer that the end of the connection cuts off': {
    steps: [
      c(F.PREFACE, F.settings(), get(1, '/a'), get(3, '/b')),
      s(F.settings(), F.headers(1, F.answers(200)), F.data(1, 'abc'), F.frame(0, 0, 1, 'cut off').subarray(0, 12)),
    ],
    exchanges: ['1: GET /a [1-1] > 200 (6, end-stream, incomplete) [2-2]', '3: GET /b [1-1] > nothing, incomplete'],
  },
};
