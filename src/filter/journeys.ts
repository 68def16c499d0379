import { type Connection, type Exchange, type Journey, type Lookup, STAGE_KINDS, type TlsSession } from '../correlate/model.ts';
import { rcodeName } from '../dissect/dns/names.ts';
import { OUTCOME } from '../text/messages.ts';
import type { Text } from '../text/text.ts';
import type { Domain, Field } from './domain.ts';
import { PACKET_FIELDS } from './packets.ts';
import type { Kind, Value } from './values.ts';

export type Head = Pick<Journey, 'id' | 'name' | 'url' | 'method' | 'status' | 'outcome'>;

/** Where a journey's records are asked for; a session is one. */
export interface Records {
  journeyHead(index: number): Head;
  journey(index: number): Journey;
  connection(id: number): Connection | undefined;
  exchange(id: number): Exchange | undefined;
  lookup(index: number): Lookup | undefined;
  tls(connection: number): TlsSession | undefined;
  /** What the rules say of it, where there are rules. */
  verdicts?(index: number): readonly { rule: string; verdict: string }[];
}

/** A journey that a filter is asked about. Records are fetched when a field wants them. */
export class Subject {
  private readonly records: Records;
  private readonly index: number;
  private known: Journey | undefined;

  constructor(records: Records, index: number) {
    this.records = records;
    this.index = index;
  }

  get head(): Head {
    return this.known ?? this.records.journeyHead(this.index);
  }
  get journey(): Journey {
    return (this.known ??= this.records.journey(this.index));
  }
  get connection(): Connection | undefined {
    const { connection } = this.journey;
    return connection === undefined ? undefined : this.records.connection(connection);
  }
  get exchange(): Exchange | undefined {
    const { exchange } = this.journey;
    return exchange === undefined ? undefined : this.records.exchange(exchange);
  }
  get lookup(): Lookup | undefined {
    const { lookup } = this.journey;
    return lookup === undefined ? undefined : this.records.lookup(lookup);
  }
  get tls(): TlsSession | undefined {
    const { connection } = this.journey;
    return connection === undefined ? undefined : this.records.tls(connection);
  }
  get verdicts(): readonly { rule: string; verdict: string }[] {
    return this.records.verdicts?.(this.index) ?? [];
  }
}

type Of = (s: Subject) => Value | readonly (Value | undefined)[] | undefined;

function f(name: string, kind: Kind, of: Of, en: string, ko: string, more: Partial<Field<Subject>> = {}): Field<Subject> {
  const told = (s: Subject): Value | readonly Value[] | undefined => {
    const value = of(s);
    return Array.isArray(value) ? value.filter((each) => each !== undefined) : (value as Value | undefined);
  };
  return { name, kind, of: told, help: { en, ko }, ...more };
}

const HEAD = { head: true };
const VERDICTS = ['confirmed', 'contradicted', 'skipped', 'not-visible', 'unknown'] as const;
const NANO = 1e9;
const RCODES = new Map(Array.from({ length: 24 }, (_, code) => [rcodeName(code), code]));

const stageKinds = (s: Subject): string[] => s.journey.stages.filter((stage) => !stage.reused).map((stage) => stage.kind);
const packetsOf = (s: Subject): number[] => s.journey.stages.flatMap((stage) => stage.packets);
const answered = (l: Lookup | undefined): number | undefined => (l?.end === undefined ? undefined : (l.end - l.start) / NANO);
const overUdp = (s: Subject): Lookup | undefined =>
  ['tcp', 'dot', 'doh'].includes(s.lookup?.transport ?? '') ? undefined : s.lookup;
const total = (s: Subject): number | undefined => (s.journey.har.total < 0 ? undefined : s.journey.har.total);
const ended = (x: Exchange | undefined): number | undefined =>
  x?.responseTime === undefined || x.requestTime === undefined ? undefined : (x.responseTime - x.requestTime) / NANO;
const rcode = (l: Lookup | undefined): Value[] =>
  l?.rcode === undefined ? [] : [l.rcode, ...(RCODES.has(l.rcode) ? [RCODES.get(l.rcode)!] : [])];

const seconds = (nanoseconds: number | undefined): number | undefined =>
  nanoseconds === undefined ? undefined : nanoseconds / NANO;
const clients = (s: Subject): (string | undefined)[] => [s.journey.client, s.connection?.client.address];
const servers = (s: Subject): (string | undefined)[] => [s.connection?.server.address, s.lookup?.server.address];

