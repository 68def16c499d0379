import { hostPort } from '../../correlate/host-names.ts';
import type { Connection, IcmpMessage } from '../../correlate/model.ts';
import { subject as subjectOf, topic } from '../../text/particles.ts';
import type { CaptureFacts } from '../facts.ts';
import { confirmed, notVisible, unknown } from '../findings.ts';
import { aConnection, connectionOf } from '../needs.ts';
import { Flag, type PacketFacts } from '../packet.ts';
import type { Advice, Finding, JourneyRule } from '../rule.ts';
import { tells } from '../seen-flows.ts';
import { durationText } from '../segments.ts';
import { limitName } from './ends.ts';
import { baseline, differs, isNearer } from './server-limit.ts';

/** Other connections of a server, and echo replies, that are looked at. */
const LOOK = 64;
/** Packets of a connection that are read before its RST. */
const BEFORE = 32;

export const rule: JourneyRule = {
  id: 'R-FW-1',
  chapter: 'ip',
  scope: 'journey',
  statement: { en: 'A firewall inspects the packets that arrive', ko: '방화벽이 들어오는 패킷을 검사한다' },
  reality: {
    en: 'One that permits leaves no trace in packets. One that rejects says so with ICMP (RFC 1812 §5.2.7.1: codes 9, 10 and 13; often port unreachable, too) or with a RST in the server’s name, which a TTL other than the server’s betrays; one that drops is silent.',
    ko: '통과시키는 방화벽은 패킷에 흔적을 남기지 않습니다. 거부하는 방화벽은 ICMP로 알리거나 (RFC 1812 §5.2.7.1의 코드 9, 10, 13, 흔히 port unreachable) 서버 이름으로 RST를 보내는데, 서버와 다른 TTL로 드러납니다. 버리는 방화벽은 아무 응답이 없습니다.',
  },
  rfc: ['RFC 1812 §5.2.7.1', 'RFC 4443 §3.1', 'RFC 1122 §3.2.2.1', 'RFC 2979'],
  vantages: ['client', 'last-router'],
  reasons: [
    'prohibited',
    'rejected',
    'reset-from-elsewhere',
    'silence',
    'permitted',
    'port-closed',
    'no-baseline',
    'farther-reset',
    'unanswered',
    'unreachable',
    'reset-as-client',
    'mid-stream',
  ],
  needs: [aConnection],
  check(subject) {
    const { capture } = subject;
    const c = connectionOf(subject);
    if (c === undefined) throw new Error('no connection');
    const { how } = c.close;
    return prohibited(capture, c) ?? (how === 'refused' ? refused(capture, c) : reset(capture, c)) ?? rest(capture, c);
  },
};

/** Said outright, or by an error that no host sends about TCP: hosts answer a closed port with RST (RFC 9293 §3.10.7.1). */
function prohibited(capture: CaptureFacts, c: Connection): Finding | undefined {
  const errors = capture.icmpAbout(c.id).slice(0, LOOK);
  const said = errors.find(isProhibition) ?? errors.find(isPortUnreachable);
  if (said === undefined) return undefined;
  const outright = isProhibition(said);
  const by =
    said.source === c.server.address ? { en: 'the server itself', ko: '서버 자신' } : { en: 'on the way', ko: '도중의 장비' };
  const syn = c.handshake?.syn[0] ?? c.firstPacket;
  const what = outright
    ? {
        en: `administratively prohibited (ICMP type ${said.type}, code ${said.code})`,
        ko: `관리자가 금지함(ICMP 타입 ${said.type}, 코드 ${said.code})`,
      }
    : {
        en: `port unreachable (ICMP type ${said.type}, code ${said.code}), which no host says of TCP`,
        ko: `port unreachable(ICMP 타입 ${said.type}, 코드 ${said.code}). 호스트는 TCP에 이것을 보내지 않습니다`,
      };
  return confirmed(outright ? 'prohibited' : 'rejected', [syn, said.packet], {
    en: `packet ${said.packet}: ${said.source} (${by.en}) says of packets to ${hostPort(c.server)}: ${what.en}`,
    ko: `${said.packet}번 패킷: ${said.source}(${by.ko})에서 ${hostPort(c.server)} 앞으로 가는 패킷에 대해 알립니다. ${what.ko}`,
  });
}

