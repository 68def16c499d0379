import type { Field as Node, Layer } from '../dissect/protocol.ts';
import { protocols } from '../dissect/registry.ts';
import type { Domain, Field } from './domain.ts';
import type { Kind, Value } from './values.ts';

/** A packet that a filter is asked about: what the decoder says of it. */
export interface Packet {
  number: number;
  /** Nanoseconds. */
  time: number;
  bytes: Uint8Array;
  wireLength: number;
  layers: readonly Layer[];
  summary: { source: string; destination: string; protocol: string; info: string };
}

/** Wireshark's names for "either of both". */
const EITHER: Record<string, readonly string[]> = {
  'ip.addr': ['ip.src', 'ip.dst'],
  'ipv6.addr': ['ipv6.src', 'ipv6.dst'],
  'eth.addr': ['eth.src', 'eth.dst'],
  'tcp.port': ['tcp.srcport', 'tcp.dstport'],
  'udp.port': ['udp.srcport', 'udp.dstport'],
};

function f(
  name: string,
  kind: Kind,
  of: (p: Packet) => Value | readonly Value[] | undefined,
  en: string,
  ko: string,
): Field<Packet> {
  return { name, kind, of, help: { en, ko } };
}
const read = (name: string, en: string, ko: string): Field<Packet> =>
  f(name, 'any', (p) => valuesOf(p, EITHER[name] ?? [name]), en, ko);

/** The fields that completion offers. Every other field of the packet view is known by its name, too. */
export const PACKET_FIELDS: readonly Field<Packet>[] = [
  f('frame.number', 'number', (p) => p.number, 'number of the packet', '패킷 번호'),
  f('frame.len', 'size', (p) => p.wireLength, 'bytes on the wire', '선 위의 바이트'),
  f('frame.cap_len', 'size', (p) => p.bytes.length, 'bytes captured', '캡처된 바이트'),
  f('frame.protocols', 'text', (p) => p.layers.map((layer) => layer.protocol).join(':'), 'eth:ip:tcp', 'eth:ip:tcp'),
  f('_ws.col.info', 'text', (p) => p.summary.info, 'the Info column', '내용 열'),
  f('_ws.col.protocol', 'text', (p) => p.summary.protocol, 'the protocol column', '종류 열'),
  read('eth.addr', 'either MAC address', '양쪽 MAC 주소'),
  read('eth.src', 'MAC address of the sender', '보낸 쪽 MAC 주소'),
  read('eth.dst', 'MAC address of the receiver', '받는 쪽 MAC 주소'),
  read('arp.opcode', '1 asks, 2 answers', '1 질문, 2 응답'),
  read('ip.addr', 'either address; also 10.0.0.0/8', '양쪽 주소. 10.0.0.0/8도 됨'),
  read('ip.src', 'address of the sender', '보낸 쪽 주소'),
  read('ip.dst', 'address of the receiver', '받는 쪽 주소'),
  read('ip.ttl', 'hops left', '남은 홉'),
  read('ipv6.addr', 'either IPv6 address', '양쪽 IPv6 주소'),
  read('ipv6.src', 'IPv6 address of the sender', '보낸 쪽 IPv6 주소'),
  read('ipv6.dst', 'IPv6 address of the receiver', '받는 쪽 IPv6 주소'),
  read('tcp.port', 'either port', '양쪽 포트'),
  read('tcp.srcport', 'port of the sender', '보낸 쪽 포트'),
  read('tcp.dstport', 'port of the receiver', '받는 쪽 포트'),
  read('tcp.len', 'bytes of payload', '페이로드 바이트'),
  read('tcp.stream', 'number of the connection', '연결 번호'),
  read('tcp.seq', 'sequence number, from 0', '순서 번호(0부터)'),
  read('tcp.ack', 'acknowledgment number, from 0', '확인 번호(0부터)'),
  read('tcp.window_size', 'window in bytes', '윈도(바이트)'),
  read('tcp.analysis.flags', 'not a plain segment: any of the next', '아래 가운데 하나에 해당하는 세그먼트'),
  read('tcp.analysis.retransmission', 'sent again', '다시 보냄'),
  read('tcp.analysis.fast_retransmission', 'sent again as duplicate ACKs asked', '중복 ACK를 보고 다시 보냄'),
  read('tcp.analysis.spurious_retransmission', 'sent again without need', '필요 없이 다시 보냄'),
  read('tcp.analysis.out_of_order', 'came late', '순서가 뒤바뀜'),
  read('tcp.analysis.duplicate_ack', 'the same acknowledgment again', '같은 확인 번호를 또 보냄'),
  read('tcp.analysis.lost_segment', 'bytes before it were not seen', '앞의 바이트가 보이지 않음'),
  read('tcp.analysis.ack_lost_segment', 'acknowledges what was not captured', '캡처에 없는 것을 확인함'),
  read('tcp.analysis.zero_window', 'no room left', '받을 자리가 없음'),
  read('tcp.analysis.window_full', "fills the receiver's window", '받는 쪽 윈도를 다 채움'),
  read('tcp.analysis.keep_alive', 'asks whether the other side is there', '상대가 있는지 물음'),
  read('tcp.flags.syn', 'opens a connection', '연결을 연다'),
  read('tcp.flags.ack', 'acknowledges', '확인 응답'),
  read('tcp.flags.fin', 'ends its direction', '한쪽 방향을 닫는다'),
  read('tcp.flags.reset', 'ends the connection at once', '연결을 바로 끊는다'),
  read('udp.port', 'either port', '양쪽 포트'),
  read('udp.srcport', 'port of the sender', '보낸 쪽 포트'),
  read('udp.dstport', 'port of the receiver', '받는 쪽 포트'),
  read('dns.id', 'number of question and answer', '질문과 응답의 번호'),
  read('dns.qry.name', 'name that is asked for', '묻는 이름'),
  read('dns.qry.type', 'A, AAAA, HTTPS, …', 'A, AAAA, HTTPS 등'),
  read('dns.flags.response', 'an answer', '응답'),
  read('dns.flags.rcode', 'NXDOMAIN or 3', 'NXDOMAIN 또는 3'),
  read('http.host', 'Host header', 'Host 헤더'),
  read('http.request.method', 'GET, POST, …', 'GET, POST 등'),
  read('http.request.uri', 'target of the request line', '요청 줄의 대상'),
  read('http.response.code', '200, 404, …', '200, 404 등'),
  read('http2.streamid', 'stream of a frame', '프레임의 스트림'),
  read('http2.headers.method', 'GET, POST, …', 'GET, POST 등'),
  read('http2.headers.path', 'target of a request', '요청의 대상'),
  read('http2.headers.status', '200, 404, …', '200, 404 등'),
  read('http2.header.value', 'value of any header field', '아무 헤더 필드의 값'),
  read('tls.handshake.type', '1 ClientHello, 2 ServerHello, 11 Certificate', '1 ClientHello, 2 ServerHello, 11 Certificate'),
  read('tls.alert_message.desc', '0 is close_notify', '0은 close_notify'),
  read('tls.handshake.extensions_server_name', 'SNI of the ClientHello', 'ClientHello의 SNI'),
];

