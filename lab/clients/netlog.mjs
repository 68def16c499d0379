// What Chromium wrote into its own NetLog (--net-log-capture-mode=Everything) about each request inside TLS: the bytes that it handed to
// its TLS library and got back from it, and when (its clock, cut to milliseconds). Frames and heads are told apart here by their
// lengths alone; what fields a header block has, Chromium's own decoder has said.

const HEADER = 9;
const PREFACE = 24;
const DATA = 0;
const HEADERS = 1;
const RST_STREAM = 3;
const CONTINUATION = 9;
const END_STREAM = 1;
const PADDED = 8;
const PRIORITY = 32;

/** Per TLS connection: { port, serverPort, protocol, version, resumed, connectStart, connectEnd, tlsStart, tlsEnd, reads, requests }. */
export function connections({ constants, events }) {
  const names = Object.fromEntries(Object.entries(constants.logEventTypes).map(([name, type]) => [type, name]));
  const { PHASE_BEGIN: begin, PHASE_END: end } = constants.logEventPhase;
  const sockets = new Map();
  const sessions = new Map();
  for (const { type, phase, time, source, params = {} } of events) {
    const name = names[type];
    const at = Number(time) + constants.timeTickOffset;
    if (name === 'HTTP2_SESSION_INITIALIZED') sessions.set(source.id, params.source_dependency.id);
    const socket = touched(sockets, sessions.get(source.id) ?? source.id);
    if (name === 'TCP_CONNECT' && phase === begin) socket.connectStart = at;
    else if (name === 'TCP_CONNECT' && phase === end && params.local_address !== undefined) {
      socket.connectEnd = at;
      socket.port = portOf(params.local_address);
      socket.serverPort = portOf(params.remote_address);
    } else if (name === 'SSL_CONNECT' && phase === begin) socket.tlsStart = at;
    else if (name === 'SSL_CONNECT' && phase === end) {
      socket.tlsEnd = at;
      socket.protocol = params.next_proto;
      socket.version = params.version;
      socket.resumed = params.is_resumed;
    } else if (name === 'SSL_SOCKET_BYTES_SENT') socket.pieces.push({ sent: true, at, bytes: Buffer.from(params.bytes, 'base64') });
    else if (name === 'SSL_SOCKET_BYTES_RECEIVED') socket.pieces.push({ sent: false, at, bytes: Buffer.from(params.bytes, 'base64') });
    else if (name === 'HTTP2_SESSION_SEND_HEADERS') listOf(socket.asked, params.stream_id).push(fieldsOf(params.headers));
    else if (name === 'HTTP2_SESSION_RECV_HEADERS') listOf(socket.answered, params.stream_id).push(fieldsOf(params.headers));
  }
  return [...sockets.values()]
    .filter(({ tlsEnd, pieces }) => tlsEnd !== undefined && pieces.length > 0)
    .map(({ pieces, asked, answered, ...facts }) => ({
      ...facts,
      reads: pieces.filter((piece) => !piece.sent).map((piece) => piece.at),
      requests: facts.protocol === 'h2' ? streams(pieces, asked, answered) : messages(pieces),
    }));
}

function touched(sockets, id) {
  if (!sockets.has(id)) sockets.set(id, { pieces: [], asked: new Map(), answered: new Map() });
  return sockets.get(id);
}

function listOf(map, key) {
  if (!map.has(key)) map.set(key, []);
  return map.get(key);
}

const portOf = (address) => Number(address.slice(address.lastIndexOf(':') + 1));

/** "name: value" of each; pseudo fields begin with a colon. */
const fieldsOf = (headers) =>
  headers.map((line) => {
    const colon = line.indexOf(': ', 1);
    return [line.slice(0, colon), line.slice(colon + 2)];
  });

const counted = (fields) => ({
  fields: fields.length,
  bytes: fields.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0),
});

/** One side's bytes, and when each of them was written or read. */
function side(pieces, sent) {
  const own = pieces.filter((piece) => piece.sent === sent);
  const bytes = Buffer.concat(own.map((piece) => piece.bytes));
  let end = 0;
  const ends = own.map((piece) => [(end += piece.bytes.length), piece.at]);
  return { bytes, when: (offset) => ends.find(([until]) => offset < until)[1] };
}

