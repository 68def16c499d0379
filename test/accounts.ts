import type { Exchange } from '../src/correlate/model.ts';

/** One direction of a request as Chromium counts it (lab/clients/netlog.mjs); times in milliseconds since 1970. */
export interface Side {
  interim: number;
  headerBytes?: number;
  fields?: number;
  bytes?: number;
  bodyBytes: number;
  transferBytes: number;
  first?: number;
  last?: number;
  whole: boolean;
}
/** What lab/clients/chromium.mjs prints. */
export interface Browsed {
  connections: {
    port: number;
    serverPort: number;
    protocol?: string;
    version: string;
    resumed: boolean;
    connectStart: number;
    connectEnd: number;
    tlsStart: number;
    tlsEnd: number;
    /** When it read something. */
    reads: number[];
    requests: {
      stream: number;
      method: string;
      target: string;
      status?: number;
      cancelled?: boolean;
      request: Side;
      response: Side;
    }[];
  }[];
  finished: {
    url: string;
    method: string;
    status: number;
    protocol: string;
    transferBytes?: number;
    timing: Record<string, number>;
  }[];
  priority: boolean;
}

/** A connection of HTTP/1 that was closed, and what Node has written on it. */
export interface Closed {
  clientPort: number;
  written: number;
}

/** One line of an access log: nginx's as test/live/secure-site.ts has it, or of lab/servers/secure.mjs. */
export interface Served {
  clientPort: number;
  method: string;
  uri: string;
  status: number;
  version: string;
  /** nginx: which request of its connection, `$request_length`, `$bytes_sent`, `$body_bytes_sent`. */
  nth?: number;
  requestLength?: number;
  bytesSent?: number;
  bodyBytesSent?: number;
  /** Node: HTTP/2's stream; bodies; HTTP/1's heads; HTTP/2's lists of fields. */
  stream?: number;
  received?: number;
  sent?: number;
  requestHead?: number;
  responseHead?: number;
  request?: { fields: number; bytes: number };
  response?: { fields: number; bytes: number };
}

/** What curl says of one request (-w '%{json}'); times in seconds. */
export interface Curled {
  url_effective: string;
  method: string;
  http_code: number;
  http_version: string;
  local_port: number;
  num_connects: number;
  size_request: number;
  size_header: number;
  size_upload: number;
  size_download: number;
  time_namelookup: number;
  time_appconnect: number;
  time_pretransfer: number;
  time_starttransfer: number;
  time_total: number;
}

/** One request as wirebook tells it. */
export interface Told {
  x: Exchange;
  har: { connect: number; send: number; wait: number; receive: number };
  /** In milliseconds since 1970; NaN where there is none. */
  stage: (kind: string) => { start: number; end: number };
}

/** The requests of each connection, by the client's port. */
export class Requests {
  private readonly lists = new Map<number, Told[]>();

  add(port: number, told: Told): void {
    this.lists.set(
      port,
      [...this.of(port), told].sort((a, b) => a.x.stream - b.x.stream),
    );
  }

  of(port: number): Told[] {
    return this.lists.get(port) ?? [];
  }

  /** HTTP/2's by its stream, the others by their number. */
  find(port: number, stream: number): Told | undefined {
    return this.of(port).find(({ x }) => x.stream === stream);
  }

  get ports(): number[] {
    return [...this.lists.keys()];
  }

  get count(): number {
    return this.ports.reduce((sum, port) => sum + this.of(port).length, 0);
  }
}

/** What differs, in words; an empty list says that all is equal. */
export class Differences {
  readonly list: string[] = [];
  compared = 0;

  equal(what: string, ours: object, theirs: object): void {
    this.compared++;
    const own = ours as Record<string, unknown>;
    for (const [key, value] of Object.entries(theirs))
      if (own[key] !== value) this.list.push(`${what}: ${key} is ${own[key]} here, ${value} there`);
  }
}

/** Bytes that differ, and times: how far they are off, and what of that is too much, in milliseconds. */
export class Account {
  readonly differences = new Differences();
  readonly off: number[] = [];
  /** By what it is. */
  readonly late = new Map<string, number>();

  /** `ms` must lie between the two; `excused` has a reason not to. */
  hold(what: string, ms: number, least: number, most: number, excused = false): void {
    this.off.push(ms);
    if (!(ms > least && ms < most) && !excused) this.late.set(what, ms);
  }
}

/** What is late in these accounts and was in those of all plays before. */
export function lateAgain(accounts: Account[], before?: Map<string, number>): Map<string, number> {
  return new Map(accounts.flatMap(({ late }) => [...late]).filter(([what]) => before === undefined || before.has(what)));
}

/** Median, 90 % and most of how far they are off. */
export function spread(values: number[]): string {
  const sorted = values.map(Math.abs).sort((a, b) => a - b);
  return [0.5, 0.9, 1].map((part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))].toFixed(2)).join(', ');
}