const isProhibition = ({ version, type, code }: IcmpMessage): boolean =>
  version === 4
    ? type === 3 && (code === 9 || code === 10 || code === 13)
    : type === 1 && (code === 1 || code === 5 || code === 6);
const isPortUnreachable = ({ version, type, code }: IcmpMessage): boolean =>
  version === 4 ? type === 3 && code === 3 : type === 1 && code === 4;

/** A RST answers the SYN: whose is it? */
function refused(capture: CaptureFacts, c: Connection): Finding | undefined {
  const number = c.close.packets[0];
  const rst = number === undefined ? undefined : capture.packet(number);
  if (rst?.hopLimit === undefined) return undefined;
  const server = hostPort(c.server);
  const known = baseline(capture, c);
  const from = {
    en: `packet ${rst.number}: RST in the name of ${server} with ${limitName(rst)} ${rst.hopLimit}`,
    ko: `${rst.number}번 패킷: ${server} 이름으로 온 RST의 ${limitName(rst)} 값은 ${rst.hopLimit}입니다`,
  };
  if (known === undefined)
    return unknown(
      'no-baseline',
      [c.handshake?.syn[0], rst.number],
      {
        en: `${from.en}; nothing else of ${c.server.address} is in this capture to compare: a closed port of the server and a firewall that rejects look the same`,
        ko: `${from.ko}. 이 캡처에는 비교할 ${c.server.address}의 다른 패킷이 없습니다. 서버의 닫힌 포트인지 방화벽의 거부인지 구별되지 않습니다`,
      },
      serverAdvice(c),
    );
  if (differs(rst, known) && isNearer(rst, known)) return elsewhere(c, rst, known);
  if (differs(rst, known))
    return unknown('farther-reset', [rst.number, known.number], {
      en: `${from.en}, packet ${known.number} of that server has ${known.hopLimit}: whether a box answers in the server's name there or here cannot be told`,
      ko: `${from.ko}. 같은 서버의 ${known.number}번 패킷은 ${known.hopLimit}입니다. 어느 쪽이 서버 대신 답한 장비인지 알 수 없습니다`,
    });
  return notVisible(
    'port-closed',
    [c.handshake?.syn[0], rst.number, known.number],
    {
      en: `${from.en}, as packet ${known.number} of that server has: the server itself refuses, for nobody listens there or its own firewall says so`,
      ko: `${from.ko}. 같은 서버의 ${known.number}번 패킷과 같습니다. 그 포트에서 기다리는 프로그램이 없거나 서버 자신의 방화벽이 거부한 것입니다`,
    },
    serverAdvice(c),
  );
}

