import type { PacketFacts } from '../../src/rules/packet.ts';
import type { Judgement } from '../../src/rules/rule.ts';
import type { Problem } from '../../src/capture/batch.ts';
import type { Connection, Exchange, Journey, Stage, StageKind } from '../../src/correlate/model.ts';
import type { Field } from '../../src/dissect/protocol.ts';
import { headOf, type JourneyHead } from '../../src/session/session.ts';
import type { Decoded, PacketSummary, SessionView } from '../../src/session/session.ts';

const MS = 1e6;

/** Stages one after the other from `start`: [kind, milliseconds, packet numbers]. */
function stages(start: number, list: [StageKind, number, number[]][]): Stage[] {
  let at = start;
  return list.map(([kind, ms, packets]) => {
    const stage: Stage = { kind, start: at, end: at + ms * MS, packets, packetCount: packets.length, reused: false };
    at = stage.end;
    return stage;
  });
}

const COLD: [StageKind, number, number[]][] = [
  ['arp', 0.21, [1, 2]],
  ['dns', 12.31, [3, 4]],
  ['tcp', 20.104, [5, 6, 7]],
  ['send', 0.098, [8]],
  ['wait', 44.918, [9]],
  ['receive', 6.7, [10, 11, 12]],
  ['idle', 5000, []],
  ['close', 20.3, [13, 14, 15, 16]],
];
const WARM: [StageKind, number, number[]][] = [
  ['send', 0.05, [20]],
  ['wait', 11.2, [21]],
  ['receive', 1.2, [22, 23]],
];
const SECURE: [StageKind, number, number[]][] = [
  ['dns', 2.2, [31, 32]],
  ['tcp', 10.1, [33, 34, 35]],
  ['tls', 21.5, [36, 37, 38, 39]],
  ['send', 0.2, [40]],
  ['wait', 104.7, [41]],
  ['receive', 310.4, [42, 43, 44, 46, 48, 50]],
  ['close', 10.3, [51, 52]],
];

export const NASTY = 'web\u001b[31m.lab\u0007\r\n\u009b2J\u202e/\u0000x';
const PATHS = [
  '/',
  '/style.css',
  '/이미지/고양이.png?크기=크게',
  '/a/very/long/path/that/goes/on/and/on/until/nobody/reads/it/any/more/index.html?with=a&query=too',
  '/x\u001b]0;owned\u0007',
];

function journey(index: number): Journey {
  const start = index * 91.2 * MS;
  const kind = index % 6;
  const host = index % 4 === 3 ? '한글도메인.example' : 'web.lab';
  const path = PATHS[index % PATHS.length];
  const base = {
    id: index + 100,
    name: host,
    page: 0,
    parent: null,
    client: '10.0.0.2',
    start,
    evidence: [] as Journey['evidence'],
  };
  if (kind === 2) {
    const list = stages(start, [['dns', 2.2, [17, 18]]]);
    return {
      ...base,
      name: index === 2 ? NASTY : 'nosuch.lab',
      end: list[0].end,
      outcome: 'dns-failed',
      stages: list,
      har: { blocked: 0, dns: 2.2, connect: -1, ssl: -1, send: -1, wait: -1, receive: -1, total: 2.2 },
      lookup: index,
      packetCount: 2,
    };
  }
  if (kind === 4) {
    const list = stages(start, [['tcp', 1.1, [19, 24]]]);
    return {
      ...base,
      end: list[0].end,
      outcome: 'refused',
      stages: list,
      har: { blocked: 0, dns: -1, connect: 1.1, ssl: -1, send: -1, wait: -1, receive: -1, total: 1.1 },
      packetCount: 2,
    };
  }
  const list = stages(start, kind === 1 ? WARM : kind === 3 ? SECURE : COLD);
  if (kind === 1) {
    list.unshift({
      kind: 'tcp',
      start: start - 80 * MS,
      end: start - 80 * MS,
      packets: [5, 6, 7],
      packetCount: 3,
      reused: true,
      note: { en: 'the connection of journey 1 is used again', ko: '여정 1의 연결을 다시 쓴다' },
    });
  }
  for (const stage of list) {
    if (stage.kind === 'dns') stage.note = { en: 'web.lab A 10.0.0.80, 300 s', ko: 'web.lab A 10.0.0.80, 300초' };
    if (stage.kind === 'receive') Object.assign(stage, { packetCount: 800 });
  }
  const ms = (k: StageKind) => list.filter((s) => s.kind === k && !s.reused).reduce((sum, s) => sum + (s.end - s.start) / MS, 0);
  const total = ms('dns') + ms('tcp') + ms('tls') + ms('send') + ms('wait') + ms('receive');
  return {
    ...base,
    url: `${kind === 3 ? 'https' : 'http'}://${host}${path}`,
    parent: kind === 1 ? base.id - 1 : null,
    connection: index,
    exchange: index,
    end: list[list.length - 1].end,
    outcome: kind === 5 ? 'timed-out' : 'complete',
    stages: list,
    har: {
      blocked: 0,
      dns: ms('dns'),
      connect: ms('tcp') + ms('tls'),
      ssl: kind === 3 ? ms('tls') : -1,
      send: ms('send'),
      wait: ms('wait'),
      receive: ms('receive'),
      total,
    },
    evidence: [
      {
        join: 'answer-address',
        text: {
          en: `The DNS answer for ${host} holds 10.0.0.80, the address that was connected to`,
          ko: `${host}의 DNS 응답에 든 주소 10.0.0.80으로 연결했다`,
        },
        packets: [4, 5],
      },
      {
        join: 'host',
        text: { en: `The request's Host header says ${host}`, ko: `요청의 Host 헤더가 ${host}이다` },
        packets: [8],
      },
    ],
    method: kind === 5 ? 'POST' : 'GET',
    status: kind === 1 ? 404 : 200,
    responseBytes: 12345 * (kind + 1) ** 3,
    packetCount: 18,
  };
}