const fieldsOf = (section?: { fields: number; bytes: number }): string => `${section?.fields} fields, ${section?.bytes} bytes`;

function side(prefix: 'request' | 'response', s: Side): object {
  return {
    [`${prefix}HeaderBytes`]: s.headerBytes,
    [`${prefix}BodyBytes`]: s.bodyBytes,
    [`${prefix}TransferBytes`]: s.transferBytes,
    ...(s.fields === undefined ? {} : { [`${prefix} has`]: `${s.fields} fields, ${s.bytes} bytes` }),
  };
}

/** Method, URL, status, bytes of heads, bodies and frames: Chromium's own. */
export function browserCounts({ connections }: Browsed, requests: Requests): Differences {
  const differences = new Differences();
  for (const { port, serverPort, protocol, requests: theirs } of connections)
    for (const r of theirs) {
      const x = requests.find(port, r.stream)?.x;
      const { requestFields, responseFields } = x?.http2 ?? {};
      differences.equal(
        `${r.method} ${r.target} of port ${serverPort}`,
        { ...x, 'request has': fieldsOf(requestFields), 'response has': fieldsOf(responseFields) },
        {
          method: r.method,
          target: r.target,
          status: r.status,
          version: protocol === 'h2' ? '2' : '1.1',
          ...side('request', r.request),
          // What was on its way when the browser took its request back belongs to no request any longer.
          ...(r.cancelled ? {} : side('response', r.response)),
        },
      );
    }
  return differences;
}

/**
 * The same by DevTools: what an answer took in all; and how much later than wirebook it has the answer's head, from when the request
 * was begun, in milliseconds.
 */
export function devToolsAccount({ connections, finished }: Browsed, requests: Requests): Account {
  const account = new Account();
  const left = connections.flatMap(({ port, serverPort, requests: theirs }) =>
    theirs.map((r) => ({ serverPort, ...r, told: requests.find(port, r.stream) })),
  );
  for (const { url, method, status, protocol, transferBytes, timing } of finished) {
    const { port, pathname, search } = new URL(url);
    const at = left.findIndex(
      (r) => r.serverPort === Number(port || 443) && r.target === pathname + search && r.method === method && r.status === status,
    );
    const told = at < 0 ? undefined : left.splice(at, 1)[0].told;
    const what = `${method} ${url}`;
    // It tells no total of a redirect, and does not count CONTINUATION frames (only /fields needs them).
    const none = transferBytes === undefined || (pathname === '/fields' && protocol === 'h2');
    const total = none ? {} : { responseTransferBytes: transferBytes };
    account.differences.equal(what, { ...told?.x }, { method, status, ...total });
    const waited = (told?.har.send ?? Number.NaN) + (told?.har.wait ?? Number.NaN);
    // Somewhere between sendStart and sendEnd it went out: of many at once the first is put together long before.
    const sending = timing.sendEnd - timing.sendStart;
    account.hold(`${what} by DevTools`, timing.receiveHeadersEnd - timing.sendStart - waited, -1, 5 + sending);
  }
  return account;
}

/** The servers' logs. */
export function serverCounts(served: Served[], closed: Closed[], requests: Requests): Differences {
  const differences = new Differences();
  const nth = new Map<number, number>();
  for (const s of served) {
    const count = s.nth ?? (nth.get(s.clientPort) ?? 0) + 1;
    nth.set(s.clientPort, count);
    const told = s.stream === undefined ? requests.of(s.clientPort)[count - 1] : requests.find(s.clientPort, s.stream);
    differences.equal(`${s.method} ${s.uri} from port ${s.clientPort}`, ours(told?.x), theirs(s));
  }
  for (const { clientPort, written } of closed) {
    const bytes = sum(...requests.of(clientPort).map(({ x }) => x.responseTransferBytes));
    differences.equal(`all answers to port ${clientPort}`, { bytes }, { bytes: written });
  }
  return differences;
}

const sum = (...parts: (number | undefined)[]): number => parts.reduce<number>((all, part) => all + (part ?? Number.NaN), 0);

const ours = (x?: Exchange): object => ({
  ...x,
  'nginx’s request length': sum(x?.requestHeaderBytes, x?.requestBodyBytes),
  'nginx’s body bytes': x?.http2 ? x.responseBodyBytes : sum(x?.responseTransferBytes, -(x?.responseHeaderBytes ?? Number.NaN)),
  'request has': fieldsOf(x?.http2?.requestFields),
  'response has': fieldsOf(x?.http2?.responseFields),
});

function theirs(s: Served): object {
  const common = { method: s.method, target: s.uri, status: s.status };
  if (s.requestLength !== undefined)
    return {
      ...common,
      'nginx’s request length': s.requestLength,
      responseTransferBytes: s.bytesSent,
      'nginx’s body bytes': s.bodyBytesSent,
    };
  const bodies = { requestBodyBytes: s.received, responseBodyBytes: s.sent };
  if (s.stream === undefined)
    return { ...common, ...bodies, requestHeaderBytes: s.requestHead, responseHeaderBytes: s.responseHead };
  return { ...common, ...bodies, 'request has': fieldsOf(s.request), 'response has': fieldsOf(s.response) };
}