/** Every field of a journey, one line each; where Wireshark has the field, its name is Wireshark's. */
export const JOURNEY_FIELDS: readonly Field<Subject>[] = [
  f('url', 'text', (s) => s.head.url, 'the whole URL', 'URL 전체', HEAD),
  f('name', 'text', (s) => s.head.name, 'host name, else address', '호스트 이름, 없으면 주소', HEAD),
  f('outcome', 'name', (s) => s.head.outcome, 'how it ended', '어떻게 끝났나', { head: true, names: Object.keys(OUTCOME) }),
  f('verdict', 'name', (s) => s.verdicts.map((v) => v.verdict), 'what any rule says', '규칙의 판정', { names: VERDICTS }),
  f('journey.ms', 'number', total, 'milliseconds in all, as HAR counts', '전체 밀리초(HAR 기준)'),
  f('journey.bytes', 'size', (s) => s.journey.responseBytes, 'bytes of the answer', '응답 바이트'),
  f('journey.packets', 'number', (s) => s.journey.packetCount, 'packets of its stages', '단계의 패킷 수'),
  f('journey.id', 'number', (s) => s.head.id, 'number as in reports', '보고서에 나오는 번호', HEAD),
  f('client', 'address', (s) => s.journey.client, 'address of the client', '클라이언트 주소'),
  f('process', 'text', (s) => processName(s.connection), 'process of the connection (live)', '연결의 프로세스(라이브)'),
  f('stage', 'name', stageKinds, 'stages it has', '거친 단계', { names: STAGE_KINDS }),
  ...STAGE_KINDS.map((kind) =>
    f(
      `stage.${kind}`,
      'duration',
      (s) => stageTime(s.journey, kind),
      `time of the stage: 100ms, 1.5s`,
      '단계의 시간: 100ms, 1.5s',
    ),
  ),
  f('frame.number', 'number', packetsOf, 'packets of its stages', '단계의 패킷 번호'),
  f('ip.addr', 'address', (s) => [...clients(s), ...servers(s)], 'either address; also 10.0.0.0/8', '양쪽 주소. 10.0.0.0/8도 됨'),
  f('ip.src', 'address', clients, 'address of the client', '클라이언트 주소'),
  f('ip.dst', 'address', servers, 'address of server or resolver', '서버나 리졸버의 주소'),
  f('tcp.port', 'number', (s) => [s.connection?.client.port, s.connection?.server.port], 'either port', '양쪽 포트'),
  f('tcp.srcport', 'number', (s) => s.connection?.client.port, 'port of the client', '클라이언트 포트'),
  f('tcp.dstport', 'number', (s) => s.connection?.server.port, 'port of the server', '서버 포트'),
  f('tcp.stream', 'number', (s) => s.connection?.id, 'number of the connection', '연결 번호'),
  f('tcp.analysis.retransmission', 'number', (s) => s.connection?.retransmissions, 'packets sent again', '다시 보낸 패킷'),
  f(
    'tcp.analysis.initial_rtt',
    'number',
    (s) => seconds(s.connection?.handshake?.rtt),
    'seconds of the handshake',
    '핸드셰이크 초',
  ),
  f('tcp.close', 'name', (s) => s.connection?.close.how, 'how the connection ended', '연결이 끝난 방식', {
    names: ['fin-both', 'fin-client-only', 'fin-server-only', 'reset', 'open', 'refused', 'unreachable', 'unanswered'],
  }),
  f('udp.port', 'number', (s) => [overUdp(s)?.client.port, overUdp(s)?.server.port], "the lookup's ports", '조회의 포트'),
  f('dns.qry.name', 'text', (s) => s.lookup?.name, 'name that was asked for', '물어본 이름'),
  f('dns.qry.type', 'any', (s) => s.lookup?.type, 'A, AAAA, HTTPS, …', 'A, AAAA, HTTPS 등'),
  f('dns.flags.rcode', 'any', (s) => rcode(s.lookup), 'NXDOMAIN or 3', 'NXDOMAIN 또는 3'),
  f('dns.a', 'address', (s) => s.lookup?.addresses.filter((a) => !a.includes(':')), 'IPv4 addresses told', '응답의 IPv4 주소'),
  f('dns.aaaa', 'address', (s) => s.lookup?.addresses.filter((a) => a.includes(':')), 'IPv6 addresses told', '응답의 IPv6 주소'),
  f('dns.cname', 'text', (s) => s.lookup?.aliases, 'aliases told', '응답의 별명'),
  f('dns.time', 'number', (s) => answered(s.lookup), 'seconds until the answer', '응답까지의 초'),
  f('http.request.method', 'text', (s) => s.head.method, 'GET, POST, …', 'GET, POST 등', HEAD),
  f('http.response.code', 'number', (s) => s.head.status, '200, 404, …', '200, 404 등', HEAD),
  f('http.host', 'text', (s) => s.exchange?.host, 'Host header', 'Host 헤더'),
  f('http.request.uri', 'text', (s) => s.exchange?.target, 'target of the request line', '요청 줄의 대상'),
  f('http.request.full_uri', 'text', (s) => s.head.url, 'the whole URL', 'URL 전체', HEAD),
  f('http.response.phrase', 'text', (s) => s.exchange?.reason, 'reason phrase', '상태 설명'),
  f('http.content_type', 'text', (s) => s.exchange?.contentType, 'Content-Type of the answer', '응답의 Content-Type'),
  f('http.location', 'text', (s) => s.exchange?.location, 'where a redirect leads', '리디렉션 대상'),
  f('http.referer', 'text', (s) => s.exchange?.referer, 'Referer header', 'Referer 헤더'),
  f('http.time', 'number', (s) => ended(s.exchange), 'seconds until the answer began', '응답 시작까지의 초'),
  f('tls.handshake.extensions_server_name', 'text', (s) => s.tls?.sni, 'SNI of the ClientHello', 'ClientHello의 SNI'),
  f('tls.handshake.extensions_alpn_str', 'text', (s) => s.tls?.alpnOffered, 'protocols offered (ALPN)', '제안한 프로토콜(ALPN)'),
  f('tls.alpn', 'text', (s) => s.tls?.alpn, 'protocol chosen (ALPN)', '고른 프로토콜(ALPN)'),
  f('tls.version', 'text', (s) => s.tls?.version, 'TLS version', 'TLS 버전'),
  f('tls.cipher', 'text', (s) => s.tls?.cipher, 'cipher suite', '암호 모음'),
  f('tls.resumed', 'flag', (s) => s.tls?.resumed, 'an old session was resumed', '이전 세션 재개'),
  f('tls.alert_message.desc', 'text', (s) => s.tls?.alerts.map((a) => a.description), 'alerts', '경고'),
  f('arp', 'flag', (s) => stageKinds(s).includes('arp'), 'has an ARP lookup', 'ARP 조회가 있음'),
  f('dns', 'flag', (s) => s.journey.lookup !== undefined, 'has a name lookup', '이름 조회가 있음'),
  f('tcp', 'flag', (s) => s.journey.connection !== undefined, 'has a TCP connection', 'TCP 연결이 있음'),
  f('http', 'flag', (s) => s.journey.exchange !== undefined, 'has a request that can be read', '읽을 수 있는 요청이 있음'),
  f('http2', 'flag', (s) => s.exchange?.version === '2', 'has a request of HTTP/2', 'HTTP/2 요청이 있음'),
  f('http3', 'flag', (s) => s.exchange?.version === '3', 'has a request of HTTP/3', 'HTTP/3 요청이 있음'),
  f('quic', 'flag', (s) => s.journey.quic !== undefined, 'has a QUIC connection', 'QUIC 연결이 있음'),
  f('tls', 'flag', (s) => s.tls !== undefined, 'has TLS', 'TLS가 있음'),
];