function field(name: string, label: string, at: number, end: number, value: Field['value'], more: Partial<Field> = {}): Field {
  return { name, label, at, end, value, ...more };
}

function request(number: number): Uint8Array {
  const text = `GET /이미지 HTTP/1.1\r\nHost: web.lab\r\nUser-Agent: curl/8\r\nX-Packet: ${number}\r\n\r\n`;
  const payload = new TextEncoder().encode(text);
  const out = new Uint8Array(54 + payload.length);
  for (let i = 0; i < 54; i++) out[i] = (i * 37 + number) & 255;
  out.set(payload, 54);
  return out;
}

function decoded(number: number, summary: PacketSummary): Decoded {
  const bytes = request(number);
  const end = bytes.length;
  const host = 54 + 'GET /이미지 HTTP/1.1\r\n'.length + 6;
  return {
    number,
    time: summary.time,
    bytes,
    wireLength: number % 10 === 0 ? end + 400 : end,
    summary,
    layers: [
      {
        protocol: 'eth',
        title: 'Ethernet II, 02:00:00:00:00:02 > 02:00:00:00:00:50',
        at: 0,
        end: 14,
        fields: [
          field('eth.dst', 'Destination', 0, 6, '02:00:00:00:00:50'),
          field('eth.src', 'Source', 6, 12, '02:00:00:00:00:02'),
          field('eth.type', 'Type', 12, 14, 0x0800, { text: '0x0800 (IPv4)' }),
        ],
      },
      {
        protocol: 'ip',
        title: 'Internet Protocol Version 4, 10.0.0.2 > 10.0.0.80',
        at: 14,
        end: 34,
        fields: [
          field('ip.version', 'Version', 14, 15, 4),
          field('ip.flags', 'Flags', 20, 21, 2, {
            text: "0x2 (Don't fragment)",
            children: [
              field('ip.flags.df', "Don't fragment", 20, 21, true),
              field('ip.flags.mf', 'More fragments', 20, 21, false),
            ],
          }),
          field('ip.checksum', 'Header checksum', 24, 26, 0x1234, { problem: 'should be 0x4321' }),
          field('ip.src', 'Source', 26, 30, '10.0.0.2'),
          field('ip.dst', 'Destination', 30, 34, '10.0.0.80'),
        ],
      },
      {
        protocol: 'tcp',
        title: 'Transmission Control Protocol, 40312 > 80, Seq 1',
        at: 34,
        end: 54,
        fields: [field('tcp.srcport', 'Source port', 34, 36, 40312), field('tcp.dstport', 'Destination port', 36, 38, 80)],
      },
      {
        protocol: 'http',
        title: 'Hypertext Transfer Protocol',
        at: 54,
        end,
        fields: [
          field('http.request.method', 'Method', 54, 57, 'GET'),
          field('http.request.uri', 'URI', 58, 68, '/이미지\u001b[2J'),
          field('http.host', 'Host', host, host + 15, 'web.lab'),
          field('http.user_agent', 'User-Agent', host + 15, end + 10, 'curl/8'),
        ],
      },
    ],
  };
}