/** A RST in an open connection. */
function reset(capture: CaptureFacts, c: Connection): Finding | undefined {
  const void_ = c.segments?.ineffectiveResets ?? [];
  for (const number of [...c.close.packets, ...void_].sort((a, b) => a - b)) {
    const rst = capture.packet(number);
    if (rst?.tcp === undefined || rst.hopLimit === undefined || (rst.tcp.flags & Flag.rst) === 0) continue;
    const isServers = rst.source === c.server.address && rst.sourcePort === c.server.port;
    const own = [c.handshake?.[isServers ? 'synAck' : 'syn'][0], ...capture.packetsFrom(c.id, number, -BEFORE).reverse()]
      .map((n) => (n === undefined ? n : capture.packet(n)))
      .filter((each) => each?.source === rst.source && each?.sourcePort === rst.sourcePort)
      .filter((each) => each?.hopLimit !== undefined && ((each.tcp?.flags ?? 4) & Flag.rst) === 0);
    const [usual] = own;
    // A site whose packets come by several ways, or from several machines, may send its RST by another one.
    const isSteady = own.every((each) => each === undefined || usual === undefined || !differs(each, usual));
    if (!tells(usual) || !isSteady || !differs(rst, usual)) continue;
    if (isServers) return elsewhere(c, rst, usual);
    return unknown('reset-as-client', [usual.number, rst.number], {
      en: `packet ${rst.number}: a RST in the name of ${hostPort(c.client)} has ${limitName(rst)} ${rst.hopLimit}, its other packets ${usual.hopLimit} (packet ${usual.number}): somebody on the way sent it, a firewall or a gateway that had lost its NAT entry`,
      ko: `${rst.number}번 패킷: ${hostPort(c.client)} 이름으로 온 RST의 ${limitName(rst)} 값은 ${rst.hopLimit}인데 다른 패킷은 ${usual.hopLimit}입니다 (${usual.number}번 패킷). 도중의 누군가가 보냈습니다. 방화벽일 수도 있고 NAT 항목을 잃은 게이트웨이일 수도 있습니다`,
    });
  }
  return undefined;
}

function elsewhere(c: Connection, rst: PacketFacts, usual: PacketFacts): Finding {
  const nearer = isNearer(rst, usual);
  return confirmed('reset-from-elsewhere', [c.handshake?.syn[0], usual.number, rst.number], {
    en: `packet ${rst.number}: a RST in the name of ${hostPort(c.server)} came with ${limitName(rst)} ${rst.hopLimit}, the server's own packets come with ${usual.hopLimit} (packet ${usual.number}): a box ${nearer ? 'nearer than' : 'farther than'} the server sent it`,
    ko: `${rst.number}번 패킷: ${hostPort(c.server)} 이름으로 온 RST의 ${limitName(rst)} 값은 ${rst.hopLimit}인데 서버의 패킷은 ${usual.hopLimit}입니다 (${usual.number}번 패킷). 서버보다 ${nearer ? '가까이' : '멀리'} 있는 장비에서 보냈습니다`,
  });
}

function rest(capture: CaptureFacts, c: Connection): Finding {
  const { how } = c.close;
  const server = hostPort(c.server);
  const syn = c.handshake?.syn ?? [];
  const established = (c.handshake?.synAck.length ?? 0) > 0 || (c.fromClient.packets > 0 && c.fromServer.packets > 0);
  if (established)
    return notVisible(
      'permitted',
      [syn[0] ?? c.firstPacket, c.handshake?.synAck[0]],
      {
        en: `${server} answered: a firewall on the way, if there is one, let these packets pass, and that leaves no trace`,
        ko: `${subjectOf(server)} 응답했습니다. 도중에 방화벽이 있더라도 통과시켰으므로 패킷에는 흔적이 없습니다`,
      },
      serverAdvice(c),
    );
  if (how === 'unreachable') {
    const [error] = capture.icmpAbout(c.id);
    return unknown('unreachable', [syn[0], error?.packet], {
      en: `${error?.source ?? 'a router'} says that ${server} cannot be reached (ICMP type ${error?.type}, code ${error?.code}): no way there, no such host, or a firewall that says so`,
      ko: `${error?.source ?? '라우터'}에서 ${server}에 닿을 수 없다고 알립니다 (ICMP 타입 ${error?.type}, 코드 ${error?.code}). 길이나 호스트가 없거나, 방화벽이 그렇게 답한 것입니다`,
    });
  }
  if (how === 'unanswered' && syn.length > 1) return silence(capture, c, syn);
  if (how === 'unanswered')
    return unknown('unanswered', [syn[0] ?? c.firstPacket], {
      en: `one SYN to ${server} without an answer: lost, still on its way, or dropped`,
      ko: `${server}에 보낸 SYN 하나에 응답이 없습니다. 손실되었거나, 아직 가는 중이거나, 버려졌습니다`,
    });
  return unknown('mid-stream', [c.firstPacket], {
    en: `of the connection to ${server} too little was captured to tell whether something was blocked`,
    ko: `${server}에 대한 연결이 조금만 잡혀 막혔는지 알 수 없습니다`,
  });
}