/** RFC 9113: the frames of every stream. */
function streams(pieces, asked, answered) {
  const found = new Map();
  const cancelled = new Set();
  for (const sent of [true, false]) {
    const { bytes, when } = side(pieces, sent);
    for (let at = sent ? PREFACE : 0; at + HEADER <= bytes.length; ) {
      const length = bytes.readUIntBE(at, 3);
      const [type, flags, stream] = [bytes[at + 3], bytes[at + 4], bytes.readUInt32BE(at + 5)];
      if (sent && type === RST_STREAM) cancelled.add(stream);
      if ((type === DATA || type === HEADERS || type === CONTINUATION) && at + HEADER + length <= bytes.length) {
        const kept = listOf(found, stream);
        const payload = length - (flags & PADDED && type !== CONTINUATION ? 1 + bytes[at + HEADER] : 0);
        const block = type === HEADERS && flags & PRIORITY ? payload - 5 : payload;
        kept.push({ sent, type, block, wire: HEADER + length, last: (flags & END_STREAM) !== 0, at: when(at + HEADER + length - 1) });
      }
      at += HEADER + length;
    }
  }
  return [...found].map(([stream, frames]) => {
    const request = message(frames.filter((frame) => frame.sent), asked.get(stream));
    const response = message(frames.filter((frame) => !frame.sent), answered.get(stream) ?? []);
    const { ':method': method, ':path': target, ':authority': host } = Object.fromEntries(asked.get(stream)[0]);
    return { stream, method, target, host, status: response.status, cancelled: cancelled.has(stream), request, response };
  });
}

/** `sections` as Chromium decoded them: of an answer those of interim responses, the answer's, trailers. */
function message(frames, sections) {
  const blocks = [];
  let body = 0;
  for (const { type, block, at } of frames) {
    if (type === HEADERS) blocks.push({ bytes: block, at });
    else if (type === CONTINUATION) blocks.at(-1).bytes += block;
    else body += block;
  }
  const status = (section) => Number(Object.fromEntries(section ?? [])[':status']);
  const interim = sections.filter((section) => status(section) < 200).length;
  return {
    ...(status(sections[interim]) > 0 ? { status: status(sections[interim]) } : {}),
    interim,
    headerBytes: blocks[interim]?.bytes,
    ...(blocks[interim] === undefined ? {} : counted(sections[interim])),
    trailers: Math.max(0, blocks.length - interim - 1),
    bodyBytes: body,
    transferBytes: frames.reduce((sum, frame) => sum + frame.wire, 0),
    first: blocks[interim]?.at,
    last: frames.at(-1)?.at,
    whole: frames.some((frame) => frame.last),
  };
}

/** RFC 9112, one request after the other on a connection. */
function messages(pieces) {
  const turns = [];
  for (const piece of pieces) {
    if (piece.sent && (turns.length === 0 || turns.at(-1).received.length > 0)) turns.push({ sent: [], received: [] });
    turns.at(-1)[piece.sent ? 'sent' : 'received'].push(piece);
  }
  return turns.map(({ sent, received }, i) => {
    const asked = side(sent, true);
    const got = side(received, false);
    const headEnd = (bytes, from) => bytes.indexOf('\r\n\r\n', from) + 4;
    const requestHead = headEnd(asked.bytes, 0);
    const [method, target] = asked.bytes.toString('latin1', 0, asked.bytes.indexOf('\r\n')).split(' ');
    const host = /\r\nhost: *(\S+)/i.exec(asked.bytes.toString('latin1', 0, requestHead))?.[1];
    let at = 0;
    let interim = 0;
    const statusAt = () => Number(got.bytes.toString('latin1', at + 9, at + 12));
    for (; statusAt() < 200; interim++) at = headEnd(got.bytes, at);
    const bodyAt = headEnd(got.bytes, at);
    const head = got.bytes.toString('latin1', at, bodyAt);
    return {
      stream: i + 1,
      method,
      target,
      host,
      status: statusAt(),
      request: {
        interim: 0,
        headerBytes: requestHead,
        bodyBytes: asked.bytes.length - requestHead,
        transferBytes: asked.bytes.length,
        first: asked.when(0),
        last: asked.when(asked.bytes.length - 1),
        whole: true,
      },
      response: {
        interim,
        headerBytes: bodyAt - at,
        bodyBytes: /\r\ntransfer-encoding: *chunked/i.test(head) ? unchunked(got.bytes, bodyAt) : got.bytes.length - bodyAt,
        transferBytes: got.bytes.length,
        first: got.when(at),
        last: got.when(got.bytes.length - 1),
        whole: true,
      },
    };
  });
}

/** Bytes of a chunked body without what frames them. */
function unchunked(bytes, from) {
  let body = 0;
  for (let at = from; ; ) {
    const line = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, line), 16);
    if (!(size > 0)) return body;
    body += size;
    at = line + 2 + size + 2;
  }
}