const byName = new Map(PACKET_FIELDS.map((field) => [field.name, field]));
const layerNames = new Set([...protocols.map((protocol) => protocol.name), 'data']);
/** What fields' names begin with: protocols, and what they carry. */
const prefixes = new Set([...layerNames, 'x509af']);
const OF_JOURNEYS = /^(url|name|outcome|verdict(\..+)?|stage(\..+)?|journey\..+|client|process)$/;

function field(name: string): Field<Packet> | undefined {
  const known = byName.get(name);
  if (known !== undefined) return known;
  if (layerNames.has(name))
    return f(name, 'flag', (p) => p.layers.some((layer) => layer.protocol === name), 'has this layer', '이 계층이 있음');
  const dot = name.indexOf('.');
  // Which fields a layer can have only its packets tell.
  return dot > 0 && prefixes.has(name.slice(0, dot)) && /^[a-z0-9_.]+$/i.test(name) ? read(name, '', '') : undefined;
}

/** Values of the fields of these names. A name such as "A" or "NXDOMAIN" that stands beside a number counts as well. */
function valuesOf(packet: Packet, names: readonly string[]): Value[] {
  const out: Value[] = [];
  for (const layer of packet.layers) gather(layer.fields, names, out);
  return out;
}

function gather(fields: readonly Node[], names: readonly string[], out: Value[]): void {
  for (const node of fields) {
    if (names.includes(node.name)) {
      if (node.value !== null) out.push(node.value);
      const word = typeof node.value === 'number' ? /^([A-Za-z][\w-]*) \(\d+\)$/.exec(node.text ?? '') : null;
      if (word !== null) out.push(word[1]);
    }
    if (node.children !== undefined) gather(node.children, names, out);
  }
}

export const packets: Domain<Packet> = {
  field,
  elsewhere: (name) =>
    OF_JOURNEYS.test(name)
      ? {
          en: 'this is a field of journeys, not of packets: press 1 and filter there',
          ko: '패킷이 아니라 여정의 필드입니다. 1을 눌러 여정 목록에서 거르세요',
        }
      : undefined,
  searched: ({ summary: s }) => `${s.source} ${s.destination} ${s.protocol} ${s.info}`.toLowerCase(),
  fields: PACKET_FIELDS,
};