const PROTOCOLS = ['DNS', 'TCP', 'TCP', 'HTTP', 'TLSv1.3', 'ICMPv6'];

export interface FakeOptions {
  journeys?: number;
  packets?: number;
  done?: boolean;
  problems?: Problem[];
  file?: string;
}

/** A session that answers like a real one; `asked` counts what it was asked for. */
export class FakeSession implements SessionView {
  readonly file: string;
  version = 1;
  readonly firstTime = 0;
  asked = { journey: 0, packet: 0, summary: 0 };
  done: boolean;
  packets: number;
  journeys: number;
  private readonly found: Problem[];

  constructor(options: FakeOptions = {}) {
    this.file = options.file ?? '/home/somebody/캡처/client.pcap';
    this.journeys = options.journeys ?? 12;
    this.packets = options.packets ?? 64;
    this.done = options.done ?? true;
    this.found = options.problems ?? [];
  }
  progress() {
    return { packets: this.packets, bytes: this.packets * 500, size: this.done ? this.packets * 500 : 1e9, done: this.done };
  }
  problems(): Problem[] {
    return this.found;
  }
  sightings(number: number) {
    const facts = (source: string, sourcePort: number, hopLimit: number) =>
      ({
        source,
        sourcePort,
        destination: '192.0.2.80',
        destinationPort: 80,
        hopLimit,
        sourceMac: '02:00:00:00:00:01',
      }) as PacketFacts;
    return number !== 2
      ? []
      : [
          { file: '/home/x/inside.pcap', packet: 2, after: 0, facts: facts('192.168.0.10', 38958, 64) },
          { file: 'evil\u001b[31m.pcap', packet: 9, after: 41_000, facts: facts('203.0.113.2', 25770, 63) },
        ];
  }
  captureVerdicts(): Judgement[] {
    return [
      {
        rule: 'R-NAT-1',
        capture: 0,
        journeyId: null,
        verdict: 'not-visible',
        reason: 'fake',
        packets: [],
        says: { en: 'one side of the gateway only', ko: '게이트웨이의 한쪽만' },
        advice: {
          text: { en: 'capture outside, too', ko: '바깥에서도 캡처하세요' },
          command: 'tcpdump -i <outside> -w outside.pcap',
        },
      },
    ];
  }
  connectionCount() {
    return this.journeys;
  }
  lookupCount() {
    return this.journeys;
  }
  journeyOfId(id: number) {
    return id - 100 < this.journeys ? journey(id - 100) : undefined;
  }
  follow() {
    return [
      { from: 'client' as const, packet: 8, time: 1e9, bytes: 20, missing: 0, lines: ['GET / HTTP/1.1', 'Host: web.lab', ''] },
      {
        from: 'server' as const,
        packet: 9,
        time: 2e9,
        bytes: 30,
        missing: 7,
        lines: ['HTTP/1.1 200 OK', 'evil \u001b[31m', '한글'],
      },
    ];
  }
  pageOf(index: number) {
    return [...new Set([0, 1, 2, index])].filter((each) => each < this.journeys).sort((a, b) => a - b);
  }
  packetsOf(connection: number) {
    return connection < this.journeys ? [5, 6, 7] : [];
  }
  segmentsOf() {
    return [{ packet: 8, time: 0.5, offset: 0 }];
  }
  verdicts(index: number): Judgement[] {
    const of = (rule: string, verdict: Judgement['verdict'], packets: number[], en: string, ko: string): Judgement => ({
      rule,
      capture: 0,
      journeyId: index,
      verdict,
      reason: 'fake',
      packets,
      says: { en, ko },
    });
    return [
      of(
        'R-TCP-1',
        'confirmed',
        [5, 6, 7],
        'SYN in packet 5, SYN+ACK in packet 6, ACK in packet 7',
        '5번이 SYN, 6번이 SYN+ACK, 7번이 ACK',
      ),
      of(
        'R-TCP-2',
        'contradicted',
        [5],
        'your SYN in packet 5 carried 3502083721, not 1000',
        '5번 패킷의 SYN은 1000이 아니라 3502083721',
      ),
      of('R-TCP-5', 'skipped', [], 'nothing was lost', '사라진 것이 없음'),
      of('R-NONE', 'unknown', [], 'hostile \u001b[31m text', '알 수 없음'),
    ];
  }
  clockText(time: number): string {
    const ns = Math.round(time % 1e9);
    const second = Math.floor(time / 1e9) + 7 * 3600 + 7 * 60 + 36;
    const two = (n: number) => String(n).padStart(2, '0');
    const clock = `${two(Math.floor(second / 3600) % 24)}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}`;
    return `2023-02-08 ${clock}.${String(ns).padStart(9, '0')}`;
  }
  journeyCount(): number {
    return this.journeys;
  }
  journeyHead(index: number): JourneyHead {
    return headOf(this.journey(index));
  }