function processName(connection: Connection | undefined): string | undefined {
  const process = connection?.process;
  return process === undefined || process === 'unknown' ? undefined : process.name;
}

/** Nanoseconds spent in stages of a kind; those only made use of do not count. */
function stageTime(journey: Journey, kind: string): number | undefined {
  let time: number | undefined;
  for (const stage of journey.stages) if (stage.kind === kind && !stage.reused) time = (time ?? 0) + stage.end - stage.start;
  return time;
}

const byName = new Map(JOURNEY_FIELDS.map((field) => [field.name, field]));
/** Of packets as well: those in the list of packets, and all whose names have three parts (`tcp.flags.syn`). */
const OF_PACKETS = /^[a-z0-9]+\.[a-z0-9_]+\.[a-z0-9_.]+$/;
const packetNames = new Set(PACKET_FIELDS.map((field) => field.name));

/** A rule's own field: `verdict.R-TCP-2`. */
function verdictOf(rule: string): Field<Subject> {
  const of: Of = (s) => s.verdicts.filter((v) => v.rule.toLowerCase() === rule.toLowerCase()).map((v) => v.verdict);
  return f(`verdict.${rule}`, 'name', of, 'what this rule says', '이 규칙의 판정', { names: VERDICTS });
}

const elsewhere: Text = {
  en: 'this is a field of packets, not of journeys: press 3 and filter there',
  ko: '여정이 아니라 패킷의 필드입니다. 3을 눌러 패킷 목록에서 거르세요',
};

/** Beginnings of fields' names: `http.request`, `tls.handshake`; and whole names with a dot. */
const beginnings = new Set<string>();
for (const { name } of [...PACKET_FIELDS, ...JOURNEY_FIELDS])
  for (const { index } of name.matchAll(/(?<=\..*)[._]|$/g)) if (name.includes('.')) beginnings.add(name.slice(0, index));

/** A field of packets beyond doubt: hosts have dots too (`dns.google`), and are searched for. */
function fieldAlone(name: string): boolean {
  const [protocol, part] = name.split('.', 2);
  return beginnings.has(name) || (OF_PACKETS.test(name) && beginnings.has(`${protocol}.${part}`));
}

export const journeys: Domain<Subject> = {
  field: (name) => byName.get(name) ?? (/^verdict\.[\w-]{1,40}$/.test(name) ? verdictOf(name.slice(8)) : undefined),
  elsewhere: (name) => (packetNames.has(name) || OF_PACKETS.test(name) ? elsewhere : undefined),
  elsewhereAlone: (name) => (fieldAlone(name) ? elsewhere : undefined),
  searched({ head }) {
    const { en, ko } = OUTCOME[head.outcome];
    return `${head.method ?? ''} ${head.url ?? head.name} ${head.name} ${head.status ?? ''} ${en} ${ko}`.toLowerCase();
  },
  fields: JOURNEY_FIELDS,
};