/** Drops by port show where the same server answers at another one, or answers echo requests. */
function silence(capture: CaptureFacts, c: Connection, syn: number[]): Finding {
  const server = hostPort(c.server);
  const long = durationText(capture.timeOf(syn[syn.length - 1]) - capture.timeOf(syn[0]));
  const asked = {
    en: `${syn.length} SYNs to ${server} within ${long} without an answer (packets ${syn.slice(0, 4).join(', ')})`,
    ko: `${long} 동안 ${server}에 보낸 SYN ${syn.length}개에 응답이 없습니다 (${syn.slice(0, 4).join(', ')}번 패킷)`,
  };
  const alive = aliveness(capture, c);
  if (alive === undefined)
    return unknown(
      'unanswered',
      syn.slice(0, 4),
      {
        en: `${asked.en}, and nothing else of ${c.server.address} is here: a firewall that drops, a host that is off, and a lost way look the same`,
        ko: `${asked.ko}. ${c.server.address}의 다른 패킷도 없습니다. 방화벽이 버리는 것인지, 호스트가 꺼져 있는지, 길이 끊겼는지 구별되지 않습니다`,
      },
      serverAdvice(c),
    );
  if (syn.length < MANY && alive < syn[0])
    return unknown(
      'unanswered',
      [...syn, alive],
      {
        en: `${asked.en}; ${c.server.address} answered elsewhere before (packet ${alive}), so that these may have been lost, too`,
        ko: `${asked.ko}. ${topic(c.server.address)} 그 전에 다른 요청에 응답했습니다 (${alive}번 패킷). 손실되었을 수도 있습니다`,
      },
      serverAdvice(c),
    );
  return confirmed('silence', [...syn.slice(0, 4), alive], {
    en: `${asked.en}, while ${c.server.address} answers elsewhere (packet ${alive}) and a closed port would answer with RST: something drops them`,
    ko: `${asked.ko}. ${topic(c.server.address)} 다른 요청에는 응답하고 (${alive}번 패킷) 닫힌 포트라면 RST로 답했을 것입니다. 무언가가 버리고 있습니다`,
  });
}

/** An answer of the server at another port, or to an echo request; the last one. At the same port it may have been too busy at times. */
function aliveness(capture: CaptureFacts, c: Connection): number | undefined {
  const others = capture.connectionsTo(c.server.address).slice(0, LOOK);
  if (others.some((each) => each.server.port === c.server.port && (each.handshake?.synAck.length ?? 0) > 0)) return undefined;
  let found: number | undefined;
  for (const other of others) found = Math.max(found ?? 0, other.handshake?.synAck[0] ?? 0) || undefined;
  let count = 0;
  for (const { packet, version, type, source } of capture.icmp) {
    if (count++ >= LOOK) break;
    if (source === c.server.address && type === (version === 4 ? 0 : 129)) found = Math.max(found ?? 0, packet);
  }
  return found;
}

/** So many SYNs are not lost one after the other; fewer only count if the server answered elsewhere since the first one. */
const MANY = 3;

const serverAdvice = (c: Connection): Advice => ({
  text: {
    en: 'capture at the server at the same time, and look at its own rules and listeners (nft list ruleset, ss -ltn)',
    ko: '서버에서도 동시에 캡처하고, 서버의 규칙과 열린 포트를 확인하세요 (nft list ruleset, ss -ltn)',
  },
  command: `tcpdump -i any -w server.pcap 'icmp or icmp6 or tcp port ${c.server.port}'`,
});