  journey(index: number): Journey {
    this.asked.journey++;
    return journey(index);
  }
  connection(id: number): Connection | undefined {
    const side = { packets: 1, payloadBytes: 1, streamBytes: 1, missingBytes: 0 };
    return {
      id,
      client: { address: '10.0.0.2', port: 40312 + id },
      server: { address: id % 5 === 3 ? '2001:db8::80' : '10.0.0.80', port: 80 },
      clientKnown: true,
      firstPacket: 5,
      lastPacket: 16,
      firstTime: 0,
      lastTime: 1,
      fromClient: side,
      fromServer: side,
      history: 'ShADadFf',
      close: { how: 'fin-both', packets: [] },
      retransmissions: [],
      outOfOrder: [],
      duplicateAcks: [],
    };
  }
  exchange(id: number): Exchange | undefined {
    return {
      id,
      connection: id,
      stream: 1,
      version: '1.1',
      scheme: 'http',
      reason: 'OK',
      requestPackets: [],
      responsePackets: [],
      requestPacketCount: 1,
      responsePacketCount: 1,
      requestBodyBytes: 0,
      responseBodyBytes: 0,
      whole: true,
    };
  }
  lookup() {
    return undefined;
  }
  tls() {
    return undefined;
  }
  packetCount(): number {
    return this.packets;
  }
  packet(number: number): Decoded | undefined {
    this.asked.packet++;
    const summary = this.summary(number);
    return summary && decoded(number, summary);
  }
  packetSummary(number: number): PacketSummary | undefined {
    this.asked.summary++;
    return this.summary(number);
  }
  private summary(number: number): PacketSummary | undefined {
    if (number < 1 || number > this.packets) return undefined;
    const six = number % 11 === 7;
    return {
      number,
      time: number * 12.1 * MS,
      source: six ? '2001:db8:1234:5678:9abc:def0:1234:5678' : '10.0.0.2',
      destination: six ? 'ff02::1:ff00:80' : '10.0.0.80',
      protocol: PROTOCOLS[number % PROTOCOLS.length],
      length: 60 + (number % 1400),
      info:
        number % 7 === 3
          ? `GET /이미지/고양이.png?이름=${NASTY} HTTP/1.1`
          : `40312 > 80 [ACK] Seq=${number} Ack=1 Win=64240 Len=0`,
    };
  }
  journeyPackets(index: number): number[] {
    const numbers = new Set(journey(index).stages.flatMap((stage) => stage.packets));
    return [...numbers].sort((a, b) => a - b);
  }
  stageOf(index: number, packet: number): StageKind | undefined {
    return journey(index).stages.find((stage) => stage.packets.includes(packet))?.kind;
  }
  statistics() {
    const bins =
      this.packets === 0 ? [] : Array.from({ length: 200 }, (_, i) => Math.round(40 + 35 * Math.sin(i / 9) + (i % 17)));
    const bytesByProtocol: [string, number][] =
      this.packets === 0
        ? []
        : [
            ['TCP', 812e6],
            ['TLS', 251e6],
            ['DNS', 48e6],
            ['ARP', 51200],
            ['ICMPv6', 4096],
          ];
    return { binNanoseconds: 1e8, packetsPerBin: bins, bytesByProtocol };
  }
}