/** How much later than the packets the browser read or wrote each request. */
export function browserTimes({ connections }: Browsed, requests: Requests): Account {
  const account = new Account();
  // The browser's clock readings are cut to milliseconds, and so is the offset of its clock.
  const hold = (what: string, read: number, captured: number, excused = false): void =>
    account.hold(what, read - captured, -3, 5, excused);
  for (const { port, serverPort, requests: list, ...c } of connections)
    list.forEach((r, i) => {
      const what = `${r.method} ${r.target} of port ${serverPort}`;
      const told = requests.find(port, r.stream);
      const stage = (kind: string) => told?.stage(kind) ?? { start: Number.NaN, end: Number.NaN };
      const [sent, got] = [stage('send'), stage('receive')];
      hold(`${what} begins`, r.request.first ?? 0, sent.start);
      // What is more than TCP's first window the system has taken, but not sent yet (RFC 6928).
      hold(`${what} ends`, r.request.last ?? 0, sent.end, r.request.transferBytes > 14_000 && (r.request.last ?? 0) < sent.end);
      hold(`${what} is answered`, r.response.first ?? 0, got.start, reading(c.reads, got.start, r.response.first ?? 0));
      hold(`${what} is over`, r.response.last ?? 0, got.end, r.cancelled || reading(c.reads, got.end, r.response.last ?? 0));
      if (i > 0) return;
      const tls = stage('tls');
      hold(`${what}: SYN`, c.connectStart, stage('tcp').start);
      hold(`${what}: ClientHello`, c.tlsStart, tls.start);
      // Up to TLS 1.2 Chromium is content with its own Finished: whether it is, only a request before the server's tells.
      hold(`${what}: Finished`, c.tlsEnd, tls.end, c.version === 'TLS 1.2' && c.tlsEnd < tls.end);
    });
  return account;
}

/** From one time to the other the browser was reading what had come before, without a longer pause. */
function reading(reads: number[], from: number, to: number): boolean {
  const times = [from - 2, ...reads.filter((at) => at > from - 2 && at <= to)];
  return to > from && times.every((at, i) => i === 0 || at - times[i - 1] < 5);
}

/** curl's bytes of every request, and how much longer its times are than ours. */
export function curlAccount(list: Curled[], requests: Requests): Account {
  const account = new Account();
  const nth = new Map<number, number>();
  for (const c of list) {
    const { pathname, search } = new URL(c.url_effective);
    const what = `curl ${c.method} ${c.url_effective}`;
    const count = nth.get(c.local_port) ?? 0;
    nth.set(c.local_port, count + 1);
    const told = requests.of(c.local_port)[count];
    const interim = pathname === '/hints';
    // Interim heads are counted with the answer's; of HTTP/2 nobody here tells them apart.
    const response = !interim
      ? { 'size of its head': c.size_header }
      : c.http_version === '2'
        ? {}
        : { 'size of its heads': c.size_header };
    account.differences.equal(what, curlCounts(told?.x), {
      method: c.method,
      target: pathname + search,
      status: c.http_code,
      version: c.http_version === '2' ? '2' : '1.1',
      'size of the request': c.size_request,
      ...response,
      requestBodyBytes: c.size_upload,
      responseBodyBytes: c.size_download,
    });
    if (told === undefined) continue;
    const hold = (when: string, from: number, to: number, ours: number, least = -1): void =>
      account.hold(`${what}: ${when}`, (to - from) * 1000 - ours, least, 1);
    const { har } = told;
    // HTTP/2: curl is content once it has as much as was announced; Node’s END_STREAM may come in another packet.
    const earliest = c.http_version === '2' ? -5 : -1;
    hold('over', c.time_pretransfer, c.time_total, har.send + har.wait + har.receive, earliest);
    // curl takes the first byte of a POST to be its own, and an interim response for the answer.
    if (c.method !== 'POST' && !interim) hold('first byte', c.time_pretransfer, c.time_starttransfer, har.send + har.wait);
    if (c.num_connects > 0) hold('connected', c.time_namelookup, c.time_appconnect, har.connect);
  }
  return account;
}

/** curl writes HTTP/2's fields as HTTP/1 would, and counts those. */
function curlCounts(x?: Exchange): object {
  const { requestFields: asked, responseFields: answered } = x?.http2 ?? {};
  return {
    ...x,
    'size of the request': asked === undefined ? x?.requestTransferBytes : asked.bytes + 4 * asked.fields - 30,
    'size of its heads': sum(x?.responseTransferBytes, -(x?.responseBodyBytes ?? Number.NaN)),
    'size of its head': answered === undefined ? x?.responseHeaderBytes : answered.bytes + 4 * answered.fields + 1,
  };
}
